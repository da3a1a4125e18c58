//! Times of simulated rollouts: the figures of docs/dev/measurements.md.
//!
//! `cargo bench --workspace --locked --bench rollout` prints one line each; it asserts nothing about time.
//! `ECS_ROLLOUTS=20` makes the first rollout as often, one after the other, and nothing else.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a tool for people, not a part of the library"
)]

#[path = "support/stopwatch.rs"]
mod stopwatch;
#[path = "../tests/support/mod.rs"]
mod support;

use std::fmt::Write;
use std::time::Duration;

use ecs_emulator::{Emulator, Scenario};
use serde_json::json;
use stopwatch::Stopwatch;
use support::{REGION, arn, call};

fn main() {
    let times = std::env::var("ECS_ROLLOUTS").map_or(1, |text| text.parse().expect("a number"));
    long_rollouts(times);
    if times == 1 {
        many_clusters();
    }
}

/// Rollouts in small batches over 1,000 instances with three daemons and five application tasks each.
fn long_rollouts(times: usize) {
    let emulator = fleet(1, 1000, 5);
    for n in 0..times {
        long_rollout(&emulator, 2 - n % 2);
    }
}

fn long_rollout(emulator: &Emulator, revision: usize) {
    let updated = Stopwatch::start();
    update(emulator, 0, (revision, 0.2));
    println!("UpdateDaemon on 1,000 instances: {updated}");
    let before = now_ms(emulator);
    let started = Stopwatch::start();
    assert!(emulator.settle(Duration::from_hours(24 * 10)), "it comes to rest");
    let elapsed = started.to_string();
    let hours = (now_ms(emulator) - before) / 3_600_000;
    println!("rollout over 1,000 instances, 3 daemons and 5 tasks each, {hours} virtual hours: {elapsed}");
    describe(emulator, 0);
}

/// 100 clusters with 500 instances each, all rolling at once.
fn many_clusters() {
    let emulator = fleet(100, 500, 0);
    for cluster in 0..100 {
        update(&emulator, cluster, (2, 25.0));
    }
    let started = Stopwatch::start();
    assert!(emulator.settle(Duration::from_hours(24 * 10)), "it comes to rest");
    println!("rollouts in 100 clusters of 500 instances: {started}");
    describe(&emulator, 57);
    println!("peak memory of the process: {} MiB", peak_memory_mib().unwrap_or(0));
}

fn describe(emulator: &Emulator, cluster: usize) {
    let request = json!({ "daemonArn": arn(&format!("daemon/c{cluster}/agent")) });
    let started = Stopwatch::start();
    let answer = call(emulator, "DescribeDaemon", &request);
    let elapsed = started.to_string();
    println!(
        "DescribeDaemon then: {elapsed} ({} running)",
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

fn update(emulator: &Emulator, cluster: usize, (revision, percent): (usize, f64)) {
    call(
        emulator,
        "UpdateDaemon",
        &json!({
            "daemonArn": arn(&format!("daemon/c{cluster}/agent")),
            "daemonTaskDefinitionArn": arn(&format!("daemon-task-definition/agent:{revision}")),
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
