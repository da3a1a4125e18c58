//! What rules do to a report: owners first, then severities, then what does not count. The first reason that a
//! finding does not count is the one it keeps; what a scan could not read stays a gap whatever a rule says.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::file::Rules;
use crate::report::{Finding, Kind, Problem, Report, Suppression, SuppressionKind};

/// What rules need to know beside the report.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// What counts as now, for the expiry of rules.
    pub now: Timestamp,
    /// Differences younger than this are settling.
    pub min_age: Option<SignedDuration>,
    /// An earlier report, whose findings are known.
    pub known: Option<&'a Report>,
    /// Latest time that the service named, from which ages are counted.
    pub service_time: Option<Timestamp>,
}

/// Applies the rules and seals the report.
pub fn apply(rules: &Rules, context: &Context<'_>, report: &mut Report) {
    owners(rules, report);
    severities(rules, report);
    ignore(rules, context.now, report);
    if let Some(known) = context.known {
        suppress_known(known, report);
    }
    if let Some(min_age) = context.min_age {
        suppress_settling(min_age, context.service_time, report);
    }
    report.seal();
}

fn owners(rules: &Rules, report: &mut Report) {
    for daemon in &mut report.daemons {
        let mut matching = rules.owner.iter().rev().map(|rule| rule.get_ref());
        if let Some(rule) = matching.find(|rule| rule.selector().selects_daemon(daemon)) {
            daemon.owner = Some(rule.owner.clone());
        }
    }
}

fn severities(rules: &Rules, report: &mut Report) {
    for finding in &mut report.findings {
        let mut matching = rules.severity.iter().rev().map(|rule| rule.get_ref());
        if let Some(rule) = matching.find(|rule| rule.selector().selects(finding)) {
            finding.severity = rule.level;
        }
    }
}

impl Rules {
    /// Whether a rule that has not expired ignores a finding.
    pub fn ignores(&self, finding: &Finding, now: Timestamp) -> bool {
        let today = now.to_zoned(TimeZone::UTC).date();
        let rules = self.ignore.iter().map(|rule| rule.get_ref());
        let mut valid = rules.filter(|rule| rule.expires.is_none_or(|expires| expires >= today));
        valid.any(|rule| rule.selector().selects(finding))
    }
}

fn ignore(rules: &Rules, now: Timestamp, report: &mut Report) {
    let today = now.to_zoned(TimeZone::UTC).date();
    for rule in &rules.ignore {
        let (offset, rule) = (rule.span().start, rule.get_ref());
        let place = rules.origin.place(offset);
        if let Some(expires) = rule.expires.filter(|expires| *expires < today) {
            report.warnings.push(warning(
                "Rule has expired",
                format!(
                    "The `[[ignore]]` rule in {place} expired on {expires}, so what it ignored counts again. Delete it or \
                     decide anew."
                ),
            ));
            continue;
        }
        let mut matched = false;
        for finding in report
            .findings
            .iter_mut()
            .filter(|finding| rule.selector().selects(finding))
        {
            matched = true;
            suppress(finding, SuppressionKind::Ignored, Some(rule.reason.clone()));
        }
        // What could not be read may be what the rule is about.
        let was_read = !report.findings.iter().any(|finding| finding.kind == Kind::Unread);
        if !matched && was_read && report.errors.is_empty() && !report.interrupted {
            report.warnings.push(warning(
                "Rule matches nothing",
                format!("The `[[ignore]]` rule in {place} matches no finding. Delete it, or correct its patterns."),
            ));
        }
    }
}

fn warning(summary: &str, detail: String) -> Problem {
    Problem {
        input: None,
        summary: summary.to_owned(),
        detail,
    }
}

/// What an earlier report had, open or known, with the same live value. What was ignored or settling there was not yet
/// told to anyone.
fn suppress_known(known: &Report, report: &mut Report) {
    let was_told = |finding: &&Finding| {
        let kind = finding.suppression.as_ref().map(|suppression| suppression.kind);
        matches!(kind, None | Some(SuppressionKind::Known))
    };
    let told = known.findings.iter().filter(was_told);
    let told: BTreeMap<&str, &Finding> = told.map(|finding| (finding.fingerprint.as_str(), finding)).collect();
    for finding in &mut report.findings {
        let earlier = told.get(finding.fingerprint.as_str());
        if earlier.is_some_and(|earlier| earlier.live == finding.live) {
            suppress(finding, SuppressionKind::Known, None);
        }
    }
}

/// Ages count to the end of the scan, or to the latest time of the service where its clock is ahead of the host's.
fn suppress_settling(min_age: SignedDuration, service_time: Option<Timestamp>, report: &mut Report) {
    let now = service_time.map_or(report.finished_at, |time| time.max(report.finished_at));
    let is_young = |since: Timestamp| now.duration_since(since) < min_age;
    for finding in &mut report.findings {
        if finding.kind == Kind::Difference && finding.since.is_some_and(is_young) {
            suppress(finding, SuppressionKind::Settling, None);
        }
    }
}

fn suppress(finding: &mut Finding, kind: SuppressionKind, reason: Option<String>) {
    finding.suppression.get_or_insert(Suppression { kind, reason });
}
