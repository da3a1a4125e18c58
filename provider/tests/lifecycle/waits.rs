//! Waits that are cut short: by the user, by the timeout, by not waiting at all.

use std::time::Duration;

use tfplug_core::Value;
use tfplug_server::driver::{Action, Outcome, Stored};

use crate::support::{DAEMON, World, errors, normal, text};

fn timeouts(create: &str) -> Value {
    let timeouts = ["create", "update", "delete"].map(|name| (name, Value::from(create)));
    Value::object([("timeouts", Value::object(timeouts))])
}

/// Runs an apply and stops the provider once the first rollout poll was answered.
async fn interrupted(world: &World, apply: impl Future<Output = Outcome>) -> Outcome {
    let stop = async {
        tokio::time::sleep(Duration::from_secs(30)).await;
        world.driver.clone().stop().await;
    };
    let (outcome, ()) = tokio::join!(apply, stop);
    outcome
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_create_keeps_the_daemon_untainted() {
    let world = World::new(8).await;
    let config = world.daemon(Value::Null);
    let outcome = interrupted(&world, world.apply(&Stored::nothing(), config.clone())).await;
    insta::assert_snapshot!(text(&outcome.diagnostics), @"
    warning: Rollout of daemon agent goes on: The wait for the rollout was interrupted. ECS goes on by itself, nothing is undone. Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is IN_PROGRESS: The deployment replaces instances in batches.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    ");
    assert!(!outcome.stored.tainted);
    assert_eq!(
        world.driver.plan(DAEMON, &outcome.stored, config.clone()).await.action,
        Action::NoOp
    );
    world.settle();
    let rested = world.refresh(&outcome.stored).await;
    assert_eq!(
        world.driver.plan(DAEMON, &rested.stored, config).await.action,
        Action::NoOp
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_update_keeps_what_was_sent() {
    let world = World::new(8).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let wanted = world.daemon(Value::object([("enable_execute_command", Value::from(true))]));
    let outcome = interrupted(&world, world.apply(&stored, wanted.clone())).await;
    insta::assert_snapshot!(text(&outcome.diagnostics), @"
    warning: Rollout of daemon agent goes on: The wait for the rollout was interrupted. ECS goes on by itself, nothing is undone. Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is IN_PROGRESS: The deployment replaces instances in batches.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    ");
    let refreshed = world.refresh(&outcome.stored).await;
    assert_eq!(
        world.driver.plan(DAEMON, &refreshed.stored, wanted).await.action,
        Action::NoOp
    );
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_delete_keeps_the_state() {
    let world = World::new(8).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let outcome = interrupted(&world, world.driver.destroy(DAEMON, &stored)).await;
    insta::assert_snapshot!(errors(&outcome.diagnostics), @"error: Deletion of daemon agent goes on: The wait was interrupted. ECS goes on draining the instances; run the command again to wait until the daemon is gone.");
    assert_eq!(outcome.stored.state, stored.state);
    let again = world.driver.destroy(DAEMON, &outcome.stored).await;
    assert!(again.stored.state.is_null(), "{}", text(&again.diagnostics));
}

#[tokio::test(start_paused = true)]
async fn a_timeout_says_where_the_rollout_stands() {
    let world = World::new(8).await;
    let outcome = world.apply(&Stored::nothing(), world.daemon(timeouts("8m"))).await;
    insta::assert_snapshot!(normal(&errors(&outcome.diagnostics)), @"
    error: Timeout while creating daemon agent: Gave up after 8m. Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is IN_PROGRESS: The deployment replaces instances in batches.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Instances by capacity provider: fleet: 4 running, 4 without daemon, 0 draining.
    ECS goes on by itself. To wait longer, raise `timeouts.create` of the resource.
    The daemon exists, but Terraform marks it as tainted and will replace it with the next apply, which drains the fleet twice. To keep it and go on with updates, run `terraform untaint ADDRESS` with the address of this resource.
    ");
    assert!(outcome.stored.tainted);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_times_out_converges_with_the_next_apply() {
    let world = World::new(8).await;
    let mut wanted = timeouts("8m");
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    wanted.insert("enable_execute_command", true.into());
    let outcome = world.apply(&stored, world.daemon(wanted.clone())).await;
    assert!(outcome.diagnostics.has_error());
    world.settle();
    let rested = world.refresh(&outcome.stored).await.stored;
    world.settled(&rested, world.daemon(wanted)).await;
    assert_eq!(world.count("UpdateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_does_not_wait_returns_at_once() {
    let world = World::new(8).await;
    let config = world.daemon(Value::object([("wait_for_deployment", Value::from(false))]));
    let started = tokio::time::Instant::now();
    let stored = world.settled(&Stored::nothing(), config).await;
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(
        world.refresh(&stored).await.diagnostics.iter().count(),
        1,
        "the rollout goes on and a read says so"
    );
}

#[tokio::test(start_paused = true)]
async fn a_timeout_shorter_than_the_bake_time_is_pointed_out() {
    let world = World::new(0).await;
    let mut config = timeouts("10m");
    config.insert(
        "deployment_configuration",
        Value::list([Value::object([("bake_time_in_minutes", Value::from(30))])]),
    );
    let planned = world
        .driver
        .plan(DAEMON, &Stored::nothing(), world.daemon(config))
        .await;
    insta::assert_snapshot!(text(&planned.diagnostics), @"warning: Timeout is shorter than the bake time (at timeouts.create): The rollout cannot end before the bake time of 30m has passed, but `timeouts.create` is 10m. Raise the timeout.");
}
