//! Manners of a scan: the calls that it makes and their number, and that it says the same twice.

use std::time::Duration;

use ecs_drift::{
    observe::End,
    report::{ExitPolicy, code},
};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::json;
use tokio::sync::watch;

use crate::support::{Made, World, lines};

async fn estate(world: &World, daemons: usize) -> Vec<Made> {
    let mut made = Vec::new();
    for index in 0..daemons {
        made.push(world.make(&format!("agent-{index:03}")).await);
    }
    made
}

#[tokio::test(start_paused = true)]
async fn a_clean_estate_is_clean_and_costs_what_was_computed() {
    let mut world = World::new(0).await;
    let made = estate(&world, 100).await;
    let all: Vec<&Made> = made.iter().collect();
    let report = world.scan(&all).await;
    assert_eq!((lines(&report).as_str(), report.complete), ("", true));
    assert_eq!(code(&report, ExitPolicy::default()), 0);
    let calls = |world: &World, operation: &str| world.calls(operation);
    for (operation, expected) in [
        ("DescribeDaemon", 100),
        ("ListTagsForResource", 100),
        ("DescribeDaemonDeployments", 5),
        ("DescribeDaemonRevisions", 5),
        ("ListDaemonTaskDefinitions", 2),
        ("GetCallerIdentity", 1),
        ("ListDaemonDeployments", 0),
        ("ListDaemons", 0),
    ] {
        assert_eq!(calls(&world, operation), expected, "{operation}");
        assert_eq!(
            report.statistics.api_calls.get(operation).copied().unwrap_or(0),
            expected as u64,
            "{operation}"
        );
    }
    world.options.explain.tags = false;
    world.scan(&all).await;
    assert_eq!(
        calls(&world, "ListTagsForResource"),
        100,
        "tags cost nothing when they are not asked for"
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_world_gives_the_same_report() {
    let world = World::new(3).await;
    let made = estate(&world, 3).await;
    world.update(&made[1], |update| update.critical(false)).await;
    world.settle();
    let all: Vec<&Made> = made.iter().collect();
    let (mut one, mut other) = (world.scan(&all).await, world.scan(&all).await);
    // Counters go on counting.
    one.statistics = ecs_drift::report::Statistics::default();
    other.statistics = ecs_drift::report::Statistics::default();
    assert_eq!(one, other);
}

#[tokio::test(start_paused = true)]
async fn what_differs_is_read_once_more() {
    let world = World::new(3).await;
    let made = estate(&world, 2).await;
    world.update(&made[0], |update| update.critical(false)).await;
    world.settle();
    let report = world.scan(&[&made[0], &made[1]]).await;
    assert_eq!(report.statistics.read_again, 1);
    assert_eq!(
        (world.calls("DescribeDaemon"), world.calls("ListDaemonDeployments")),
        (3, 1)
    );
}

#[tokio::test(start_paused = true)]
async fn an_apply_between_the_readings_is_seen() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.update(&made, |update| update.critical(false)).await;
    world.settle();
    // The first reading is of the time before, the second of now: what differs is judged by the second.
    world.update(&made, |update| update).await;
    world.settle();
    world.fault(&json!({"operation": "DescribeDaemon", "count": 1, "effect": "stale"}));
    let report = world.scan(&[&made]).await;
    assert_eq!(lines(&report), "");
}

#[tokio::test(start_paused = true)]
async fn random_throttling_loses_nothing() {
    let world = World::new(0).await;
    let made = estate(&world, 100).await;
    world.fault(&json!({"operation": "*", "probability": 0.05, "count": null, "effect": "throttle"}));
    let before = tokio::time::Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!(
        (lines(&report).as_str(), report.complete, report.daemons.len()),
        ("", true, 100)
    );
    assert!(report.statistics.throttled > 0);
    assert!(before.elapsed() < Duration::from_secs(5), "{:?}", before.elapsed());
}

/// Seconds of a scan of 200 daemons under faults.
async fn seconds_under(faults: &[&serde_json::Value]) -> f64 {
    // Of the pauses, so that a run is like any other.
    fastrand::seed(7);
    let world = World::new(0).await;
    let made = estate(&world, 200).await;
    for fault in faults {
        world.fault(fault);
    }
    let before = tokio::time::Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!(
        (lines(&report).as_str(), report.complete, report.daemons.len()),
        ("", true, 200)
    );
    assert_eq!(report.statistics.throttled > 0, faults.len() > 1);
    before.elapsed().as_secs_f64()
}

#[tokio::test(start_paused = true)]
async fn random_throttling_costs_at_most_twice_the_time() {
    let slow = json!({"operation": "*", "count": null, "effect": {"slow": {"seconds": 0.005}}});
    let throttle = json!({"operation": "*", "probability": 0.05, "count": null, "effect": "throttle"});
    let undisturbed = seconds_under(&[&slow]).await;
    let disturbed = seconds_under(&[&throttle, &slow]).await;
    assert!(disturbed <= 2.0 * undisturbed, "{disturbed} s instead of {undisturbed}");
}

#[tokio::test(start_paused = true)]
async fn published_rates_are_used_and_hardly_exceeded() {
    let world = World::throttled().await;
    let mut made = Vec::new();
    for index in 0..1000 {
        made.push(world.make(&format!("agent-{index:04}")).await);
        // Five calls a second may change something.
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let before = tokio::time::Instant::now();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    let took = before.elapsed().as_secs_f64();
    assert_eq!(
        (lines(&report).as_str(), report.complete, report.daemons.len()),
        ("", true, 1000)
    );
    let calls: u64 = report.statistics.api_calls.values().sum();
    assert_eq!(calls, 2103);
    // Tags are the narrowest: 20 at once, then 10 a second.
    let best = (1000.0 - 20.0) / 10.0;
    assert!(took < 1.1 * best, "{took} s instead of {best}");
    let throttled = report.statistics.throttled;
    assert!(throttled * 100 <= calls * 2, "{throttled} of {calls} were throttled");
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_scan_says_so() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    let (interrupt, interrupted) = watch::channel(false);
    world.options.end = End::new(Some(interrupted), None);
    world.fault(&json!({"operation": "DescribeDaemon", "count": null, "effect": {"slow": {"seconds": 30}}}));
    let stop = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        interrupt.send(true).unwrap();
    };
    let all = [&made];
    let (report, ()) = tokio::join!(world.scan(&all), stop);
    assert_eq!((report.interrupted, report.complete), (true, false));
    assert_eq!(code(&report, ExitPolicy::default()), 130);
}

/// Updates a daemon away from what is wanted and back, some times.
async fn updated_and_back(world: &World, made: &Made, times: usize) {
    for _ in 0..times {
        world.update(made, |update| update.critical(false)).await;
        world.settle();
        world.update(made, |update| update).await;
        world.settle();
    }
}

/// Calls of a scan of 20 daemons that were updated and are as wanted, for each of them.
async fn calls_after_updates(retention: DeploymentRetention) -> f64 {
    let knobs = Knobs {
        deployment_retention: retention,
        ..Knobs::default()
    };
    let mut world = World::with_knobs(0, knobs).await;
    world.options.explain.tags = false;
    let made = estate(&world, 20).await;
    for each in &made {
        updated_and_back(&world, each, 3).await;
    }
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    assert_eq!((lines(&report).as_str(), report.complete), ("", true));
    let fixed = ["GetCallerIdentity", "ListDaemonTaskDefinitions"];
    let calls = report.statistics.api_calls.iter();
    let calls: u64 = calls
        .filter(|(operation, _)| !fixed.contains(&operation.as_str()))
        .map(|(_, count)| count)
        .sum();
    f64::from(u32::try_from(calls).unwrap()) / 20.0
}

#[tokio::test(start_paused = true)]
async fn what_is_as_wanted_costs_the_same_whatever_its_history() {
    for (retention, most) in [
        // The latest deployments and those of the sources are two batches.
        (DeploymentRetention::ForEver, 1.15),
        // Records that are gone are asked for once more, in a batch.
        (DeploymentRetention::LatestOnly, 1.20),
    ] {
        let calls = calls_after_updates(retention).await;
        assert!(calls <= most, "{retention:?}: {calls} calls a daemon");
    }
}
