//! Daemons and services that fail, under a clock that jumps: a client that only polls sees them recover when the fault
//! ends, sees the circuit breaker end what does not, and is told when nothing will.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests are no tests")]

mod support;

use ecs_emulator::{ClockMode, Emulator, Scenario};
use serde_json::{Value, json};
use support::{REGION, arn, send};

/// Polls after which a client gives up.
const POLLS: usize = 200;

/// A fleet with a definition for a service and one for a daemon, and a fault of the image `good`.
fn failing(instances: u32, fault: &str) -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
         [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n\
         [[fault]]\nimage = 'good'\n{fault}\n"
    );
    let scenario = Scenario::parse("failing.toml", &text).expect("a valid scenario");
    let emulator = Emulator::builder()
        .clock(ClockMode::Jump)
        .scenario(scenario)
        .build()
        .expect("the scenario can be played");
    let container =
        json!([{"name": "main", "image": "good", "memory": 64, "healthCheck": {"command": ["CMD", "true"]}}]);
    let daemon = json!({"family": "agent", "containerDefinitions": container});
    ok(&emulator, "RegisterDaemonTaskDefinition", &daemon);
    let application = json!({
        "family": "web", "containerDefinitions": container, "requiresCompatibilities": ["MANAGED_INSTANCES"],
        "networkMode": "host", "cpu": "128", "memory": "128",
    });
    ok(&emulator, "RegisterTaskDefinition", &application);
    emulator
}

fn ok(emulator: &Emulator, operation: &str, body: &Value) -> Value {
    let (status, answer) = send(emulator, REGION, operation, body);
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

fn create_service(emulator: &Emulator, breaker: bool) {
    let body = json!({
        "cluster": "prod", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2,
        "capacityProviderStrategy": [{"capacityProvider": "fleet", "weight": 1}],
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": breaker, "rollback": false}},
    });
    ok(emulator, "CreateService", &body);
}

fn create_daemon(emulator: &Emulator, critical: bool) {
    let body = json!({
        "daemonName": "agent", "clusterArn": arn("cluster/prod"), "critical": critical,
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    ok(emulator, "CreateDaemon", &body);
}

/// Polls until an answer is as wanted.
fn poll(emulator: &Emulator, operation: &str, body: &Value, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut answer = Value::Null;
    for _ in 0..POLLS {
        let before = emulator.now_ms();
        answer = ok(emulator, operation, body);
        if wanted(&answer) {
            return answer;
        }
        answer["since"] = before.into();
    }
    panic!("{POLLS} polls have seen no end: {answer}");
}

fn service() -> Value {
    json!({"cluster": "prod", "services": ["web"]})
}

fn settles(emulator: &Emulator) -> Value {
    let body = Some(json!({"settle": true}));
    emulator.control("POST", "clock", body).expect("it is possible")
}

#[test]
fn a_service_recovers_from_a_task_that_failed_once() {
    for fault in [
        "effect = 'fails_to_start'\ncount = 1",
        "effect = 'exits'\nseconds = 400\ncount = 2",
    ] {
        let emulator = failing(1, fault);
        create_service(&emulator, false);
        poll(&emulator, "DescribeServices", &service(), |answer| {
            answer["services"][0]["runningCount"] == 2
                && answer["services"][0]["deployments"][0]["rolloutState"] == "COMPLETED"
        });
        assert_eq!(settles(&emulator)["settled"], true, "{fault}");
        assert_eq!(
            ok(&emulator, "DescribeServices", &service())["services"][0]["runningCount"],
            2
        );
    }
}

#[test]
fn a_circuit_breaker_triggers_for_a_client_that_polls() {
    let emulator = failing(1, "effect = 'fails_to_start'\ncount = 'for_ever'");
    create_service(&emulator, true);
    poll(&emulator, "DescribeServices", &service(), |answer| {
        answer["services"][0]["deployments"][0]["rolloutState"] == "FAILED"
    });
}

#[test]
fn a_daemon_recovers_from_a_task_that_failed_once() {
    for effect in ["exits", "unhealthy"] {
        let emulator = failing(1, &format!("effect = '{effect}'\nseconds = 400\ncount = 2"));
        create_daemon(&emulator, false);
        let asked = json!({"daemonArn": arn("daemon/prod/agent")});
        poll(&emulator, "DescribeDaemon", &asked, |answer| {
            let revisions = &answer["daemon"]["currentRevisions"][0]["capacityProviders"][0];
            emulator.now_ms() > 0 && revisions["runningCount"] == 1
        });
        let settled = settles(&emulator);
        assert_eq!(settled["settled"], true, "{effect}: {settled}");
        let answer = ok(&emulator, "DescribeDaemon", &asked);
        let revisions = &answer["daemon"]["currentRevisions"][0]["capacityProviders"][0];
        assert_eq!(revisions["runningCount"], 1, "{effect}: {answer}");
    }
}

#[test]
fn what_fails_for_ever_is_told_and_time_moves_on() {
    let emulator = failing(1, "effect = 'fails_to_start'\ncount = 'for_ever'");
    create_service(&emulator, false);
    create_daemon(&emulator, false);
    let settled = settles(&emulator);
    assert_eq!(settled["settled"], false, "{settled}");
    assert_eq!(
        settled["moving"]["daemons"][0]["daemonArn"],
        json!(arn("daemon/prod/agent"))
    );
    assert_eq!(settled["moving"]["serviceArns"], json!([arn("service/prod/web")]));
    for _ in 0..20 {
        let before = emulator.now_ms();
        ok(&emulator, "DescribeServices", &service());
        ok(&emulator, "DescribeServices", &service());
        assert!(emulator.now_ms() > before, "time moves on");
        assert!(
            emulator.now_ms() - before < 24 * 3_600_000,
            "the fleet does not grow old meanwhile"
        );
    }
}

#[test]
fn a_machine_that_never_registers_does_not_stop_time() {
    let emulator = failing(0, "effect = 'fails_to_start'\ncount = 'for_ever'");
    create_daemon(&emulator, true);
    create_service(&emulator, false);
    for _ in 0..20 {
        let before = emulator.now_ms();
        ok(&emulator, "DescribeServices", &service());
        ok(&emulator, "DescribeServices", &service());
        assert!(emulator.now_ms() > before, "time moves on");
    }
    let settled = settles(&emulator);
    assert_eq!(settled["settled"], false, "{settled}");
}
