//! Sizes and times of `--state` with 1,000 clusters of 50 daemons each. The figures of docs/dev/measurements.md.
//!
//! `cargo bench --workspace --locked --bench state` prints one line each; it asserts nothing about time.
//! `ECS_STATE_CLUSTERS=100` makes another number of clusters.

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

use std::path::Path;
use std::time::Duration;

use ecs_emulator::{ClockMode, Emulator};
use serde_json::json;
use stopwatch::Stopwatch;
use support::{REGION, arn, call};

/// Daemons of a cluster.
const DAEMONS: u32 = 50;

fn main() {
    let clusters = std::env::var("ECS_STATE_CLUSTERS").map_or(1000, |text| text.parse().expect("a number"));
    let folder = tempfile::tempdir().expect("a folder");
    let plain = Emulator::builder().clock(ClockMode::Manual).build();
    fill("without a state file", &plain.expect("it starts"), clusters);
    let file = folder.path().join("world.state");
    // Never long enough for a snapshot on the way: the log is to have everything.
    let kept = open(&file, u64::MAX);
    fill("with a state file", &kept, clusters);
    drop(kept);
    sizes("killed", &file);
    let started = Stopwatch::start();
    let again = open(&file, u64::MAX);
    println!("start with all of that in the log: {started}");
    let started = Stopwatch::start();
    again.save_state().expect("it can be written");
    println!("snapshot: {started}");
    drop(again);
    sizes("stopped", &file);
    let started = Stopwatch::start();
    let again = open(&file, u64::MAX);
    println!("start from the snapshot: {started}");
    drop(again);
    let small = folder.path().join("small.state");
    drop(open(&small, u64::MAX));
    let started = Stopwatch::start();
    drop(open(&small, u64::MAX));
    println!("start with an empty world: {started}");
}

fn open(file: &Path, log: u64) -> Emulator {
    let builder = Emulator::builder().clock(ClockMode::Manual);
    builder.state_file(file).state_log(log).build().expect("it starts")
}

/// Makes the clusters with their daemons, and lets all rollouts end.
fn fill(name: &str, emulator: &Emulator, clusters: u32) {
    let container = json!([{ "name": "agent", "image": "agent:1" }]);
    let definition = json!({ "family": "agent", "containerDefinitions": container });
    call(emulator, "RegisterDaemonTaskDefinition", &definition);
    let started = Stopwatch::start();
    for cluster in 0..clusters {
        fill_cluster(emulator, &format!("c{cluster}"), &format!("p{cluster}"));
    }
    println!("{clusters} clusters of {DAEMONS} daemons {name}: {started}");
    let started = Stopwatch::start();
    assert!(emulator.settle(Duration::from_hours(24)), "they come to rest");
    println!("their rollouts: {started}");
}

fn fill_cluster(emulator: &Emulator, cluster: &str, provider: &str) {
    call(emulator, "CreateCluster", &json!({ "clusterName": cluster }));
    let role = "arn:aws:iam::123456789012:instance-profile/ecs";
    let network = json!({ "subnets": ["subnet-1"], "securityGroups": ["sg-1"] });
    let template = json!({ "ec2InstanceProfileArn": role, "networkConfiguration": network });
    let managed = json!({
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "instanceLaunchTemplate": template,
    });
    let request = json!({ "name": provider, "cluster": cluster, "managedInstancesProvider": managed });
    call(emulator, "CreateCapacityProvider", &request);
    let instances = json!({ "capacity_provider": provider, "count": 1 });
    let path = format!("instances?region={REGION}");
    emulator
        .control("POST", &path, Some(instances))
        .expect("the provider is there");
    for daemon in 0..DAEMONS {
        let request = json!({
            "daemonName": format!("agent-{daemon}"),
            "clusterArn": arn(&format!("cluster/{cluster}")),
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
            "capacityProviderArns": [arn(&format!("capacity-provider/{provider}"))],
            "deploymentConfiguration": { "drainPercent": 100.0 },
        });
        call(emulator, "CreateDaemon", &request);
    }
}

fn sizes(name: &str, file: &Path) {
    let megabytes = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len()) / 1_000_000;
    let log = file.with_extension("state.log");
    println!("{name}: snapshot {} MB, log {} MB", megabytes(file), megabytes(&log));
}
