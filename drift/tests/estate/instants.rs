//! Calls at one instant: their order is told only where the records prove it, and no call is blamed for what another may
//! have done.

use std::{sync::Arc, time::Duration};

use aws_sdk_ecs::operation::{
    create_daemon::builders::CreateDaemonFluentBuilder, update_daemon::builders::UpdateDaemonInputBuilder,
};
use ecs_drift::{
    report::{Confidence, Finding, Report},
    scan::CloudTrail,
};
use serde_json::json;

use crate::support::{Made, World, deployment, lines, state};

const DRAIN: &str = "deployment_configuration.drain_percent";

/// A daemon that is wanted with a drain percentage of 30, and calls at one instant that set others, an hour later.
async fn drained(instances: u32, drains: &[f64]) -> (World, Made, Vec<String>) {
    let world = World::new(instances).await;
    let wanted = json!({"deployment_configuration": [{"drain_percent": 30, "bake_time_in_minutes": 0, "alarms": []}]});
    let create = |create: CreateDaemonFluentBuilder| create.deployment_configuration(deployment(30.0, 0, &[], false));
    let made = world.make_with("agent", create, &wanted).await;
    world.emulator.advance(Duration::from_hours(1));
    let mut calls = Vec::new();
    for drain in drains {
        calls.push(world.update(&made, |update| drain_of(update, *drain)).await);
    }
    (world, made, calls)
}

fn drain_of(update: UpdateDaemonInputBuilder, drain: f64) -> UpdateDaemonInputBuilder {
    update.deployment_configuration(deployment(drain, 0, &[], false))
}

async fn asked(world: &World, made: &Made) -> Report {
    world.settle();
    let trail = CloudTrail::new(world, Arc::clone(&world.options.counters));
    world.scan_with(&trail, &[state("ecs_daemon", &[&made.state])]).await
}

fn of_drain(report: &Report) -> &Finding {
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.setting.as_deref() == Some(DRAIN));
    finding.unwrap_or_else(|| panic!("{}", lines(report)))
}

/// Times of the deployments, as ECS answers them.
async fn instants(world: &World, calls: &[String]) -> usize {
    let describe = world.other.describe_daemon_deployments();
    let answer = describe
        .set_daemon_deployment_arns(Some(calls.to_vec()))
        .send()
        .await
        .unwrap();
    let times = answer
        .daemon_deployments
        .unwrap()
        .into_iter()
        .map(|one| one.created_at.unwrap().as_nanos());
    times.collect::<std::collections::BTreeSet<i128>>().len()
}

#[tokio::test(start_paused = true)]
async fn the_last_of_two_calls_at_one_instant_is_known() {
    let (world, made, calls) = drained(2, &[50.0, 70.0]).await;
    assert_eq!(instants(&world, &calls).await, 1);
    let report = asked(&world, &made).await;
    let finding = of_drain(&report);
    assert_eq!(finding.confidence, Confidence::Recorded, "{}", lines(&report));
    assert_eq!(finding.group.as_deref(), Some(calls[1].as_str()));
}

#[tokio::test(start_paused = true)]
async fn of_calls_at_one_instant_none_is_blamed_for_what_another_may_have_done() {
    // It stays at 50 since the third or since the first, whichever of the three was the last.
    let (world, made, calls) = drained(2, &[50.0, 70.0, 50.0]).await;
    assert_eq!(instants(&world, &calls).await, 1);
    world.emulator.advance(Duration::from_hours(1));
    let later = world
        .update(&made, |update| drain_of(update, 50.0).critical(false))
        .await;
    let report = asked(&world, &made).await;
    let finding = of_drain(&report);
    assert_eq!(finding.confidence, Confidence::Possible, "{}", lines(&report));
    assert_eq!((finding.group.as_deref(), finding.since), (None, None));
    let facts = finding.evidence.iter().map(|fact| fact.text.as_str());
    let facts: Vec<&str> = facts.collect();
    insta::assert_snapshot!(format!("{}\n{}", finding.message, facts.join("\n")), @r#"
`deployment_configuration.drain_percent` is `50`. It is not known by which call: several calls at the same instant may have done it, and their order is on no record.
The setting is `50` since this deployment at the latest: several began at the same instant, and their order is on no record.
"#);
    let critical = report
        .findings
        .iter()
        .find(|finding| finding.setting.as_deref() == Some("critical"));
    assert_eq!(
        critical.and_then(|finding| finding.group.as_deref()),
        Some(later.as_str())
    );
}

/// Without instances each has rolled out before the next, and names the revision that it replaced.
#[tokio::test(start_paused = true)]
async fn calls_at_one_instant_are_told_apart_by_what_they_replaced() {
    let (world, made, calls) = drained(0, &[50.0, 70.0, 50.0]).await;
    assert_eq!(instants(&world, &calls).await, 1);
    world.emulator.advance(Duration::from_hours(1));
    world
        .update(&made, |update| drain_of(update, 50.0).critical(false))
        .await;
    let report = asked(&world, &made).await;
    assert_eq!(of_drain(&report).confidence, Confidence::Recorded, "{}", lines(&report));
    assert_eq!(of_drain(&report).group.as_deref(), Some(calls[2].as_str()));
}

/// The instant is past: nothing after it changed the setting, and none of it had the live value.
#[tokio::test(start_paused = true)]
async fn calls_at_one_instant_before_another_value_take_no_culprit_away() {
    let (world, made, _) = drained(2, &[50.0, 70.0, 60.0]).await;
    world.emulator.advance(Duration::from_hours(1));
    let first = world.update(&made, |update| drain_of(update, 40.0)).await;
    world.emulator.advance(Duration::from_hours(1));
    let last = world.update(&made, |update| drain_of(update, 80.0)).await;
    let report = asked(&world, &made).await;
    assert_ne!(first, last);
    assert_eq!(
        of_drain(&report).group.as_deref(),
        Some(last.as_str()),
        "{}",
        lines(&report)
    );
    assert_eq!(of_drain(&report).confidence, Confidence::Recorded);
}
