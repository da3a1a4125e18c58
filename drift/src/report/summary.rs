//! Counts of a report.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Cause, Daemon, Finding, Kind, Severity, SuppressionKind, Verdict};

/// Counts; findings that do not count are counted as suppressed and nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Daemons that the inputs name.
    pub daemons: u64,
    /// Daemons by verdict.
    pub verdicts: BTreeMap<Verdict, u64>,
    /// Open findings.
    pub findings: u64,
    /// Open findings by kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// Open findings by cause.
    pub causes: BTreeMap<Cause, u64>,
    /// Open findings by severity.
    pub severities: BTreeMap<Severity, u64>,
    /// Findings that do not count, by reason.
    pub suppressed: BTreeMap<SuppressionKind, u64>,
}

impl Summary {
    /// Counts daemons and findings.
    pub(super) fn of(daemons: &[Daemon], findings: &[Finding]) -> Self {
        let open = || findings.iter().filter(|finding| finding.is_open());
        let suppressions = findings.iter().filter_map(|finding| finding.suppression.as_ref());
        Self {
            daemons: length(daemons),
            verdicts: count(daemons.iter().map(|daemon| daemon.verdict)),
            findings: open().map(|_| 1).sum(),
            kinds: count(open().map(|finding| finding.kind)),
            causes: count(open().map(|finding| finding.cause)),
            severities: count(open().map(|finding| finding.severity)),
            suppressed: count(suppressions.map(|suppression| suppression.kind)),
        }
    }
}

fn length<T>(items: &[T]) -> u64 {
    u64::try_from(items.len()).unwrap_or(u64::MAX)
}

fn count<K: Ord>(keys: impl Iterator<Item = K>) -> BTreeMap<K, u64> {
    let mut counts = BTreeMap::new();
    for key in keys {
        *counts.entry(key).or_default() += 1;
    }
    counts
}
