//! Row 22: tags. ECS records neither when they changed nor who changed them.

use std::collections::BTreeMap;

use daemons::daemon::table::name;
use serde_json::{Map, Value, json};

use super::{Case, draft::Draft, paste::shell_word, steps};
use crate::{
    report::{Cause, Command, Finding, NextStep, Origin, Repair, Shown},
    setting::Marked,
    source::{Tags, Wanted},
};

/// The tags that differ, as one finding that shows only these.
pub(super) fn difference(case: &Case<'_>) -> Option<Finding> {
    let wanted = case.wanted.tags.as_ref()?;
    let live = case.wanted.marks.tags(case.live.observed.tags.clone());
    let wanted = differing(case, wanted, &live);
    let live = differing(case, &live, case.wanted.tags.as_ref()?);
    if wanted.expose().is_empty() && live.expose().is_empty() {
        return None;
    }
    let names = wanted.map(|wanted| {
        let mut keys: Vec<&str> = wanted.keys().chain(live.expose().keys()).map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.join(", ")
    });
    let finding = Draft::new(case.wanted, Cause::Tags, format!("These tags differ: {names}."))
        .values(name::TAGS_ALL, shown(&wanted), shown(&live))
        .evidence(
            "ListTagsForResource",
            &case.wanted.arn.to_string(),
            "Tags are as shown. ECS keeps neither the time of a change nor its caller.",
            None,
        )
        .next(repair(case.wanted, &wanted, &live));
    Some(finding)
}

/// Tags that the other side does not have, or not with this value.
fn differing(case: &Case<'_>, tags: &Tags, other: &Tags) -> Tags {
    let other = other.expose();
    tags.map(|tags| {
        let differs = |(key, value): &(&String, &Marked<String>)| {
            let is_looked_at = case.options.tag_rules.looks_at(key) && !case.wanted.ignored_tags.contains(*key);
            is_looked_at && other.get(*key).map(Marked::expose) != Some(value.expose())
        };
        let differing = tags.iter().filter(differs);
        differing.map(|(key, value)| (key.clone(), value.clone())).collect()
    })
}

/// The tags in a report; of a sensitive one only its key, of a sensitive map nothing.
fn shown(tags: &Tags) -> Shown {
    let Some(tags) = tags.shown() else {
        return Shown::new(Origin::Recorded, None).redacted();
    };
    let tags = tags
        .iter()
        .map(|(key, value)| (key.clone(), Value::from(value.to_string())));
    Shown::recorded(tags.collect::<Map<String, Value>>())
}

/// Tags need no rollout.
fn repair(wanted: &Wanted, set: &Tags, live: &Tags) -> NextStep {
    let mut text = "Set them again; no instance is replaced.".to_owned();
    let mut commands = Vec::new();
    if wanted.source.resource_type != "baseline" {
        commands.push(steps::apply(wanted));
    }
    match calls(wanted, set, live) {
        Some(calls) => commands.extend(calls),
        None => text = format!("{text} {}", steps::NOT_SHOWN),
    }
    NextStep {
        text,
        commands,
        repair: Repair::Yes,
    }
}

/// The calls that set and remove tags; none if they would show a sensitive one.
fn calls(wanted: &Wanted, set: &Tags, live: &Tags) -> Option<Vec<Command>> {
    let set: &BTreeMap<_, _> = set.shown()?;
    let surplus: Vec<&String> = live.shown()?.keys().filter(|key| !set.contains_key(*key)).collect();
    let set: Vec<Value> = set
        .iter()
        .map(|(key, value)| Some(json!({"key": key, "value": value.shown()?})))
        .collect::<Option<_>>()?;
    let place = format!(
        "--region={} --resource-arn={}",
        shell_word(&wanted.arn.arn.region),
        shell_word(&wanted.arn.to_string())
    );
    let call = |title: &str, text: String| Command {
        title: title.to_owned(),
        language: "sh".to_owned(),
        text,
    };
    let mut commands = Vec::new();
    if !set.is_empty() {
        let tags = shell_word(&Value::from(set).to_string());
        commands.push(call("Set tags", format!("aws ecs tag-resource {place} --tags={tags}")));
    }
    if !surplus.is_empty() {
        // As JSON, a key is neither a flag nor the path of a file.
        let keys = shell_word(&json!(surplus).to_string());
        commands.push(call(
            "Remove tags",
            format!("aws ecs untag-resource {place} --tag-keys={keys}"),
        ));
    }
    Some(commands)
}
