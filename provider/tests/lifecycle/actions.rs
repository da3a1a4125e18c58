//! The actions: what they send, what they tell while they wait, and how they fail.

use std::sync::Arc;

use tfplug_core::{Action, Cancel, Diagnostics, Provider, Value};
use tfplug_server::driver::{self, Stored};

use crate::support::{Collected, DAEMON, World, arn, deployment, expect_no_error, normal, text};

const REDEPLOY: &str = "ecs_daemon_redeploy";
const WAIT: &str = "ecs_daemon_wait_for_deployment";

fn action(world: &World, type_name: &str) -> Arc<dyn Action> {
    let provider = world.provider();
    let found = provider
        .actions()
        .iter()
        .find(|action| action.type_name() == type_name)
        .cloned();
    found.unwrap()
}

async fn invoke(world: &World, type_name: &str, more: &[(&str, Value)]) -> (Vec<String>, Diagnostics) {
    let action = action(world, type_name);
    let arguments = [("daemon_arn", Value::from(arn("daemon/prod/agent")))];
    let config = Value::object(arguments.into_iter().chain(more.iter().cloned()));
    let (sink, cancel) = (Collected::new(), Cancel::new());
    let told = action
        .invoke(action.schema().block.complete(config), &sink, &cancel)
        .await;
    let lines = sink.taken().iter().map(|line| normal(line)).collect();
    (lines, told)
}

/// A daemon with every setting away from its default.
async fn with_daemon(instances: u32) -> (World, Stored, Value) {
    let world = World::new(instances).await;
    let mut config = deployment([("drain_percent", 50.into()), ("bake_time_in_minutes", 10.into())]);
    config.insert("enable_execute_command", true.into());
    config.insert("propagate_tags", "DAEMON".into());
    config.insert("critical", false.into());
    let config = world.daemon(config);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    (world, stored, config)
}

#[tokio::test(start_paused = true)]
async fn a_redeployment_sends_the_settings_that_are_there() {
    let (world, stored, config) = with_daemon(4).await;
    let (lines, told) = invoke(&world, REDEPLOY, &[]).await;
    expect_no_error(&told);
    insta::assert_snapshot!(lines.join("\n"));
    assert_eq!(world.deployments(), 2);
    let refreshed = world.refresh(&stored).await.stored;
    for setting in [
        "deployment_configuration",
        "enable_execute_command",
        "propagate_tags",
        "critical",
    ] {
        assert_eq!(refreshed.state.get(setting), stored.state.get(setting), "{setting}");
    }
    let next = world.driver.plan(DAEMON, &refreshed, config).await;
    assert_eq!(next.action, driver::Action::NoOp);
}

#[tokio::test(start_paused = true)]
async fn a_redeployment_that_does_not_wait_ends_at_once() {
    let (world, ..) = with_daemon(4).await;
    let (lines, told) = invoke(&world, REDEPLOY, &[("wait_for_deployment", false.into())]).await;
    expect_no_error(&told);
    assert_eq!(lines.len(), 1, "{lines:?}");
    let (lines, told) = invoke(&world, WAIT, &[]).await;
    expect_no_error(&told);
    assert!(lines.len() > 1, "{lines:?}");
    let (lines, told) = invoke(&world, WAIT, &[]).await;
    expect_no_error(&told);
    assert_eq!(lines.len(), 1, "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_fails_both() {
    let (world, ..) = with_daemon(4).await;
    world.post_fault(&serde_json::json!({ "image": "agent:*", "effect": "fails_to_start", "count": 3 }));
    let (lines, told) = invoke(&world, REDEPLOY, &[]).await;
    insta::assert_snapshot!(normal(&text(&told)));
    insta::assert_snapshot!(lines.join("\n"));
    let (_, again) = invoke(&world, WAIT, &[]).await;
    assert_eq!(text(&again), text(&told));
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_its_timeout() {
    let (world, ..) = with_daemon(4).await;
    let (_, told) = invoke(&world, REDEPLOY, &[("timeout", "1s".into())]).await;
    insta::assert_snapshot!(normal(&text(&told)));
}

/// What cannot be read would be reset.
#[tokio::test(start_paused = true)]
async fn nothing_is_sent_where_settings_are_not_on_record() {
    let knobs = serde_json::json!({ "deployment_retention": "none" });
    let world = World::with_knobs(2, serde_json::from_value(knobs).unwrap()).await;
    world.apply(&Stored::nothing(), world.daemon(Value::Null)).await;
    world.settle();
    let (_, told) = invoke(&world, REDEPLOY, &[]).await;
    insta::assert_snapshot!(normal(&text(&told)));
    assert_eq!(world.count("UpdateDaemon"), 0);
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_is_not_there_or_goes_away_is_told() {
    let world = World::new(2).await;
    let mut all = String::new();
    for type_name in [REDEPLOY, WAIT] {
        let (_, told) = invoke(&world, type_name, &[]).await;
        all.push_str(&text(&told));
        all.push('\n');
    }
    world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    world
        .other
        .delete_daemon()
        .daemon_arn(arn("daemon/prod/agent"))
        .send()
        .await
        .unwrap();
    for type_name in [REDEPLOY, WAIT] {
        let (_, told) = invoke(&world, type_name, &[]).await;
        all.push_str(&text(&told));
        all.push('\n');
    }
    insta::assert_snapshot!(normal(&all));
    assert_eq!(world.count("UpdateDaemon"), 0);
}

#[tokio::test(start_paused = true)]
async fn an_interrupted_wait_says_what_goes_on() {
    let (world, ..) = with_daemon(4).await;
    let action = action(&world, REDEPLOY);
    let config = Value::object([("daemon_arn", Value::from(arn("daemon/prod/agent")))]);
    let (sink, cancel) = (Collected::new(), Cancel::new());
    let config = action.schema().block.complete(config);
    let invoked = action.invoke(config, &sink, &cancel);
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_mins(1)).await;
        cancel.cancel();
    };
    let (told, ()) = tokio::join!(invoked, stop);
    insta::assert_snapshot!(normal(&text(&told)));
}

/// As a client does it: a configuration that does not fit is told at plan.
#[tokio::test(start_paused = true)]
async fn actions_are_planned_and_invoked_by_a_client() {
    let (world, ..) = with_daemon(2).await;
    let config =
        |arn: &str, timeout: &str| Value::object([("daemon_arn", Value::from(arn)), ("timeout", timeout.into())]);
    let mut told = String::new();
    for config in [
        Value::Null,
        config("agent", "2h"),
        config(&arn("daemon/prod/agent"), "2 hours"),
    ] {
        let planned = world.driver.plan_action(REDEPLOY, config).await;
        told.push_str(&text(&planned));
        told.push('\n');
    }
    insta::assert_snapshot!(told);
    let config = config(&arn("daemon/prod/agent"), "2h");
    expect_no_error(&world.driver.plan_action(REDEPLOY, config.clone()).await);
    let invoked = world.driver.invoke(REDEPLOY, config).await;
    expect_no_error(&invoked.diagnostics);
    assert!(
        invoked.progress.iter().any(|line| line.contains("SUCCESSFUL")),
        "{:?}",
        invoked.progress
    );
}
