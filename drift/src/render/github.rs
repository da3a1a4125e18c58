//! Annotations of GitHub Actions. A step shows ten of each level and drops the rest without a word, so the
//! tenth says how many more there are.

use std::fmt::Write;

use super::words;
use crate::report::{Finding, Problem, Report, Severity};

/// Annotations of a level that GitHub shows for a step.
const SHOWN: usize = 10;

/// The report as annotations, and its counts as a line of the log.
pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let annotations = of_severity(report, severity);
        let level = level(severity);
        let fits = annotations.len() <= SHOWN;
        let shown = if fits { annotations.len() } else { SHOWN - 1 };
        for annotation in annotations.iter().take(shown) {
            let _infallible = writeln!(text, "::{level} {annotation}");
        }
        if !fits {
            let missing = annotations.len() - shown;
            let _infallible = writeln!(
                text,
                "::{level} title=ecs-drift::{missing} more of this level are in the report"
            );
        }
    }
    let _infallible = writeln!(
        text,
        "{} · {} · {}",
        words::headline(report),
        words::verdicts(report),
        words::severities(report)
    );
    text
}

fn of_severity(report: &Report, severity: Severity) -> Vec<String> {
    let problems = match severity {
        Severity::Error => report.errors.as_slice(),
        Severity::Warning => report.warnings.as_slice(),
        Severity::Note | Severity::None => &[],
    };
    let findings = report.findings.iter();
    let findings = findings.filter(|finding| finding.is_open() && finding.severity == severity);
    let problems = problems.iter().map(problem);
    problems
        .chain(findings.map(|finding| annotation(report, finding)))
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::None => "notice",
    }
}

fn problem(problem: &Problem) -> String {
    format!("title={}::{}", property(&problem.summary), message(&problem.detail))
}

fn annotation(report: &Report, finding: &Finding) -> String {
    let (file, line, column) = words::place(report, finding);
    let column = column.map(|column| format!(",col={column}")).unwrap_or_default();
    // The title says where and what, the text how and why: they stand one below the other.
    let what = finding.setting.as_deref().map(words::plain);
    let what = what.unwrap_or_else(|| finding.cause.title().to_owned());
    let title = format!("{}: {what}", words::subject(report, finding));
    let about_setting = finding.setting.as_ref().map(|_| finding.cause.title());
    let difference = words::difference(finding);
    let facts: Vec<&str> = about_setting.into_iter().chain(difference.as_deref()).collect();
    let lines = [Some(facts.join(": ")), words::explanation(finding).map(str::to_owned)];
    let lines = lines.into_iter().flatten().filter(|line| !line.is_empty());
    let text: Vec<String> = lines.chain([finding.next_step.text.clone()]).collect();
    let text = text.join("\n");
    format!(
        "file={},line={line}{column},title={}::{}",
        property(file),
        property(&title),
        message(&text)
    )
}

/// The text after `::`. A line that begins with a command must not become one.
fn message(text: &str) -> String {
    let escaped = words::plain(text).replace('%', "%25");
    escaped.replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, golden};

    #[test]
    fn values_cannot_end_their_property_or_line() {
        assert_eq!(property("a:b,c%\nd"), "a%3Ab%2Cc%25%0Ad");
        assert_eq!(message("a:b,c%\r\n::error::x"), "a:b,c%25\\u{d}%0A::error::x");
    }

    #[test]
    fn the_tenth_says_how_many_more_there_are() {
        let check = |findings: usize, lines: usize, closing: &str| {
            let mut report = golden::empty();
            report.findings = vec![golden::finding(Cause::Tags); findings];
            report.seal();
            let text = render(&report);
            let warnings: Vec<&str> = text.lines().filter(|line| line.starts_with("::warning")).collect();
            assert_eq!(warnings.len(), lines);
            assert!(warnings.last().unwrap().contains(closing), "{warnings:?}");
        };
        check(1, 1, "Tags differ");
        check(10, 10, "Tags differ");
        check(11, 10, "2 more of this level");
        check(500, 10, "491 more of this level");
    }
}
