//! Equal inputs give equal runs, and it does not matter in how many steps time goes.

#![expect(clippy::expect_used, reason = "helpers of tests stand outside of them")]

mod support;

use ecs_emulator::{ClockMode, Emulator, Scenario};
use serde_json::{Value, json};
use support::{REGION, arn, call};

/// A daemon being rolled out on three instances, with an alarm that goes off in the middle.
fn world(clock: ClockMode, seed: u64) -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
         [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = 3\nregion = '{REGION}'\n\
         [[fault]]\nalarm = 'errors'\nstate = 'ALARM'\nregion = '{REGION}'\nwhen = {{ at = 200 }}\n"
    );
    let scenario = Scenario::parse("determinism.toml", &text).expect("a valid scenario");
    let emulator = Emulator::builder()
        .seed(seed)
        .clock(clock)
        .scenario(scenario)
        .build()
        .expect("it can be played");
    let container = json!([{"name": "agent", "image": "agent:1"}]);
    call(
        &emulator,
        "RegisterDaemonTaskDefinition",
        &json!({"family": "agent", "containerDefinitions": container}),
    );
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {"alarms": {"alarmNames": ["errors"], "enable": true}},
    });
    call(&emulator, "CreateDaemon", &daemon);
    emulator
}

/// Everything that can be seen of a run.
fn seen(emulator: &Emulator) -> String {
    let journal = emulator
        .control("GET", "journal?include=control,clock,events", None)
        .expect("it can be read");
    format!("{journal}\n{}", emulator.world())
}

/// Polls 60 times.
fn polled(clock: ClockMode, seed: u64) -> String {
    let emulator = world(clock, seed);
    for _ in 0..60 {
        call(
            &emulator,
            "DescribeDaemon",
            &json!({"daemonArn": arn("daemon/prod/agent")}),
        );
    }
    seen(&emulator)
}

#[test]
fn equal_runs_are_equal() {
    assert_eq!(polled(ClockMode::Jump, 5), polled(ClockMode::Jump, 5));
    assert_eq!(polled(ClockMode::Step, 5), polled(ClockMode::Step, 5));
    assert_ne!(polled(ClockMode::Jump, 5), polled(ClockMode::Jump, 6));
}

#[test]
fn polls_move_a_jumping_world_and_leave_a_manual_one_alone() {
    for (clock, expected) in [
        (ClockMode::Jump, true),
        (ClockMode::Step, true),
        (ClockMode::Manual, false),
    ] {
        let seen = polled(clock, 1);
        assert_eq!(seen.contains("\"clock\":\"poll\""), expected, "{clock}");
        assert_eq!(
            seen.contains("alarm_triggered"),
            expected,
            "the alarm is reached in {clock}"
        );
    }
}

/// Goes an hour ahead in steps of some milliseconds.
fn advanced(step_ms: u32) -> (Vec<Value>, Value) {
    let emulator = world(ClockMode::Manual, 1);
    for _ in 0..3_600_000 / step_ms {
        emulator.advance(std::time::Duration::from_millis(step_ms.into()));
    }
    (emulator.events(), emulator.world())
}

#[test]
fn one_step_or_many_is_the_same() {
    let once = advanced(3_600_000);
    assert!(
        once.0.iter().any(|event| event["kind"] == "alarm_triggered"),
        "the alarm goes off on the way"
    );
    assert_eq!(once, advanced(1000));
    assert_eq!(once, advanced(45_000));
}

#[test]
fn a_world_stands_still_for_a_refresh_whose_reads_all_differ() {
    let emulator = world(ClockMode::Jump, 1);
    let before = emulator.now_ms();
    for (operation, body) in [
        ("DescribeDaemon", json!({"daemonArn": arn("daemon/prod/agent")})),
        ("ListDaemons", json!({"clusterArn": arn("cluster/prod")})),
        ("ListDaemonDeployments", json!({"daemonArn": arn("daemon/prod/agent")})),
        ("ListTagsForResource", json!({"resourceArn": arn("daemon/prod/agent")})),
    ] {
        call(&emulator, operation, &body);
    }
    assert_eq!(emulator.now_ms(), before);
    call(&emulator, "ListDaemons", &json!({"clusterArn": arn("cluster/prod")}));
    assert!(emulator.now_ms() > before, "the second time it is a poll");
}
