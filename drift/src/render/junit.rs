//! `JUnit` XML, which every CI shows: each input is a suite, each daemon a test. A test fails by what would make
//! the scan fail; what could not be read is an error, and a daemon is skipped if all that was found does not count.
//!
//! The form is that of Jenkins' `junit-10.xsd`, which others read as well. There is no crate for it in the tree, and
//! what is needed of XML is the escaping of one kind of text.

use std::fmt::Write;

use super::words;
use crate::report::{Daemon, Finding, Kind, Problem, Report, Severity};

/// The report as test suites.
pub(super) fn render(report: &Report, fail_on: Severity) -> String {
    let mut suites = vec![Suite::new("ecs-drift", vec![run(report)])];
    let by_daemon = report.findings_by_daemon();
    for input in &report.inputs {
        let own = report.daemons.iter().filter(|daemon| daemon.source.input == input.name);
        let cases: Vec<Case> = own
            .map(|daemon| {
                let findings = by_daemon.get(daemon.arn.as_str());
                of_daemon(report, daemon, findings.map_or(&[], Vec::as_slice), fail_on)
            })
            .collect();
        suites.push(Suite::new(&input.name, cases));
    }
    let estate = report.findings.iter().filter(|finding| finding.kind == Kind::Estate);
    let estate: Vec<Case> = estate.map(|finding| of_estate(report, finding, fail_on)).collect();
    if !estate.is_empty() {
        suites.push(Suite::new("unmanaged", estate));
    }
    let total = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ecs-drift\" tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{:.3}\">\n",
        total(|suite| suite.cases.len()),
        total(Suite::failures),
        total(Suite::errors),
        report.statistics.seconds
    );
    for suite in &suites {
        suite.write(report, &mut text);
    }
    text.push_str("</testsuites>\n");
    text
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    class: String,
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Skipped(String),
    Failed { kind: String, title: String, text: String },
    Error { kind: String, title: String, text: String },
}

impl Suite {
    fn new(name: &str, cases: Vec<Case>) -> Self {
        Self {
            name: name.to_owned(),
            cases,
        }
    }

    fn failures(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, Outcome::Failed { .. });
        self.cases.iter().filter(failed).count()
    }

    fn errors(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, Outcome::Error { .. });
        self.cases.iter().filter(failed).count()
    }

    fn skipped(&self) -> usize {
        let skipped = |case: &&Case| matches!(case.outcome, Outcome::Skipped(_));
        self.cases.iter().filter(skipped).count()
    }

    fn write(&self, report: &Report, text: &mut String) {
        let _infallible = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" timestamp=\"{}\">",
            escape(&self.name),
            self.cases.len(),
            self.failures(),
            self.errors(),
            self.skipped(),
            words::time(report.started_at).trim_end_matches('Z')
        );
        for case in &self.cases {
            case.write(text);
        }
        text.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, text: &mut String) {
        let (class, name) = (escape(&self.class), escape(&self.name));
        let _infallible = write!(text, "    <testcase classname=\"{class}\" name=\"{name}\"");
        let (element, kind, title, body) = match &self.outcome {
            Outcome::Passed => {
                text.push_str("/>\n");
                return;
            }
            Outcome::Skipped(reason) => {
                let _infallible = writeln!(
                    text,
                    ">\n      <skipped message=\"{}\"/>\n    </testcase>",
                    escape(reason)
                );
                return;
            }
            Outcome::Failed { kind, title, text } => ("failure", kind, title, text),
            Outcome::Error { kind, title, text } => ("error", kind, title, text),
        };
        let _infallible = writeln!(
            text,
            ">\n      <{element} type=\"{}\" message=\"{}\">{}</{element}>\n    </testcase>",
            escape(kind),
            escape(title),
            escape(body)
        );
    }
}

/// The run itself, so that a report without daemons is not an empty success.
fn run(report: &Report) -> Case {
    let error = |title: &str, text: String| Outcome::Error {
        kind: "run".to_owned(),
        title: title.to_owned(),
        text,
    };
    let outcome = if report.interrupted {
        error("Scan interrupted", "The scan was ended by a signal.".to_owned())
    } else if report.errors.is_empty() {
        Outcome::Passed
    } else {
        let texts: Vec<String> = report.errors.iter().map(problem).collect();
        error("Scan failed", texts.join("\n"))
    };
    Case {
        class: "ecs-drift".to_owned(),
        name: "run".to_owned(),
        outcome,
    }
}

fn problem(problem: &Problem) -> String {
    let input = problem.input.as_ref();
    let input = input.map(|input| format!(" ({input})")).unwrap_or_default();
    format!("{}{input}: {}", problem.summary, problem.detail)
}

fn of_daemon(report: &Report, daemon: &Daemon, findings: &[&Finding], fail_on: Severity) -> Case {
    Case {
        class: format!("{}.{}.{}", daemon.account, daemon.region, daemon.cluster),
        name: format!("{} ({})", daemon.name, daemon.source.address),
        outcome: outcome(report, findings, fail_on),
    }
}

fn of_estate(report: &Report, finding: &Finding, fail_on: Severity) -> Case {
    Case {
        class: "unmanaged".to_owned(),
        name: words::subject(report, finding),
        outcome: outcome(report, &[finding], fail_on),
    }
}

/// One outcome for all findings of a daemon: readers of the form disagree about several.
fn outcome(report: &Report, findings: &[&Finding], fail_on: Severity) -> Outcome {
    let open: Vec<&&Finding> = findings.iter().filter(|finding| finding.is_open()).collect();
    let unread = open.iter().find(|finding| finding.kind == Kind::Unread);
    if let Some(finding) = unread {
        return Outcome::Error {
            kind: finding.cause.id().to_owned(),
            title: words::title(finding),
            text: finding.message.clone(),
        };
    }
    let failing: Vec<&&&Finding> = open.iter().filter(|finding| finding.severity >= fail_on).collect();
    let Some(first) = failing.first() else {
        let suppressed = findings.iter().find_map(|finding| finding.suppression.as_ref());
        return match suppressed {
            Some(suppression) if open.is_empty() => {
                let kind = words::suppression_name(suppression.kind);
                let reason = suppression.reason.as_ref().map(|reason| format!(": {reason}"));
                Outcome::Skipped(format!("{kind}{}", reason.unwrap_or_default()))
            }
            _ => Outcome::Passed,
        };
    };
    // Readers show title and text together, so that a single finding needs no heading.
    let is_alone = failing.len() == 1;
    let texts: Vec<String> = failing
        .iter()
        .map(|finding| {
            if is_alone {
                details(report, finding).join("\n")
            } else {
                let heading = words::title(finding);
                [heading]
                    .into_iter()
                    .chain(details(report, finding))
                    .collect::<Vec<_>>()
                    .join("\n  ")
            }
        })
        .collect();
    let more = match failing.len() {
        1 => String::new(),
        all => format!(", and {} more", all - 1),
    };
    Outcome::Failed {
        kind: first.cause.id().to_owned(),
        title: format!("{}{more}", words::title(first)),
        text: texts.join("\n"),
    }
}

/// What a finding says beside its title, a line each.
fn details(report: &Report, finding: &Finding) -> Vec<String> {
    let group = words::group(report, finding).map(words::origin);
    let lines = [
        words::difference(finding),
        words::explanation(finding).map(words::line),
        Some(words::line(&finding.next_step.text)),
        group,
    ];
    lines.into_iter().flatten().collect()
}

/// Text in an element or attribute. XML 1.0 has no way to write most control characters, so they are shown escaped.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for character in words::plain(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_break_the_document() {
        assert_eq!(
            escape("<a b=\"c\">&\u{1}\u{1b}[0m\u{ffff}"),
            "&lt;a b=&quot;c&quot;&gt;&amp;\\u{1}\\u{1b}[0m\u{fffd}"
        );
    }
}
