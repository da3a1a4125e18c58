//! Effects of rules on a report: owners first, then severities, then what does not count. The first reason that a
//! finding does not count is the one it keeps; what a scan could not read stays a gap whatever a rule says.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::file::Rules;
use crate::report::{Cause, Finding, Kind, Problem, Report, Severity, SuppressionKind};

/// Time that ECS may take to replace an instance; assumed, as AWS says no more than that it does.
const REPAIR: SignedDuration = SignedDuration::from_mins(30);

/// Facts that rules need beside the report.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The time that counts as now, for the expiry of rules.
    pub now: Timestamp,
    /// True if somebody said so, so that ages count to it as well: the clock of an emulator may be far from the host's.
    pub is_now_given: bool,
    /// Findings younger than this are settling.
    pub min_age: Option<SignedDuration>,
    /// An earlier report, whose findings are known.
    pub known: Option<&'a Report>,
    /// Latest time that the service named, from which ages are counted.
    pub service_time: Option<Timestamp>,
}

impl Context<'_> {
    /// To when ages count: the end of the scan, or the latest time of the service where its clock is ahead of the host's;
    /// what was given as now where that was.
    fn time_of(&self, report: &Report) -> Timestamp {
        let seen = self
            .service_time
            .map_or(report.finished_at, |time| time.max(report.finished_at));
        if self.is_now_given { self.now } else { seen }
    }
}

/// Applies the rules and seals the report.
pub fn apply(rules: &Rules, context: &Context<'_>, report: &mut Report) {
    owners(rules, report);
    lasting(context, report);
    severities(rules, report);
    ignore(rules, context.now, report);
    if let Some(known) = context.known {
        report.only_new(known);
    }
    if let Some(min_age) = context.min_age {
        report.hold_back(min_age, context.time_of(report));
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
    // Daemons are there every night, unlike findings; but only a whole scan of inputs that could be read has them all.
    if report.shard.is_some() || !report.errors.is_empty() || report.interrupted {
        return;
    }
    for rule in &rules.owner {
        let selector = rule.get_ref().selector();
        if !report.daemons.iter().any(|daemon| selector.selects_daemon(daemon)) {
            let place = rules.origin.place(rule.span().start);
            report.warnings.push(warning(
                "Rule matches nothing",
                format!("The `[[owner]]` rule in {place} matches no daemon. Delete it, or correct its patterns."),
            ));
        }
    }
}

/// A gap that may be a repair says since when it has been seen, which only the earlier report can tell, and is a warning
/// once it lasts longer than a repair takes.
fn lasting(context: &Context<'_>, report: &mut Report) {
    let now = context.time_of(report);
    let earlier = context.known.into_iter().flat_map(|known| &known.findings);
    let earlier: BTreeMap<&str, Timestamp> = earlier
        .filter(|finding| finding.cause == Cause::Coverage)
        .filter_map(|finding| Some((finding.fingerprint.as_str(), finding.since?)))
        .collect();
    let gaps = report
        .findings
        .iter_mut()
        .filter(|finding| finding.cause == Cause::Coverage);
    for gap in gaps.filter(|finding| finding.severity == Severity::Note && finding.since.is_none()) {
        let since = earlier.get(gap.fingerprint.as_str()).copied().unwrap_or(now);
        gap.since = Some(since);
        if now.duration_since(since) > REPAIR {
            gap.severity = Severity::Warning;
            gap.message.push_str(" The earlier report has it, too.");
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
    /// True if a rule that has not expired ignores a finding.
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
            finding.suppress(SuppressionKind::Ignored, Some(rule.reason.clone()));
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
