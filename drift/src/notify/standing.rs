//! Standing of an estate by a report. It decides about an issue that stays open from night to night, so it asks another
//! question than the exit code: drift that last night's report had is still drift, and what is not known is not clean.

use crate::report::{FailOn, Finding, Kind, Report, SuppressionKind};

/// What a report says of its estate as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Something is not as wanted.
    Drift,
    /// Everything was read, and is as wanted.
    Clean,
    /// Neither is known.
    Unknown(&'static str),
}

/// The report with what `--only-new` knew from the night before as open as everything else.
pub(crate) fn with_known(report: &Report) -> Report {
    let mut report = report.clone();
    for finding in &mut report.findings {
        if is(finding, SuppressionKind::Known) {
            finding.suppression = None;
        }
    }
    report.seal();
    report
}

fn is(finding: &Finding, kind: SuppressionKind) -> bool {
    finding.suppression.as_ref().is_some_and(|own| own.kind == kind)
}

impl Standing {
    /// Of a report with what was known.
    pub(crate) fn of(report: &Report, fail_on: FailOn) -> Self {
        let counts = |finding: &&Finding| finding.kind != Kind::Unread && fail_on.is_met(finding.severity);
        let mut counted = report.findings.iter().filter(counts);
        if counted.any(Finding::is_open) {
            return Self::Drift;
        }
        let mut counted = report.findings.iter().filter(counts);
        if report.shard.is_some() {
            Self::Unknown("the report is one part of a scan")
        } else if !report.complete {
            Self::Unknown("the report is incomplete")
        } else if counted.any(|finding| is(finding, SuppressionKind::Settling)) {
            Self::Unknown("what differs is too young to count")
        } else if report.daemons.is_empty() {
            Self::Unknown("the report has no daemons")
        } else {
            Self::Clean
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, Problem, Suppression, golden};

    fn report(causes: &[(Cause, Option<SuppressionKind>)]) -> Report {
        let mut report = golden::estate();
        report.findings.clear();
        for (cause, kind) in causes {
            let suppression = kind.map(|kind| Suppression { kind, reason: None });
            report.findings.push(Finding {
                suppression,
                ..golden::finding(*cause)
            });
        }
        report.seal();
        report
    }

    #[test]
    fn a_report_is_drift_or_clean_or_neither() {
        let check = |report: &Report, expected: Standing| {
            assert_eq!(Standing::of(&with_known(report), FailOn::Warning), expected);
        };
        let unknown = Standing::Unknown;
        let incomplete = unknown("the report is incomplete");
        check(&report(&[]), Standing::Clean);
        check(&report(&[(Cause::DefaultRevert, None)]), Standing::Drift);
        // Known since last night, and still there.
        check(
            &report(&[(Cause::DefaultRevert, Some(SuppressionKind::Known))]),
            Standing::Drift,
        );
        check(
            &report(&[(Cause::DefaultRevert, Some(SuppressionKind::Ignored))]),
            Standing::Clean,
        );
        check(
            &report(&[(Cause::DefaultRevert, Some(SuppressionKind::Repaired))]),
            Standing::Clean,
        );
        let young = report(&[(Cause::DefaultRevert, Some(SuppressionKind::Settling))]);
        check(&young, unknown("what differs is too young to count"));
        check(&report(&[(Cause::Unreadable, None)]), incomplete);
        check(
            &report(&[(Cause::Unreadable, None), (Cause::DefaultRevert, None)]),
            Standing::Drift,
        );
        check(&report(&[(Cause::NewerRevision, None)]), Standing::Clean);
        check(&golden::empty(), unknown("the report has no daemons"));
        let mut part = report(&[]);
        part.shard = Some(crate::report::Shard { part: 1, of: 2 });
        check(&part, unknown("the report is one part of a scan"));
        let mut failed = report(&[]);
        failed.errors = vec![Problem {
            input: None,
            summary: "Input failed".to_owned(),
            detail: String::new(),
        }];
        failed.seal();
        check(&failed, incomplete);
    }
}
