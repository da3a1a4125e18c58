//! Every call of a life fails once, in every way that may pass: the life goes on, and each intended
//! change makes one deployment or one revision.

use ecs_emulator::knobs::Knobs;
use serde_json::json;
use tfplug_core::Value;
use tfplug_server::driver::Stored;

use crate::support::{DAEMON, DEFINITION, World, definition};

/// Both resources created, changed, read and destroyed on a fleet of two.
async fn live(world: &World, what: &str) {
    let first = world
        .driver
        .plan_and_apply(DEFINITION, &Stored::nothing(), definition("agent:1"))
        .await;
    let (first, daemon) = (ended(first, what), world.daemon(json_tags("a")));
    let daemon = with_definition(daemon, &first);
    let created = ended(world.apply(&Stored::nothing(), daemon.clone()).await, what);
    assert_eq!(world.deployments(), 1, "{what}: deployments of the creation");
    let second = ended(
        world
            .driver
            .plan_and_apply(DEFINITION, &first, definition("agent:2"))
            .await,
        what,
    );
    assert_eq!(second.state.get("revision").as_i64(), Some(2), "{what}: revisions");
    let changed = with_definition(world.daemon(json_tags("b")), &second);
    let updated = ended(world.apply(&created, changed).await, what);
    assert_eq!(world.deployments(), 2, "{what}: deployments of the update");
    let refreshed = ended(world.refresh(&updated).await, what);
    assert_eq!(refreshed, updated, "{what}: a refresh changes something");
    let gone = ended(world.driver.destroy(DAEMON, &refreshed).await, what);
    assert!(gone.state.is_null(), "{what}");
    assert_eq!(world.daemons(), 0, "{what}: daemons left");
    ended(world.driver.destroy(DEFINITION, &second).await, what);
}

/// Asked by another caller, whose calls are not what is tested: no fault may be left.
async fn expect_nothing_left(world: &World, what: &str) {
    world.emulator.control("DELETE", "faults", None).unwrap();
    let left = world.active_revisions().await;
    assert!(left.is_empty(), "{what}: revisions left: {left:?}");
}

fn json_tags(value: &str) -> Value {
    Value::object([("tags", Value::object([("stage", Value::from(value))]))])
}

fn with_definition(mut daemon: Value, definition: &Stored) -> Value {
    daemon.insert("daemon_task_definition_arn", definition.state.get("arn").clone());
    daemon
}

fn ended(outcome: tfplug_server::driver::Outcome, what: &str) -> Stored {
    assert!(
        !outcome.diagnostics.has_error(),
        "{what}: {}",
        crate::support::text(&outcome.diagnostics)
    );
    outcome.stored
}

/// Plants the effect on the call of each number in turn.
async fn check(effect: &str) {
    let mut number = 0;
    loop {
        // The SDK's jitter decides how often a wait asks.
        fastrand::seed(7);
        let world = World::without_definition(2, Knobs::default());
        world.post_fault(&json!({ "operation": "*", "after": number, "effect": effect }));
        let what = format!("{effect} on call {number}");
        live(&world, &what).await;
        let faults = world.emulator.control("GET", "faults", None).unwrap();
        expect_nothing_left(&world, &what).await;
        if faults[0]["fired"] == 0 {
            break;
        }
        number += 1;
    }
    assert!(number > 30, "a life has more than {number} calls");
}

#[tokio::test(start_paused = true)]
async fn throttled() {
    check("throttle").await;
}

#[tokio::test(start_paused = true)]
async fn answered_with_a_server_error() {
    check("server_error").await;
}

#[tokio::test(start_paused = true)]
async fn never_answered() {
    check("timeout").await;
}

#[tokio::test(start_paused = true)]
async fn closed_before_it_was_executed() {
    check("reset").await;
}

#[tokio::test(start_paused = true)]
async fn executed_without_an_answer() {
    check("lost_reply").await;
}

#[tokio::test(start_paused = true)]
async fn answered_with_half_a_body() {
    check("truncated").await;
}

/// The bound of the other cases: without a fault a life is what it is meant to be.
#[tokio::test(start_paused = true)]
async fn undisturbed() {
    let world = World::without_definition(2, Knobs::default());
    live(&world, "undisturbed").await;
    expect_nothing_left(&world, "undisturbed").await;
    for (operation, calls) in [
        ("CreateDaemon", 1),
        ("UpdateDaemon", 1),
        ("RegisterDaemonTaskDefinition", 2),
    ] {
        assert_eq!(world.count(operation), calls, "{operation}");
    }
}
