//! Revisions: registered in place, kept, deleted with the resource.

use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, DEFINITION, REGION, World, arn, definition, driver, errors, expect_no_error, text};

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

/// The revisions in the state of a definition: the current one and those retained.
fn revisions(state: &Value) -> (String, Vec<String>) {
    let number = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    let current = number(state.get("arn").as_str().unwrap_or_default());
    (current, retained(state).into_iter().map(number).collect())
}

fn expect_revisions(world: &World, current: &str, retained: &[&str]) {
    let (now, kept) = revisions(&world.definition.state);
    assert_eq!(
        (now.as_str(), kept),
        (current, retained.iter().map(|arn| (*arn).to_owned()).collect())
    );
}

#[tokio::test(start_paused = true)]
async fn a_configuration_that_is_put_back_takes_its_revision_again() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    world.define("agent:3").await;
    let planned = world
        .driver
        .plan(DEFINITION, &world.definition, definition("agent:1"))
        .await;
    assert_eq!(planned.state.get("arn"), &arn("daemon-task-definition/agent:1").into());
    assert_eq!(planned.state.get("revision").as_i64(), Some(1));
    world.define("agent:1").await;
    expect_revisions(&world, "agent:1", &["agent:2", "agent:3"]);
    world.define("agent:2").await;
    expect_revisions(&world, "agent:2", &["agent:1", "agent:3"]);
    world.define("agent:4").await;
    expect_revisions(&world, "agent:4", &["agent:1", "agent:2", "agent:3"]);
    assert_eq!(world.count("RegisterDaemonTaskDefinition"), 4);
    let refreshed = world.driver.refresh(DEFINITION, &world.definition).await;
    assert_eq!(refreshed.stored, world.definition);
    let outcome = world.driver.destroy(DEFINITION, &world.definition).await;
    expect_no_error(&outcome.diagnostics);
    assert_eq!(world.count("DeleteDaemonTaskDefinition"), 4);
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_is_taken_again_gets_the_tags() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let mut tagged = definition("agent:1");
    tagged.insert("tags", Value::object([("team", Value::from("platform"))]));
    let outcome = world
        .driver
        .plan_and_apply(DEFINITION, &world.definition, tagged.clone())
        .await;
    expect_no_error(&outcome.diagnostics);
    let refreshed = world.driver.refresh(DEFINITION, &outcome.stored).await;
    assert_eq!(refreshed.stored, outcome.stored);
    assert_eq!(world.count("TagResource"), 1);
    assert_eq!(
        world.driver.plan(DEFINITION, &refreshed.stored, tagged).await.action,
        Action::NoOp
    );
}

/// No plan can show the tags of a retained revision: what goes with them is told.
#[tokio::test(start_paused = true)]
async fn tags_of_others_on_a_revision_that_is_taken_again_are_told() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let tag = aws_sdk_ecs::types::Tag::builder().key("owner").value("mallory").build();
    let first = arn("daemon-task-definition/agent:1");
    let tagging = world.other.tag_resource().resource_arn(first).tags(tag);
    tagging.send().await.unwrap();
    let outcome = world
        .driver
        .plan_and_apply(DEFINITION, &world.definition, definition("agent:1"))
        .await;
    insta::assert_snapshot!(text(&outcome.diagnostics), @"warning: Tags of revision 1 of daemon task definition agent were removed: The retained revision arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1 was taken again, and has the tags of the plan now. Removed with it, because they are neither in the configuration nor in the state: `owner`. To keep tags of other callers, name them in `ignore_tags` of the provider block.");
    let refreshed = world.driver.refresh(DEFINITION, &outcome.stored).await;
    assert_eq!(refreshed.stored, outcome.stored);
}

/// A definition that went on to its second revision, and its first one deleted outside.
async fn without_the_first_revision() -> World {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let first = arn("daemon-task-definition/agent:1");
    let deletion = world.other.delete_daemon_task_definition();
    deletion.daemon_task_definition(&first).send().await.unwrap();
    world
}

#[tokio::test(start_paused = true)]
async fn a_retained_revision_that_is_gone_leaves_the_state_with_a_refresh() {
    let mut world = without_the_first_revision().await;
    world.definition = world.driver.refresh(DEFINITION, &world.definition).await.stored;
    expect_revisions(&world, "agent:2", &[]);
    world.define("agent:1").await;
    expect_revisions(&world, "agent:3", &["agent:2"]);
    assert_eq!(world.count("ListDaemonTaskDefinitions"), 1);
}

/// Without the permission to list, everything is as it was: the apply looks before it takes a revision.
#[tokio::test(start_paused = true)]
async fn retained_revisions_that_cannot_be_listed_stay_in_the_state() {
    let world = without_the_first_revision().await;
    world.post_fault(&serde_json::json!({
        "operation": "ListDaemonTaskDefinitions", "must_fire": true,
        "effect": {"error": {"type": "AccessDeniedException", "message": "not for you", "status": 400}},
    }));
    let refreshed = world.driver.refresh(DEFINITION, &world.definition).await;
    assert_eq!(refreshed.stored, world.definition);
    assert_eq!(text(&refreshed.diagnostics), "");
    world.expect_fired();
}

/// A revision that leaves the state is never deleted with it, so a list that lags behind is not believed.
#[tokio::test(start_paused = true)]
async fn a_retained_revision_that_a_list_lacks_is_looked_at() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let lagging = driver(
        world
            .emulator
            .sdk_config_tampered("AKIATAMPERED", REGION, |operation, body| {
                if operation == "ListDaemonTaskDefinitions" {
                    body["daemonTaskDefinitions"] = serde_json::json!([]);
                }
            }),
    );
    let refreshed = lagging.refresh(DEFINITION, &world.definition).await;
    assert_eq!(refreshed.stored, world.definition);
}

/// The list is read newest first and to a bound. What lies behind the bound counts as there.
#[tokio::test(start_paused = true)]
async fn a_retained_revision_behind_many_newer_ones_is_not_looked_for() {
    for (newer, calls, is_kept) in [(450, 5, false), (550, 5, true)] {
        let mut world = without_the_first_revision().await;
        let registration = || {
            let container = aws_sdk_ecs::types::DaemonContainerDefinition::builder();
            let container = container.name("agent").image("agent:other").build().unwrap();
            let call = world.other.register_daemon_task_definition().family("agent");
            call.container_definitions(container).send()
        };
        for _ in 0..newer {
            registration().await.unwrap();
        }
        let refreshed = world.driver.refresh(DEFINITION, &world.definition).await.stored;
        assert_eq!(retained(&refreshed.state).len(), usize::from(is_kept), "{newer}");
        assert_eq!(world.count("ListDaemonTaskDefinitions"), calls, "{newer}");
        world.definition = refreshed;
    }
}

#[tokio::test(start_paused = true)]
async fn a_retained_revision_that_is_gone_is_registered_anew_by_the_next_plan() {
    let mut world = without_the_first_revision().await;
    let wanted = definition("agent:1");
    let refused = world
        .driver
        .plan_and_apply(DEFINITION, &world.definition, wanted.clone())
        .await;
    insta::assert_snapshot!(errors(&refused.diagnostics), @"error: Revision 1 of daemon task definition agent is gone: arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1 was deleted since the state was refreshed. Plan again: the content will be registered anew.");
    world.definition = refused.stored;
    world.define("agent:1").await;
    expect_revisions(&world, "agent:3", &["agent:2"]);
}

/// The first plan cannot say which revision it will be; the second one, with everything known, may take one.
#[tokio::test(start_paused = true)]
async fn a_content_that_is_known_late_may_turn_out_to_be_retained() {
    let mut world = World::new(0).await;
    world.define("agent:2").await;
    let mut container = definition("agent:1")
        .get("container_definition")
        .elements()
        .next()
        .cloned()
        .unwrap();
    container.insert("image", Value::Unknown);
    let mut late = definition("agent:1");
    late.insert("container_definition", Value::list([container]));
    late.insert("pid_mode", "none".into());
    let planned = world.driver.plan(DEFINITION, &world.definition, late).await;
    let outcome = world.driver.apply_with(planned, definition("agent:1")).await;
    expect_no_error(&outcome.diagnostics);
    world.definition = outcome.stored;
    expect_revisions(&world, "agent:1", &["agent:2"]);
    assert_eq!(world.count("RegisterDaemonTaskDefinition"), 2);
}

/// Content of which one part is certainly new and another one unknown: the list of retained revisions
/// must not be promised, since the apply may take one of them.
#[tokio::test(start_paused = true)]
async fn a_certain_change_beside_an_unknown_one_promises_no_list() {
    let mut world = World::new(0).await;
    let mut other = definition("agent:1");
    other.insert("pid_mode", "shared".into());
    let outcome = world
        .driver
        .plan_and_apply(DEFINITION, &world.definition, other.clone())
        .await;
    expect_no_error(&outcome.diagnostics);
    let mut late = definition("agent:1");
    late.insert("cpu", Value::Unknown);
    let planned = world.driver.plan(DEFINITION, &outcome.stored, late).await;
    assert!(planned.state.get("retained_revision_arns").is_unknown());
    let applied = world.driver.apply_with(planned, definition("agent:1")).await;
    expect_no_error(&applied.diagnostics);
    world.definition = applied.stored;
    expect_revisions(&world, "agent:1", &["agent:2"]);
}

#[tokio::test(start_paused = true)]
async fn after_a_rollback_a_configuration_that_is_put_back_plans_nothing_for_the_daemon() {
    for omit_empty_providers in [false, true] {
        for after_rollback_deployment_arn in ["failed", "new"] {
            put_back(&serde_json::json!({
                "omit_empty_providers": omit_empty_providers,
                "after_rollback_deployment_arn": after_rollback_deployment_arn,
            }))
            .await;
        }
    }
}

async fn put_back(knobs: &serde_json::Value) {
    let mut world = World::with_knobs(4, serde_json::from_value(knobs.clone()).unwrap()).await;
    let providers = ["fleet", "empty"].map(|name| arn(&format!("capacity-provider/{name}")).into());
    let providers = Value::object([("capacity_provider_arns", Value::set_of(providers))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(providers.clone())).await;
    world.image_fault("agent:broken");
    world.define("agent:broken").await;
    let failed = world.apply(&stored, world.daemon(providers.clone())).await;
    assert!(failed.diagnostics.has_error(), "{knobs}");
    world.define("agent:1").await;
    expect_revisions(&world, "agent:1", &["agent:2"]);
    let refreshed = world.refresh(&failed.stored).await;
    let wanted = world.daemon(providers);
    let next = world.driver.plan(DAEMON, &refreshed.stored, wanted).await;
    assert_eq!(next.action, Action::NoOp, "{knobs}");
    assert_eq!(world.count("RegisterDaemonTaskDefinition"), 2);
}

#[tokio::test(start_paused = true)]
async fn zero_and_empty_values_are_registered_and_plan_empty() {
    let with = |members: &[(&str, Value)]| {
        let mut config = definition("agent:1");
        let mut container = config.get("container_definition").elements().next().cloned().unwrap();
        for (name, value) in members {
            container.insert(*name, value.clone());
        }
        config.insert("container_definition", Value::list([container]));
        config
    };
    let variable = Value::object([("name", Value::from("A")), ("value", "".into())]);
    let zero = with(&[
        ("stop_timeout", 0_i64.into()),
        ("environment", Value::set_of([variable])),
    ]);
    for empty_values in ["kept", "dropped"] {
        let knobs = serde_json::from_value(serde_json::json!({ "empty_values": empty_values })).unwrap();
        let world = World::without_definition(0, knobs);
        let outcome = world
            .driver
            .plan_and_apply(DEFINITION, &Stored::nothing(), zero.clone())
            .await;
        expect_no_error(&outcome.diagnostics);
        let sent = &world.requests("RegisterDaemonTaskDefinition")[0]["containerDefinitions"][0];
        assert_eq!(
            (&sent["stopTimeout"], &sent["environment"][0]["value"]),
            (&0.into(), &"".into())
        );
        let refreshed = world.driver.refresh(DEFINITION, &outcome.stored).await;
        assert_eq!(refreshed.stored, outcome.stored, "{empty_values}");
        let next = world.driver.plan(DEFINITION, &refreshed.stored, zero.clone()).await;
        assert_eq!(next.action, Action::NoOp, "{empty_values}");
        let removed = world
            .driver
            .plan_and_apply(DEFINITION, &refreshed.stored, definition("agent:1"))
            .await;
        expect_no_error(&removed.diagnostics);
        assert_eq!(removed.stored.state.get("revision").as_i64(), Some(2), "{empty_values}");
    }
}
