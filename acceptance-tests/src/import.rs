//! The comparison at the end of each case: what was applied must be found again by import, value
//! for value, except for the few things that an API cannot know.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::failure::{Failure, Outcome, fail};
use crate::settings::{SETTINGS, same};

/// Arguments that exist in the configuration only.
const CLIENT_ONLY: [&str; 5] = [
    "retained_revision_arns",
    "skip_destroy",
    "timeouts",
    "triggers",
    "wait_for_deployment",
];

/// Resources by address, as values.
pub(crate) type Resources = BTreeMap<String, Resource>;

/// One managed resource.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    kind: String,
    values: Value,
}

impl Resource {
    /// ARN of the object, which is its import id and its identity.
    fn arn(&self) -> Outcome<&str> {
        let arn = self.values["arn"].as_str();
        arn.ok_or_else(|| Failure::new(format!("a {} without ARN is in the state", self.kind)))
    }
}

/// All managed resources of ours in a state's JSON.
pub(crate) fn resources(state: &Value) -> Resources {
    let mut found = Resources::new();
    collect(&state["values"]["root_module"], &mut found);
    found
}

fn collect(module: &Value, found: &mut Resources) {
    for resource in list(&module["resources"]) {
        let kind = resource["type"].as_str().unwrap_or_default();
        let address = resource["address"].as_str().unwrap_or_default();
        if resource["mode"] == "managed" && kind.starts_with("ecs_") {
            let kind = kind.to_owned();
            let values = resource["values"].clone();
            found.insert(address.to_owned(), Resource { kind, values });
        }
    }
    for child in list(&module["child_modules"]) {
        collect(child, found);
    }
}

/// Import blocks by id for all resources.
pub(crate) fn blocks_by_id(resources: &Resources) -> Outcome<String> {
    blocks(resources, |arn| format!("id = {}", json!(arn)))
}

/// Import blocks by identity for all resources.
pub(crate) fn blocks_by_identity(resources: &Resources) -> Outcome<String> {
    blocks(resources, |arn| format!("identity = {{ arn = {} }}", json!(arn)))
}

fn blocks(resources: &Resources, argument: impl Fn(&str) -> String) -> Outcome<String> {
    let block = |(address, resource): (&String, &Resource)| {
        let argument = argument(resource.arn()?);
        Ok(format!("import {{\n  to = {address}\n  {argument}\n}}\n"))
    };
    resources.iter().map(block).collect()
}

/// Compares what a plan with import blocks found with what the state holds. An attribute that is
/// `untold` of daemons must be missing from the import.
pub(crate) fn compare(resources: &Resources, plan: &Value, default_tags: &Value, untold: Option<&str>) -> Outcome {
    let mut differences = Vec::new();
    let mut missing: BTreeSet<&String> = resources.keys().collect();
    for change in list(&plan["resource_changes"]) {
        let address = change["address"].as_str().unwrap_or_default();
        let Some((address, resource)) = resources.get_key_value(address) else {
            continue;
        };
        missing.remove(address);
        let mut applied = canonical(&resource.values, default_tags);
        if let (Some(attribute), "ecs_daemon") = (untold, resource.kind.as_str()) {
            remove(&mut applied, attribute);
        }
        let imported = canonical(&change["change"]["before"], default_tags);
        if applied != imported {
            differences.push(format!(
                "{address}\n--- applied\n{applied:#}\n--- imported\n{imported:#}"
            ));
        }
    }
    differences.extend(missing.into_iter().map(|address| format!("{address} was not imported")));
    if differences.is_empty() {
        return Ok(());
    }
    fail(differences.join("\n"))
}

/// A value without the differences that are allowed: client-only arguments, null against empty,
/// blocks written out at their defaults, the order of list blocks and of alarm names, and tags
/// that default tags explain.
fn canonical(values: &Value, default_tags: &Value) -> Value {
    let mut values = values.clone();
    if let Some(object) = values.as_object_mut() {
        object.retain(|name, _| !CLIENT_ONLY.contains(&name.as_str()));
        if let Some(tags) = object.get_mut("tags").and_then(Value::as_object_mut) {
            tags.retain(|key, value| default_tags[key] != *value);
        }
    }
    tidy(&mut values);
    if values["deployment_configuration"]
        .as_array()
        .is_some_and(|blocks| blocks.iter().all(is_default))
    {
        remove(&mut values, "deployment_configuration");
    }
    values
}

/// True if every member of a deployment configuration is at its default. A member that is not known here never is, so that
/// an import which loses it is seen.
fn is_default(configuration: &Value) -> bool {
    are_defaults(configuration, &["deployment_configuration"])
}

fn are_defaults(block: &Value, path: &[&str]) -> bool {
    let is_default = |(name, value): (&String, &Value)| {
        let path = [path, &[name.as_str()]].concat();
        let setting = SETTINGS.iter().find(|setting| setting.path == path);
        match (setting, value) {
            (Some(setting), value) => same(value, &setting.default()),
            (None, Value::Array(blocks)) => blocks.iter().all(|block| are_defaults(block, &path)),
            (None, _) => false,
        }
    };
    block.as_object().is_some_and(|members| members.iter().all(is_default))
}

/// Takes away what means "not set", depth first, and sorts where order has no meaning.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(object) => tidy_object(object),
        Value::Array(items) => {
            items.iter_mut().for_each(tidy);
            if items.iter().all(Value::is_object) {
                items.sort_by_key(ToString::to_string);
            }
        }
        _ => {}
    }
}

fn tidy_object(object: &mut Map<String, Value>) {
    for (name, inner) in object.iter_mut() {
        tidy(inner);
        if let (true, Value::Array(names)) = (name == "alarm_names", inner) {
            names.sort_by_key(ToString::to_string);
        }
    }
    // A switched-off alarms block is the same as none, and that is the only boolean whose default
    // depends on whether its block was written.
    if object.get("enable") == Some(&Value::Bool(false)) && !object.contains_key("name") {
        object.remove("enable");
    }
    object.retain(|name, inner| !means_absent(name, inner));
}

fn means_absent(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty() || (name == "alarms" && items.iter().all(|item| *item == json!({}))),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn remove(values: &mut Value, name: &str) {
    if let Some(object) = values.as_object_mut() {
        object.remove(name);
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(applied: &Value, imported: &Value, same: bool) {
        let state = json!({"values": {"root_module": {"resources": [
            {"address": "ecs_daemon.a", "mode": "managed", "type": "ecs_daemon", "values": applied},
        ]}}});
        let plan = json!({"resource_changes": [{"address": "ecs_daemon.a", "change": {"before": imported}}]});
        let result = compare(&resources(&state), &plan, &json!({"team": "x"}), None);
        assert_eq!(result.is_ok(), same, "{result:?}");
    }

    #[test]
    fn allowed_differences_are_allowed() {
        let defaults = json!([{
            "drain_percent": 25, "bake_time_in_minutes": 0, "alarms": [{"alarm_names": [], "enable": false}],
        }]);
        check(
            &json!({"a": 1, "deployment_configuration": defaults}),
            &json!({"a": 1}),
            true,
        );
        check(
            &json!({"a": 1, "timeouts": {"create": "1h"}, "wait_for_deployment": false}),
            &json!({"a": 1, "timeouts": null, "wait_for_deployment": true}),
            true,
        );
        check(
            &json!({"tags": {"team": "x", "b": "y"}}),
            &json!({"tags": {"b": "y"}}),
            true,
        );
        check(&json!({"user": null, "command": []}), &json!({"user": ""}), true);
        let alarms = |names: Value| json!({"deployment_configuration": [{"drain_percent": 5, "alarms": [{"alarm_names": names, "enable": true}]}]});
        check(&alarms(json!(["a", "b"])), &alarms(json!(["b", "a"])), true);
    }

    #[test]
    fn other_differences_are_found() {
        check(&json!({"critical": true}), &json!({"critical": false}), false);
        check(&json!({"command": ["a", "b"]}), &json!({"command": ["b", "a"]}), false);
        check(&json!({"tags": {"team": "y"}}), &json!({}), false);
        let percent = |value: u32| json!({"deployment_configuration": [{"drain_percent": value}]});
        check(&percent(25), &percent(50), false);
        check(&percent(50), &json!({}), false);
        for unknown in [json!(5), json!(["a"]), json!([{"b": 1}])] {
            let setting = json!({"deployment_configuration": [{"drain_percent": 25, "of_the_future": unknown}]});
            check(&setting, &json!({}), false);
        }
    }

    #[test]
    fn what_was_not_imported_is_named() {
        let state = json!({"values": {"root_module": {"child_modules": [{"resources": [
            {"address": "module.m.ecs_daemon.a", "mode": "managed", "type": "ecs_daemon", "values": {"arn": "x"}},
        ]}]}}});
        let found = resources(&state);
        assert!(blocks_by_id(&found).unwrap().contains("to = module.m.ecs_daemon.a"));
        assert!(compare(&found, &json!({}), &Value::Null, None).is_err());
    }
}
