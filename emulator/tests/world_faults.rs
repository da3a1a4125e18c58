//! Faults of the world: what they do to a rollout, and that every rule can be judged by its counts.

#![expect(clippy::expect_used, reason = "helpers of tests stand outside of them")]

mod support;

use std::time::Duration;

use ecs_emulator::Emulator;
use serde_json::{Value, json};
use support::{REGION, arn, call, fleet};

/// A daemon with a health check on two instances.
fn world() -> Emulator {
    let emulator = fleet(2);
    let container = json!([{"name": "agent", "image": "agent:1", "healthCheck": {"command": ["CMD", "true"]}}]);
    let definition = json!({"family": "agent", "containerDefinitions": container});
    call(&emulator, "RegisterDaemonTaskDefinition", &definition);
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    call(&emulator, "CreateDaemon", &daemon);
    assert!(emulator.settle(Duration::from_hours(2)));
    emulator
}

/// Seconds that an update takes under a fault, its final status, and the counts of the fault.
fn update(fault: Option<Value>) -> (i64, String, Value) {
    let emulator = world();
    if let Some(fault) = fault {
        emulator.control("POST", "faults", Some(fault)).expect("a valid fault");
    }
    let begun = emulator.now_ms();
    let update = json!({
        "daemonArn": arn("daemon/prod/agent"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    let deployment = call(&emulator, "UpdateDaemon", &update)["deploymentArn"].clone();
    assert!(emulator.settle(Duration::from_hours(4)), "it ends");
    let described = json!({"daemonDeploymentArns": [deployment]});
    let described = call(&emulator, "DescribeDaemonDeployments", &described);
    let status = described["daemonDeployments"][0]["status"].as_str().unwrap_or_default();
    let faults = emulator.control("GET", "faults", None).expect("it can be read");
    let counts = json!([faults[0]["reached"], faults[0]["fired"]]);
    ((emulator.now_ms() - begun) / 1000, status.to_owned(), counts)
}

#[test]
fn machines_that_cannot_be_had_delay_a_rollout() {
    let (plain, status, _) = update(None);
    assert_eq!(status, "SUCCESSFUL");
    let fault = json!({"effect": "no_capacity", "count": 3, "must_fire": true});
    let (delayed, status, counts) = update(Some(fault));
    assert_eq!(
        (status.as_str(), counts),
        ("SUCCESSFUL", json!([5, 3])),
        "two machines, ordered five times"
    );
    assert!(delayed >= plain + 120, "{delayed} s instead of {plain} s");
}

#[test]
fn drains_that_drag_delay_a_rollout() {
    let (plain, ..) = update(None);
    let fault = json!({"effect": "slow_drain", "factor": 5, "count": null});
    let (delayed, status, counts) = update(Some(fault));
    assert_eq!((status.as_str(), counts), ("SUCCESSFUL", json!([2, 2])));
    assert!(delayed > plain + 2 * 4 * 80, "{delayed} s instead of {plain} s");
}

#[test]
fn images_that_break_are_counted() {
    let fault = json!({"image": "agent:*", "effect": "unhealthy", "seconds": 20, "count": null});
    let (_, status, counts) = update(Some(fault));
    assert!(status.starts_with("ROLLBACK"), "{status}");
    assert!(counts[1].as_u64().is_some_and(|fired| fired >= 3), "{counts}");
}

#[test]
fn a_task_turns_unhealthy() {
    let emulator = world();
    let tasks = call(
        &emulator,
        "ListTasks",
        &json!({"cluster": "prod", "daemonName": "agent"}),
    );
    let task = tasks["taskArns"][0].as_str().unwrap_or_default().to_owned();
    let id = task.rsplit('/').next().unwrap_or_default();
    let path = |id: &str| format!("tasks/{id}/unhealthy?region={REGION}");
    emulator
        .control("POST", &path(id), None)
        .expect("it runs and has a health check");
    let described = call(&emulator, "DescribeTasks", &json!({"cluster": "prod", "tasks": [task]}));
    assert_eq!(described["tasks"][0]["lastStatus"], "STOPPED");
    assert_eq!(described["tasks"][0]["healthStatus"], "UNHEALTHY");
    let error = emulator.control("POST", &path(id), None).expect_err("it has stopped");
    assert_eq!(error.status, 400, "{error}");
}
