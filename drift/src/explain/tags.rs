//! Row 22: tags. ECS records neither when they changed nor who changed them.

use serde_json::{Map, Value};

use daemons::daemon::table::name;

use super::{Case, draft::Draft, steps};
use crate::{
    report::{Cause, Command, Finding, NextStep, Repair, Shown},
    source::Wanted,
};

/// The tags that differ, as one finding that shows only these.
pub(super) fn difference(case: &Case<'_>) -> Option<Finding> {
    let wanted = case.wanted.tags.as_ref()?;
    let live = &case.live.observed.tags;
    let looked_at = |key: &&String| case.options.tag_rules.looks_at(key);
    let mut keys: Vec<&String> = wanted.keys().chain(live.keys()).filter(looked_at).collect();
    keys.sort();
    keys.dedup();
    keys.retain(|key| wanted.get(*key) != live.get(*key));
    if keys.is_empty() {
        return None;
    }
    let only = |tags: &std::collections::BTreeMap<String, String>| {
        let shown = keys
            .iter()
            .filter_map(|key| Some(((*key).clone(), Value::from(tags.get(*key)?.as_str()))));
        Shown::recorded(shown.collect::<Map<String, Value>>())
    };
    let names: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    let sensitive = &case.wanted.sensitive;
    let is_sensitive = sensitive.contains(name::TAGS_ALL) || sensitive.contains(name::TAGS);
    let finding = Draft::new(
        case.wanted,
        Cause::Tags,
        format!("These tags differ: {}.", names.join(", ")),
    )
    .values(name::TAGS_ALL, only(wanted), only(live), is_sensitive)
    .evidence(
        "ListTagsForResource",
        &case.wanted.arn.to_string(),
        "Tags are as shown. ECS keeps neither the time of a change nor its caller.",
        None,
    )
    .next(repair(case.wanted, &keys, is_sensitive));
    Some(finding)
}

/// Tags need no rollout.
fn repair(wanted: &Wanted, keys: &[&String], is_sensitive: bool) -> NextStep {
    let mut commands = Vec::new();
    if wanted.source.resource_type != "baseline" {
        commands.push(steps::apply(wanted));
    }
    if !is_sensitive {
        commands.extend(calls(wanted, keys));
    }
    NextStep {
        text: "Set them again; no instance is replaced.".to_owned(),
        commands,
        repair: Repair::Yes,
    }
}

fn calls(wanted: &Wanted, keys: &[&String]) -> Vec<Command> {
    let tags = wanted.tags.iter().flatten();
    let set: Vec<Value> = tags
        .filter(|(key, _)| keys.contains(key))
        .map(|(key, value)| serde_json::json!({"key": key, "value": value}))
        .collect();
    let is_surplus = |key: &&&String| !wanted.tags.as_ref().is_some_and(|tags| tags.contains_key(**key));
    let surplus: Vec<String> = keys.iter().filter(is_surplus).map(|key| steps::quoted(key)).collect();
    let place = format!("--region {} --resource-arn {}", wanted.arn.arn.region, wanted.arn);
    let call = |title: &str, text: String| Command {
        title: title.to_owned(),
        language: "sh".to_owned(),
        text,
    };
    let mut commands = Vec::new();
    if !set.is_empty() {
        let tags = steps::quoted(&Value::from(set).to_string());
        commands.push(call("Set tags", format!("aws ecs tag-resource {place} --tags {tags}")));
    }
    if !surplus.is_empty() {
        let keys = surplus.join(" ");
        commands.push(call(
            "Remove tags",
            format!("aws ecs untag-resource {place} --tag-keys {keys}"),
        ));
    }
    commands
}
