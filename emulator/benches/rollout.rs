//! Times of simulated rollouts: the figures of docs/dev/measurements.md.
//!
//! `cargo bench -p ecs-emulator --bench rollout` prints one line each; it asserts nothing about time.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for people, not a part of the library"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::Write;
use std::time::{Duration, Instant};

use ecs_emulator::{Emulator, Scenario};
use serde_json::json;
use support::{REGION, arn, call};

fn main() {
    one_long_rollout();
    many_clusters();
}

/// A rollout in small batches over 1,000 instances with three daemons and five application tasks each.
fn one_long_rollout() {
    let emulator = fleet(1, 1000, 5);
    let updated = Instant::now();
    update(&emulator, 0, 0.2);
    println!("UpdateDaemon on 1,000 instances: {:?}", updated.elapsed());
    let before = now_ms(&emulator);
    let started = Instant::now();
    assert!(emulator.settle(Duration::from_hours(24 * 10)), "it comes to rest");
    let elapsed = started.elapsed();
    let hours = (now_ms(&emulator) - before) / 3_600_000;
    println!("rollout over 1,000 instances, 3 daemons and 5 tasks each, {hours} virtual hours: {elapsed:?}");
    describe(&emulator, 0);
}

/// 100 clusters with 500 instances each, all rolling at once.
fn many_clusters() {
    let emulator = fleet(100, 500, 0);
    for cluster in 0..100 {
        update(&emulator, cluster, 25.0);
    }
    let started = Instant::now();
    assert!(emulator.settle(Duration::from_hours(24 * 10)), "it comes to rest");
    println!("rollouts in 100 clusters of 500 instances: {:?}", started.elapsed());
    describe(&emulator, 57);
    println!("peak memory of the process: {} MiB", peak_memory_mib().unwrap_or(0));
}

fn describe(emulator: &Emulator, cluster: usize) {
    let request = json!({ "daemonArn": arn(&format!("daemon/c{cluster}/agent")) });
    let started = Instant::now();
    let answer = call(emulator, "DescribeDaemon", &request);
    let elapsed = started.elapsed();
    println!(
        "DescribeDaemon then: {elapsed:?} ({} running)",
        answer["daemon"]["currentRevisions"][0]["totalRunningCount"]
    );
}

/// Clusters `c0` to `cN` with instances, three settled daemons and five services of so many tasks per instance in all.
fn fleet(clusters: usize, instances: usize, tasks: usize) -> Emulator {
    let mut text = String::new();
    for cluster in 0..clusters {
        let _ = writeln!(text, "[[cluster]]\nname = 'c{cluster}'\nregion = '{REGION}'");
        let _ = write!(
            text,
            "[[capacity_provider]]\nname = 'p{cluster}'\ncluster = 'c{cluster}'\ninstances = {instances}\nregion = '{REGION}'\n"
        );
    }
    let scenario = Scenario::parse("fleet.toml", &text).expect("a valid scenario");
    let emulator = Emulator::builder()
        .seed(1)
        .scenario(scenario)
        .build()
        .expect("it can be played");
    for family in ["agent", "shipper", "guard"] {
        register(&emulator, family);
    }
    let app = json!({
        "family": "app", "cpu": "128", "memory": "256", "networkMode": "awsvpc",
        "containerDefinitions": [{ "name": "app", "image": "app:1" }],
    });
    call(&emulator, "RegisterTaskDefinition", &app);
    for cluster in 0..clusters {
        for family in ["agent", "shipper", "guard"] {
            call(
                &emulator,
                "CreateDaemon",
                &json!({
                    "daemonName": family, "clusterArn": arn(&format!("cluster/c{cluster}")),
                    "daemonTaskDefinitionArn": arn(&format!("daemon-task-definition/{family}:1")),
                    "capacityProviderArns": [arn(&format!("capacity-provider/p{cluster}"))],
                    "deploymentConfiguration": { "drainPercent": 100.0 },
                }),
            );
        }
        for service in 0..tasks {
            call(
                &emulator,
                "CreateService",
                &json!({
                    "serviceName": format!("s{service}"), "cluster": format!("c{cluster}"), "taskDefinition": "app",
                    "desiredCount": instances,
                    "capacityProviderStrategy": [{ "capacityProvider": format!("p{cluster}"), "weight": 1 }],
                }),
            );
        }
    }
    assert!(emulator.settle(Duration::from_hours(24 * 10)), "it comes to rest");
    emulator
}

fn register(emulator: &Emulator, family: &str) {
    let body = json!({
        "family": family, "cpu": "64", "memory": "128",
        "containerDefinitions": [{ "name": "main", "image": format!("{family}:1") }],
    });
    call(emulator, "RegisterDaemonTaskDefinition", &body);
    call(emulator, "RegisterDaemonTaskDefinition", &body);
}

fn update(emulator: &Emulator, cluster: usize, percent: f64) {
    call(
        emulator,
        "UpdateDaemon",
        &json!({
            "daemonArn": arn(&format!("daemon/c{cluster}/agent")),
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:2"),
            "capacityProviderArns": [arn(&format!("capacity-provider/p{cluster}"))],
            "deploymentConfiguration": { "drainPercent": percent },
        }),
    );
}

fn now_ms(emulator: &Emulator) -> i64 {
    emulator.now_ms()
}

/// Largest resident size of this process so far, where the system tells.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
