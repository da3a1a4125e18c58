//! Annotations of GitHub Actions. A step shows ten of each level and drops the rest without a word, so a daemon costs one,
//! the most urgent come first, and the tenth says how many more there are.

use std::collections::BTreeMap;

use super::{Options, entries, wording};
use crate::{
    report::{Problem, Report, Severity, Subject, subjects},
    surface::{Commands, Data, Finished, Foreign, Property, Sentences, Sheet, put, sheet},
};

/// Annotations of a level that GitHub shows for a step.
const SHOWN: usize = 10;

/// Problems of one kind that are told.
const TOLD: usize = 3;

/// The report as annotations, and its counts as a line of the log.
pub(super) fn render(report: &Report, options: &Options) -> Finished {
    let mut text = Sheet::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Note] {
        let annotations = of_severity(report, options, severity);
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
        (wording::verdicts(report), wording::severities(report));
    let suppressed: Option<Sheet<Commands>> =
        wording::suppressed(report).map(|counts: Sheet<Commands>| sheet!(" · ", counts));
    put!(
        text,
        wording::headline(report, options.policy),
        " · ",
        verdicts,
        " · ",
        severities,
        suppressed,
        "\n"
    );
    text.finish()
}

/// The commands of a severity: what is gone or failed, then what is wrong with the run, then the rest.
fn of_severity(report: &Report, options: &Options, severity: Severity) -> Vec<Sheet<Commands>> {
    let problems = match severity {
        Severity::Error => report.errors.as_slice(),
        Severity::Warning => report.warnings.as_slice(),
        Severity::Note | Severity::None => &[],
    };
    let subjects = subjects(report, |finding| options.shows(finding));
    // There is no level below that of notes.
    let own = subjects
        .iter()
        .filter(|subject| subject.severity().max(Severity::Note) == severity);
    let (urgent, rest): (Vec<&Subject<'_>>, Vec<&Subject<'_>>) = own.partition(|subject| subject.is_urgent());
    let annotations = |subjects: Vec<&Subject<'_>>| -> Vec<Sheet<Commands>> {
        subjects
            .into_iter()
            .filter_map(|subject| annotation(report, subject))
            .collect()
    };
    let problems = by_title(problems).into_values().map(problem);
    annotations(urgent)
        .into_iter()
        .chain(problems)
        .chain(annotations(rest))
        .collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::None => "notice",
    }
}

/// Problems of one kind, which cost one annotation.
fn by_title(problems: &[Problem]) -> BTreeMap<&str, Vec<&Problem>> {
    let mut by_title: BTreeMap<&str, Vec<&Problem>> = BTreeMap::new();
    for problem in problems {
        by_title.entry(&problem.summary).or_default().push(problem);
    }
    by_title
}

fn problem(alike: Vec<&Problem>) -> Sheet<Commands> {
    let title: Option<Sheet<Property>> = alike.first().map(|problem| sheet!(Sentences(&problem.summary)));
    let more = alike.len().saturating_sub(TOLD);
    let more: Option<Sheet<Data>> = (more > 0).then(|| sheet!("and ", more, " more like these"));
    let told = alike
        .into_iter()
        .take(TOLD)
        .map(|problem| Sheet::lines(&problem.detail, 2));
    let text = Sheet::joined(told.chain(more), "%0A");
    sheet!("title=", title, "::", text)
}

fn annotation(report: &Report, subject: &Subject<'_>) -> Option<Sheet<Commands>> {
    let (file, line, column) = wording::place(report, subject.first()?);
    let file: Sheet<Property> = sheet!(Foreign(file));
    let column: Option<Sheet<Commands>> = column.map(|column| sheet!(",col=", column));
    // The title says where and what, the text how and why: they stand one below the other.
    let what = Sheet::joined(subject.entries.iter().map(entries::title), "; ");
    let name: Sheet<Property> = entries::subject(report, subject);
    let title: Sheet<Property> = sheet!(name, "%3A ", what);
    let daemons: Option<Sheet<Data>> = entries::daemons(report, subject);
    let lines = subject.entries.iter().flat_map(entries::lines);
    let text = Sheet::joined(daemons.into_iter().chain(lines), "%0A");
    Some(sheet!(
        "file=", file, ",line=", line, column, ",title=", title, "::", text
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Finding, Shown, golden};

    /// A daemon whose finding no other one has.
    fn own(number: usize) -> Finding {
        let arn = format!("arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent-{number}");
        let live = Some(Shown::recorded(number));
        Finding {
            arn,
            live,
            ..golden::finding(Cause::Tags)
        }
    }

    fn lines_of(report: &Report, level: &str) -> Vec<String> {
        let text = render(report, &Options::default());
        let lines = text.as_str().lines().filter(|line| line.starts_with(level));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn the_tenth_says_how_many_more_there_are() {
        let check = |findings: usize, lines: usize, closing: &str| {
            let mut report = golden::empty();
            report.findings = (0..findings).map(own).collect();
            report.seal();
            let warnings = lines_of(&report, "::warning");
            assert_eq!(warnings.len(), lines);
            assert!(warnings.last().unwrap().contains(closing), "{warnings:?}");
        };
        check(1, 1, "Tags differ");
        check(10, 10, "Tags differ");
        check(11, 10, "2 more of this level");
        check(500, 10, "491 more of this level");
    }

    /// One daemon costs one annotation, and one that is missing is never among those that are dropped.
    #[test]
    fn no_daemon_takes_the_place_of_one_that_is_missing() {
        let mut report = golden::empty();
        for setting in 0..20 {
            let finding = golden::finding(Cause::DefaultRevert);
            report.findings.push(Finding {
                setting: Some(format!("setting_{setting}")),
                ..finding
            });
        }
        for number in 0..20 {
            report.findings.push(Finding {
                severity: Severity::Error,
                ..own(number)
            });
        }
        report.findings.push(golden::finding(Cause::Missing));
        report.errors = vec![Problem {
            input: None,
            summary: "Input failed".to_owned(),
            detail: "Why.".to_owned(),
        }];
        let alike = |number| Problem {
            detail: format!("Input {number} is empty."),
            ..report.errors[0].clone()
        };
        report.errors = (0..20).map(alike).collect();
        report.seal();
        let errors = lines_of(&report, "::error");
        assert!(errors[0].contains("Daemon missing"), "{errors:?}");
        assert!(
            errors[1].contains("Input failed") && errors[1].ends_with("%0Aand 17 more like these"),
            "{errors:?}"
        );
        assert_eq!(
            errors.iter().filter(|line| line.contains("setting_")).count(),
            1,
            "{errors:?}"
        );
        assert!(errors[9].contains("14 more of this level"), "{errors:?}");
    }
}
