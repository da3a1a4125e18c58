//! Times of odd sizes: thousands of daemons on one provider, thousands of faults, fleets that never rest. The figures
//! of docs/dev/measurements.md.
//!
//! `cargo bench -p ecs-emulator --bench odd_sizes` prints one line each; it asserts nothing about time.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for people, not a part of the library"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use ecs_emulator::{ClockMode, Emulator, Scenario};
use serde_json::{Value, json};
use support::{REGION, arn, call};

fn main() {
    many_faults();
    many_daemons();
    for instances in [50, 200] {
        churn(instances);
    }
}

/// 10,000 faults in one call, and a request that meets none of them.
fn many_faults() {
    let emulator = fleet(2, "");
    let rule = |n: u32| json!({"operation": "Describe*", "resource": format!("daemon-{n}"), "effect": "throttle"});
    let faults: Vec<Value> = (0..10_000).map(rule).collect();
    let started = Instant::now();
    emulator
        .control("POST", "faults", Some(faults.into()))
        .expect("they are valid");
    println!("10,000 faults added: {:?}", started.elapsed());
    let started = Instant::now();
    call(&emulator, "ListClusters", &json!({}));
    println!("ListClusters then: {:?}", started.elapsed());
}

/// 2,000 daemons on one provider of two instances, settled.
fn many_daemons() {
    let emulator = fleet(2, "");
    register(&emulator);
    let started = Instant::now();
    for n in 0..2000 {
        create(&emulator, &format!("agent-{n}"), 100.0);
    }
    println!("2,000 daemons created: {:?}", started.elapsed());
    let started = Instant::now();
    assert!(emulator.settle(Duration::from_hours(24)), "they come to rest");
    println!("2,000 daemons settled: {:?}", started.elapsed());
}

/// Polls of a fleet whose daemon exits again and again.
fn churn(instances: u32) {
    let fault = "[[fault]]\nimage = 'agent:1'\neffect = 'exits'\nseconds = 400\ncount = 'for_ever'\n";
    let emulator = fleet(instances, fault);
    register(&emulator);
    create(&emulator, "agent", 100.0);
    let asked = json!({"daemonArn": arn("daemon/prod/agent")});
    for _ in 0..50 {
        call(&emulator, "DescribeDaemon", &asked);
    }
    let mut polls: Vec<Duration> = Vec::new();
    let before = emulator.now_ms();
    for _ in 0..201 {
        let started = Instant::now();
        call(&emulator, "DescribeDaemon", &asked);
        polls.push(started.elapsed());
    }
    polls.sort_unstable();
    let moved = (emulator.now_ms() - before) / 201 / 1000;
    println!(
        "poll of {instances} instances that churn: median {:?}, longest {:?}, {moved} virtual seconds each",
        polls[100], polls[200]
    );
}

fn fleet(instances: u32, more: &str) -> Emulator {
    let text = format!(
        "[[cluster]]\nname = 'prod'\nregion = '{REGION}'\n\
         [[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = {instances}\nregion = '{REGION}'\n{more}"
    );
    let scenario = Scenario::parse("fleet.toml", &text).expect("a valid scenario");
    let builder = Emulator::builder().clock(ClockMode::Jump).scenario(scenario);
    builder.build().expect("it can be played")
}

fn register(emulator: &Emulator) {
    let body = json!({"family": "agent", "containerDefinitions": [{"name": "main", "image": "agent:1"}]});
    call(emulator, "RegisterDaemonTaskDefinition", &body);
}

fn create(emulator: &Emulator, name: &str, percent: f64) {
    let body = json!({
        "daemonName": name,
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {"drainPercent": percent},
        "critical": true,
    });
    call(emulator, "CreateDaemon", &body);
}
