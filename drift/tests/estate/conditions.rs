//! Rows 3 to 12, 14, 16, 21, 23 and 24: what matters although, or beside that, settings differ.

use ecs_emulator::knobs::{BreakerCounts, DeploymentRetention, FirstDeploymentFailure, Knobs};
use serde_json::json;

use crate::support::{World, arn, evidence, hashicorp, lines, merge};

#[tokio::test(start_paused = true)]
async fn a_missing_cluster_is_one_finding_for_all_its_daemons() {
    let world = World::new(0).await;
    let mut made = vec![world.make("one").await, world.make("two").await];
    for each in &mut made {
        let moved = each.arn.replace("/prod/", "/old/");
        merge(&mut each.state, &json!({"arn": moved}));
    }
    world.other.delete_cluster().cluster("old").send().await.unwrap();
    world.settle();
    let report = world.scan(&made.iter().collect::<Vec<_>>()).await;
    insta::assert_snapshot!(lines(&report), @"cluster-missing [certain error]: The cluster of 2 daemons is not there.");
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
async fn a_deleted_daemon_is_being_deleted_and_then_missing() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    world.other.delete_daemon().daemon_arn(&made.arn).send().await.unwrap();
    insta::assert_snapshot!(lines(&world.scan(&[&made]).await), @"being-deleted [certain error]: The daemon is being deleted.");
    world.settle();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"missing [certain error]: The daemon is not there.");
    insta::assert_snapshot!(evidence(&report, "missing"), @r#"
DescribeDaemon daemon/prod/agent: ECS answers DaemonNotFoundException, also some seconds later.
ListDaemons daemon/prod/agent: The list of the cluster does not have it.
"#);
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
async fn a_daemon_that_was_deleted_and_created_again_is_another_one() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    world.other.delete_daemon().daemon_arn(&made.arn).send().await.unwrap();
    world.settle();
    world.make("agent").await;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"recreated [certain warning]: The daemon was deleted and created again.");
    insta::assert_snapshot!(evidence(&report, "recreated"), @r#"
DescribeDaemon daemon/prod/agent @time: The daemon was created.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The deployment in the source is older than the daemon.
"#);
}

#[tokio::test(start_paused = true)]
async fn a_rollout_of_what_is_wanted_is_no_drift_and_another_is() {
    let world = World::new(3).await;
    let mut made = world.make("agent").await;
    let deployment = world.update(&made, |update| update.enable_execute_command(true)).await;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
rollout-in-progress [certain warning]: A rollout of other settings than the wanted ones is going on; now is when a repair costs least.
changed-outside [likely warning] enable_execute_command false -> true: `enable_execute_command` was set to `true` by a call outside of the source.
"#);
    merge(
        &mut made.state,
        &json!({"enable_execute_command": true, "deployment_arn": deployment}),
    );
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"rollout-in-progress [certain note]: A rollout of the wanted settings is going on.");
    insta::assert_snapshot!(evidence(&report, "rollout-in-progress"), @"DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The deployment has status PENDING. fleet: 0 running the target, 0 without the daemon, 0 draining.");
    world.settle();
    assert_eq!(lines(&world.scan(&[&made]).await), "");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_told_even_where_the_state_has_taken_it_over() {
    let world = World::new(3).await;
    let mut made = world.make("agent").await;
    let broken = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    let failed = world
        .update(&made, |update| update.daemon_task_definition_arn(broken))
        .await;
    world.settle();
    // A refresh of ours writes what runs into the state, so that nothing differs.
    merge(&mut made.state, &json!({"deployment_arn": failed}));
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"rolled-back [certain warning]: The latest rollout failed and was rolled back.");
    insta::assert_snapshot!(evidence(&report, "rolled-back"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The deployment has status ROLLBACK_SUCCESSFUL.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: ECS says: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: ECS says: The circuit breaker triggered: 3 daemon tasks failed to run.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: The circuit breaker counted 3 failed launches of 3 that it allows.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: It was to bring daemon-revision/prod/agent/ID.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID: It went back to daemon-revision/prod/agent/ID.
"#);
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
async fn an_overtaken_deployment_is_a_note() {
    let world = World::new(4).await;
    let mut made = world.make("agent").await;
    let overtaken = world.update(&made, |update| update.enable_execute_command(true)).await;
    assert!(world.emulator.next(), "the rollout has begun");
    world.update(&made, |update| update.enable_execute_command(true)).await;
    world.settle();
    merge(
        &mut made.state,
        &json!({"enable_execute_command": true, "deployment_arn": overtaken}),
    );
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"superseded [certain note]: The deployment in the source was overtaken by a newer one before it ended.");
    insta::assert_snapshot!(evidence(&report, "superseded"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The deployment has status STOPPED.
DescribeDaemon daemon-deployment/prod/agent/ID @time: This is the latest deployment.
"#);
}

#[tokio::test(start_paused = true)]
async fn an_expired_record_is_neither_equal_nor_different() {
    let knobs = Knobs {
        deployment_retention: DeploymentRetention::None,
        ..Knobs::default()
    };
    let world = World::with_knobs(3, knobs).await;
    let made = world.make_special("agent").await;
    insta::assert_snapshot!(lines(&world.scan(&[&made]).await), @"not-readable [certain note]: The record of the latest deployment is gone. Drain percent, bake time and alarms can be said neither to be as wanted nor to differ.");
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_hashicorp_cannot_hold_is_at_risk() {
    let world = World::new(3).await;
    let made = world
        .make_with("agent", |create| create.critical(false), &json!({"critical": false}))
        .await;
    let report = world.scan_documents(&[hashicorp(&made)]).await;
    insta::assert_snapshot!(lines(&report), @"at-risk [certain warning] critical (not-recorded) -> false: `critical` is not at its default, and the source cannot hold it: its next update resets it.");
    assert_eq!(lines(&world.scan(&[&made]).await), "", "ours holds it");
}

#[tokio::test(start_paused = true)]
async fn a_deleted_task_definition_is_told() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    world
        .other
        .delete_daemon_task_definition()
        .daemon_task_definition(arn("daemon-task-definition/agent:1"))
        .send()
        .await
        .unwrap();
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"definition-deleted [certain warning]: The task definition that is wanted and runs is deleted or being deleted.");
    insta::assert_snapshot!(evidence(&report, "definition-deleted"), @"ListDaemonTaskDefinitions daemon-task-definition/agent:1 @time: The task definition has status DELETE_IN_PROGRESS.");
}

#[tokio::test(start_paused = true)]
async fn a_newer_revision_is_no_drift() {
    let world = World::new(3).await;
    let made = world.make("agent").await;
    world.define("agent").await;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"newer-revision [certain none]: A newer revision of the task definition is registered: daemon-task-definition/agent:2");
    assert_eq!(
        ecs_drift::report::code(&report, ecs_drift::report::ExitPolicy::default()),
        0
    );
}

#[tokio::test(start_paused = true)]
async fn instances_without_a_daemon_are_counted() {
    let knobs = Knobs {
        breaker_counts: BreakerCounts::CriticalOnly,
        ..Knobs::default()
    };
    let world = World::with_knobs(3, knobs).await;
    let broken = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    let create = |create: aws_sdk_ecs::operation::create_daemon::builders::CreateDaemonFluentBuilder| {
        create.daemon_task_definition_arn(broken.clone()).critical(false)
    };
    let attributes = json!({"daemon_task_definition_arn": broken, "critical": false});
    let made = world.make_with("agent", create, &attributes).await;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"coverage [certain warning]: 3 instances do not run the daemon as they should.");
    insta::assert_snapshot!(evidence(&report, "coverage"), @"DescribeDaemon capacity-provider/fleet: 3 of 3 instances of fleet do not run it.");
}

#[tokio::test(start_paused = true)]
async fn a_daemon_that_no_input_names_is_reported_when_asked() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    world.make("9-stray").await;
    assert_eq!(lines(&world.scan(&[&made]).await), "");
    world.options.unmanaged = true;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @"unmanaged [certain note]: No input names this daemon.");
    insta::assert_snapshot!(report.findings[0].next_step.commands[0].text, @r#"
import {
  to = ecs_daemon.daemon_9-stray
  id = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/9-stray"
}
"#);
    assert!(report.findings[0].since.is_some());
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
    assert_eq!(finding.next_step.repair, ecs_drift::report::Repair::No);
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
