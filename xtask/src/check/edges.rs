//! The edges that are allowed between crates. The two towers, provider and emulator, meet only on the wire: if
//! the emulator shared our model of ECS, it would repeat our mistakes instead of catching them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::process::Outcome;

/// Allowed dependencies between crates of this workspace, those of tests included.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("tfplug-derive", &[]),
    ("tfplug-core", &["tfplug-derive"]),
    ("tfplug-server", &["tfplug-core"]),
    ("tfplug", &["tfplug-server", "tfplug-core", "tfplug-derive"]),
    ("tfplug-testing", &["tfplug-server", "tfplug-core"]),
    ("aws", &[]),
    ("daemons", &["aws"]),
    (
        "terraform-provider-ecs",
        &["tfplug-server", "tfplug-core", "daemons", "aws"],
    ),
    ("ecs-drift", &["daemons", "aws"]),
    ("ecs-emulator", &[]),
    ("acceptance-tests", &["ecs-emulator", "tfplug"]),
    ("xtask", &[]),
];

/// Additional edges for tests.
const ALLOWED_IN_TESTS: [(&str, &[&str]); 6] = [
    ("aws", &["ecs-emulator"]),
    ("terraform-provider-ecs", &["ecs-emulator"]),
    ("tfplug-server", &["tfplug-core"]),
    ("tfplug", &["tfplug-testing"]),
    ("tfplug-testing", &["tfplug"]),
    ("ecs-drift", &["ecs-emulator"]),
];

/// Crates outside the workspace that a crate must not reach, directly or through others.
const OUT_OF_REACH: [(&str, &[&str]); 3] = [
    ("tfplug-core", &["tokio", "tonic", "aws-"]),
    ("tfplug-server", &["aws-sdk-", "aws-config", "aws-smithy-"]),
    ("tfplug", &["aws-sdk-", "aws-config", "aws-smithy-"]),
];

/// Checks all edges of `cargo metadata`.
pub(crate) fn check(metadata: &Value) -> Outcome {
    let packages = members(metadata);
    let names: BTreeSet<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut wrong = Vec::new();
    for package in &packages {
        wrong.extend(forbidden_edges(package, &names));
    }
    for (name, unreachable) in OUT_OF_REACH {
        wrong.extend(forbidden_reach(metadata, name, unreachable));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

pub(super) fn members(metadata: &Value) -> Vec<&Value> {
    let members: BTreeSet<&str> = list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
    list(&metadata["packages"])
        .filter(|package| package["id"].as_str().is_some_and(|id| members.contains(id)))
        .collect()
}

pub(super) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn forbidden_edges(package: &Value, members: &BTreeSet<&str>) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let mut wrong = Vec::new();
    for dependency in list(&package["dependencies"]) {
        let target = dependency["name"].as_str().unwrap_or_default();
        let in_tests = dependency["kind"] == "dev";
        let allowed = allows(&ALLOWED, name, target) || (in_tests && allows(&ALLOWED_IN_TESTS, name, target));
        // A crate names itself to switch on its own test support.
        if members.contains(target) && target != name && !allowed {
            let kind = if in_tests { "in its tests" } else { "in its code" };
            wrong.push(format!(
                "{name} depends on {target} {kind}; xtask/src/check/edges.rs lists the allowed edges"
            ));
        }
    }
    wrong
}

fn allows(table: &[(&str, &[&str])], name: &str, target: &str) -> bool {
    table
        .iter()
        .any(|(from, targets)| *from == name && targets.contains(&target))
}

fn forbidden_reach(metadata: &Value, name: &str, unreachable: &[&str]) -> Vec<String> {
    let graph = Graph::of(metadata);
    graph
        .reach(name)
        .into_iter()
        .filter(|reached| unreachable.iter().any(|prefix| matches_prefix(reached, prefix)))
        .map(|reached| format!("{name} reaches {reached}, which it must not know"))
        .collect()
}

/// A name ending in `-` stands for all crates that begin so.
fn matches_prefix(name: &str, prefix: &str) -> bool {
    name == prefix || (prefix.ends_with('-') && name.starts_with(prefix))
}

/// Resolved dependencies outside tests, by package id.
struct Graph<'a> {
    names: BTreeMap<&'a str, &'a str>,
    edges: BTreeMap<&'a str, Vec<&'a str>>,
}

impl<'a> Graph<'a> {
    fn of(metadata: &'a Value) -> Self {
        let names = list(&metadata["packages"])
            .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
            .collect();
        let edges = list(&metadata["resolve"]["nodes"])
            .filter_map(|node| Some((node["id"].as_str()?, targets(node))))
            .collect();
        Self { names, edges }
    }

    fn reach(&self, name: &str) -> BTreeSet<&'a str> {
        let start = self.names.iter().find(|(_, candidate)| **candidate == name);
        let mut open: Vec<&str> = start.map(|(id, _)| *id).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop() {
            for next in self.edges.get(id).into_iter().flatten() {
                if seen.insert(*next) {
                    open.push(next);
                }
            }
        }
        seen.into_iter().filter_map(|id| self.names.get(id).copied()).collect()
    }
}

fn targets(node: &Value) -> Vec<&str> {
    list(&node["deps"])
        .filter(|dependency| list(&dependency["dep_kinds"]).any(|kind| kind["kind"] != "dev"))
        .filter_map(|dependency| dependency["pkg"].as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn metadata(from: &str, to: &str, kind: Option<&str>) -> Value {
        json!({
            "workspace_members": [from, to],
            "packages": [
                {"id": from, "name": from, "dependencies": [{"name": to, "kind": kind}]},
                {"id": to, "name": to, "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": from, "deps": [{"pkg": to, "dep_kinds": [{"kind": kind}]}]},
                {"id": to, "deps": []},
            ]},
        })
    }

    fn verdict(from: &str, to: &str, kind: Option<&str>, fine: bool) {
        assert_eq!(
            check(&metadata(from, to, kind)).is_ok(),
            fine,
            "{from} -> {to} {kind:?}"
        );
    }

    #[test]
    fn edges_are_judged() {
        verdict("daemons", "aws", None, true);
        verdict("daemons", "tfplug-core", None, false);
        verdict("aws", "ecs-emulator", Some("dev"), true);
        verdict("aws", "ecs-emulator", None, false);
        verdict("ecs-emulator", "daemons", Some("dev"), false);
        verdict("tfplug-core", "tokio", None, false);
        verdict("tfplug-core", "aws-types", Some("build"), false);
        verdict("tfplug-core", "aws-types", Some("dev"), false);
    }
}
