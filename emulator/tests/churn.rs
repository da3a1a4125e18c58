//! A fleet that never comes to rest: nobody waits for it for long, time moves on, and the emulator says what goes on.

#![allow(clippy::expect_used, clippy::panic, reason = "helpers of tests are no tests")]

mod support;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ecs_emulator::{ClockMode, Emulator, Scenario};
use serde_json::{Value, json};
use support::{REGION, arn, send};

/// A fleet whose only daemon runs for 400 seconds and exits, on each instance, for ever. Its deployment is SUCCESSFUL.
fn churning(instances: u32) -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
         [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n\
         [[fault]]\nimage = 'agent:1'\neffect = 'exits'\nseconds = 400\ncount = 'for_ever'\n"
    );
    let scenario = Scenario::parse("churn.toml", &text).expect("a valid scenario");
    let emulator = Emulator::builder()
        .clock(ClockMode::Jump)
        .scenario(scenario)
        .build()
        .expect("the scenario can be played");
    let definition = json!({"family": "agent", "containerDefinitions": [{"name": "agent", "image": "agent:1"}]});
    ok(&emulator, "RegisterDaemonTaskDefinition", &definition);
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {"drainPercent": 100.0},
        "critical": true,
    });
    let deployment = ok(&emulator, "CreateDaemon", &daemon)["deploymentArn"].take();
    for _ in 0..200 {
        let asked = json!({"daemonDeploymentArns": [deployment]});
        let answer = ok(&emulator, "DescribeDaemonDeployments", &asked);
        if answer["daemonDeployments"][0]["status"] == "SUCCESSFUL" {
            return emulator;
        }
    }
    panic!("the deployment has not ended");
}

fn ok(emulator: &Emulator, operation: &str, body: &Value) -> Value {
    let (status, answer) = send(emulator, REGION, operation, body);
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

fn control(emulator: &Emulator, method: &str, path: &str, body: Value) -> Value {
    emulator.control(method, path, Some(body)).expect("it is possible")
}

fn last_event(emulator: &Emulator) -> u64 {
    emulator
        .events()
        .last()
        .and_then(|event| event["seq"].as_u64())
        .unwrap_or_default()
}

#[test]
fn a_poll_costs_little_and_moves_time() {
    let emulator = churning(50);
    let asked = json!({"daemonArn": arn("daemon/prod/agent")});
    ok(&emulator, "DescribeDaemon", &asked);
    for _ in 0..20 {
        let (now, seq) = (emulator.now_ms(), last_event(&emulator));
        ok(&emulator, "DescribeDaemon", &asked);
        let events = last_event(&emulator) - seq;
        assert!(emulator.now_ms() > now, "time moves on");
        assert!(events < 50_000, "a poll has made {events} events");
        assert!(
            emulator.now_ms() - now < 24 * 3_600_000,
            "the fleet does not grow old meanwhile"
        );
    }
}

#[test]
fn what_keeps_moving_is_told() {
    let emulator = churning(2);
    let answer = control(&emulator, "POST", "clock", json!({"settle": true}));
    assert_eq!(answer["settled"], false);
    assert_eq!(
        answer["moving"]["daemons"][0]["daemonArn"],
        json!(arn("daemon/prod/agent")),
        "{answer}"
    );
    let instances = answer["moving"]["containerInstanceArns"].as_array().map_or(0, Vec::len);
    assert!(instances > 0, "{answer}");
    let told = control(&emulator, "GET", "journal?include=events", Value::Null);
    let told: Vec<_> = told
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["event"] == "does_not_settle")
        .collect();
    assert_eq!(told.len(), 1, "once is enough");
    assert_eq!(told[0]["detail"]["capacityProviders"], json!(["fleet"]));
}

#[test]
fn a_rollout_and_a_long_rest_are_no_unrest() {
    let emulator = support::fleet(20);
    let definition = json!({"family": "agent", "containerDefinitions": [{"name": "agent", "image": "agent:1"}]});
    ok(&emulator, "RegisterDaemonTaskDefinition", &definition);
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {"drainPercent": 10.0, "bakeTimeInMinutes": 1440},
    });
    ok(&emulator, "CreateDaemon", &daemon);
    // The machines grow old several times and are replaced.
    emulator.advance(Duration::from_hours(24 * 100));
    let told = emulator.events().iter().any(|event| event["kind"] == "does_not_settle");
    assert!(!told);
    assert!(emulator.settle(Duration::from_hours(1)));
}

#[test]
fn others_are_answered_while_time_moves() {
    let emulator = churning(50);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            control(&emulator, "POST", "clock", json!({"advance_seconds": 400_000}));
            over.store(true, Ordering::Relaxed);
        });
        let mut answers = 0;
        while !over.load(Ordering::Relaxed) {
            let asked = Instant::now();
            control(&emulator, "GET", "health", Value::Null);
            answers += u32::from(!over.load(Ordering::Relaxed));
            assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(answers > 5, "only {answers} answers meanwhile");
    });
}
