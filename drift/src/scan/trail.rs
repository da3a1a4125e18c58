//! Records of `CloudTrail`, if they are asked for: the caller of a call, and the members that the call left out.
//!
//! `CloudTrail` answers two calls a second, so only windows around what caused something are asked for, those of
//! neighbours together.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::Access;
use crate::{
    explain::{self, Call, Case, Explained, TagAfter, explain},
    report::{Cause, Finding, Problem},
    setting::Settings,
};

/// The most time between the record of a call and its deployment.
const MARGIN: SignedDuration = SignedDuration::from_secs(120);
/// Windows that are nearer than this to each other are asked for as one: most of a trail is about other things.
const NEAR: SignedDuration = SignedDuration::from_mins(30);

/// From when to when, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Beginning.
    pub from: Timestamp,
    /// End.
    pub to: Timestamp,
}

impl Window {
    /// True if a time is in it.
    pub(super) fn has(self, time: Timestamp) -> bool {
        self.from <= time && time <= self.to
    }
}

/// Recorded calls by the ARN that their requests name.
pub type Events = BTreeMap<String, Vec<Call>>;

/// Answers who called an operation.
pub trait Trail: Sync {
    /// True if it is asked at all.
    fn is_asked(&self) -> bool;

    /// The calls of an operation in a region within a window; all that are kept without one.
    fn calls(
        &self,
        access: &Access,
        region: &str,
        operation: &str,
        window: Option<Window>,
    ) -> impl Future<Output = Result<Events, Problem>> + Send;
}

/// Nobody is asked.
#[derive(Clone, Copy, Debug)]
pub struct NoTrail;

impl Trail for NoTrail {
    fn is_asked(&self) -> bool {
        false
    }

    async fn calls(&self, _: &Access, _: &str, _: &str, _: Option<Window>) -> Result<Events, Problem> {
        Ok(Events::new())
    }
}

/// Explains cases; those that a deployment caused once more, with what was recorded. A trail that cannot be asked, or
/// that no longer has a call, is a warning: what ECS says stands without it.
pub(super) async fn explain_all<T: Trail>(
    trail: &T,
    access: &Access,
    cases: &[Case<'_>],
    warnings: &mut Vec<Problem>,
) -> Vec<Explained> {
    let mut explained: Vec<Explained> = cases.iter().map(explain).collect();
    let begun: BTreeSet<Timestamp> = explained.iter().flat_map(begun).collect();
    let region = cases.first().map(|case| case.wanted.arn.arn.region.as_str());
    let (Some(region), false, true) = (region, begun.is_empty(), trail.is_asked()) else {
        return explained;
    };
    let mut events = Events::new();
    for window in windows(&begun) {
        match trail.calls(access, region, "UpdateDaemon", Some(window)).await {
            Ok(found) => add(&mut events, found),
            Err(problem) => {
                if !warnings.contains(&problem) {
                    warnings.push(problem);
                }
                break;
            }
        }
    }
    let mut unknown = BTreeSet::new();
    for (case, explained) in cases.iter().zip(&mut explained) {
        if explained.groups.is_empty() {
            continue;
        }
        if let Some(events) = events.get(&case.wanted.arn.to_string()) {
            *explained = explain(&Case {
                trail: Some(events),
                ..*case
            });
        }
        let unnamed = explained.groups.iter().filter(|group| group.event.is_none());
        unknown.extend(unnamed.map(|group| group.deployment_arn.clone()));
    }
    if !unknown.is_empty() && warnings.is_empty() {
        warnings.push(not_recorded(region, unknown.len()));
    }
    explained
}

/// When the deployments began that a daemon's findings rest on: those that caused something, and those before them of which
/// a finding tells.
fn begun(explained: &Explained) -> impl Iterator<Item = Timestamp> {
    let of_groups = explained.groups.iter().filter_map(|group| group.created_at);
    let findings = explained.findings.iter().filter(|finding| finding.group.is_some());
    let evidence = findings.flat_map(|finding| &finding.evidence);
    let evidence = evidence.filter(|fact| fact.from == "DescribeDaemonDeployments");
    of_groups.chain(evidence.filter_map(|fact| fact.at))
}

fn add(events: &mut Events, found: Events) {
    for (arn, calls) in found {
        let own = events.entry(arn).or_default();
        for call in calls {
            if !own.iter().any(|one| one.event.event_id == call.event.event_id) {
                own.push(call);
            }
        }
    }
}

/// Windows around times, the newest first.
fn windows(times: &BTreeSet<Timestamp>) -> Vec<Window> {
    let around = |time: Timestamp| {
        let from = time.checked_sub(MARGIN).unwrap_or(time);
        (from, time.checked_add(MARGIN).unwrap_or(time))
    };
    let mut windows: Vec<(Timestamp, Timestamp)> = Vec::new();
    for (from, to) in times.iter().map(|time| around(*time)) {
        match windows.last_mut() {
            Some((_, end)) if from.duration_since(*end) < NEAR => *end = to,
            _ => windows.push((from, to)),
        }
    }
    let windows = windows.into_iter().rev();
    windows.map(|(from, to)| Window { from, to }).collect()
}

/// Operations that may be behind a finding that no deployment tells of.
fn operations(finding: &Finding) -> &'static [&'static str] {
    match finding.cause {
        Cause::Unreadable => &[],
        Cause::Missing | Cause::BeingDeleted => &["DeleteDaemon"],
        Cause::Recreated => &["DeleteDaemon", "CreateDaemon"],
        _ if finding.may_be_made_anew() => &["DeleteDaemon", "CreateDaemon"],
        _ if finding.is_about_tags() => &["TagResource", "UntagResource", "DeleteDaemon", "CreateDaemon"],
        _ => &[],
    }
}

/// The live values that calls may have brought, of one daemon.
pub(super) struct Brought {
    /// Tags that differ; none for one that is missing.
    pub(super) tags: BTreeMap<String, Option<String>>,
    /// Settings.
    pub(super) settings: Settings,
}

/// Names who deleted, created or tagged a daemon, where the trail has it.
pub(super) async fn name_others<T: Trail>(
    trail: &T,
    access: &Access,
    region: &str,
    findings: &mut [Finding],
    brought: &BTreeMap<String, Brought>,
    warnings: &mut Vec<Problem>,
) {
    if !trail.is_asked() {
        return;
    }
    let wanted: BTreeSet<&str> = findings.iter().flat_map(operations).copied().collect();
    let mut wanted: Vec<&str> = wanted.into_iter().collect();
    // A creation counts only after a deletion, which is asked for first.
    wanted.sort_by_key(|operation| *operation == "CreateDaemon");
    let (mut about_tags, mut deletions) = (Events::new(), Events::new());
    for operation in wanted {
        let events = match trail.calls(access, region, operation, None).await {
            Ok(events) => events,
            Err(problem) => {
                if !warnings.contains(&problem) {
                    warnings.push(problem);
                }
                return;
            }
        };
        match operation {
            "DeleteDaemon" => deletions.clone_from(&events),
            "CreateDaemon" => add(&mut about_tags, made_anew(&events, &deletions)),
            _ => {
                add(&mut about_tags, events);
                continue;
            }
        }
        let concerned = findings
            .iter_mut()
            .filter(|finding| operations(finding).contains(&operation) && !finding.is_about_tags())
            .filter(|finding| operation != "CreateDaemon" || !finding.may_be_made_anew() || is_named(finding));
        for finding in concerned {
            let calls = events.get(&finding.arn).into_iter().flatten();
            // The latest one is what counts: earlier ones were about what was there before.
            if let Some(latest) = calls.max_by_key(|call| call.event.event_time) {
                let live = brought.get(&finding.arn).map(|brought| &brought.settings);
                explain::name_call(finding, latest, live);
            }
        }
    }
    name_taggers(findings, brought, &about_tags);
}

/// Names, for each tag that differs, who last changed it to what is live.
fn name_taggers(findings: &mut [Finding], brought: &BTreeMap<String, Brought>, events: &Events) {
    for finding in findings.iter_mut().filter(|finding| finding.is_about_tags()) {
        let (Some(calls), Some(Brought { tags, .. })) = (events.get(&finding.arn), brought.get(&finding.arn)) else {
            continue;
        };
        let mut changed: BTreeMap<(Timestamp, &str), (&Call, Vec<&str>)> = BTreeMap::new();
        for (key, live) in tags {
            if let Some(call) = last_change(calls, key, live.as_deref()) {
                let of_call = (call.event.event_time, call.event.event_id.as_str());
                changed.entry(of_call).or_insert((call, Vec::new())).1.push(key);
            }
        }
        let are_several = changed.len() > 1;
        for (call, keys) in changed.into_values() {
            explain::name_tagger(finding, call, &keys, are_several);
        }
    }
}

/// The call that last changed a tag to what is live. One that found it so already changed nothing.
fn last_change<'a>(calls: &'a [Call], key: &str, live: Option<&str>) -> Option<&'a Call> {
    // Newest first as they are answered; of one second the one that brought what is live was the last.
    let touching = calls.iter().rev().filter_map(|call| Some((call, call.tag_after(key)?)));
    let mut touching: Vec<(&Call, TagAfter<'_>)> = touching.collect();
    let live = live.map_or(TagAfter::Removed, TagAfter::Set);
    touching.sort_by_key(|(call, after)| (call.event.event_time, !call.creates(), *after == live));
    let (mut value, mut last) = (None, None);
    for (call, after) in &touching {
        // A daemon that is made anew has its tags by that call, whatever the one before had.
        if call.creates() || value != Some(*after) {
            (value, last) = (Some(*after), Some(*call));
        }
    }
    let last = last.filter(|_| value == Some(live))?;
    // Times are whole seconds, and calls of one second come in no order that anybody promises.
    let is_rival = |(call, after): &(&Call, TagAfter<'_>)| {
        let is_of_another = call.event.principal != last.event.principal;
        is_of_another && *after == live && call.event.event_time == last.event.event_time
    };
    (!touching.iter().any(is_rival)).then_some(last)
}

/// Creations after a deletion on record. The first one is of whoever made the daemon in the first place, and what it left out
/// is no change.
fn made_anew(creations: &Events, deletions: &Events) -> Events {
    let is_again = |arn: &str, call: &Call| {
        let mut before = deletions.get(arn).into_iter().flatten();
        before.any(|deletion| deletion.event.event_time <= call.event.event_time)
    };
    let again = creations.iter().map(|(arn, calls)| {
        let calls = calls.iter().filter(|call| is_again(arn, call)).cloned();
        (arn.clone(), calls.collect())
    });
    again.collect()
}

/// True if a caller is named already.
fn is_named(finding: &Finding) -> bool {
    finding.evidence.iter().any(|fact| fact.from == "CloudTrail")
}

fn not_recorded(region: &str, deployments: usize) -> Problem {
    let what = if deployments == 1 {
        "1 deployment".to_owned()
    } else {
        format!("{deployments} deployments")
    };
    let detail = "No call of UpdateDaemon in CloudTrail is proven to have made what differs. It keeps events for 90 days, a new \
                  one may take 15 minutes to appear, and without the deployment before on record it cannot be said what a \
                  call changed. What is reported rests on ECS alone.";
    Problem {
        input: None,
        summary: format!("Callers of {what} in {region} not on record"),
        detail: detail.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::TrailEvent;

    /// Calls in the order in which they are answered, the newest first: who, at which second, and what of the tag `env`.
    fn calls(calls: &[(&str, i64, Option<&str>)]) -> Vec<Call> {
        let calls = calls.iter().enumerate().map(|(number, (who, second, value))| {
            let (name, request) = match value {
                Some(value) => ("TagResource", json!({ "tags": [{ "key": "env", "value": value }] })),
                None => ("UntagResource", json!({ "tagKeys": ["env"] })),
            };
            let event = TrailEvent {
                event_id: number.to_string(),
                event_name: name.to_owned(),
                event_time: Timestamp::from_second(*second).unwrap(),
                principal: (*who).to_owned(),
                user_agent: None,
                members: Vec::new(),
            };
            Call::new(event, request, &serde_json::Value::Null)
        });
        calls.collect()
    }

    /// Times are whole seconds, and nothing tells the order of calls within one.
    #[test]
    fn of_calls_of_one_second_nobody_is_named_unless_one_alone_brought_what_is_live() {
        let check = |made: &[(&str, i64, Option<&str>)], live: Option<&str>, expected: Option<&str>| {
            let calls = calls(made);
            let last = last_change(&calls, "env", live);
            assert_eq!(last.map(|call| call.event.principal.as_str()), expected, "{made:?}");
        };
        check(
            &[("bob", 2, Some("X")), ("amy", 1, Some("prod"))],
            Some("X"),
            Some("bob"),
        );
        check(&[("bob", 2, Some("X")), ("amy", 1, Some("X"))], Some("X"), Some("amy"));
        check(
            &[("bob", 1, Some("X")), ("amy", 1, Some("prod"))],
            Some("X"),
            Some("bob"),
        );
        check(
            &[("bob", 1, Some("prod")), ("amy", 1, Some("X"))],
            Some("X"),
            Some("amy"),
        );
        check(&[("bob", 1, Some("X")), ("amy", 1, Some("X"))], Some("X"), None);
        check(&[("amy", 1, Some("X")), ("amy", 1, Some("X"))], Some("X"), Some("amy"));
        let between = [("kim", 1, Some("Z")), ("zoe", 1, Some("prod")), ("amy", 1, Some("Z"))];
        check(&between, Some("Z"), None);
        check(&[("bob", 1, None), ("amy", 1, None)], None, None);
        check(&[("bob", 1, Some("X"))], Some("Y"), None);
    }
}
