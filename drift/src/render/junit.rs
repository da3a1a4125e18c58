//! `JUnit` XML, which every CI shows: each input is a suite, each daemon a test. A test fails by what would make
//! the scan fail; what could not be read is an error, and a daemon is skipped if all that was found does not count.
//!
//! The form is that of Jenkins' `junit-10.xsd`, which others read as well.

use super::{entries, wording};
use crate::{
    report::{self, Daemon, FailOn, Finding, Kind, Problem, Report},
    surface::{Finished, Foreign, Sentences, Sheet, Xml, put, sheet},
};

/// The report as test suites.
pub(super) fn render(report: &Report, fail_on: FailOn) -> Finished {
    let mut suites = vec![Suite::new(sheet!("ecs-drift"), vec![run(report)])];
    let by_daemon = report.findings_by_daemon();
    for input in &report.inputs {
        let own = report.daemons.iter().filter(|daemon| daemon.source.input == input.name);
        let cases: Vec<Case> = own
            .map(|daemon| {
                let findings = by_daemon.get(daemon.arn.as_str());
                of_daemon(report, daemon, findings.map_or(&[], Vec::as_slice), fail_on)
            })
            .collect();
        suites.push(Suite::new(sheet!(wording::input(&input.name)), cases));
    }
    let estate = report.findings.iter().filter(|finding| finding.kind == Kind::Estate);
    let estate: Vec<Case> = estate.map(|finding| of_estate(report, finding, fail_on)).collect();
    if !estate.is_empty() {
        suites.push(Suite::new(sheet!("unmanaged"), estate));
    }
    let total = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
    let mut text = sheet!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ecs-drift\"");
    put!(text, " tests=\"", total(|suite| suite.cases.len()), "\"");
    put!(text, " failures=\"", total(Suite::failures), "\"");
    put!(text, " errors=\"", total(Suite::errors), "\"");
    put!(
        text,
        " time=\"",
        Foreign(&format!("{:.3}", report.statistics.seconds)),
        "\">\n"
    );
    for suite in &suites {
        suite.write(report, &mut text);
    }
    put!(text, "</testsuites>\n");
    text.finish()
}

struct Suite {
    name: Sheet<Xml>,
    cases: Vec<Case>,
}

struct Case {
    class: Sheet<Xml>,
    name: Sheet<Xml>,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Skipped(Sheet<Xml>),
    Failed(Complaint),
    Error(Complaint),
}

struct Complaint {
    kind: &'static str,
    title: Sheet<Xml>,
    text: Sheet<Xml>,
}

impl Suite {
    fn new(name: Sheet<Xml>, cases: Vec<Case>) -> Self {
        Self { name, cases }
    }

    fn failures(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, Outcome::Failed(_));
        self.cases.iter().filter(failed).count()
    }

    fn errors(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, Outcome::Error(_));
        self.cases.iter().filter(failed).count()
    }

    fn skipped(&self) -> usize {
        let skipped = |case: &&Case| matches!(case.outcome, Outcome::Skipped(_));
        self.cases.iter().filter(skipped).count()
    }

    fn write(&self, report: &Report, text: &mut Sheet<Xml>) {
        let began = format!("{:.0}", report.started_at);
        put!(
            *text,
            "  <testsuite name=\"",
            self.name,
            "\" tests=\"",
            self.cases.len(),
            "\""
        );
        put!(
            *text,
            " failures=\"",
            self.failures(),
            "\" errors=\"",
            self.errors(),
            "\""
        );
        put!(*text, " skipped=\"", self.skipped(), "\"");
        put!(*text, " timestamp=\"", Foreign(began.trim_end_matches('Z')), "\">\n");
        for case in &self.cases {
            case.write(text);
        }
        put!(*text, "  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, text: &mut Sheet<Xml>) {
        put!(
            *text,
            "    <testcase classname=\"",
            self.class,
            "\" name=\"",
            self.name,
            "\""
        );
        let (element, complaint) = match &self.outcome {
            Outcome::Passed => {
                put!(*text, "/>\n");
                return;
            }
            Outcome::Skipped(reason) => {
                put!(
                    *text,
                    ">\n      <skipped message=\"",
                    *reason,
                    "\"/>\n    </testcase>\n"
                );
                return;
            }
            Outcome::Failed(complaint) => ("failure", complaint),
            Outcome::Error(complaint) => ("error", complaint),
        };
        put!(*text, ">\n      <", element, " type=\"", complaint.kind, "\"");
        put!(*text, " message=\"", complaint.title, "\">", complaint.text);
        put!(*text, "</", element, ">\n    </testcase>\n");
    }
}

/// The run itself, so that a report without daemons is not an empty success.
fn run(report: &Report) -> Case {
    let error = |title: &'static str, text: Sheet<Xml>| {
        Outcome::Error(Complaint {
            kind: "run",
            title: sheet!(title),
            text,
        })
    };
    let outcome = if report.interrupted {
        error("Scan interrupted", sheet!("The scan was ended by a signal."))
    } else if report.errors.is_empty() {
        Outcome::Passed
    } else {
        let texts = report.errors.iter().map(problem);
        error("Scan failed", Sheet::joined(texts, "\n"))
    };
    Case {
        class: sheet!("ecs-drift"),
        name: sheet!("run"),
        outcome,
    }
}

fn problem(problem: &Problem) -> Sheet<Xml> {
    let input = problem.input.as_deref();
    let input: Option<Sheet<Xml>> = input.map(|input| sheet!(" (", wording::input(input), ")"));
    let detail = Sheet::lines(&problem.detail, 2);
    sheet!(Sentences(&problem.summary), input, ": ", detail)
}

fn of_daemon(report: &Report, daemon: &Daemon, findings: &[&Finding], fail_on: FailOn) -> Case {
    let class = format!("{}.{}.{}", daemon.account, daemon.region, daemon.cluster);
    Case {
        class: sheet!(Foreign(&class)),
        name: sheet!(Foreign(&daemon.name), " (", Foreign(&daemon.source.address), ")"),
        outcome: outcome(report, findings, fail_on),
    }
}

fn of_estate(report: &Report, finding: &Finding, fail_on: FailOn) -> Case {
    Case {
        class: sheet!("unmanaged"),
        name: sheet!(Foreign(&wording::subject(report, finding))),
        outcome: outcome(report, &[finding], fail_on),
    }
}

/// One outcome for all findings of a daemon: readers of the form disagree about several.
fn outcome(report: &Report, findings: &[&Finding], fail_on: FailOn) -> Outcome {
    let open: Vec<&Finding> = findings.iter().copied().filter(|finding| finding.is_open()).collect();
    let failing = open.iter().copied().filter(|finding| fail_on.is_met(finding.severity));
    let failing: Vec<&Finding> = failing.collect();
    let drift = failing.iter().find(|finding| finding.kind != Kind::Unread);
    let mut gaps = open.iter().filter(|finding| finding.kind == Kind::Unread);
    // A part that could not be read hides nothing of what differs.
    let unread = gaps.find(|finding| drift.is_none() || !finding.is_partial_gap());
    if let Some(finding) = unread {
        return Outcome::Error(Complaint {
            kind: finding.cause.id(),
            title: wording::title(finding),
            text: details(report, &[finding]),
        });
    }
    if let Some(first) = drift {
        return Outcome::Failed(failure(report, first, &failing));
    }
    let suppressed = findings.iter().find_map(|finding| finding.suppression.as_ref());
    match suppressed {
        Some(suppression) if open.is_empty() => {
            let reason = suppression.reason.as_deref();
            let reason: Option<Sheet<Xml>> = reason.map(|reason| sheet!(": ", Sentences(reason)));
            Outcome::Skipped(sheet!(wording::suppression_name(suppression.kind), reason))
        }
        _ => Outcome::Passed,
    }
}

fn failure(report: &Report, first: &Finding, failing: &[&Finding]) -> Complaint {
    let more: Option<Sheet<Xml>> = (failing.len() > 1).then(|| sheet!(", and ", failing.len() - 1, " more"));
    let title: Sheet<Xml> = wording::title(first);
    Complaint {
        kind: first.cause.id(),
        title: sheet!(title, more),
        text: details(report, failing),
    }
}

/// The text of the entries of a daemon. Readers show title and text together, so that a single entry needs no heading.
fn details(report: &Report, findings: &[&Finding]) -> Sheet<Xml> {
    let entries = report::entries(report, findings.iter().copied());
    let is_alone = entries.len() == 1;
    let texts = entries.iter().map(|entry| {
        if is_alone {
            return Sheet::joined(entries::lines(entry), "\n");
        }
        let heading = entries::title(entry);
        Sheet::joined(std::iter::once(heading).chain(entries::lines(entry)), "\n  ")
    });
    Sheet::joined(texts, "\n")
}
