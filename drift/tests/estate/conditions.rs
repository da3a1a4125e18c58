//! A closer look at rows 3 to 12, 14, 16, 21, 23 and 24: what their lines and evidence, which `rows` holds, do not show.

use ecs_drift::report::Report;
use ecs_emulator::knobs::{FirstDeploymentFailure, Knobs};
use serde_json::json;

use crate::{
    plants,
    support::{REGION, World, arn, evidence, lines, merge},
};

#[tokio::test(start_paused = true)]
async fn a_missing_cluster_is_one_finding_for_all_its_daemons() {
    let planted = plants::absent("its cluster was deleted", &Knobs::default()).await;
    let report = planted.scan().await;
    assert_eq!(report.findings[0].arn, arn("cluster/old"));
    assert_eq!(
        report.findings[0].daemons,
        [arn("daemon/old/one"), arn("daemon/old/two")]
    );
    assert!(
        report
            .daemons
            .iter()
            .all(|daemon| daemon.headline.map(ecs_drift::report::Cause::id) == Some("cluster-missing"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_stale_answer_deletes_nothing() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    for count in [1, 2] {
        let fault = json!({"operation": "DescribeDaemon", "count": count, "effect": {"error": {
            "type": "DaemonNotFoundException", "message": "The specified daemon was not found.", "status": 400}}});
        world.fault(&fault);
        let report = world.scan(&[&made]).await;
        // Twice not found, but in the list of its cluster: contradicting answers are read again.
        assert_eq!(lines(&report), "", "{count}");
        assert!(report.complete);
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollout_of_what_is_wanted_is_no_drift() {
    let planted = plants::rollout("an update that waits", &Knobs::default()).await;
    let (world, mut made) = (planted.world, planted.made);
    let deployment = world.latest(&made).await;
    merge(
        &mut made.state,
        &json!({"enable_execute_command": false, "deployment_arn": deployment}),
    );
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"rollout-in-progress [certain note]: A rollout of the wanted settings is going on.");
    insta::assert_snapshot!(evidence(&report, "rollout-in-progress"), @"DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The deployment has status PENDING. fleet: 0 running the target, 0 without the daemon, 0 draining.");
    world.settle();
    assert_eq!(lines(&world.scan(&[&made]).await), "");
}

#[tokio::test(start_paused = true)]
async fn a_failed_first_rollout_is_told_under_both_forms_of_it() {
    for knob in [FirstDeploymentFailure::RollbackFailed, FirstDeploymentFailure::Stopped] {
        let knobs = Knobs {
            first_deployment_failure: knob,
            ..Knobs::default()
        };
        let world = World::with_knobs(3, knobs).await;
        let broken = world.define_with("broken", "broken:1").await;
        world.image_fault("broken:*");
        let create = |create: aws_sdk_ecs::operation::create_daemon::builders::CreateDaemonFluentBuilder| {
            create.daemon_task_definition_arn(broken.clone())
        };
        let made = world
            .make_with("agent", create, &json!({"daemon_task_definition_arn": broken}))
            .await;
        let report = world.scan(&[&made]).await;
        let found: Vec<_> = report.findings.iter().map(|finding| finding.cause.id()).collect();
        assert_eq!(found[0], "rollout-failed", "{knob:?}\n{}", lines(&report));
        assert!(!evidence(&report, "rollout-failed").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_hashicorp_cannot_hold_is_at_risk_and_ours_holds_it() {
    let plant = "critical = false, which hashicorp/aws cannot hold";
    let planted = plants::beside(plant, &Knobs::default()).await;
    assert_eq!(lines(&planted.world.scan(&[&planted.made]).await), "");
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_no_input_names_is_reported_when_asked() {
    let mut planted = plants::beside("no input names it", &Knobs::default()).await;
    let report = planted.scan().await;
    insta::assert_snapshot!(report.findings[0].next_step.commands[0].text, @r#"
import {
  to = ecs_daemon.daemon_9-stray
  id = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/9-stray"
}
"#);
    assert!(report.findings[0].since.is_some());
    planted.world.options.unmanaged = false;
    assert_eq!(lines(&planted.scan().await), "");
}

#[tokio::test(start_paused = true)]
async fn a_value_that_nobody_knows_is_told_and_nothing_is_sent() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.fault(&json!({"operation": "DescribeDaemonRevisions", "count": null, "effect": "extra_members"}));
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
unknown-setting [certain warning]: ECS answers the value `VALUE_OF_THE_FUTURE` for `propagate_tags`, which this version of ecs-drift does not know.
unknown-setting [certain warning] memberOfTheFuture (not-recorded) -> "not known to any client": The daemon has a setting `memberOfTheFuture`, which this version of ecs-drift does not know.
never-applied [certain warning] propagate_tags "NONE" -> "VALUE_OF_THE_FUTURE": The wanted value of `propagate_tags` was never rolled out.
"#);
    let finding = &report.findings[0];
    assert!(
        matches!(&finding.next_step.repair, ecs_drift::report::Repair::Unless { flag } if flag == "--reset-unknown")
    );
}

#[tokio::test(start_paused = true)]
async fn members_of_a_newer_service_are_told_one_by_one() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let other = world.make("other").await;
    world.fault(&json!({"operation": "DescribeDaemonDeployments", "count": null, "effect": "extra_members"}));
    let report = world.scan(&[&made, &other]).await;
    insta::assert_snapshot!(lines(&report), @r#"
unknown-setting [certain warning] deploymentConfiguration.alarms.memberOfTheFuture (not-recorded) -> "not known to any client": The daemon has a setting `deploymentConfiguration.alarms.memberOfTheFuture`, which this version of ecs-drift does not know.
unknown-setting [certain warning] deploymentConfiguration.memberOfTheFuture (not-recorded) -> "not known to any client": The daemon has a setting `deploymentConfiguration.memberOfTheFuture`, which this version of ecs-drift does not know.
unknown-setting [certain warning] deploymentConfiguration.alarms.memberOfTheFuture (not-recorded) -> "not known to any client": The daemon has a setting `deploymentConfiguration.alarms.memberOfTheFuture`, which this version of ecs-drift does not know.
unknown-setting [certain warning] deploymentConfiguration.memberOfTheFuture (not-recorded) -> "not known to any client": The daemon has a setting `deploymentConfiguration.memberOfTheFuture`, which this version of ecs-drift does not know.
"#);
    insta::assert_snapshot!(evidence(&report, "unknown-setting"), @r#"DescribeDaemonDeployments daemon/prod/agent: deploymentConfiguration.alarms.memberOfTheFuture is "not known to any client"."#);
    let fingerprints: std::collections::BTreeSet<&str> = report
        .findings
        .iter()
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    assert_eq!(fingerprints.len(), report.findings.len());
}

/// An instance that ECS replaces because a critical daemon stopped there is no reason to wake anybody.
#[tokio::test(start_paused = true)]
async fn an_instance_that_ecs_repairs_is_a_note_while_it_does() {
    let world = World::with_clock(4, Knobs::default(), ecs_emulator::ClockMode::Manual, "").await;
    let made = world.make("agent").await;
    assert_eq!(lines(&world.scan(&[&made]).await), "");
    stop_a_task(&world);
    let mut seen = Vec::new();
    for _ in 0..30 {
        let report = world.scan(&[&made]).await;
        let told = lines(&report);
        if seen.last() != Some(&told) {
            seen.push(told);
        }
        world.emulator.advance(std::time::Duration::from_secs(10));
    }
    insta::assert_snapshot!(seen.join("\n--\n"), @r"
    coverage [certain note]: 1 instance does not run the daemon as it should. ECS replaces an instance that a critical daemon has left, which takes some minutes.
    --
    ");
    assert_eq!(lines(&world.scan(&[&made]).await), "");
}

/// Stops the task of the first instance that has one.
fn stop_a_task(world: &World) {
    let state = world.emulator.control("GET", "world", None).unwrap();
    let clusters = state["regions"][0]["clusters"].as_array().unwrap();
    let instances = clusters
        .iter()
        .flat_map(|cluster| cluster["instances"].as_array().unwrap());
    let mut tasks = instances.filter_map(|instance| instance["daemon_tasks"][0]["task"].as_str());
    let id = tasks.next().unwrap().rsplit('/').next().unwrap();
    let path = format!("tasks/{id}/stop?region={REGION}");
    world.emulator.control("POST", &path, Some(json!({}))).unwrap();
}

/// To send the same settings again would only begin the rollout anew.
#[tokio::test(start_paused = true)]
async fn a_rollout_of_the_wanted_settings_is_only_waited_for() {
    let planted = plants::rollout("an update that waits", &Knobs::default()).await;
    let step = |report: &Report| {
        let rolls = report
            .findings
            .iter()
            .find(|finding| finding.cause.id() == "rollout-in-progress");
        rolls.unwrap().next_step.text.clone()
    };
    assert!(step(&planted.scan().await).contains("send the wanted settings"));
    let mut wanted = planted.made.clone();
    merge(&mut wanted.state, &json!({"enable_execute_command": false}));
    assert_eq!(step(&planted.world.scan(&[&wanted]).await), "Wait for its end.");
}
