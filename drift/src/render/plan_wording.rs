//! Wording of a repair plan, the same in every form that people read.

use serde_json::Value;

use super::{length, wording};
use crate::{
    explain::RolloutCost,
    repair::{Action, From, Member, Plan, Planned, Reason, Remaining, Subject},
    report::{Cause, Confidence, Shown},
    surface::{Foreign, Sentences, Sheet, Surface, put, sheet},
};

/// The head line: how many daemons are repaired, and what that costs.
pub(super) fn headline<S: Surface>(plan: &Plan) -> Sheet<S> {
    let of = |action: Action| {
        plan.repairs
            .iter()
            .filter(move |planned| planned.action == action)
            .count() as u64
    };
    let (repaired, awaited) = (of(Action::Update) + of(Action::Tags), of(Action::Wait));
    let mut parts: Vec<Sheet<S>> = Vec::new();
    if repaired > 0 {
        let daemons: Sheet<S> = wording::count(repaired, "daemon");
        parts.push(sheet!(daemons, " to repair"));
    }
    if awaited > 0 {
        let rollouts: Sheet<S> = wording::count(awaited, "rollout");
        parts.push(sheet!(rollouts, " to wait for"));
    }
    if !plan.refused.is_empty() {
        parts.push(sheet!(length(&plan.refused), " refused"));
    }
    if parts.is_empty() {
        return sheet!("nothing to repair");
    }
    Sheet::joined(parts, ", ")
}

/// The price of all repairs together.
pub(super) fn total<S: Surface>(plan: &Plan) -> Option<Sheet<S>> {
    let instances: u64 = plan.repairs.iter().map(Planned::instances).sum();
    let rollouts = plan
        .repairs
        .iter()
        .filter(|planned| planned.action == Action::Update)
        .count();
    if rollouts == 0 {
        return None;
    }
    let counted: Sheet<S> = wording::count(instances, "instance");
    let verb = if instances == 1 { " is" } else { " are" };
    let mut text = sheet!(counted, verb, " drained and replaced");
    if let Some(most) = plan.max_instances {
        put!(text, ", ", most, " at a time at most over all of them");
    }
    Some(text)
}

/// Cluster and name.
pub(super) fn name(subject: &Subject) -> String {
    format!("{}/{}", subject.cluster, subject.name)
}

/// Titles of causes, and how sure they are if they are not certain, as a scan says it.
pub(super) fn causes<S: Surface>(causes: &[Cause], confidence: Option<Confidence>) -> Sheet<S> {
    let titles: Sheet<S> = Sheet::joined(causes.iter().map(|cause| sheet!(cause.title())), ", ");
    sheet!(titles, confidence.and_then(wording::sureness))
}

/// What is done, in a few words.
pub(super) fn action<S: Surface>(planned: &Planned) -> Sheet<S> {
    match planned.action {
        Action::Update if planned.tags.is_some() => sheet!("sets tags, then sends all settings in one UpdateDaemon"),
        Action::Update => sheet!("sends all settings in one UpdateDaemon"),
        Action::Tags => sheet!("sets tags, which replaces no instance"),
        Action::Wait => sheet!("waits for the rollout of the wanted settings that is going on"),
    }
}

/// Live value and the one that is sent, of a setting that changes.
pub(super) fn change<S: Surface>(member: &Member) -> [Sheet<S>; 2] {
    let sent = Shown::recorded(member.value.clone());
    let live = member.live.clone().map(Shown::recorded);
    let is_short = wording::are_alike([Some(&sent), live.as_ref()]);
    let say = |shown: &Shown| {
        if is_short {
            wording::short(shown)
        } else {
            wording::value(shown)
        }
    };
    let unread = || sheet!("not on record");
    [live.as_ref().map_or_else(unread, say), say(&sent)]
}

/// Settings that change.
pub(super) fn changing(planned: &Planned) -> impl Iterator<Item = &Member> {
    planned.members.iter().filter(|member| member.changes())
}

/// The lines about a repair beside the settings that it changes.
pub(super) fn lines<S: Surface>(planned: &Planned) -> Vec<Sheet<S>> {
    let mut lines = tags(planned);
    lines.extend(kept(planned));
    lines.extend(unchanged(planned));
    lines.extend(planned.cost.as_ref().map(cost));
    lines.extend(planned.remaining.iter().flat_map(remaining));
    lines
}

/// Settings that are kept although the source does not want what is live; one sentence.
fn kept<S: Surface>(planned: &Planned) -> Option<Sheet<S>> {
    let kept = planned.members.iter().filter(|member| member.from == From::Live);
    let said: Vec<Sheet<S>> = kept
        .map(|member| {
            let value = wording::value::<S>(&Shown::recorded(member.value.clone()));
            let why = member
                .why
                .as_deref()
                .map(|why| -> Sheet<S> { sheet!(" (", Sentences(why), ")") });
            sheet!(Foreign(&member.setting), " ", value, why)
        })
        .collect();
    (!said.is_empty()).then(|| sheet!("Sent as it is live: ", Sheet::joined(said, ", "), "."))
}

/// The settings that are as wanted and sent, so that nothing resets them.
fn unchanged<S: Surface>(planned: &Planned) -> Option<Sheet<S>> {
    let unchanged = planned
        .members
        .iter()
        .filter(|member| member.from == From::Both)
        .count() as u64;
    let settings: Sheet<S> = wording::count(unchanged, "other setting");
    let verb = if unchanged == 1 { " is" } else { " are" };
    (unchanged > 0).then(|| sheet!(settings, verb, " sent as wanted and live."))
}

/// Changes of tags.
fn tags<S: Surface>(planned: &Planned) -> Vec<Sheet<S>> {
    let Some(tags) = &planned.tags else { return Vec::new() };
    let live = |key: &String| tags.live.get(key).cloned().flatten().map(Value::from);
    let said = |value: Option<Value>| -> Sheet<S> {
        value.map_or_else(|| sheet!("nothing"), |value| wording::value(&Shown::recorded(value)))
    };
    let set = tags.set.iter().map(|(key, value)| {
        let (before, after) = (said(live(key)), said(Some(Value::from(value.as_str()))));
        sheet!("Sets the tag ", Foreign(key), ": ", before, " to ", after, ".")
    });
    let removed = tags
        .remove
        .iter()
        .map(|key| sheet!("Removes the tag ", Foreign(key), ", which is ", said(live(key)), "."));
    set.chain(removed).collect()
}

/// The price of a rollout in a sentence.
fn cost<S: Surface>(cost: &RolloutCost) -> Sheet<S> {
    let mut text: Sheet<S> = match cost.instances {
        0 => sheet!("No instance is running that it would replace"),
        1 => sheet!("It drains and replaces 1 instance"),
        instances => {
            let batches: Sheet<S> = count(cost.batches, "batch", "batches");
            sheet!(
                "It drains and replaces ",
                instances,
                " instances in ",
                batches,
                " of up to ",
                cost.at_a_time
            )
        }
    };
    if cost.bake_minutes > 0 {
        put!(text, ", and bakes for ", cost.bake_minutes, " min");
    }
    if cost.about_minutes > 0 {
        put!(text, "; about ", cost.about_minutes, " min at 5 min a batch");
    }
    put!(text, ".");
    for provider in &cost.uncounted_providers {
        put!(
            text,
            " Instances of ",
            Foreign(provider),
            ", which it adds, are not counted."
        );
    }
    text
}

fn count<S: Surface>(number: u64, one: &'static str, many: &'static str) -> Sheet<S> {
    sheet!(number, " ", if number == 1 { one } else { many })
}

/// Something that stays as it is.
pub(super) fn remaining<S: Surface>(remaining: &Remaining) -> Vec<Sheet<S>> {
    let reasons = remaining.reasons.iter().map(reason);
    let reasons: Vec<Sheet<S>> = reasons.collect();
    reasons
        .into_iter()
        .map(|reason| sheet!("Stays as it is: ", Foreign(&remaining.setting), ". ", reason))
        .collect()
}

/// A reason with the flag that takes it away.
pub(super) fn reason<S: Surface>(reason: &Reason) -> Sheet<S> {
    let flag = reason.flag.as_deref();
    let flag: Option<Sheet<S>> = flag.map(|flag| sheet!(" Allowed by ", Foreign(flag), "."));
    sheet!(Sentences(&reason.text), flag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::{Log, Terminal};

    #[test]
    fn causes_say_how_sure_they_are_as_a_scan_does() {
        let check = |confidence, expected: &str| {
            let title = causes::<Terminal>(&[Cause::NeverApplied, Cause::Tags], confidence);
            assert_eq!(title.finish(Log::Plain).as_str(), expected);
        };
        check(Some(Confidence::Likely), "Never applied, Tags differ (likely)");
        check(Some(Confidence::Certain), "Never applied, Tags differ");
        check(None, "Never applied, Tags differ");
    }
}
