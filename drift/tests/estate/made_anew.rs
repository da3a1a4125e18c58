//! Daemons that somebody deleted and created again, after a refresh that took the new one into the state.

use std::{sync::Arc, time::Duration};

use ecs_drift::{
    report::{ExitPolicy, code},
    scan::CloudTrail,
};
use ecs_emulator::knobs::Knobs;
use serde_json::{Value as Json, json};

use crate::{
    configured::{configuration, in_cluster, in_main},
    plants,
    support::{World, evidence, lines, merge, plan, special, state},
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
    insta::assert_snapshot!(lines(&report), @"absorbed [likely warning] enable_execute_command false -> true: `enable_execute_command` differs, and the daemon was deleted and created again; what it had before is not on record: a refresh took the new daemon over, or the configuration was changed since.");
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
ListDaemonDeployments daemon/prod/agent: The one deployment since 2026-01-01T00:19:10.324Z did not have it.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: This deployment is older than the daemon: it was of an earlier one of the same name, and had the wanted value.
@time: arn:aws:iam::123456789012:user/emulator called DeleteDaemon at 2026-01-01T00:17:22Z with daemonArn.
@time: arn:aws:iam::123456789012:user/emulator called CreateDaemon at 2026-01-01T00:19:10Z with capacityProviderArns, clusterArn, daemonName, daemonTaskDefinitionArn.
"#);
}

/// A daemon that was deleted, created with another drain percentage and without `ECS Exec`, and whose drain percentage a later call
/// changed again: the world, what the first one had, and what is live.
async fn changed_after_creation() -> (World, Json, Json) {
    let with_drain = |percent: u32| {
        let mut settings = special();
        settings["deployment_configuration"][0]["drain_percent"] = json!(percent);
        settings
    };
    let world = World::new(0).await;
    let first = world.make_wanted("agent", &with_drain(35)).await;
    world.emulator.advance(Duration::from_mins(10));
    world.delete(&first).await;
    world.settle();
    let mut created = with_drain(30);
    created["enable_execute_command"] = json!(false);
    let mut second = world.make_wanted("agent", &created).await;
    world.emulator.advance(Duration::from_mins(10));
    second.state["deployment_configuration"][0]["drain_percent"] = json!(70);
    second.state["deployment_arn"] = json!(world.update(&second, |update| update).await);
    world.settle();
    (world, first.state, second.state)
}

/// What is said of two settings, each with its evidence of calls.
async fn with_callers(world: &World, document: Json) -> String {
    let trail = CloudTrail::new(world, Arc::clone(&world.options.counters));
    let report = world.scan_with(&trail, &[document]).await;
    let told = report.findings.iter().filter(|finding| finding.setting.is_some());
    let told = told.map(|finding| {
        let calls = finding.evidence.iter().filter(|fact| fact.from == "CloudTrail");
        let calls: Vec<&str> = calls
            .map(|fact| fact.text.split(" called ").nth(1).unwrap_or_default())
            .map(|call| call.split(' ').next().unwrap_or_default())
            .collect();
        let confidence = serde_json::to_value(finding.confidence).unwrap();
        format!(
            "{} {} [{}] by {}: {}",
            finding.cause.id(),
            finding.setting.as_deref().unwrap_or_default(),
            confidence.as_str().unwrap_or_default(),
            calls.join(" and "),
            finding.message
        )
    });
    told.collect::<Vec<_>>().join("\n")
}

/// The creation is the cause of what it brought, and of nothing that a call changed afterwards.
#[tokio::test(start_paused = true)]
async fn a_call_after_a_creation_is_the_cause_of_what_it_brought() {
    let (world, first, _) = changed_after_creation().await;
    let report = world.scan_documents(&[state("ecs_daemon", &[&first])]).await;
    insta::assert_snapshot!(lines(&report), @r#"
recreated [certain warning]: The daemon was deleted and created again.
changed-outside [likely warning] deployment_configuration.drain_percent 35 -> 70: `deployment_configuration.drain_percent` was set to `70` by a call outside of the source.
changed-outside [certain warning] enable_execute_command true -> false: `enable_execute_command` is `false` since the daemon was created again, outside of the source.
"#);
    let since = |setting: &str| {
        let of = |finding: &&ecs_drift::report::Finding| finding.setting.as_deref() == Some(setting);
        report
            .findings
            .iter()
            .find(of)
            .and_then(|finding| finding.since)
            .unwrap()
    };
    let latest = report.groups.iter().find_map(|group| group.created_at);
    assert_eq!(Some(since("deployment_configuration.drain_percent")), latest);
    assert!(since("enable_execute_command") < since("deployment_configuration.drain_percent"));
    insta::assert_snapshot!(with_callers(&world, state("ecs_daemon", &[&first])).await, @r#"
changed-outside deployment_configuration.drain_percent [recorded] by UpdateDaemon: A call of arn:aws:iam::123456789012:user/emulator set `deployment_configuration.drain_percent` to `70`.
changed-outside enable_execute_command [recorded] by DeleteDaemon and CreateDaemon: `enable_execute_command` is `false` since the daemon was created again, outside of the source.
"#);
}

#[tokio::test(start_paused = true)]
async fn a_call_after_a_creation_is_told_where_a_refresh_took_its_value_over() {
    let (mut world, first, live) = changed_after_creation().await;
    let mut wanted = live.clone();
    for name in ["deployment_configuration", "enable_execute_command"] {
        wanted[name] = first[name].clone();
    }
    insta::assert_snapshot!(with_callers(&world, plan(&live, &wanted, &json!({}))).await, @r#"
changed-outside deployment_configuration.drain_percent [possible] by UpdateDaemon: A call of arn:aws:iam::123456789012:user/emulator set `deployment_configuration.drain_percent` to `70`. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
changed-outside enable_execute_command [recorded] by DeleteDaemon and CreateDaemon: `enable_execute_command` is `false` since the daemon was created again. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
"#);
    // No deployment ever had these values, neither of this daemon nor of the earlier one.
    let mut new = live.clone();
    new["deployment_configuration"][0]["drain_percent"] = json!(60);
    new["critical"] = json!(true);
    insta::assert_snapshot!(with_callers(&world, plan(&live, &new, &json!({}))).await, @r#"
pending-change critical [certain] by : The plan is about to change `critical`.
pending-change deployment_configuration.drain_percent [certain] by : The plan is about to change `deployment_configuration.drain_percent`.
"#);
    let text = in_cluster(
        "agent",
        "  critical = false\n  enable_ecs_managed_tags = true\n  enable_execute_command = true\n  propagate_tags = \"DAEMON\"\n\
         deployment_configuration {\n    drain_percent = 35\n    bake_time_in_minutes = 5\n\
         alarms {\n      alarm_names = [\"high\", \"low\"]\n      enable = true\n    }\n  }\n",
    );
    world.configuration = Some(configuration(&text, ""));
    insta::assert_snapshot!(with_callers(&world, state("ecs_daemon", &[&live])).await, @r#"
absorbed deployment_configuration.drain_percent [possible] by UpdateDaemon: A call of arn:aws:iam::123456789012:user/emulator set `deployment_configuration.drain_percent` to `70`. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
absorbed enable_execute_command [recorded] by DeleteDaemon and CreateDaemon: `enable_execute_command` is `false` since the daemon was created again. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.
"#);
}
