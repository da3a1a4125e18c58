//! Revisions: registered in place, kept, deleted with the resource.

use tfplug_core::Value;
use tfplug_server::driver::Action;

use crate::support::{DEFINITION, World, arn, definition, expect_no_error};

fn retained(state: &Value) -> Vec<&str> {
    state
        .get("retained_revision_arns")
        .elements()
        .filter_map(Value::as_str)
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_change_registers_in_place_and_keeps_the_old_revision() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    world.define("agent:3").await;
    assert_eq!(world.definition.state.get("revision").as_i64(), Some(3));
    let kept = [
        arn("daemon-task-definition/agent:1"),
        arn("daemon-task-definition/agent:2"),
    ];
    assert_eq!(retained(&world.definition.state), kept);
    let refreshed = world.driver.refresh(DEFINITION, &world.definition).await;
    assert_eq!(refreshed.stored, world.definition);
    assert_eq!(
        world
            .driver
            .plan(DEFINITION, &refreshed.stored, definition("agent:3"))
            .await
            .action,
        Action::NoOp
    );
}

#[tokio::test(start_paused = true)]
async fn destroy_deletes_every_revision() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let outcome = world.driver.destroy(DEFINITION, &world.definition).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.count("DeleteDaemonTaskDefinition"), 2);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_deleted_stays_in_the_state() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let fault = serde_json::json!({
        "operation": "DeleteDaemonTaskDefinition", "resource": "*agent:1", "count": null,
        "effect": { "error": { "type": "AccessDeniedException", "message": "no", "status": 400 } }
    });
    world.post_fault(&fault);
    let outcome = world.driver.destroy(DEFINITION, &world.definition).await;
    assert!(outcome.diagnostics.has_error());
    assert_eq!(retained(&outcome.stored.state), [arn("daemon-task-definition/agent:1")]);
}

#[tokio::test(start_paused = true)]
async fn skip_destroy_leaves_them() {
    let world = World::new(0).await;
    let mut config = definition("agent:1");
    config.insert("skip_destroy", true.into());
    let kept = world
        .driver
        .plan_and_apply(DEFINITION, &world.definition, config)
        .await
        .stored;
    assert_eq!(
        world.count("RegisterDaemonTaskDefinition"),
        1,
        "skip_destroy alone registers nothing"
    );
    let outcome = world.driver.destroy(DEFINITION, &kept).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.count("DeleteDaemonTaskDefinition"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_revision_deleted_outside_is_registered_again() {
    let world = World::new(0).await;
    world
        .other
        .delete_daemon_task_definition()
        .daemon_task_definition(world.definition_arn())
        .send()
        .await
        .unwrap();
    let refreshed = world.driver.refresh(DEFINITION, &world.definition).await.stored;
    assert_ne!(refreshed.state.get("status").as_str(), Some("ACTIVE"));
    let planned = world.driver.plan(DEFINITION, &refreshed, definition("agent:1")).await;
    assert_eq!(planned.action, Action::Update);
    assert!(planned.state.get("arn").is_unknown());
    let outcome = world.driver.apply(planned).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(outcome.stored.state.get("revision").as_i64(), Some(2));
    assert!(
        retained(&outcome.stored.state).is_empty(),
        "a deleted revision is no rollback target"
    );
}

#[tokio::test(start_paused = true)]
async fn tags_alone_register_nothing() {
    let world = World::new(0).await;
    let mut config = definition("agent:1");
    config.insert("tags", Value::object([("a", Value::from("1"))]));
    let planned = world.driver.plan(DEFINITION, &world.definition, config).await;
    assert_eq!(
        planned.state.get("arn"),
        world.definition.state.get("arn"),
        "dependants do not roll"
    );
    let outcome = world.driver.apply(planned).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.count("RegisterDaemonTaskDefinition"), 1);
    assert_eq!(
        world.driver.refresh(DEFINITION, &outcome.stored).await.stored,
        outcome.stored
    );
}

#[tokio::test(start_paused = true)]
async fn an_import_reads_what_was_registered() {
    let world = World::new(0).await;
    let imported = world.driver.import(DEFINITION, &world.definition_arn()).await;
    expect_no_error(&imported.diagnostics);
    assert_eq!(imported.stored, world.definition);
}
