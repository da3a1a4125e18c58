//! Daemons that somebody deleted and created again, after a refresh that took the new one into the state.

use std::sync::Arc;

use ecs_drift::{
    report::{ExitPolicy, code},
    scan::CloudTrail,
};
use ecs_emulator::knobs::Knobs;
use serde_json::{Value as Json, json};

use crate::{
    configured::{configuration, in_cluster, in_main},
    plants,
    support::{World, evidence, lines, merge, plan, state},
};

/// Ids of events are chance.
fn without_id(line: &str) -> String {
    match line.split_once(' ') {
        Some(("CloudTrail", rest)) => rest.split_once(' ').map_or(rest, |(_, rest)| rest).to_owned(),
        _ => in_main(line),
    }
}

/// A list that has no deployment of the daemon before: only the recorded deletion tells that there was one.
#[tokio::test(start_paused = true)]
async fn a_deletion_that_only_cloudtrail_shows_proves_that_a_daemon_was_made_anew() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    world.delete(&made).await;
    world.settle();
    let refreshed = world
        .make_wanted("agent", &json!({"enable_execute_command": true}))
        .await;
    let text = in_cluster("agent", "  enable_execute_command = false\n");
    world.configuration = Some(configuration(&text, ""));
    let own = refreshed.state["deployment_arn"].clone();
    world.tamper = Some(Arc::new(move |operation: &str, answer: &mut Json| {
        if operation == "ListDaemonDeployments" {
            let deployments = answer["daemonDeployments"].as_array_mut().unwrap();
            deployments.retain(|deployment| deployment["daemonDeploymentArn"] == own);
        }
    }));
    let documents = [state("ecs_daemon", &[&refreshed.state])];
    let report = world.scan_documents(&documents).await;
    insta::assert_snapshot!(lines(&report), @"pending-change [certain note] enable_execute_command false -> true: The next apply is about to change `enable_execute_command`: what the configuration has was never live.");
    assert_eq!(
        code(&report, ExitPolicy::default()),
        0,
        "a new value of the configuration looks the same"
    );
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let report = world.scan_with(&trail, &documents).await;
    insta::assert_snapshot!(lines(&report), @"absorbed [likely warning] enable_execute_command false -> true: `enable_execute_command` differs since the daemon was deleted and created again: a refresh took the new daemon over, or the configuration was changed since.");
    assert_eq!(code(&report, ExitPolicy::default()), 2);
    let told: Vec<String> = evidence(&report, "absorbed").lines().map(without_id).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
configuration ecs_daemon.agent: The configuration has `false` at line 4 of main.tf.
@time: arn:aws:iam::123456789012:user/emulator called DeleteDaemon at 2026-01-01T00:00:01Z with daemonArn.
@time: arn:aws:iam::123456789012:user/emulator called CreateDaemon at 2026-01-01T00:00:02Z with capacityProviderArns, clusterArn, critical, daemonName, daemonTaskDefinitionArn, deploymentConfiguration.alarms.alarmNames, deploymentConfiguration.alarms.enable, deploymentConfiguration.bakeTimeInMinutes, deploymentConfiguration.drainPercent, enableECSManagedTags, enableExecuteCommand, propagateTags.
"#);
}

/// What the earlier daemon had is not the past of the new one, so that "never live" would be untrue.
#[tokio::test(start_paused = true)]
async fn a_daemon_made_anew_is_not_pending_after_a_refresh() {
    let planted = plants::absent(
        "deleted and created with other settings, and a refresh took that into the state, beside the configuration",
        &Knobs::default(),
    )
    .await;
    let report = planted.scan().await;
    insta::assert_snapshot!(lines(&report), @"absorbed [possible warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.");
    assert_eq!(code(&report, ExitPolicy::default()), 2);
    let mut after = planted.made.state.clone();
    merge(&mut after, &json!({"enable_execute_command": true}));
    let documents = [plan(&planted.made.state, &after, &json!({}))];
    let report = planted.world.scan_documents(&documents).await;
    insta::assert_snapshot!(lines(&report), @"changed-outside [possible warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.");
    let trail = CloudTrail::new(&planted.world, Arc::clone(&planted.world.options.counters));
    let report = planted.world.scan_with(&trail, &planted.documents).await;
    insta::assert_snapshot!(lines(&report), @"absorbed [recorded warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.");
    let told: Vec<String> = evidence(&report, "absorbed").lines().map(without_id).collect();
    insta::assert_snapshot!(told.join("\n"), @r#"
configuration ecs_daemon.agent: The configuration has `true` at line 4 of main.tf.
ListDaemonDeployments daemon/prod/agent: The one deployment since 2026-01-01T00:19:10.323999881Z did not have it.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: This deployment is older than the daemon: it was of an earlier one of the same name.
@time: arn:aws:iam::123456789012:user/emulator called DeleteDaemon at 2026-01-01T00:17:22Z with daemonArn.
@time: arn:aws:iam::123456789012:user/emulator called CreateDaemon at 2026-01-01T00:19:10Z with capacityProviderArns, clusterArn, daemonName, daemonTaskDefinitionArn.
"#);
}
