//! The provider under other guesses about AWS: what must hold holds for every value of every knob
//! that concerns it, or the provider is right only for our own assumptions.

use ecs_emulator::knobs::Knobs;
use serde_json::json;
use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, World};

/// One knob away from the defaults.
fn knob(name: &str, value: &serde_json::Value) -> Knobs {
    serde_json::from_value(json!({ name: value })).unwrap()
}

/// Create, update, outside revert, repair, failed update, destroy.
async fn life(knobs: Knobs) {
    let mut world = World::with_knobs(4, knobs).await;
    let flag = |value: bool| Value::object([("enable_execute_command", Value::from(value))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(flag(false))).await;
    let stored = world.settled(&stored, world.daemon(flag(true))).await;
    world
        .other
        .update_daemon()
        .daemon_arn(stored.state.get("arn").as_str().unwrap())
        .daemon_task_definition_arn(world.definition_arn())
        .capacity_provider_arns(crate::support::arn("capacity-provider/fleet"))
        .send()
        .await
        .unwrap();
    world.settle();
    // What a stale read hides no client can see: the check waits until reads are consistent.
    let path = format!("consistency?region={}", crate::support::REGION);
    world
        .emulator
        .control("POST", &path, Some(json!({ "heal": true })))
        .unwrap();
    let drifted = world.refresh(&stored).await.stored;
    let planned = world.driver.plan(DAEMON, &drifted, world.daemon(flag(true))).await;
    assert_eq!(planned.action, Action::Update, "the lost setting is not seen");
    let stored = world.settled(&drifted, world.daemon(flag(true))).await;
    let good = world.definition_arn();
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let failed = world.apply(&stored, world.daemon(flag(true))).await;
    let rested = world.refresh(&failed.stored).await.stored;
    let running = rested.state.get("daemon_task_definition_arn").as_str();
    assert_eq!(running, Some(good.as_str()), "the state does not hold what runs");
    let destroyed = world.driver.destroy(DAEMON, &rested).await;
    assert!(destroyed.stored.state.is_null());
}

#[tokio::test(start_paused = true)]
async fn life_goes_on_under_every_knob() {
    life(Knobs::default()).await;
    for (name, value) in [
        ("breaker_threshold", json!(1)),
        ("breaker_threshold", json!(10)),
        ("breaker_counts", json!("critical_only")),
        ("omit_empty_providers", json!(true)),
        ("empty_provider", json!("in_progress")),
        ("empty_provider", json!("at_once")),
        ("deployment_retention", json!("latest_only")),
        ("deployment_retention", json!("90d")),
        ("first_deployment_failure", json!("stopped")),
        ("after_rollback_deployment_arn", json!("new")),
        ("current_revisions_order", json!("newest_first")),
        ("batch_rounding", json!("floor")),
        ("batch_rounding", json!("nearest")),
        ("batch_base", json!("provider")),
        ("bake", json!("per_batch")),
        ("alarm_precleared", json!("ignored")),
        ("concurrent_deployments", json!("serial")),
        ("list_daemons_without_cluster", json!("all")),
        ("duplicate_create", json!("returns_existing")),
        ("definition_deleted_after", json!(60)),
        ("creation", json!("gradual")),
        ("stale_reads", json!(2)),
    ] {
        eprintln!("{name} = {value}");
        life(knob(name, &value)).await;
    }
}
