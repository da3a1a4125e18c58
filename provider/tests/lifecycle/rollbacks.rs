//! Rollouts that fail: by the circuit breaker, by an alarm, the first one, and by a newer one.

use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, World, deployment, errors, expect_no_error, normal, text};

fn definition(stored: &Stored) -> &str {
    stored.state.get("daemon_task_definition_arn").as_str().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_belongs_to_the_deployment_stays_after_a_rollback() {
    let world = World::new(4).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    world.post_fault(&serde_json::json!({ "image": "agent:*", "effect": "fails_to_start", "count": 3 }));
    let config = world.daemon(deployment([("drain_percent", 40.into())]));
    let failed = world.apply(&stored, config.clone()).await;
    let told = errors(&failed.diagnostics);
    assert!(told.contains("stay as they were sent"), "{told}");
    let refreshed = world.refresh(&failed.stored).await.stored;
    let again = world.driver.plan(DAEMON, &refreshed, config).await;
    assert_eq!(again.action, Action::NoOp);
    let back = world.driver.plan(DAEMON, &refreshed, world.daemon(Value::Null)).await;
    assert_eq!(back.action, Action::Update);
}

/// With and without another apply in between, whether that waits or not.
#[tokio::test(start_paused = true)]
async fn a_redeployment_that_is_rolled_back_unseen_is_asked_for_again() {
    for (arn_after_rollback, between) in [
        ("failed", None),
        ("failed", Some(false)),
        ("failed", Some(true)),
        ("new", None),
    ] {
        let knobs = serde_json::json!({ "after_rollback_deployment_arn": arn_after_rollback });
        let world = World::with_knobs(4, serde_json::from_value(knobs).unwrap()).await;
        let with = |trigger: &str, waits: bool, team: &str| {
            world.daemon(Value::object([
                ("triggers", Value::object([("certificate", Value::from(trigger))])),
                ("wait_for_deployment", waits.into()),
                ("tags", Value::object([("team", Value::from(team))])),
            ]))
        };
        let stored = world.settled(&Stored::nothing(), with("1", true, "a")).await;
        world.post_fault(&serde_json::json!({ "image": "agent:*", "effect": "fails_to_start", "count": 3 }));
        let outcome = world.apply(&stored, with("2", false, "a")).await;
        expect_no_error(&outcome.diagnostics);
        let mut stored = outcome.stored;
        if let Some(waits) = between {
            let outcome = world.apply(&stored, with("2", waits, "b")).await;
            assert_eq!(outcome.diagnostics.has_error(), waits, "{}", text(&outcome.diagnostics));
            stored = outcome.stored;
        }
        world.settle();
        let refreshed = world.refresh(&stored).await.stored;
        let triggers = refreshed.state.get("triggers").get("certificate");
        assert_eq!(triggers.as_str(), Some("1"), "{arn_after_rollback} {between:?}");
        world.settled(&refreshed, with("2", true, "b")).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_fails_the_apply_and_the_next_plan_tries_again() {
    let mut world = World::new(4).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let good = world.definition_arn();
    world.image_fault("broken:*");
    world.define("broken:2").await;
    let outcome = world.apply(&stored, world.daemon(Value::Null)).await;
    insta::assert_snapshot!(normal(&errors(&outcome.diagnostics)), @"
    error: Rollout of daemon agent failed: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    Reason of the rollback: The circuit breaker triggered: 3 daemon tasks failed to run.
    Circuit breaker: 3 failed task launches, threshold 3.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Revision gone back to: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Task definition to bring: agent:2 (broken:2); gone back to: agent:1 (agent:1).
    Tasks that stopped: 3 with TaskFailedToStart: CannotPullContainerError: the image could not be pulled.
    The state holds what really runs, so the next plan proposes again what has not arrived. Drain percent, bake time and alarms belong to the deployment and stay as they were sent.
    More: https://github.com/managed-daemons/terraform-provider-ecs/blob/main/docs/guides/rollouts-and-rollbacks.md#after-a-rollback-of-an-update
    ");
    assert_eq!(definition(&outcome.stored), good, "the state holds what runs");
    assert!(!outcome.stored.tainted);
    let refreshed = world.refresh(&outcome.stored).await;
    insta::assert_snapshot!(text(&refreshed.diagnostics), @"
    warning: Daemon agent was rolled back: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    Reason of the rollback: The circuit breaker triggered: 3 daemon tasks failed to run.
    Circuit breaker: 3 failed task launches, threshold 3.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Revision gone back to: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    The state holds what runs. Where the configuration asks for something else, the plan proposes it again.
    ");
    assert_eq!(refreshed.stored.state, outcome.stored.state);
    let planned = world
        .driver
        .plan(DAEMON, &refreshed.stored, world.daemon(Value::Null))
        .await;
    assert_eq!(planned.action, Action::Update);
    // Putting the configuration back plans nothing.
    world.define("agent:1").await;
    let back = world.daemon(Value::object([("daemon_task_definition_arn", Value::from(good))]));
    assert_eq!(
        world.driver.plan(DAEMON, &refreshed.stored, back).await.action,
        Action::NoOp
    );
}

#[tokio::test(start_paused = true)]
async fn a_first_rollout_that_fails_taints_and_says_so() {
    let mut world = World::new(4).await;
    world.image_fault("broken:*");
    world.define("broken:1").await;
    let outcome = world.apply(&Stored::nothing(), world.daemon(Value::Null)).await;
    insta::assert_snapshot!(normal(&errors(&outcome.diagnostics)), @"
    error: First rollout of daemon agent failed: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_FAILED: The circuit breaker triggered: 3 daemon tasks failed to run. There is no earlier revision to roll back to: new container instances start without the daemon until it is updated.
    Circuit breaker: 3 failed task launches, threshold 3.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Task definition to bring: agent:2 (broken:1).
    Tasks that stopped: 3 with TaskFailedToStart: CannotPullContainerError: the image could not be pulled.
    The daemon exists, but Terraform marks it as tainted and will replace it with the next apply, which drains the fleet twice. To keep it and go on with updates, run `terraform untaint ADDRESS` with the address of this resource.
    More: https://github.com/managed-daemons/terraform-provider-ecs/blob/main/docs/guides/rollouts-and-rollbacks.md#after-a-failed-first-rollout
    ");
    assert!(outcome.stored.tainted);
    assert!(outcome.stored.state.get("arn").is_present());
    assert!(!outcome.stored.state.get("rollout_failure").is_null());
    // Untainted, the next apply sends everything again.
    world.define("agent:3").await;
    let untainted = Stored {
        tainted: false,
        ..outcome.stored
    };
    world.settled(&untainted, world.daemon(Value::Null)).await;
}

#[tokio::test(start_paused = true)]
async fn a_broken_fleet_never_has_an_empty_plan() {
    let mut world = World::new(4).await;
    world.image_fault("broken:*");
    world.define("broken:1").await;
    let config = world.daemon(Value::Null);
    let outcome = world.apply(&Stored::nothing(), config.clone()).await;
    let untainted = Stored {
        tainted: false,
        ..world.refresh(&outcome.stored).await.stored
    };
    let planned = world.driver.plan(DAEMON, &untainted, config).await;
    assert_eq!(planned.action, Action::Update);
    assert!(planned.state.get("rollout_failure").is_null());
}

#[tokio::test(start_paused = true)]
async fn an_alarm_during_the_bake_time_rolls_back() {
    let world = World::new(2).await;
    let alarms = Value::object([("alarm_names", Value::list(["errors".into()])), ("enable", true.into())]);
    let watched = deployment([("bake_time_in_minutes", 30.into()), ("alarms", Value::list([alarms]))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(watched.clone())).await;
    let alarm = serde_json::json!({
        "alarm": "errors", "state": "ALARM", "when": { "daemon": "agent", "bake": "start" }
    });
    world.post_fault(&alarm);
    let mut changed = watched;
    changed.insert("enable_execute_command", true.into());
    let outcome = world.apply(&stored, world.daemon(changed)).await;
    insta::assert_snapshot!(normal(&errors(&outcome.diagnostics)), @"
    error: Rollout of daemon agent failed: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is ROLLBACK_SUCCESSFUL: Alarm errors went to ALARM during the deployment. The rollback completed.
    Reason of the rollback: Alarm errors went to ALARM during the deployment.
    Alarms that went off: errors.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Revision gone back to: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    Task definition to bring: agent:1 (agent:1).
    The state holds what really runs, so the next plan proposes again what has not arrived. Drain percent, bake time and alarms belong to the deployment and stay as they were sent.
    More: https://github.com/managed-daemons/terraform-provider-ecs/blob/main/docs/guides/rollouts-and-rollbacks.md#after-a-rollback-of-an-update
    ");
    assert_eq!(
        outcome.stored.state.get("enable_execute_command").as_bool(),
        Some(false)
    );
}

#[tokio::test(start_paused = true)]
async fn a_newer_update_of_someone_else_is_named() {
    let world = World::new(8).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let call = serde_json::json!({
        "call": { "operation": "UpdateDaemon", "body": {
            "daemonArn": stored.state.get("arn").as_str(),
            "daemonTaskDefinitionArn": world.definition_arn(),
            "capacityProviderArns": [crate::support::arn("capacity-provider/fleet")]
        } },
        "when": { "daemon": "agent", "batch": 2 }
    });
    world.post_fault(&call);
    let wanted = world.daemon(Value::object([("enable_execute_command", Value::from(true))]));
    let outcome = world.apply(&stored, wanted.clone()).await;
    insta::assert_snapshot!(normal(&errors(&outcome.diagnostics)), @"
    error: Rollout of daemon agent failed: Deployment arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID is STOPPED: The deployment was stopped: a newer deployment of the daemon took its place.
    Revision to bring: arn:aws:ecs:eu-central-1:123456789012:daemon-revision/prod/agent/ID
    A newer deployment took over: arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/ID. Another caller has updated the daemon meanwhile; the next plan shows what it set.
    More: https://github.com/managed-daemons/terraform-provider-ecs/blob/main/docs/guides/rollouts-and-rollbacks.md#after-a-rollback-of-an-update
    ");
    world.settled(&outcome.stored, wanted).await;
}

#[tokio::test(start_paused = true)]
async fn a_redeployment_that_is_rolled_back_is_asked_for_again() {
    let world = World::new(4).await;
    let triggers = |value: &str| Value::object([("triggers", Value::object([("build", Value::from(value))]))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(triggers("1"))).await;
    // As many launches fail as the circuit breaker takes; the way back works.
    world.post_fault(&serde_json::json!({ "image": "agent:*", "effect": "fails_to_start", "count": 3 }));
    let outcome = world.apply(&stored, world.daemon(triggers("2"))).await;
    assert!(outcome.diagnostics.has_error());
    let refreshed = world.refresh(&outcome.stored).await.stored;
    let planned = world.driver.plan(DAEMON, &refreshed, world.daemon(triggers("2"))).await;
    assert_eq!(planned.action, Action::Update);
    world.settled(&refreshed, world.daemon(triggers("2"))).await;
}

/// The reasons of tasks that stopped, as ECS tells them; without the permission to read them, what would tell more.
#[tokio::test(start_paused = true)]
async fn a_rollback_says_why_tasks_stopped() {
    let mut told = String::new();
    for effect in ["fails_to_start", "exits", "unhealthy", "denied"] {
        let mut world = World::new(4).await;
        let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
        let image = if effect == "denied" { "fails_to_start" } else { effect };
        world.post_fault(&serde_json::json!({ "image": "broken:*", "effect": image, "count": null }));
        if effect == "denied" {
            world.post_fault(&serde_json::json!({
                "operation": "ListTasks", "must_fire": true,
                "effect": {"error": {"type": "AccessDeniedException", "message": "not for you", "status": 400}},
            }));
        }
        let check = Value::object([("command", Value::list(["CMD".into(), "true".into()]))]);
        let mut config = crate::support::definition("broken:2");
        let mut container = config.get("container_definition").elements().next().cloned().unwrap();
        container.insert("health_check", Value::list([check]));
        config.insert("container_definition", Value::list([container]));
        world.define_as(config).await;
        let failed = world.apply(&stored, world.daemon(Value::Null)).await;
        let text = text(&failed.diagnostics);
        let lines = text
            .lines()
            .filter(|line| line.contains("asks that stopped") || line.starts_with("Task definition"));
        told.push_str(effect);
        told.push('\n');
        for line in lines {
            told.push_str("  ");
            told.push_str(line);
            told.push('\n');
        }
        world.expect_fired();
    }
    insta::assert_snapshot!(told);
}
