//! The engine on the two real tables: conversion, meaning and spelling, as data through one `check`.

#![expect(clippy::needless_pass_by_value, reason = "literals read better without a reference")]

use aws_sdk_ecs::operation::register_daemon_task_definition::RegisterDaemonTaskDefinitionInput;
use serde_json::{Value as Json, json};
use tfplug_core::Value;

use super::{
    Kind, Nature, Table,
    variations::{Variation, value_of as config, zeroed},
};
use crate::{daemon::table::TABLE as DAEMON, task_definition::table::TABLE as DEFINITION, wire};

fn definition(container: Json) -> Value {
    config(
        &DEFINITION,
        json!({ "family": "agent", "container_definition": [container] }),
    )
}

fn container(extra: Json) -> Json {
    let mut container = json!({ "name": "agent", "image": "agent:1" });
    container
        .as_object_mut()
        .unwrap()
        .extend(extra.as_object().unwrap().clone());
    container
}

/// True if two containers mean the same to the service.
fn check_meaning(one: Json, other: Json, same: bool) {
    let (one, other) = (definition(container(one)), definition(container(other)));
    assert_eq!(
        DEFINITION.meaning(&one) == DEFINITION.meaning(&other),
        same,
        "{one:?}\n{other:?}"
    );
}

#[test]
fn defaults_written_or_not_mean_the_same() {
    check_meaning(json!({}), json!({ "essential": true }), true);
    check_meaning(json!({}), json!({ "essential": false }), false);
    check_meaning(json!({}), json!({ "privileged": false }), true);
    let check = |extra: Json| {
        let mut check = json!({ "command": ["CMD", "true"] });
        check
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        json!({ "health_check": [check] })
    };
    check_meaning(
        check(json!({})),
        check(json!({ "interval": 30, "timeout": 5, "retries": 3 })),
        true,
    );
    check_meaning(check(json!({})), check(json!({ "interval": 31 })), false);
}

#[test]
fn absent_and_empty_mean_the_same() {
    check_meaning(json!({}), json!({ "command": [] }), true);
    // The service model has the number zero for a `cpu` that is left out.
    check_meaning(json!({}), json!({ "cpu": 0 }), true);
    check_meaning(json!({}), json!({ "linux_parameters": [{}] }), true);
    check_meaning(
        json!({}),
        json!({ "linux_parameters": [{ "init_process_enabled": true }] }),
        false,
    );
    check_meaning(json!({}), json!({ "user": "root" }), false);
}

/// Leaves whose zero is what the service has for nothing: its model says so.
const ZERO_IS_SILENCE: [&str; 1] = ["container_definition.cpu"];

#[test]
fn zero_and_empty_text_are_sent_read_back_and_told_from_nothing() {
    let full = config(&DEFINITION, full_definition());
    let zeroed = zeroed(&DEFINITION, &full);
    let paths: Vec<&str> = zeroed.iter().map(|variation| variation.path.as_str()).collect();
    assert!(paths.contains(&"container_definition.stop_timeout"), "{paths:?}");
    assert!(paths.contains(&"container_definition.environment.value"), "{paths:?}");
    for Variation { path, value, .. } in &zeroed {
        let without = without_zero(value, path);
        let is_silence = ZERO_IS_SILENCE.contains(&path.as_str());
        let same = DEFINITION.meaning(value) == DEFINITION.meaning(&without);
        assert_eq!(same, is_silence, "{path}");
        assert_eq!(DEFINITION.trace(value), DEFINITION.trace(&without), "{path}");
        // What the service hands back without it keeps the spelling, and so does what it hands back.
        for answered in [answered(&without), answered(value)] {
            let settled = DEFINITION.settle(value, &answered);
            assert_eq!(DEFINITION.meaning(&settled), DEFINITION.meaning(value), "{path}");
        }
        assert_eq!(
            DEFINITION.meaning(&answered(value)),
            DEFINITION.meaning(value),
            "{path}"
        );
    }
}

/// The value with a leaf left out wherever it is zero or empty.
fn without_zero(value: &Value, path: &str) -> Value {
    let (name, below) = path
        .split_once('.')
        .map_or((path, None), |(name, below)| (name, Some(below)));
    let mut without = value.clone();
    let member = match below {
        None if value.get(name).as_i64() == Some(0) || value.get(name).as_str() == Some("") => Value::Null,
        None => value.get(name).clone(),
        Some(below) => {
            let elements = value.get(name).elements().map(|element| without_zero(element, below));
            match value.get(name) {
                Value::Set(_) => Value::set_of(elements),
                _ => Value::list(elements),
            }
        }
    };
    without.insert(name, member);
    without
}

#[test]
fn a_null_member_of_a_map_counts_as_left_out() {
    let log = |options: Json| json!({ "log_configuration": [{ "log_driver": "awslogs", "options": options }] });
    check_meaning(log(json!({ "a": "1", "b": null })), log(json!({ "a": "1" })), true);
    check_meaning(log(json!({ "a": null })), log(json!({})), true);
    check_meaning(log(json!({ "a": "" })), log(json!({})), false);
    let written = definition(container(log(json!({ "a": "1", "b": null }))));
    check_round_trip(&written);
    let settled = DEFINITION.settle(&written, &answered(&written));
    let options = |value: &Value| {
        let path = tfplug_core::Path::attribute("container_definition").index(0);
        value
            .at(&path.child("log_configuration").index(0).child("options"))
            .cloned()
    };
    assert_eq!(options(&settled), options(&written));
}

#[test]
fn order_counts_only_where_the_service_cares() {
    check_meaning(
        json!({ "command": ["a", "b"] }),
        json!({ "command": ["b", "a"] }),
        false,
    );
    let secret =
        |name: &str| json!({ "name": name, "value_from": "arn:aws:ssm:eu-central-1:123456789012:parameter/p" });
    check_meaning(
        json!({ "secret": [secret("A"), secret("B")] }),
        json!({ "secret": [secret("B"), secret("A")] }),
        true,
    );
    let file = |name: &str| json!({ "value": name, "type": "s3" });
    check_meaning(
        json!({ "environment_file": [file("A"), file("B")] }),
        json!({ "environment_file": [file("B"), file("A")] }),
        false,
    );
}

#[test]
fn containers_are_told_apart_by_name() {
    let two = |first: &str, second: &str| {
        let one = |name: &str| json!({ "name": name, "image": format!("{name}:1") });
        config(
            &DEFINITION,
            json!({ "family": "agent", "container_definition": [one(first), one(second)] }),
        )
    };
    let (written, answered) = (two("a", "b"), two("b", "a"));
    assert_eq!(DEFINITION.meaning(&written), DEFINITION.meaning(&answered));
    assert_eq!(
        DEFINITION.settle(&written, &answered).get("container_definition"),
        written.get("container_definition")
    );
}

/// The answer of the service for a value that it was sent.
fn answered(written: &Value) -> Value {
    let tree = DEFINITION.to_api(written);
    let input = wire::from_api(RegisterDaemonTaskDefinitionInput::SCHEMA, &tree, |source| {
        RegisterDaemonTaskDefinitionInput::deserialize(source)
    })
    .unwrap();
    DEFINITION.to_value(&wire::to_api(RegisterDaemonTaskDefinitionInput::SCHEMA, &input).unwrap())
}

/// `to_api`, the SDK type and back give the canonical value, and settling gives the spelling back.
fn check_round_trip(written: &Value) {
    let answered = answered(written);
    assert_eq!(DEFINITION.meaning(written), DEFINITION.meaning(&answered));
    for (leaf, _) in DEFINITION.api_leaves() {
        let settled = DEFINITION.settle(written, &answered);
        // Defaults of leaves that were left out belong into the state; everything else keeps its spelling.
        assert_eq!(
            leaf.meaning(settled.get(leaf.name)),
            leaf.meaning(written.get(leaf.name)),
            "{}",
            leaf.name
        );
    }
}

#[test]
fn everything_survives_the_way_to_the_service_and_back() {
    check_round_trip(&definition(container(json!({}))));
    check_round_trip(&config(&DEFINITION, full_definition()));
}

/// Every attribute of the table with a value that is not its default.
fn full_definition() -> Json {
    serde_json::from_str(include_str!("full_definition.json")).unwrap()
}

#[test]
fn an_unwritten_block_appears_only_when_it_differs() {
    let api = |drain: f64| {
        Value::object([(
            "deploymentConfiguration",
            Value::object([("drainPercent", number(drain))]),
        )])
    };
    let blocks = |drain: f64| {
        DAEMON
            .to_value(&api(drain))
            .get("deployment_configuration")
            .elements()
            .count()
    };
    assert_eq!(blocks(25.0), 0);
    assert_eq!(blocks(50.0), 1);
}

#[test]
fn a_written_block_stays_when_everything_is_at_its_default() {
    let written = config(
        &DAEMON,
        json!({ "name": "a", "deployment_configuration": [{ "drain_percent": 25 }] }),
    );
    let answered = DAEMON.to_value(&Value::object::<String>([]));
    let settled = DAEMON.settle(&written, &answered);
    assert_eq!(settled.get("deployment_configuration").elements().count(), 1);
}

#[test]
fn alarm_names_have_no_order() {
    let alarms = |names: Json| {
        let block = json!([{ "alarms": [{ "alarm_names": names, "enable": true }] }]);
        config(&DAEMON, json!({ "name": "a", "deployment_configuration": block }))
    };
    assert_eq!(
        DAEMON.meaning(&alarms(json!(["a", "b"]))),
        DAEMON.meaning(&alarms(json!(["b", "a"])))
    );
    assert_ne!(
        DAEMON.meaning(&alarms(json!(["a", "b"]))),
        DAEMON.meaning(&alarms(json!(["a"])))
    );
}

fn number(value: f64) -> Value {
    tfplug_core::Number::from_f64(value).into()
}

/// Words of which the description of a number must have one, since types know no units.
const UNITS: [&str; 8] = [
    "Percentage",
    "Minutes",
    "Seconds",
    "CPU units",
    "MiB",
    "Number",
    "Failed checks",
    "Limit",
];

fn check_documentation(table: &Table, place: &str) {
    for leaf in &table.leaves {
        let (doc, path) = (leaf.doc, format!("{place}.{}", leaf.name));
        assert!(doc.ends_with('.'), "{path}: `{doc}` is no sentence");
        let repeated = ["A change ", "Valid values", "Must be"]
            .iter()
            .any(|words| doc.contains(words));
        assert!(!repeated, "{path}: `{doc}` repeats what is derived");
        if matches!(leaf.nature, Nature::Default(_)) {
            assert!(!doc.contains("Defaults to"), "{path}: `{doc}` repeats what is derived");
        }
        match &leaf.kind {
            Kind::Blocks(blocks) => check_documentation(&blocks.table, &path),
            Kind::Int | Kind::Float => {
                assert!(
                    UNITS.iter().any(|unit| doc.contains(unit)),
                    "{path}: `{doc}` names no unit"
                );
            }
            _ => {}
        }
    }
}

#[test]
fn descriptions_say_what_cannot_be_derived_and_nothing_else() {
    check_documentation(&DAEMON, "ecs_daemon");
    check_documentation(&DEFINITION, "ecs_daemon_task_definition");
}
