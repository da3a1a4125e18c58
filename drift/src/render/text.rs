//! The report for people: per daemon what is wrong, why it is thought so, and what to paste; the verdict last,
//! where the eye is when the command ends.

use anstyle::{AnsiColor, Style};

use super::{Options, length, words};
use crate::{
    report::{Evidence, Finding, NextStep, Problem, Report, Severity, Suppression},
    surface::{Finished, Foreign, Sentences, Sheet, Spaces, Terminal, put, sheet},
};

/// The report, or a part of it.
type Text = Sheet<Terminal>;

/// Columns before the text of a finding or problem. Titles, which are ours, begin further to the left, so that no line of
/// others can pass for one.
const INDENT: usize = 4;
/// Fewest columns that text is wrapped to, however narrow the terminal.
const NARROWEST: usize = 40;

/// The report as text.
pub(super) fn render(report: &Report, options: &Options) -> Finished {
    let mut page = Page {
        text: Sheet::new(),
        options,
    };
    let mut subject = None;
    for finding in report.findings.iter().filter(|finding| is_shown(finding, options)) {
        if subject != Some(&finding.arn) {
            subject = Some(&finding.arn);
            page.heading(report, finding);
        }
        page.finding(report, finding);
    }
    for problem in &report.errors {
        page.problem(Severity::Error, problem);
    }
    for problem in &report.warnings {
        page.problem(Severity::Warning, problem);
    }
    page.closing(report);
    page.text.finish(options.log)
}

fn is_shown(finding: &Finding, options: &Options) -> bool {
    options.verbose || (finding.is_open() && finding.severity > Severity::None)
}

struct Page<'a> {
    text: Text,
    options: &'a Options,
}

impl Page<'_> {
    /// The daemon or cluster that the findings below are about.
    fn heading(&mut self, report: &Report, finding: &Finding) {
        if !self.text.is_empty() {
            put!(self.text, "\n");
        }
        let subject = sheet!(Foreign(&words::subject(report, finding)));
        self.paint(Style::new().bold(), &subject);
        if let Some(source) = &finding.source {
            put!(
                self.text,
                "  ",
                Foreign(&source.address),
                " in ",
                Foreign(&source.input)
            );
        }
        if let Some(owner) = words::daemon(report, &finding.arn).and_then(|daemon| daemon.owner.as_deref()) {
            put!(self.text, ", owner ", Foreign(owner));
        }
        put!(self.text, "\n  ");
        self.paint(Style::new().dimmed(), &sheet!(Foreign(&finding.arn)));
        put!(self.text, "\n");
    }

    fn finding(&mut self, report: &Report, finding: &Finding) {
        put!(self.text, "  ");
        self.paint(style(finding.severity), &sheet!(words::severity_name(finding.severity)));
        put!(self.text, " ");
        self.paint(Style::new().bold(), &words::title(finding));
        put!(self.text, "\n");
        if let Some(difference) = words::difference(finding) {
            self.wrapped(&difference);
        }
        if finding.message != finding.cause.title() {
            self.wrapped(&sheet!(Sentences(&finding.message)));
        }
        if !finding.daemons.is_empty() {
            let daemons = finding.daemons.iter().map(|arn| sheet!(Foreign(words::tail(arn))));
            let daemons: Text = Sheet::joined(daemons, ", ");
            self.wrapped(&sheet!("Daemons: ", daemons));
        }
        self.why(report, finding);
        match &finding.suppression {
            Some(suppression) => self.suppression(suppression),
            None => self.next_step(&finding.next_step),
        }
    }

    /// Since when, how sure, and by which deployment.
    fn why(&mut self, report: &Report, finding: &Finding) {
        let since: Option<Text> = finding.since.map(|at| sheet!("since ", at, ", "));
        let sure = words::confidence_name(finding.confidence);
        let origin: Option<Text> = words::group(report, finding).map(words::origin);
        let group: Option<Text> = origin.map(|origin| sheet!(", ", origin));
        self.dim(&sheet!(since, sure, group));
        if self.options.verbose {
            for evidence in &finding.evidence {
                self.evidence(evidence);
            }
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let at: Option<Text> = evidence.at.map(|at| sheet!(" (", at, ")"));
        self.dim(&sheet!(Foreign(&evidence.from), ": ", Sentences(&evidence.text), at));
    }

    fn suppression(&mut self, suppression: &Suppression) {
        let kind = words::suppression_name(suppression.kind);
        let reason = suppression.reason.as_deref();
        let reason: Option<Text> = reason.map(|reason| sheet!(": ", Sentences(reason)));
        self.wrapped(&sheet!("Not counted, ", kind, reason));
    }

    fn next_step(&mut self, step: &NextStep) {
        self.wrapped(&sheet!(Sentences(&step.text)));
        for command in &step.commands {
            self.wrapped(&sheet!(Sentences(&command.title), ":"));
            // Not wrapped, so that it can be pasted.
            for line in command.text.lines() {
                put!(self.text, Spaces(INDENT + 2), Foreign(line), "\n");
            }
        }
    }

    fn problem(&mut self, severity: Severity, problem: &Problem) {
        put!(self.text, "\n");
        self.paint(style(severity), &sheet!(words::severity_name(severity)));
        put!(self.text, ": ", Sentences(&problem.summary));
        if let Some(input) = &problem.input {
            put!(self.text, " (", Foreign(input), ")");
        }
        put!(self.text, "\n");
        self.wrapped(&Sheet::lines(&problem.detail, 0));
    }

    fn closing(&mut self, report: &Report) {
        if !self.text.is_empty() {
            put!(self.text, "\n");
        }
        self.paint(style(worst(report)).bold(), &sheet!(words::headline(report)));
        let (verdicts, severities): (Text, Text) = (words::verdicts(report), words::severities(report));
        put!(self.text, " · ", verdicts, "\n", severities, "\n");
        if let Some(suppressed) = words::suppressed::<Terminal>(report) {
            put!(self.text, suppressed, "\n");
        }
        if !report.unread.is_empty() {
            let unread: Text = words::count(length(&report.unread), "ARN");
            put!(self.text, "incomplete: ", unread, " could not be read\n");
        }
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
