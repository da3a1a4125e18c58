//! The changes that a plan would make, as paths: `ecs_daemon.agent.deployment_configuration.drain_percent`.
//! Read from the plan's JSON, which is the same in all versions of all CLIs.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use crate::failure::{Outcome, fail};

/// Attributes that change as a consequence, named by no test: another deployment has another ARN.
const CONSEQUENCES: [&str; 1] = ["deployment_arn"];

/// Paths of changed leaves and, for whole resources, the action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    paths: BTreeSet<String>,
}

impl Changes {
    /// The changes in `resource_changes` of a plan.
    pub(crate) fn planned(plan: &Value) -> Self {
        Self::of(&plan["resource_changes"])
    }

    /// The changes in `resource_drift` of a plan.
    pub(crate) fn drifted(plan: &Value) -> Self {
        Self::of(&plan["resource_drift"])
    }

    fn of(list: &Value) -> Self {
        let mut paths = BTreeSet::new();
        for resource in list.as_array().into_iter().flatten() {
            let address = resource["address"].as_str().unwrap_or_default();
            collect_resource(address, &resource["change"], &mut paths);
        }
        Self { paths }
    }

    /// True if nothing changes.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Fails unless exactly these paths change.
    pub fn expect(&self, what: &str, expected: &[&str]) -> Outcome {
        let expected: BTreeSet<String> = expected.iter().map(|path| (*path).to_owned()).collect();
        if self.paths == expected {
            return Ok(());
        }
        fail(format!(
            "{what} names\n{self}\ninstead of\n{}",
            Self { paths: expected }
        ))
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.paths.iter().map(|path| format!("  {path}")).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

/// An update names its leaves, everything else the resource and what happens to it.
fn collect_resource(address: &str, change: &Value, paths: &mut BTreeSet<String>) {
    let actions: Vec<&str> = change["actions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    match actions.as_slice() {
        ["no-op" | "read"] => {}
        ["update"] => {
            let mut leaves = BTreeSet::new();
            collect(
                "",
                &change["before"],
                &change["after"],
                &change["after_unknown"],
                &mut leaves,
            );
            let named = leaves
                .into_iter()
                .filter(|leaf| !CONSEQUENCES.contains(&leaf.as_str()))
                .map(|leaf| format!("{address}.{leaf}"));
            paths.extend(named);
        }
        other => {
            paths.insert(format!("{address} ({})", other.join(", ")));
        }
    }
}

fn collect(path: &str, before: &Value, after: &Value, unknown: &Value, leaves: &mut BTreeSet<String>) {
    if *unknown == Value::Bool(true) {
        leaves.insert(path.to_owned());
        return;
    }
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => {
            let keys: BTreeSet<&String> = old.keys().chain(new.keys()).chain(keys(unknown)).collect();
            for key in keys {
                let inner = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                collect(&inner, &before[key], &after[key], &unknown[key], leaves);
            }
        }
        // Blocks are lists of objects; the number of a block says little, so paths leave it out.
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() && new.iter().all(Value::is_object) => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                collect(path, old, new, &unknown[index], leaves);
            }
        }
        _ if before != after => {
            leaves.insert(path.to_owned());
        }
        _ => {}
    }
}

fn keys(value: &Value) -> impl Iterator<Item = &String> {
    value.as_object().into_iter().flat_map(serde_json::Map::keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(actions: &Value, before: &Value, after: &Value, unknown: &Value, expected: &[&str]) {
        let plan = json!({"resource_changes": [{
            "address": "ecs_daemon.a",
            "change": {"actions": actions, "before": before, "after": after, "after_unknown": unknown},
        }]});
        Changes::planned(&plan).expect("the plan", expected).unwrap();
    }

    #[test]
    fn leaves_of_updates_are_named() {
        let update = json!(["update"]);
        check(
            &update,
            &json!({"critical": true, "name": "x", "block": [{"drain": 1, "bake": 0}]}),
            &json!({"critical": false, "name": "x", "block": [{"drain": 2, "bake": 0}]}),
            &json!({"block": [{}]}),
            &["ecs_daemon.a.block.drain", "ecs_daemon.a.critical"],
        );
        check(
            &update,
            &json!({"b": [{"x": 1}]}),
            &json!({"b": []}),
            &json!({}),
            &["ecs_daemon.a.b"],
        );
        check(
            &update,
            &json!({"arn": "1", "deployment_arn": "2"}),
            &json!({}),
            &json!({"arn": true, "deployment_arn": true}),
            &["ecs_daemon.a.arn"],
        );
    }

    #[test]
    fn whole_resources_are_named_with_their_action() {
        let nothing = json!({});
        check(&json!(["no-op"]), &nothing, &nothing, &nothing, &[]);
        check(
            &json!(["create"]),
            &Value::Null,
            &nothing,
            &nothing,
            &["ecs_daemon.a (create)"],
        );
        check(
            &json!(["delete", "create"]),
            &nothing,
            &nothing,
            &nothing,
            &["ecs_daemon.a (delete, create)"],
        );
    }
}
