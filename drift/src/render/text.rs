//! The report for people: the verdict first, then per daemon what is wrong, why it is thought so, and what to paste, the
//! most urgent first.

use anstyle::{AnsiColor, Style};

use super::{Options, entries, table, wording};
use crate::{
    report::{Entry, Evidence, Finding, Given, Paste, Problem, Report, Severity, Subject, Suppression, subjects},
    surface::{Finished, Foreign, Sentences, Sheet, Spaces, Terminal, put, sheet},
};

/// The report, or a part of it.
type Text = Sheet<Terminal>;

/// Columns before the text of an entry or problem. Titles, which are ours, begin further to the left, so that no line of
/// others can pass for one.
const INDENT: usize = 4;
/// Fewest columns that text is wrapped to, however narrow the terminal.
const NARROWEST: usize = 40;
/// Columns where nobody says how many there are.
const USUAL: usize = 120;

/// The report as text.
pub(super) fn render(report: &Report, options: &Options) -> Finished {
    let mut page = Page {
        text: Sheet::new(),
        report,
        options,
        given: Given::default(),
    };
    page.head();
    for problem in &report.errors {
        page.problem(Severity::Error, problem);
    }
    let subjects = subjects(report, |finding| is_shown(finding, options));
    for subject in &subjects {
        page.subject(subject);
    }
    for problem in &report.warnings {
        page.problem(Severity::Warning, problem);
    }
    page.text.finish(options.log)
}

fn is_shown(finding: &Finding, options: &Options) -> bool {
    options.verbose || options.shows(finding)
}

struct Page<'a> {
    text: Text,
    report: &'a Report,
    options: &'a Options,
    given: Given<'a>,
}

impl<'a> Page<'a> {
    fn head(&mut self) {
        let report = self.report;
        self.paint(
            style(worst(report)).bold(),
            &sheet!(wording::headline(report, self.options.policy)),
        );
        let (verdicts, severities): (Text, Text) = (wording::verdicts(report), wording::severities(report));
        let hidden = report
            .findings
            .iter()
            .any(|finding| finding.is_open() && !is_shown(finding, self.options));
        let hidden = hidden.then_some(", which `--verbose` shows");
        put!(self.text, " · ", verdicts, "\n", severities, hidden, "\n");
        if let Some(suppressed) = wording::suppressed::<Terminal>(report) {
            put!(self.text, suppressed, "\n");
        }
        if let Some(unread) = wording::unread(report) {
            put!(self.text, "incomplete: ", unread, " could not be read\n");
        }
    }

    fn subject(&mut self, subject: &Subject<'a>) {
        put!(self.text, "\n");
        self.heading(subject);
        for entry in &subject.entries {
            self.entry(entry);
        }
    }

    /// The daemon, daemons or cluster that the entries below are about.
    fn heading(&mut self, subject: &Subject<'_>) {
        let name: Text = entries::subject(self.report, subject);
        self.paint(Style::new().bold(), &name);
        let one = subject.first().filter(|_| subject.parts().len() == 1);
        if let Some(source) = one.and_then(|finding| finding.source.as_ref()) {
            put!(
                self.text,
                "  ",
                Foreign(&source.address),
                " in ",
                wording::input(&source.input)
            );
        }
        let owner = one.and_then(|finding| self.report.daemon(&finding.arn)?.owner.as_deref());
        if let Some(owner) = owner {
            put!(self.text, ", owner ", Foreign(owner));
        }
        put!(self.text, "\n");
        if let Some(finding) = one.filter(|_| self.options.verbose) {
            self.dim(&sheet!(Foreign(&finding.arn)));
        }
        if let Some(daemons) = entries::daemons(self.report, subject) {
            self.wrapped(&daemons);
        }
    }

    fn entry(&mut self, entry: &Entry<'a>) {
        put!(self.text, "  ");
        self.paint(
            style(entry.severity()),
            &sheet!(wording::severity_name(entry.severity())),
        );
        put!(self.text, " ");
        self.paint(Style::new().bold(), &entries::title(entry));
        put!(self.text, "\n");
        for line in table::lines(&table::rows(entry), self.columns()) {
            put!(self.text, Spaces(INDENT), line, "\n");
        }
        for sentence in entry.sentences() {
            self.wrapped(&sheet!(Sentences(&sentence)));
        }
        if let Some(why) = entries::why::<Terminal>(entry) {
            self.dim(&why);
        }
        if self.options.verbose {
            self.proof(entry);
        }
        match entry.suppression() {
            Some(suppression) => self.suppression(suppression),
            None => self.next_step(entry),
        }
    }

    /// Writes the evidence of the entry, each fact once.
    fn proof(&mut self, entry: &Entry<'_>) {
        if let Some(members) = entries::members::<Terminal>(entry) {
            self.dim(&members);
        }
        let sentences = entry.sentences();
        let mut told: Vec<&Evidence> = Vec::new();
        for evidence in entry.findings().flat_map(|finding| &finding.evidence) {
            if !told.contains(&evidence) && !sentences.contains(&evidence.text) {
                told.push(evidence);
                self.evidence(evidence, &entries::settings(entry, evidence));
            }
        }
    }

    fn evidence(&mut self, evidence: &Evidence, settings: &[&str]) {
        // The sentence of a call has its time.
        let at = evidence.at.filter(|at| !evidence.text.contains(&at.to_string()));
        let at: Option<Text> = at.map(|at| sheet!(" (", at, ")"));
        let about: Option<Text> = (!settings.is_empty()).then(|| sheet!(" (", Foreign(&settings.join(", ")), ")"));
        self.dim(&sheet!(
            Foreign(&evidence.from),
            about,
            ": ",
            Sentences(&evidence.text),
            at
        ));
    }

    fn suppression(&mut self, suppression: &Suppression) {
        let kind = wording::suppression_name(suppression.kind);
        let reason = suppression.reason.as_deref();
        let reason: Option<Text> = reason.map(|reason| sheet!(": ", Sentences(reason)));
        self.wrapped(&sheet!("Not counted, ", kind, reason));
    }

    fn next_step(&mut self, entry: &Entry<'a>) {
        let (pastes, are_given) = self.given.without_repeated(entry.commands(self.options.verbose));
        self.wrapped(&entries::next_step(entry));
        if self.given.first_needs(&pastes) {
            self.wrapped(&sheet!(entries::NEEDS));
        }
        let have_titles = entries::have_titles(&pastes);
        for paste in &pastes {
            self.paste(paste, have_titles);
        }
        if are_given {
            self.wrapped(&sheet!(entries::given(entry, &pastes)));
        }
        if let Some(rest) = entries::without_commands::<Terminal>(entry) {
            self.wrapped(&rest);
        }
    }

    /// Titles part what does different things. Not wrapped, so that it can be pasted.
    fn paste(&mut self, paste: &Paste<'_>, has_title: bool) {
        if has_title {
            self.wrapped(&sheet!(Sentences(paste.title), ":"));
        }
        if let Some(role) = entries::role(paste) {
            self.wrapped(&role);
        }
        for line in paste.text.lines() {
            put!(self.text, Spaces(INDENT + 2), Foreign(line), "\n");
        }
    }

    fn problem(&mut self, severity: Severity, problem: &Problem) {
        put!(self.text, "\n");
        self.paint(style(severity), &sheet!(wording::severity_name(severity)));
        put!(self.text, ": ", Sentences(&problem.summary));
        if let Some(input) = &problem.input {
            put!(self.text, " (", wording::input(input), ")");
        }
        put!(self.text, "\n");
        self.wrapped(&Sheet::lines(&problem.detail, 0));
    }

    fn dim(&mut self, text: &Text) {
        for line in self.lines(text) {
            put!(self.text, Spaces(INDENT));
            self.paint(Style::new().dimmed(), &line);
            put!(self.text, "\n");
        }
    }

    fn wrapped(&mut self, text: &Text) {
        for line in self.lines(text) {
            if !line.is_empty() {
                put!(self.text, Spaces(INDENT), line);
            }
            put!(self.text, "\n");
        }
    }

    fn lines(&self, text: &Text) -> Vec<Text> {
        text.wrapped(self.options.width.map(|width| width.max(NARROWEST) - INDENT))
    }

    fn columns(&self) -> usize {
        self.options.width.unwrap_or(USUAL).max(NARROWEST) - INDENT
    }

    fn paint(&mut self, style: Style, text: &Text) {
        self.text.paint(self.options.color.then_some(style), text);
    }
}

fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::None => return Style::new(),
        Severity::Note => AnsiColor::Cyan,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Error => AnsiColor::Red,
    };
    color.on_default()
}

fn worst(report: &Report) -> Severity {
    if report.complete {
        report.summary.severities.keys().max().copied().unwrap_or_default()
    } else {
        Severity::Error
    }
}
