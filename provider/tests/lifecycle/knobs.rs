//! The provider under other guesses about AWS: what must hold holds for every value of every knob
//! that concerns it, or the provider is right only for our own assumptions.

use ecs_emulator::knobs::{DeploymentRetention, Knobs, RollbackToDeleted};
use serde_json::json;
use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, DEFINITION, REGION, World, arn, deployment, expect_no_error, text};

/// Each knob's values beside its default, as JSON.
pub(crate) const VALUES: [(&str, &str); 24] = [
    ("breaker_threshold", "1"),
    ("breaker_threshold", "10"),
    ("breaker_counts", r#""critical_only""#),
    ("omit_empty_providers", "true"),
    ("empty_provider", r#""in_progress""#),
    ("empty_provider", r#""at_once""#),
    ("deployment_retention", r#""latest_only""#),
    ("deployment_retention", r#""90d""#),
    ("first_deployment_failure", r#""stopped""#),
    ("failed_first_deployment", r#""kept""#),
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
    ("empty_values", r#""dropped""#),
    ("definition_deleted_after", "60"),
    ("creation", r#""gradual""#),
    ("stale_reads", "2"),
];

/// Knobs that the random worlds do not draw: they take away what is compared, or act only beside another knob.
const MORE: [(&str, &str); 9] = [
    ("no_capacity_counts", "true"),
    ("deployment_retention", r#""none""#),
    ("rollback_to_deleted_definition", r#""fails""#),
    ("definition_deleted_after", "0"),
    ("standalone_tasks", r#""stopped""#),
    ("scale_in_after", "0"),
    ("instance_drain_age_days", "0"),
    ("instance_end_age_days", "0"),
    ("monotonic_reads", "false"),
];

/// True if records of deployments are kept at all: without them neither their configuration nor their end can be read.
fn keeps_records(knobs: &Knobs) -> bool {
    knobs.deployment_retention != DeploymentRetention::None
}

/// One knob away from the defaults; how reads go back shows only where they are stale.
fn knob(name: &str, value: &str) -> Knobs {
    let value: serde_json::Value = serde_json::from_str(value).unwrap();
    let stale = if name == "monotonic_reads" { 2 } else { 0 };
    let mut members = json!({ "stale_reads": stale });
    members[name] = value;
    serde_json::from_value(members).unwrap()
}

/// Answers that lag far behind: an apply sees the end of a rollout, and afterwards answers from before it.
#[tokio::test(start_paused = true)]
async fn a_failure_that_was_seen_stays_in_the_state() {
    for stale_reads in [2, 3, 4, 8] {
        let knobs = json!({ "stale_reads": stale_reads, "monotonic_reads": false });
        first_failure(&serde_json::from_value(knobs).unwrap()).await;
    }
}

/// No client can see what a stale read hides: a comparison waits until reads are consistent.
fn heal(world: &World) {
    let path = format!("consistency?region={REGION}");
    let healed = world.emulator.control("POST", &path, Some(json!({ "heal": true })));
    healed.unwrap();
}

fn flag(value: bool) -> Value {
    Value::object([("enable_execute_command", Value::from(value))])
}

fn running(stored: &Stored) -> Option<&str> {
    stored.state.get("daemon_task_definition_arn").as_str()
}

/// Create, import, update, outside revert, repair, destroy with the definition.
async fn life(knobs: &Knobs) {
    let world = World::with_knobs(4, knobs.clone()).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(flag(false))).await;
    let stored = world.settled(&stored, world.daemon(flag(true))).await;
    heal(&world);
    let imported = world
        .driver
        .import(DAEMON, stored.state.get("arn").as_str().unwrap())
        .await;
    expect_no_error(&imported.diagnostics);
    if keeps_records(knobs) {
        assert_eq!(imported.stored, stored, "an import reads something else");
    }
    world
        .other
        .update_daemon()
        .daemon_arn(stored.state.get("arn").as_str().unwrap())
        .daemon_task_definition_arn(world.definition_arn())
        .capacity_provider_arns(arn("capacity-provider/fleet"))
        .send()
        .await
        .unwrap();
    world.settle();
    heal(&world);
    let drifted = world.refresh(&stored).await.stored;
    let planned = world.driver.plan(DAEMON, &drifted, world.daemon(flag(true))).await;
    assert_eq!(planned.action, Action::Update, "the lost setting is not seen");
    let stored = world.settled(&drifted, world.daemon(flag(true))).await;
    let destroyed = world.driver.destroy(DAEMON, &stored).await;
    expect_no_error(&destroyed.diagnostics);
    assert!(destroyed.stored.state.is_null());
    assert_eq!(world.daemons(), 0);
    let destroyed = world.driver.destroy(DEFINITION, &world.definition).await;
    expect_no_error(&destroyed.diagnostics);
}

/// An update that fails and is rolled back, the plan after it, the way out.
async fn rollback(knobs: &Knobs) {
    let mut world = World::with_knobs(4, knobs.clone()).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let good = world.definition_arn();
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let failed = world.apply(&stored, world.daemon(Value::Null)).await;
    assert!(failed.diagnostics.has_error(), "the rollback is not seen");
    heal(&world);
    let rested = world.refresh(&failed.stored).await.stored;
    assert_eq!(
        running(&rested),
        Some(good.as_str()),
        "the state does not hold what runs"
    );
    let planned = world.driver.plan(DAEMON, &rested, world.daemon(Value::Null)).await;
    assert_eq!(planned.action, Action::Update, "the change is not proposed again");
    world.define("agent:3").await;
    world.settled(&rested, world.daemon(Value::Null)).await;
}

/// An alarm in the bake time.
async fn alarm(knobs: &Knobs) {
    let world = World::with_knobs(2, knobs.clone()).await;
    let alarms = Value::object([("alarm_names", Value::list(["errors".into()])), ("enable", true.into())]);
    let watched = deployment([("bake_time_in_minutes", 30.into()), ("alarms", Value::list([alarms]))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(watched.clone())).await;
    world.post_fault(&json!({ "alarm": "errors", "state": "ALARM", "when": { "daemon": "agent", "bake": "start" } }));
    let mut changed = watched;
    changed.insert("enable_execute_command", true.into());
    let outcome = world.apply(&stored, world.daemon(changed)).await;
    assert!(outcome.diagnostics.has_error(), "the alarm is not seen");
    heal(&world);
    let rested = world.refresh(&outcome.stored).await.stored;
    assert_eq!(rested.state.get("enable_execute_command").as_bool(), Some(false));
}

/// A first deployment that fails, and an update that mends it.
async fn first_failure(knobs: &Knobs) {
    let mut world = World::with_knobs(4, knobs.clone()).await;
    world.image_fault("broken:*");
    world.define("broken:1").await;
    let outcome = world.apply(&Stored::nothing(), world.daemon(Value::Null)).await;
    assert!(outcome.diagnostics.has_error(), "the failure is not seen");
    assert!(outcome.stored.tainted);
    let failure = outcome.stored.state.get("rollout_failure");
    assert!(failure.as_str().is_some(), "the state does not tell the failure");
    heal(&world);
    world.define("agent:3").await;
    let untainted = Stored {
        tainted: false,
        ..outcome.stored
    };
    world.settled(&untainted, world.daemon(Value::Null)).await;
}

/// Machines that cannot be had: a failed launch, or a rollout that takes longer.
async fn shortage(knobs: &Knobs) {
    let world = World::with_knobs(2, knobs.clone()).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(flag(false))).await;
    world.post_fault(&json!({ "effect": "no_capacity", "capacity_provider": "fleet", "count": 4 }));
    if !knobs.no_capacity_counts {
        world.settled(&stored, world.daemon(flag(true))).await;
        return;
    }
    let outcome = world.apply(&stored, world.daemon(flag(true))).await;
    assert!(outcome.diagnostics.has_error(), "the rollback is not seen");
    let rested = world.refresh(&outcome.stored).await.stored;
    assert_eq!(rested.state.get("enable_execute_command").as_bool(), Some(false));
    world.settled(&rested, world.daemon(flag(true))).await;
}

/// A rollback to a revision whose task definition somebody has deleted: whether it succeeds or fails, the next update
/// mends it.
async fn rollback_to_deleted(knobs: &Knobs) {
    let mut world = World::with_knobs(2, knobs.clone()).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let good = world.definition_arn();
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let deleted = world.other.delete_daemon_task_definition().daemon_task_definition(good);
    deleted.send().await.unwrap();
    let outcome = world.apply(&stored, world.daemon(Value::Null)).await;
    let told = text(&outcome.diagnostics);
    let expected = match knobs.rollback_to_deleted_definition {
        RollbackToDeleted::Allowed => "ROLLBACK_SUCCESSFUL",
        RollbackToDeleted::Fails => "ROLLBACK_FAILED",
    };
    assert!(told.contains(expected), "{told}");
    world.define("agent:3").await;
    world.settled(&outcome.stored, world.daemon(Value::Null)).await;
}

/// A daemon on a provider without instances.
async fn empty(knobs: &Knobs) {
    let world = World::with_knobs(0, knobs.clone()).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(flag(false))).await;
    let stored = world.settled(&stored, world.daemon(flag(true))).await;
    let destroyed = world.driver.destroy(DAEMON, &stored).await;
    assert!(destroyed.stored.state.is_null());
}

fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    VALUES.into_iter().chain(MORE)
}

#[tokio::test(start_paused = true)]
async fn life_goes_on_under_every_knob() {
    life(&Knobs::default()).await;
    for (name, value) in all() {
        eprintln!("{name} = {value}");
        life(&knob(name, value)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn failures_are_seen_under_every_knob() {
    // Without records of deployments nobody can tell how one has ended.
    for (name, value) in all().filter(|(name, value)| keeps_records(&knob(name, value))) {
        eprintln!("{name} = {value}");
        let knobs = knob(name, value);
        rollback(&knobs).await;
        alarm(&knobs).await;
        first_failure(&knobs).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_shortage_and_a_deleted_definition_have_two_outcomes() {
    for knobs in [
        Knobs::default(),
        knob("no_capacity_counts", "true"),
        knob("rollback_to_deleted_definition", r#""fails""#),
    ] {
        shortage(&knobs).await;
        rollback_to_deleted(&knobs).await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_fleet_is_no_obstacle_under_any_knob() {
    for (name, value) in all() {
        eprintln!("{name} = {value}");
        empty(&knob(name, value)).await;
    }
}

/// A knob that is added has to be turned here as well.
#[test]
fn every_knob_is_turned() {
    let defaults = serde_json::to_value(Knobs::default()).unwrap();
    for name in defaults.as_object().unwrap().keys() {
        assert!(all().any(|(turned, _)| turned == name), "{name} is turned nowhere");
    }
    for (name, value) in all() {
        assert_ne!(knob(name, value), Knobs::default(), "{name} = {value} is the default");
    }
}
