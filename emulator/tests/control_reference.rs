//! The reference of the control API is what the emulator does: a body that fits its schema is taken, another one is
//! refused, and each answer fits its own.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests are no tests")]

mod support;

use std::collections::BTreeSet;

use ecs_emulator::{Emulator, control_reference};
use serde_json::{Value, json};
use support::{REGION, arn, call, fleet};

/// A fleet on which a daemon runs, with a fault that can be removed.
fn running() -> (Emulator, String) {
    let emulator = fleet(2);
    let container = json!({"name": "main", "image": "agent:1", "healthCheck": {"command": ["CMD", "true"]}});
    let definition = json!({"family": "agent", "containerDefinitions": [container]});
    call(&emulator, "RegisterDaemonTaskDefinition", &definition);
    let daemon = json!({
        "daemonName": "agent", "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    call(&emulator, "CreateDaemon", &daemon);
    let settle = Some(json!({"settle": true}));
    emulator.control("POST", "clock", settle).expect("time can pass");
    let fault = Some(json!({"id": "own", "effect": "throttle", "operation": "RunTask"}));
    emulator.control("POST", "faults", fault).expect("a valid fault");
    let tasks = call(&emulator, "ListTasks", &json!({"cluster": "prod"}));
    let task = tasks["taskArns"][0]
        .as_str()
        .and_then(|arn| arn.rsplit('/').next())
        .expect("a task runs");
    (emulator, task.to_owned())
}

/// True if a value fits a schema of the reference.
fn fits(reference: &Value, schema: &Value, value: &Value) -> bool {
    let mut whole = schema.clone();
    whole["components"] = reference["components"].clone();
    let validator = jsonschema::draft202012::new(&whole).expect("a valid schema");
    validator.is_valid(value)
}

/// Bodies that are taken and bodies that are refused, for each call; `TASK` stands for the id of a task.
fn samples() -> Vec<(&'static str, &'static str, Vec<Value>, Vec<Value>)> {
    let none = || vec![json!({"x": 1})];
    vec![
        (
            "POST",
            "alarms/NAME",
            vec![
                json!({"state": "ALARM"}),
                json!({"state": "OK", "when": {"at": 60}}),
                json!({"state": "ALARM", "when": {"daemon": "agent", "bake": "start"}}),
            ],
            vec![
                json!({}),
                json!({"state": "RED"}),
                json!({"state": "OK", "when": {}}),
                json!({"state": "OK", "x": 1}),
            ],
        ),
        (
            "POST",
            "clock",
            vec![
                json!({"advance_seconds": 1.5}),
                json!({"until": "2026-02-01T00:00:00Z"}),
                json!({"next": "event"}),
                json!({"next": "milestone"}),
                json!({"settle": true}),
                json!({"settle": true, "limit_seconds": 60}),
                json!({"settle": true, "limit_seconds": 60.0}),
                json!({"mode": "manual"}),
                json!({"mode": "scaled:60"}),
            ],
            vec![
                json!({}),
                json!({"advance_seconds": -1}),
                json!({"advance_seconds": "1"}),
                json!({"next": "week"}),
                json!({"settle": false}),
                json!({"mode": "warp"}),
                json!({"mode": "manual", "x": 1}),
                json!({"advance_seconds": 1, "next": "event"}),
            ],
        ),
        (
            "POST",
            "consistency",
            vec![json!({"reads": 2}), json!({"monotonic": false}), json!({"heal": true})],
            vec![
                json!({}),
                json!({"reads": -1}),
                json!({"monotonic": 1}),
                json!({"monotonic": null}),
                json!({"reads": 1.5}),
                json!({"x": true}),
            ],
        ),
        (
            "POST",
            "faults",
            vec![
                json!({"effect": "throttle"}),
                json!([{"effect": "reset"}, {"image": "a", "effect": "exits"}]),
                json!([]),
            ],
            vec![
                json!({}),
                json!({"effect": "flood"}),
                json!([{"effect": "flood"}]),
                json!({"effect": "reset", "x": 1}),
            ],
        ),
        (
            "POST",
            "instances",
            vec![
                json!({"capacity_provider": "fleet", "count": 1}),
                json!({"capacity_provider": "fleet", "count": 1, "launch": true}),
            ],
            vec![
                json!({"count": 1}),
                json!({"capacity_provider": "fleet"}),
                json!({"capacity_provider": "fleet", "count": 5001}),
            ],
        ),
        (
            "POST",
            "knobs",
            vec![json!({}), json!({"breaker_threshold": 5})],
            vec![json!({"breaker_threshold": 0}), json!({"x": 1})],
        ),
        ("POST", "reset", vec![json!({})], none()),
        ("POST", "tasks/ID/stop", vec![json!({})], none()),
        ("POST", "tasks/ID/unhealthy", vec![json!({})], none()),
        ("GET", "events", vec![Value::Null], vec![]),
        ("GET", "faults", vec![Value::Null], vec![]),
        ("GET", "health", vec![Value::Null], vec![]),
        ("GET", "journal", vec![Value::Null], vec![]),
        ("GET", "knobs", vec![Value::Null], vec![]),
        ("GET", "record", vec![Value::Null], vec![]),
        ("GET", "world", vec![Value::Null], vec![]),
        ("DELETE", "faults", vec![Value::Null], vec![]),
        ("DELETE", "faults/ID", vec![Value::Null], vec![]),
    ]
}

/// The place of a call in the reference.
fn described<'r>(reference: &'r Value, method: &str, path: &str) -> &'r Value {
    let path = path.replace("NAME", "{name}").replace("ID", "{id}");
    &reference["paths"][format!("/_emulator/{path}")][method.to_lowercase()]
}

/// Sends a body on a world of its own.
fn send(method: &str, path: &str, body: &Value) -> Result<Value, u16> {
    let (emulator, task) = running();
    let id = if path.starts_with("tasks/") { &task } else { "own" };
    let path = path.replace("NAME", "errors").replace("ID", id);
    let body = Some(body.clone()).filter(|body| !body.is_null());
    let query = match path.as_str() {
        "record" => format!("arn=arn:aws:ecs:{REGION}:123456789012:cluster/prod"),
        _ => format!("region={REGION}"),
    };
    let answer = emulator.control(method, &format!("{path}?{query}"), body);
    answer.map_err(|error| error.status)
}

#[test]
fn bodies_and_answers_are_as_the_reference_says() {
    let reference = control_reference();
    for (method, path, taken, refused) in samples() {
        let call = described(&reference, method, path);
        let body_schema = &call["requestBody"]["content"]["application/json"]["schema"];
        let answer_schema = &call["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(answer_schema.is_object(), "{method} {path} is not described");
        for body in taken {
            let answer = send(method, path, &body);
            let answer = answer.unwrap_or_else(|status| panic!("{method} {path} refuses {body} with {status}"));
            assert!(
                body.is_null() || fits(&reference, body_schema, &body),
                "{method} {path}: {body}"
            );
            assert!(
                fits(&reference, answer_schema, &answer),
                "{method} {path} answers {answer}"
            );
        }
        for body in refused {
            assert_eq!(send(method, path, &body), Err(400), "{method} {path} takes {body}");
            assert!(!fits(&reference, body_schema, &body), "{method} {path}: {body} fits");
        }
    }
}

#[test]
fn every_call_of_the_reference_has_samples() {
    let reference = control_reference();
    let mut described: BTreeSet<String> = BTreeSet::new();
    for (path, calls) in reference["paths"].as_object().expect("paths") {
        let methods = calls.as_object().expect("calls").keys();
        described.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let name = |path: &str| path.replace("NAME", "{name}").replace("ID", "{id}");
    let sampled = samples()
        .into_iter()
        .map(|(method, path, ..)| format!("{method} /_emulator/{}", name(path)));
    assert_eq!(sampled.collect::<BTreeSet<_>>(), described);
}
