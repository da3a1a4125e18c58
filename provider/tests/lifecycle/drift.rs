//! Outside changes: each setting is read back, planned and repaired; what means the same is left alone.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{DaemonAlarmConfiguration, DaemonDeploymentConfiguration};
use daemons::settings::{Datum, Setting};
use terraform_provider_ecs::{daemon::values::settings_of, tree};
use tfplug_core::Value;
use tfplug_server::driver::{Action, Stored};

use crate::support::{DAEMON, World, arn, deployment, text, unproven};

fn differing(one: &Stored, other: &Stored) -> Vec<Setting> {
    let settings = |stored: &Stored| settings_of(&stored.state).unwrap();
    settings(one).differing(&settings(other))
}

/// Every member of an update, so that only the one under test differs.
fn full(stored: &Stored) -> aws_sdk_ecs::operation::update_daemon::builders::UpdateDaemonInputBuilder {
    let daemon = stored.state.get("arn").as_str().unwrap();
    settings_of(&stored.state).unwrap().update_request(daemon)
}

/// A configuration in which no setting is at its default.
fn far_from_default(world: &World) -> Value {
    let sample = include_str!("../../../daemons/src/settings/sample.json");
    world.daemon(tree::from_json(&serde_json::from_str(sample).unwrap()))
}

/// A value of each setting that is neither the sample's nor, where the fleet has it, the same.
fn another(setting: Setting) -> Datum {
    match setting {
        Setting::TaskDefinition => Datum::Text(arn("daemon-task-definition/agent:2")),
        Setting::CapacityProviders => Datum::Names(
            ["fleet", "empty"]
                .map(|name| arn(&format!("capacity-provider/{name}")))
                .into(),
        ),
        other => other.default().unwrap(),
    }
}

/// An outside update of one setting is read, planned, and repaired by an update with all members.
async fn check(setting: Setting) {
    let (name, attribute) = (setting.name(), setting.path()[0]);
    let mut world = World::new(3).await;
    let config = far_from_default(&world);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    world.define("agent:2").await;
    let mut settings = settings_of(&stored.state).unwrap();
    setting.write(&another(setting), &mut settings);
    let daemon = stored.state.get("arn").as_str().unwrap();
    settings
        .clone()
        .update_request(daemon)
        .send_with(&world.other)
        .await
        .unwrap();
    world.settle();
    let drifted = world.refresh(&stored).await.stored;
    assert_eq!(
        settings_of(&drifted.state).unwrap(),
        settings,
        "{name} is not read back"
    );
    let planned = world.driver.plan(DAEMON, &drifted, config.clone()).await;
    assert_eq!(planned.action, Action::Update);
    let expected = stored.state.get(attribute);
    assert_eq!(planned.state.get(attribute), expected, "{name} is not planned");
    let repaired = world.settled(&drifted, config).await;
    assert_eq!(repaired.state.get(attribute), expected, "{name} is not repaired");
    let ours = world.requests("UpdateDaemon").pop().unwrap();
    for setting in Setting::ALL {
        assert!(setting.in_request(&ours).is_some(), "{} is not sent", setting.name());
    }
    let members: BTreeSet<&str> = ours.as_object().unwrap().keys().map(String::as_str).collect();
    let settings = Setting::ALL.into_iter().map(Setting::member);
    assert_eq!(members, settings.chain(["daemonArn"]).collect());
}

fn configuration(drain: f64, bake: i32, names: &[&str], enable: bool) -> DaemonDeploymentConfiguration {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    let alarms = DaemonAlarmConfiguration::builder()
        .set_alarm_names(Some(names))
        .enable(enable)
        .build();
    DaemonDeploymentConfiguration::builder()
        .drain_percent(drain)
        .bake_time_in_minutes(bake)
        .alarms(alarms)
        .build()
}

#[tokio::test(start_paused = true)]
async fn each_setting_that_changes_outside_is_repaired() {
    for setting in Setting::ALL {
        check(setting).await;
    }
}

#[tokio::test(start_paused = true)]
async fn settings_that_an_update_leaves_out_are_seen_and_repaired() {
    let world = World::new(3).await;
    let config = far_from_default(&world);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
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
    let drifted = world.refresh(&stored).await.stored;
    let differing = differing(&stored, &drifted);
    let optional: Vec<Setting> = Setting::ALL
        .into_iter()
        .filter(|setting| !setting.is_required())
        .collect();
    assert_eq!(differing, optional);
    world.settled(&drifted, config).await;
}

#[tokio::test(start_paused = true)]
async fn drift_of_a_block_that_nobody_wrote_comes_and_goes() {
    let world = World::new(0).await;
    let config = world.daemon(Value::Null);
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    let change = |configuration| {
        full(&stored)
            .deployment_configuration(configuration)
            .send_with(&world.other)
    };
    change(configuration(40.0, 0, &[], false)).await.unwrap();
    world.settle();
    let drifted = world.refresh(&stored).await.stored;
    assert_eq!(drifted.state.get("deployment_configuration").elements().count(), 1);
    assert_eq!(
        world.refresh(&drifted).await.stored,
        drifted,
        "a second refresh is stable"
    );
    assert_eq!(
        world.driver.plan(DAEMON, &drifted, config.clone()).await.action,
        Action::Update
    );
    // Someone puts it back: the block leaves the state again, without an apply.
    change(configuration(25.0, 0, &[], false)).await.unwrap();
    world.settle();
    let back = world.refresh(&drifted).await.stored;
    assert_eq!(back.state.get("deployment_configuration").elements().count(), 0);
    let private = String::from_utf8_lossy(&back.private);
    assert!(!private.contains("drift_blocks"), "{private}");
    assert_eq!(world.driver.plan(DAEMON, &back, config).await.action, Action::NoOp);
}

#[tokio::test(start_paused = true)]
async fn what_means_the_same_sends_nothing() {
    let world = World::new(3).await;
    let mut stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let defaults = deployment([("drain_percent", 25.into())]);
    let tagged = Value::object([("tags", Value::object([("a", Value::from("1"))]))]);
    for extra in [
        Value::object([("critical", Value::from(true)), ("propagate_tags", "NONE".into())]),
        defaults,
        tagged,
        Value::object([("wait_for_deployment", Value::from(false))]),
        Value::Null,
    ] {
        stored = world.settled(&stored, world.daemon(extra)).await;
    }
    assert_eq!(world.count("UpdateDaemon"), 0);
    assert_eq!((world.count("TagResource"), world.count("UntagResource")), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_change_of_a_trigger_rolls_out_the_same_settings() {
    let world = World::new(3).await;
    let triggers = |value: &str| Value::object([("triggers", Value::object([("build", Value::from(value))]))]);
    let stored = world.settled(&Stored::nothing(), world.daemon(triggers("1"))).await;
    let again = world.settled(&stored, world.daemon(triggers("2"))).await;
    assert_eq!(world.count("UpdateDaemon"), 1);
    assert_ne!(stored.state.get("deployment_arn"), again.state.get("deployment_arn"));
}

#[tokio::test(start_paused = true)]
async fn a_stale_plan_says_what_it_overwrites() {
    let world = World::new(3).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    full(&stored)
        .enable_execute_command(true)
        .send_with(&world.other)
        .await
        .unwrap();
    world.settle();
    // Planned without a refresh, as with `-refresh=false`.
    let outcome = world
        .apply(&stored, world.daemon(deployment([("drain_percent", 50.into())])))
        .await;
    insta::assert_snapshot!(text(&outcome.diagnostics), @"warning: Outside changes of daemon agent were overwritten: Since the state was written, another caller has changed enable_execute_command. The plan did not know it; the update has set what was planned.");
}

#[tokio::test(start_paused = true)]
async fn settings_that_arrived_by_another_way_are_not_sent_again() {
    let world = World::new(3).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    full(&stored)
        .enable_execute_command(true)
        .send_with(&world.other)
        .await
        .unwrap();
    let wanted = world.daemon(Value::object([("enable_execute_command", Value::from(true))]));
    // The state does not know it yet, and the rollout of the other caller is awaited.
    let outcome = world.apply(&stored, wanted.clone()).await;
    assert!(outcome.diagnostics.is_empty(), "{}", text(&outcome.diagnostics));
    assert_eq!(world.count("UpdateDaemon"), 1);
    world.settled(&outcome.stored, wanted).await;
}

#[tokio::test(start_paused = true)]
async fn a_fraction_is_compared_as_the_service_keeps_it() {
    let world = World::new(3).await;
    let third: tfplug_core::Number = "33.333333333333333333333333333333".parse().unwrap();
    let config = world.daemon(deployment([("drain_percent", third.into())]));
    let stored = world.settled(&Stored::nothing(), config.clone()).await;
    world.settled(&stored, config).await;
    assert_eq!(world.count("UpdateDaemon"), 0);
}

#[tokio::test(start_paused = true)]
async fn triggers_without_content_trigger_nothing() {
    let world = World::new(3).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    let empty = Value::object([("triggers", Value::object::<String>([]))]);
    world.settled(&stored, world.daemon(empty)).await;
    assert_eq!(world.count("UpdateDaemon"), 0);
}

/// A newer service: every structure has a member, and each answer an enum value, that nobody knows.
#[tokio::test(start_paused = true)]
async fn settings_that_nobody_knows_are_named_once_and_never_stored() {
    let world = World::new(3).await;
    let config = world.daemon(Value::Null);
    let stored = unproven(&world.settled(&Stored::nothing(), config.clone()).await);
    for operation in ["DescribeDaemonDeployments", "DescribeDaemonRevisions"] {
        world.post_fault(
            &serde_json::json!({ "operation": operation, "effect": "extra_members", "count": null, "must_fire": true }),
        );
    }
    let first = world.refresh(&stored).await;
    insta::assert_snapshot!(text(&first.diagnostics), @"warning: Daemon agent has settings that this provider does not know: ECS reports `deploymentConfiguration.alarms.memberOfTheFuture`, `deploymentConfiguration.memberOfTheFuture`, `memberOfTheFuture` for arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent. An update by this provider cannot carry them, and ECS puts what an update does not carry back to its default. Use a newer version of the provider before changing the daemon. Other daemons may have these settings, too: each is named once in a run.");
    let again = world.refresh(&first.stored).await;
    assert!(
        !text(&again.diagnostics).contains("does not know"),
        "{}",
        text(&again.diagnostics)
    );
    world.expect_fired();
    // The unknown enum value is drift like any other; of the members nothing is left.
    assert_eq!(differing(&stored, &first.stored), [Setting::PropagateTags]);
    assert!(!format!("{:?}", first.stored).contains("OfTheFuture"));
}
