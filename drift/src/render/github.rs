//! Annotations of GitHub Actions. A step shows ten of each level and drops the rest without a word, so the
//! tenth says how many more there are.

use super::words;
use crate::{
    report::{Finding, Problem, Report, Severity},
    surface::{Commands, Data, Finished, Foreign, Property, Sentences, Sheet, put, sheet},
};

/// Annotations of a level that GitHub shows for a step.
const SHOWN: usize = 10;

/// The report as annotations, and its counts as a line of the log.
pub(super) fn render(report: &Report) -> Finished {
    let mut text = Sheet::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let annotations = of_severity(report, severity);
        let level = level(severity);
        let fits = annotations.len() <= SHOWN;
        let shown = if fits { annotations.len() } else { SHOWN - 1 };
        let missing = annotations.len() - shown;
        for annotation in annotations.into_iter().take(shown) {
            put!(text, "::", level, " ", annotation, "\n");
        }
        if !fits {
            put!(text, "::", level, " title=ecs-drift::");
            put!(text, missing, " more of this level are in the report\n");
        }
    }
    let (verdicts, severities): (Sheet<Commands>, Sheet<Commands>) =
        (words::verdicts(report), words::severities(report));
    let suppressed: Option<Sheet<Commands>> =
        words::suppressed(report).map(|counts: Sheet<Commands>| sheet!(" · ", counts));
    put!(
        text,
        words::headline(report),
        " · ",
        verdicts,
        " · ",
        severities,
        suppressed,
        "\n"
    );
    text.finish()
}

fn of_severity(report: &Report, severity: Severity) -> Vec<Sheet<Commands>> {
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

fn problem(problem: &Problem) -> Sheet<Commands> {
    let title: Sheet<Property> = sheet!(Sentences(&problem.summary));
    let text: Sheet<Data> = Sheet::lines(&problem.detail, 2);
    sheet!("title=", title, "::", text)
}

fn annotation(report: &Report, finding: &Finding) -> Sheet<Commands> {
    let (file, line, column) = words::place(report, finding);
    let file: Sheet<Property> = sheet!(Foreign(file));
    let column: Option<Sheet<Commands>> = column.map(|column| sheet!(",col=", column));
    // The title says where and what, the text how and why: they stand one below the other.
    let what: Sheet<Property> = if let Some(setting) = &finding.setting {
        sheet!(Foreign(setting))
    } else {
        sheet!(finding.cause.title())
    };
    let title: Sheet<Property> = sheet!(Foreign(&words::subject(report, finding)), "%3A ", what);
    let about_setting = finding.setting.as_ref().map(|_| sheet!(finding.cause.title()));
    let facts = Sheet::joined(about_setting.into_iter().chain(words::difference(finding)), ": ");
    let lines: [Option<Sheet<Data>>; 3] = [
        (!facts.is_empty()).then_some(facts),
        words::explanation(finding).map(|message| sheet!(Sentences(message))),
        Some(sheet!(Sentences(&finding.next_step.text))),
    ];
    let text = Sheet::joined(lines.into_iter().flatten(), "%0A");
    sheet!("file=", file, ",line=", line, column, ",title=", title, "::", text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, golden};

    #[test]
    fn the_tenth_says_how_many_more_there_are() {
        let check = |findings: usize, lines: usize, closing: &str| {
            let mut report = golden::empty();
            report.findings = vec![golden::finding(Cause::Tags); findings];
            report.seal();
            let text = render(&report);
            let warnings: Vec<&str> = text
                .as_str()
                .lines()
                .filter(|line| line.starts_with("::warning"))
                .collect();
            assert_eq!(warnings.len(), lines);
            assert!(warnings.last().unwrap().contains(closing), "{warnings:?}");
        };
        check(1, 1, "Tags differ");
        check(10, 10, "Tags differ");
        check(11, 10, "2 more of this level");
        check(500, 10, "491 more of this level");
    }
}
