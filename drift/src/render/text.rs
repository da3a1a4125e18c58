//! The report for people: per daemon what is wrong, why it is thought so, and what to paste; the verdict last,
//! where the eye is when the command ends.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::{Options, words};
use crate::report::{Evidence, Finding, NextStep, Problem, Report, Severity, Suppression};

/// Columns before the text of a finding.
const INDENT: usize = 4;
/// Fewest columns that text is wrapped to, however narrow the terminal.
const NARROWEST: usize = 40;

/// The report as text.
pub(super) fn render(report: &Report, options: &Options) -> String {
    let mut page = Page {
        text: String::new(),
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
    page.text
}

fn is_shown(finding: &Finding, options: &Options) -> bool {
    options.verbose || (finding.is_open() && finding.severity > Severity::None)
}

struct Page<'a> {
    text: String,
    options: &'a Options,
}

impl Page<'_> {
    /// The daemon or cluster that the findings below are about.
    fn heading(&mut self, report: &Report, finding: &Finding) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let subject = words::subject(report, finding);
        let _infallible = write!(self.text, "{}", self.painted(Style::new().bold(), &subject));
        if let Some(source) = &finding.source {
            let _infallible = write!(
                self.text,
                "  {} in {}",
                words::line(&source.address),
                words::line(&source.input)
            );
        }
        if let Some(owner) = words::daemon(report, &finding.arn).and_then(|daemon| daemon.owner.as_deref()) {
            let _infallible = write!(self.text, ", owner {}", words::line(owner));
        }
        self.text.push('\n');
        self.dim(2, &finding.arn);
    }

    fn finding(&mut self, report: &Report, finding: &Finding) {
        let severity = self.painted(style(finding.severity), words::severity_name(finding.severity));
        let title = self.painted(Style::new().bold(), &words::title(finding));
        let _infallible = writeln!(self.text, "  {severity} {title}");
        if let Some(difference) = words::difference(finding) {
            self.wrapped(INDENT, &difference);
        }
        if finding.message != finding.cause.title() {
            self.wrapped(INDENT, &finding.message);
        }
        if !finding.daemons.is_empty() {
            let daemons: Vec<String> = finding.daemons.iter().map(|arn| words::tail(arn)).collect();
            self.wrapped(INDENT, &format!("Daemons: {}", daemons.join(", ")));
        }
        self.why(report, finding);
        match &finding.suppression {
            Some(suppression) => self.suppression(suppression),
            None => self.next_step(&finding.next_step),
        }
    }

    /// Since when, how sure, and by which deployment.
    fn why(&mut self, report: &Report, finding: &Finding) {
        let since = finding
            .since
            .map(|at| format!("since {}, ", words::time(at)))
            .unwrap_or_default();
        let sure = words::confidence_name(finding.confidence);
        let group = words::group(report, finding).map(|group| format!(", {}", words::origin(group)));
        self.dim(INDENT, &format!("{since}{sure}{}", group.unwrap_or_default()));
        if self.options.verbose {
            for evidence in &finding.evidence {
                self.evidence(evidence);
            }
        }
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let at = evidence
            .at
            .map(|at| format!(" ({})", words::time(at)))
            .unwrap_or_default();
        self.dim(INDENT, &format!("{}: {}{at}", evidence.from, evidence.text));
    }

    fn suppression(&mut self, suppression: &Suppression) {
        let kind = words::suppression_name(suppression.kind);
        let reason = suppression.reason.as_ref();
        let reason = reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        self.wrapped(INDENT, &format!("Not counted, {kind}{reason}"));
    }

    fn next_step(&mut self, step: &NextStep) {
        self.wrapped(INDENT, &step.text);
        for command in &step.commands {
            self.wrapped(INDENT, &format!("{}:", command.title));
            // As it is, so that it can be pasted.
            for line in words::plain(&command.text).lines() {
                let _infallible = writeln!(self.text, "{:INDENT$}  {line}", "");
            }
        }
    }

    fn problem(&mut self, severity: Severity, problem: &Problem) {
        let label = self.painted(style(severity), words::severity_name(severity));
        let input = problem.input.as_ref();
        let input = input
            .map(|input| format!(" ({})", words::line(input)))
            .unwrap_or_default();
        let _infallible = writeln!(self.text, "\n{label}: {}{input}", words::line(&problem.summary));
        self.wrapped(2, &problem.detail);
    }

    fn closing(&mut self, report: &Report) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let headline = self.painted(style(worst(report)).bold(), words::headline(report));
        let _infallible = writeln!(self.text, "{headline} · {}", words::verdicts(report));
        let _infallible = writeln!(self.text, "{}", words::severities(report));
        if let Some(suppressed) = words::suppressed(report) {
            let _infallible = writeln!(self.text, "{suppressed}");
        }
        if !report.unread.is_empty() {
            let unread = words::count(crate::render::length(&report.unread), "ARN");
            let _infallible = writeln!(self.text, "incomplete: {unread} could not be read");
        }
    }

    fn dim(&mut self, indent: usize, text: &str) {
        let style = Style::new().dimmed();
        for line in self.lines(indent, text) {
            let _infallible = writeln!(self.text, "{:indent$}{}", "", self.painted(style, &line));
        }
    }

    fn wrapped(&mut self, indent: usize, text: &str) {
        for line in self.lines(indent, text) {
            let _infallible = writeln!(self.text, "{:indent$}{line}", "");
        }
    }

    fn lines(&self, indent: usize, text: &str) -> Vec<String> {
        let text = words::plain(text);
        match self.options.width {
            Some(width) => wrap(&text, width.max(NARROWEST) - indent),
            None => text.lines().map(str::to_owned).collect(),
        }
    }

    fn painted(&self, style: Style, text: &str) -> String {
        if self.options.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
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

/// Breaks lines between words; a word that is longer than a line, like an ARN, stays whole.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words() {
        let check = |text: &str, expected: &[&str]| assert_eq!(wrap(text, 10), expected, "{text}");
        check("", &[]);
        check("one two three", &["one two", "three"]);
        check("one\ntwo", &["one", "two"]);
        check("a-word-longer-than-the-line b", &["a-word-longer-than-the-line", "b"]);
    }
}
