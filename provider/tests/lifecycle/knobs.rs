//! The provider under other guesses about AWS: what must hold holds for every value of every knob
//! that concerns it, or the provider is right only for our own assumptions.

use ecs_emulator::knobs::Knobs;
use serde_json::json;
use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, World};

/// Each knob's values beside its default, as JSON.
pub(crate) const VALUES: [(&str, &str); 22] = [
    ("breaker_threshold", "1"),
    ("breaker_threshold", "10"),
    ("breaker_counts", r#""critical_only""#),
    ("omit_empty_providers", "true"),
    ("empty_provider", r#""in_progress""#),
    ("empty_provider", r#""at_once""#),
    ("deployment_retention", r#""latest_only""#),
    ("deployment_retention", r#""90d""#),
    ("first_deployment_failure", r#""stopped""#),
    ("after_rollback_deployment_arn", r#""new""#),
    ("current_revisions_order", r#""newest_first""#),
    ("batch_rounding", r#""floor""#),
    ("batch_rounding", r#""nearest""#),
    ("batch_base", r#""provider""#),
    ("bake", r#""per_batch""#),
    ("alarm_precleared", r#""ignored""#),
    ("concurrent_deployments", r#""serial""#),
    ("list_daemons_without_cluster", r#""all""#),
    ("duplicate_create", r#""returns_existing""#),
    ("definition_deleted_after", "60"),
    ("creation", r#""gradual""#),
    ("stale_reads", "2"),
];

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
    for (name, value) in VALUES {
        eprintln!("{name} = {value}");
        life(knob(name, &serde_json::from_str(value).unwrap())).await;
    }
}
