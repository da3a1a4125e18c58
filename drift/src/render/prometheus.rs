//! Metrics in the text format of Prometheus, for the text file collector and the push gateway. They must prove
//! that the job ran at all: the time of the last success is there only after a complete scan, so that an alert on its age also
//! fires when the job fails, hangs or is never started.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    render::{length, wording},
    report::{Cause, Report, Severity, SuppressionKind, Verdict},
    surface::{Finished, Foreign, Metrics, Sheet, put, sheet},
};

const VERDICTS: [(Verdict, &str); 7] = [
    (Verdict::InSync, "in-sync"),
    (Verdict::Condition, "condition"),
    (Verdict::Drifted, "drifted"),
    (Verdict::Unread, "unread"),
    (Verdict::KnownDrift, "known-drift"),
    (Verdict::SettlingDrift, "settling-drift"),
    (Verdict::IgnoredDrift, "ignored-drift"),
];

const SUPPRESSIONS: [SuppressionKind; 4] = [
    SuppressionKind::Ignored,
    SuppressionKind::Settling,
    SuppressionKind::Known,
    SuppressionKind::Repaired,
];

/// The report as metrics.
pub(super) fn render(report: &Report) -> Finished {
    let mut page = Page(Sheet::new());
    run(&mut page, report);
    counts(&mut page, report);
    page.0.finish()
}

/// Metrics that tell whether the job works.
fn run(page: &mut Page, report: &Report) {
    page.metric(
        "last_run_timestamp_seconds",
        "When the last scan ended, by the clock of its host.",
        [(sheet!(""), seconds(report.finished_at))],
    );
    if report.complete {
        page.metric(
            "last_success_timestamp_seconds",
            "When the last complete scan ended, by the clock of its host.",
            [(sheet!(""), seconds(report.finished_at))],
        );
    }
    let statistics = &report.statistics;
    page.metric(
        "complete",
        "Whether everything was read.",
        [(sheet!(""), number(report.complete.into()))],
    );
    page.metric(
        "errors",
        "Failures of the run or of its inputs.",
        [(sheet!(""), number(length(&report.errors)))],
    );
    page.metric(
        "unread",
        "Daemons and clusters that could not be read.",
        [(sheet!(""), number(length(&report.unread)))],
    );
    page.metric(
        "scan_seconds",
        "How long the scan took.",
        [(sheet!(""), sheet!(statistics.seconds))],
    );
    page.metric(
        "daemons_scanned",
        "Daemons that were looked at.",
        [(sheet!(""), number(statistics.daemons_scanned))],
    );
    let calls = statistics
        .api_calls
        .iter()
        .map(|(operation, calls)| (label("operation", operation), number(*calls)));
    page.metric(
        "api_calls",
        "Calls of the scan by operation, retries not counted.",
        calls,
    );
    page.metric(
        "throttled",
        "Answers that said \"too many calls\".",
        [(sheet!(""), number(statistics.throttled))],
    );
}

/// Numbers of findings. Zeros are said, too: an alert on a series that does not exist never fires.
fn counts(page: &mut Page, report: &Report) {
    let mut findings: BTreeMap<(Cause, Severity), u64> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| finding.is_open()) {
        *findings.entry((finding.cause, finding.severity)).or_default() += 1;
    }
    for cause in Cause::ALL {
        if !findings.keys().any(|(found, _)| *found == cause) {
            findings.insert((cause, cause.severity()), 0);
        }
    }
    let findings = findings.into_iter().map(|((cause, severity), count)| {
        let severity = label("severity", wording::severity_name(severity));
        (sheet!(label("cause", cause.id()), ",", severity), number(count))
    });
    page.metric("findings", "Open findings by cause and severity.", findings);
    let verdicts = VERDICTS.map(|(verdict, name)| {
        let count = report.summary.verdicts.get(&verdict).copied().unwrap_or(0);
        (label("verdict", name), number(count))
    });
    page.metric("daemons", "Daemons by what their findings come to.", verdicts);
    let suppressed = SUPPRESSIONS.map(|kind| {
        let count = report.summary.suppressed.get(&kind).copied().unwrap_or(0);
        (label("reason", wording::suppression_name(kind)), number(count))
    });
    page.metric("suppressed", "Findings that do not count, by reason.", suppressed);
}

struct Page(Sheet<Metrics>);

impl Page {
    /// A gauge: every scan says it anew.
    fn metric(
        &mut self,
        name: &'static str,
        help: &'static str,
        samples: impl IntoIterator<Item = (Sheet<Metrics>, Sheet<Metrics>)>,
    ) {
        put!(self.0, "# HELP ecs_drift_", name, " ", help, "\n");
        put!(self.0, "# TYPE ecs_drift_", name, " gauge\n");
        for (labels, value) in samples {
            put!(self.0, "ecs_drift_", name);
            if !labels.is_empty() {
                put!(self.0, "{", labels, "}");
            }
            put!(self.0, " ", value, "\n");
        }
    }
}

fn label(name: &'static str, value: &str) -> Sheet<Metrics> {
    sheet!(name, "=\"", Foreign(value), "\"")
}

fn number(count: u64) -> Sheet<Metrics> {
    sheet!(count)
}

fn seconds(timestamp: Timestamp) -> Sheet<Metrics> {
    sheet!(timestamp.as_second())
}
