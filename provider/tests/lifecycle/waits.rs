//! Waits that are cut short: by the user, by the timeout, by not waiting at all.

use std::time::Duration;

use tfplug_core::{Diagnostics, Value};
use tfplug_server::driver::{Action, Outcome, Stored};

use crate::support::{DAEMON, World, arn, errors, normal, text};

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
    Instances with the revision to bring, by capacity provider: fleet: 4 running, 4 without daemon, 0 draining.
    ECS goes on by itself. To wait longer, raise `timeouts.create` of the resource.
    The daemon exists, but Terraform marks it as tainted and will replace it with the next apply, which drains the fleet twice. To keep it and go on with updates, run `terraform untaint ADDRESS` with the address of this resource.
    More: https://github.com/managed-daemons/terraform-provider-ecs/blob/main/docs/guides/rollouts-and-rollbacks.md#after-a-timeout
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

/// Changes of an apply without a setting: each must wait for the rollout that is wanted.
fn changes_without_settings() -> [(&'static str, Value); 3] {
    let tags = Value::object([("tags", Value::object([("team", Value::from("platform"))]))]);
    let written_out = Value::object([("critical", Value::from(true))]);
    let mut longer = timeouts("8h");
    longer.insert("wait_for_deployment", true.into());
    let mut tagged = tags;
    tagged.insert("wait_for_deployment", true.into());
    let mut waiting = written_out;
    waiting.insert("wait_for_deployment", true.into());
    [("timeouts", longer), ("tags", tagged), ("wait_for_deployment", waiting)]
}

/// All messages without the line of the moment, which differs from run to run.
fn timeless(diagnostics: &Diagnostics) -> String {
    let text = text(diagnostics);
    let lines = text.lines().filter(|line| !line.starts_with("It began at"));
    lines.collect::<Vec<_>>().join("\n")
}

fn not_waiting() -> Value {
    Value::object([("wait_for_deployment", Value::from(false))])
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_finds_the_wanted_rollout_unfinished_waits_for_it() {
    for (what, change) in changes_without_settings() {
        let world = World::new(8).await;
        let outcome = world.apply(&Stored::nothing(), world.daemon(not_waiting())).await;
        let planned = world
            .driver
            .plan(DAEMON, &outcome.stored, world.daemon(change.clone()))
            .await;
        assert_eq!(planned.action, Action::Update, "{what}");
        let stored = world.settled(&outcome.stored, world.daemon(change)).await;
        let status = world
            .emulator
            .world()
            .pointer("/regions/0/clusters/0/daemons/0/deployments/0/status")
            .cloned();
        assert_eq!(status, Some("SUCCESSFUL".into()), "{what}");
        assert_eq!(world.count("UpdateDaemon"), 0, "{what}");
        assert!(!stored.tainted);
    }
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_finds_a_broken_rollout_ends_with_its_truth() {
    for (what, change) in changes_without_settings() {
        let mut world = World::new(8).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(not_waiting())).await;
        world.settle();
        world.image_fault("agent:broken");
        world.define("agent:broken").await;
        let outcome = world.apply(&stored, world.daemon(not_waiting())).await;
        assert!(!outcome.diagnostics.has_error());
        let failed = world.apply(&outcome.stored, world.daemon(change.clone())).await;
        let told = errors(&failed.diagnostics);
        assert!(told.contains("Rollout of daemon agent failed"), "{what}: {told}");
        let next = world.driver.plan(DAEMON, &failed.stored, world.daemon(change)).await;
        assert_eq!(next.action, Action::Update, "{what}");
    }
}

/// The plan was made while the rollout went on; by the apply it goes back or is back.
#[tokio::test(start_paused = true)]
async fn an_apply_after_the_plan_was_overtaken_by_a_rollback_ends_with_its_truth() {
    for (what, change) in changes_without_settings() {
        for status in ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"] {
            let mut world = World::new(8).await;
            let stored = world.settled(&Stored::nothing(), world.daemon(not_waiting())).await;
            world.settle();
            world.image_fault("agent:broken");
            world.define("agent:broken").await;
            let outcome = world.apply(&stored, world.daemon(not_waiting())).await;
            assert!(!outcome.diagnostics.has_error());
            let planned = world
                .driver
                .plan(DAEMON, &outcome.stored, world.daemon(change.clone()))
                .await;
            assert_eq!(planned.action, Action::Update, "{what}");
            let deployment =
                || world.emulator.world()["regions"][0]["clusters"][0]["daemons"][0]["deployments"][1].clone();
            while deployment()["status"] != status {
                assert!(world.emulator.next(), "{what}: {}", deployment());
            }
            let sent = world.count("UpdateDaemon");
            let failed = world.driver.apply(planned).await;
            let told = errors(&failed.diagnostics);
            assert!(
                told.contains("Rollout of daemon agent failed"),
                "{what}, {status}: {told}"
            );
            assert_eq!(world.count("UpdateDaemon"), sent, "{what}");
            let next = world
                .driver
                .plan(DAEMON, &failed.stored, world.daemon(change.clone()))
                .await;
            assert_eq!(
                next.action,
                Action::Update,
                "the next plan brings the revision again: {what}"
            );
        }
    }
}

/// As above, but nothing is waited for: the success says that the planned revision is not what runs.
#[tokio::test(start_paused = true)]
async fn an_apply_that_does_not_wait_says_that_the_plan_was_overtaken_by_a_rollback() {
    let mut told = Vec::new();
    for status in ["ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"] {
        let mut world = World::new(8).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(not_waiting())).await;
        world.settle();
        world.image_fault("agent:broken");
        world.define("agent:broken").await;
        let outcome = world.apply(&stored, world.daemon(not_waiting())).await;
        let mut tagged = not_waiting();
        tagged.insert("tags", Value::object([("team", Value::from("platform"))]));
        let change = world.daemon(tagged);
        let planned = world.driver.plan(DAEMON, &outcome.stored, change.clone()).await;
        let deployment = || world.emulator.world()["regions"][0]["clusters"][0]["daemons"][0]["deployments"][1].clone();
        while deployment()["status"] != status {
            assert!(world.emulator.next(), "{}", deployment());
        }
        let sent = world.count("UpdateDaemon");
        let applied = world.driver.apply(planned).await;
        told.push(normal(&text(&applied.diagnostics)));
        assert_eq!(world.count("UpdateDaemon"), sent, "{status}");
        let refreshed = world.refresh(&applied.stored).await.stored;
        let next = world.driver.plan(DAEMON, &refreshed, change).await;
        assert_eq!(next.action, Action::Update, "the next plan brings the revision again");
    }
    insta::assert_snapshot!(told.join("\n\n"), @"
    warning: Rollout of daemon agent is being rolled back: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_IN_PROGRESS: The circuit breaker triggered: 3 daemon tasks failed to run. The deployment is rolled back.
    Reason of the rollback: The circuit breaker triggered: 3 daemon tasks failed to run.
    Circuit breaker: 3 failed task launches, threshold 3.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Revision gone back to: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    `wait_for_deployment` is false, so this apply succeeds although the planned settings have not arrived. The next plan proposes them again.

    warning: Rollout of daemon agent failed: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    Reason of the rollback: The circuit breaker triggered: 3 daemon tasks failed to run.
    Circuit breaker: 3 failed task launches, threshold 3.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Revision gone back to: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    `wait_for_deployment` is false, so this apply succeeds although the planned settings have not arrived. The next plan proposes them again.
    ");
}

#[tokio::test(start_paused = true)]
async fn an_update_timeout_that_is_raised_is_waited_for() {
    let world = World::new(8).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let mut wanted = timeouts("1s");
    wanted.insert("enable_execute_command", true.into());
    let outcome = world.apply(&stored, world.daemon(wanted.clone())).await;
    assert!(errors(&outcome.diagnostics).contains("raise `timeouts.update`"));
    let refreshed = world.refresh(&outcome.stored).await;
    insta::assert_snapshot!(timeless(&refreshed.diagnostics), @"
    warning: Daemon agent is being rolled out: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is PENDING: The deployment waits to be started.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    An apply that changes settings supersedes this rollout. One that changes anything else of this resource waits until it ends, unless `wait_for_deployment` is false. One that changes nothing does not wait.
    ");
    wanted.insert("timeouts", timeouts("8h").get("timeouts").clone());
    world.settled(&refreshed.stored, world.daemon(wanted)).await;
    let now = world.refresh(&refreshed.stored).await;
    assert_eq!(text(&now.diagnostics), "", "the rollout has ended");
    assert_eq!(world.count("UpdateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_does_not_wait_says_what_goes_on() {
    let world = World::new(8).await;
    let outcome = world.apply(&Stored::nothing(), world.daemon(not_waiting())).await;
    let mut tagged = not_waiting();
    tagged.insert("tags", Value::object([("team", Value::from("platform"))]));
    let applied = world.apply(&outcome.stored, world.daemon(tagged)).await;
    insta::assert_snapshot!(text(&applied.diagnostics), @"
    warning: Rollout of daemon agent goes on: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is PENDING: The deployment waits to be started.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    `wait_for_deployment` is false, so this apply does not wait for it. The next plan shows how it stands.
    ");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_to_what_is_wanted_is_waited_for() {
    let mut world = World::new(8).await;
    let good = world.daemon(Value::Null);
    let stored = world.settled(&Stored::nothing(), good.clone()).await;
    world.image_fault("agent:broken");
    world.define("agent:broken").await;
    let outcome = world.apply(&stored, world.daemon(not_waiting())).await;
    let status = || {
        world
            .emulator
            .world()
            .pointer("/regions/0/clusters/0/daemons/0/deployments")
            .and_then(|all| all.as_array()?.last().cloned())
            .map(|last| last["status"].clone())
    };
    while status() != Some("ROLLBACK_IN_PROGRESS".into()) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let refreshed = world.refresh(&outcome.stored).await;
    let mut put_back = good;
    put_back.insert("timeouts", timeouts("8h").get("timeouts").clone());
    world.settled(&refreshed.stored, put_back).await;
    assert_eq!(status(), Some("ROLLBACK_SUCCESSFUL".into()));
    assert_eq!(world.count("UpdateDaemon"), 1);
}

#[tokio::test(start_paused = true)]
async fn gone_between_plan_and_apply_is_told_whatever_changes() {
    for (what, change) in changes_without_settings() {
        let world = World::new(2).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(not_waiting())).await;
        world
            .other
            .delete_daemon()
            .daemon_arn(arn("daemon/prod/agent"))
            .send()
            .await
            .unwrap();
        let going = world.apply(&stored, world.daemon(change.clone())).await;
        assert!(
            errors(&going.diagnostics).contains("Daemon agent is being deleted"),
            "{what}: {}",
            text(&going.diagnostics)
        );
        world.settle();
        let gone = world.apply(&stored, world.daemon(change)).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(errors(&gone.diagnostics), @"error: Daemon agent is gone: arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent was deleted after the plan was made. Plan again: the daemon will be created.");
        }
    }
}
