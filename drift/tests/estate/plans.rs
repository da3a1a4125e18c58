//! Plans in the forms that Terraform writes, above all those whose refresh saw the drift before us.

use std::sync::Arc;

use ecs_drift::{
    report::{Cause, Confidence, ExitPolicy, Report, Verdict, code},
    scan::CloudTrail,
};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::{Value as Json, json};

use crate::{
    plan_documents::{create, create_again, refresh_only},
    plants,
    support::{World, lines, merge, plan, state},
};

async fn found(world: &World, document: &Json) -> Report {
    world.scan_documents(std::slice::from_ref(document)).await
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_the_refresh_found_gone_is_missing() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.delete(&made).await;
    world.settle();
    for document in [refresh_only(&made.state, &Json::Null), create_again(&made)] {
        let report = found(&world, &document).await;
        assert_eq!(lines(&report), "missing [certain error]: The daemon is not there.");
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_only_refreshes_wants_what_was_there_before() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let in_sync = found(&world, &refresh_only(&made.state, &made.state)).await;
    assert_eq!(lines(&in_sync), "");
    assert_eq!(in_sync.daemons[0].verdict, Verdict::InSync);
    let mut live = made.state.clone();
    live["enable_execute_command"] = json!(false);
    live["deployment_arn"] = json!(world.update(&made, |update| update.enable_execute_command(false)).await);
    world.settle();
    let report = found(&world, &refresh_only(&made.state, &live)).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [likely warning] enable_execute_command true -> false: `enable_execute_command` was set to its default by a call that kept critical, deploymentConfiguration, enableECSManagedTags, propagateTags.");
}

#[tokio::test(start_paused = true)]
async fn what_a_refresh_took_into_the_state_is_no_pending_change() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    // Planned for the first time: nothing had it before.
    let mut planned = made.state.clone();
    planned["deployment_configuration"][0]["drain_percent"] = json!(75);
    let report = found(&world, &plan(&made.state, &planned, &json!({}))).await;
    insta::assert_snapshot!(lines(&report), @"pending-change [certain note] deployment_configuration.drain_percent 75 -> 50: The plan is about to change `deployment_configuration.drain_percent`.");
    // A call from outside, which a refresh took into the state: the plan is the way back.
    let mut live = made.state.clone();
    let latest = world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    merge(
        &mut live,
        &json!({"enable_execute_command": false, "deployment_arn": latest}),
    );
    let report = found(&world, &plan(&live, &made.state, &json!({}))).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [possible warning] enable_execute_command true -> false: `enable_execute_command` was set to its default by a call that kept critical, deploymentConfiguration, enableECSManagedTags, propagateTags. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.");
}

/// What was reset is told as that, also where the plan wants another value than the one that was reset.
#[tokio::test(start_paused = true)]
async fn a_reset_is_no_value_that_was_never_applied() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let latest = world.update_bare(&made, |update| update).await;
    world.settle();
    let bare = json!({"drain_percent": 25.0, "bake_time_in_minutes": 0});
    let mut live = made.state.clone();
    merge(&mut live, &json!({"deployment_arn": latest}));
    live["deployment_configuration"][0]["drain_percent"] = bare["drain_percent"].clone();
    let mut planned = made.state.clone();
    planned["deployment_configuration"][0]["drain_percent"] = json!(40);
    let mut document = plan(&live, &planned, &json!({}));
    document["resource_drift"] = json!([{
        "address": "ecs_daemon.agent",
        "mode": "managed",
        "type": "ecs_daemon",
        "name": "agent",
        "provider_name": "registry.terraform.io/managed-daemons/ecs",
        "change": {"actions": ["update"], "before": made.state, "after": live},
    }]);
    let report = found(&world, &document).await;
    let of_drain = lines(&report);
    let of_drain: Vec<&str> = of_drain.lines().filter(|line| line.contains("drain_percent")).collect();
    insta::assert_snapshot!(of_drain.join("\n"), @"default-revert [likely error] deployment_configuration.drain_percent 40 -> 25: `deployment_configuration.drain_percent` went back to its default, as if a call had left it out.");
}

/// Without a refresh the plan has what the state has, which is what was applied.
#[tokio::test(start_paused = true)]
async fn a_plan_of_a_third_value_that_did_not_refresh_tells_the_reset() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    let mut planned = made.state.clone();
    planned["deployment_configuration"][0]["drain_percent"] = json!(40);
    let report = found(&world, &plan(&made.state, &planned, &json!({}))).await;
    insta::assert_snapshot!(lines(&report), @r"
    pending-change [certain note] deployment_configuration.drain_percent 40 -> 50: The plan is about to change `deployment_configuration.drain_percent`.
    changed-outside [likely warning] enable_execute_command true -> false: `enable_execute_command` was set to its default by a call that kept critical, deploymentConfiguration, enableECSManagedTags, propagateTags.
    ");
    world.update_bare(&made, |update| update).await;
    world.settle();
    let report = found(&world, &plan(&made.state, &planned, &json!({}))).await;
    insta::assert_snapshot!(lines(&report), @r#"
    default-revert [likely error] critical false -> true: `critical` went back to its default, as if a call had left it out.
    default-revert [likely error] deployment_configuration.alarms.alarm_names ["high","low"] -> []: `deployment_configuration.alarms.alarm_names` went back to its default, as if a call had left it out.
    default-revert [likely error] deployment_configuration.alarms.enable true -> false: `deployment_configuration.alarms.enable` went back to its default, as if a call had left it out.
    default-revert [likely error] deployment_configuration.bake_time_in_minutes 5 -> 0: `deployment_configuration.bake_time_in_minutes` went back to its default, as if a call had left it out.
    default-revert [likely error] deployment_configuration.drain_percent 40 -> 25: `deployment_configuration.drain_percent` went back to its default, as if a call had left it out.
    default-revert [likely error] enable_ecs_managed_tags true -> false: `enable_ecs_managed_tags` went back to its default, as if a call had left it out.
    default-revert [likely error] propagate_tags "DAEMON" -> "NONE": `propagate_tags` went back to its default, as if a call had left it out.
    changed-outside [likely warning] enable_execute_command true -> false: `enable_execute_command` was set to its default by a call that kept critical, deploymentConfiguration, enableECSManagedTags, propagateTags.
    "#);
}

/// The refresh of such a plan may have swallowed what somebody changed: the records that would tell are gone, or may not be
/// read.
#[tokio::test(start_paused = true)]
async fn a_plan_over_incomplete_records_is_not_called_pending() {
    for retention in [DeploymentRetention::LatestOnly, DeploymentRetention::None] {
        let knobs = Knobs {
            deployment_retention: retention,
            ..Knobs::default()
        };
        let world = World::with_knobs(0, knobs).await;
        let made = world.make_special("agent").await;
        let latest = world.update(&made, |update| update.enable_execute_command(false)).await;
        world.settle();
        let mut live = made.state.clone();
        merge(
            &mut live,
            &json!({"enable_execute_command": false, "deployment_arn": latest}),
        );
        expect_unproven(&world, &plan(&live, &made.state, &json!({}))).await;
    }
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let mut planned = made.state.clone();
    merge(&mut planned, &json!({"enable_execute_command": false}));
    world.fault(&plants::denied("ListDaemonDeployments"));
    expect_unproven(&world, &plan(&made.state, &planned, &json!({}))).await;
}

async fn expect_unproven(world: &World, document: &Json) {
    let report = found(world, document).await;
    let finding = report
        .findings
        .iter()
        .find(|finding| finding.setting.is_some())
        .unwrap();
    assert_eq!(
        (finding.cause, finding.confidence),
        (Cause::Absorbed, Confidence::Possible),
        "{}",
        lines(&report)
    );
    let unproven = "The state has it, too, and not all deployments are on record: a refresh took a change over, or the \
                    configuration has a value that was never live.";
    assert!(finding.message.ends_with(unproven), "{}", finding.message);
    assert_eq!(code(&report, ExitPolicy::default()), 2);
}

#[tokio::test(start_paused = true)]
async fn a_replaced_daemon_is_judged_by_the_state_before_the_refresh() {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let latest = world.update(&made, |update| update.critical(true)).await;
    world.settle();
    let mut live = made.state.clone();
    merge(&mut live, &json!({"critical": true, "deployment_arn": latest}));
    let mut document = plan(&live, &made.state, &json!(true));
    document["resource_changes"][0]["change"]["actions"] = json!(["delete", "create"]);
    document["resource_drift"] = refresh_only(&made.state, &live)["resource_drift"].clone();
    let report = found(&world, &document).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [likely warning] critical false -> true: `critical` was set to its default by a call that kept deploymentConfiguration, enableECSManagedTags, enableExecuteCommand, propagateTags.");
}

/// The refresh before took the deletion into the state, so that the plan alone is as that of a new daemon.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_a_plan_creates_is_looked_for() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let document = create(&made);
    let there = found(&world, &document).await;
    insta::assert_snapshot!(lines(&there), @"unmanaged [certain warning]: The plan is to create this daemon, and ECS has it already: the apply would fail.");
    // An input that has the daemon says more.
    let both = [document.clone(), state("ecs_daemon", &[&made.state])];
    assert_eq!(lines(&world.scan_documents(&both).await), "");
    world.delete(&made).await;
    world.settle();
    let gone = found(&world, &document).await;
    insta::assert_snapshot!(lines(&gone), @"missing [certain warning]: The plan is to create this daemon, and ECS does not have it: it is new, or it was deleted outside and an earlier refresh took that into the state.");
    assert_eq!(code(&gone, ExitPolicy::default()), 2);
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let asked = world.scan_with(&trail, std::slice::from_ref(&document)).await;
    insta::assert_snapshot!(lines(&asked), @"missing [certain error]: The daemon is not there: it was deleted.");
    let mut new = document;
    new["resource_changes"][0]["change"]["after"]["cluster_arn"] = Json::Null;
    new["resource_changes"][0]["change"]["after"]["capacity_provider_arns"] = Json::Null;
    let world = World::new(0).await;
    let other = world.make("other").await;
    let mut both = plan(&other.state, &other.state, &json!({}));
    let changes = both["resource_changes"].as_array_mut().unwrap();
    changes.extend(new["resource_changes"].as_array().unwrap().clone());
    let report = found(&world, &both).await;
    assert_eq!(lines(&report), "", "the cluster is new, too");
}
