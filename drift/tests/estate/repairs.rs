//! Every printed call is made, and what it changed is looked at: what the findings say, and nothing else.

use std::{collections::BTreeMap, process::Command};

use aws_sdk_ecs::types::DaemonDeploymentConfiguration;
use ecs_drift::{
    explain::Ignored,
    report::{Kind, Report},
};
use ecs_emulator::knobs::Knobs;
use serde_json::{Value as Json, json};

use crate::{
    plants::{self, Planted},
    support::{Made, REGION, World, deployment, hashicorp, merge, state},
};

/// The request of the first printed call of `UpdateDaemon`; all of a daemon must be the same.
fn printed(report: &Report) -> Option<Json> {
    let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
    let mut calls = commands.filter_map(|command| command.text.split_once("aws ecs update-daemon "));
    let (_, first) = calls.next()?;
    assert!(
        calls.all(|(_, other)| other == first),
        "findings of one daemon have one repair"
    );
    let words = words(&format!("aws ecs update-daemon {first}"));
    let [ecs, operation, region_flag, region, json_flag, request] = words.as_slice() else {
        panic!("{words:?}");
    };
    // With `=` in one of them, aws would ask for the arguments that the JSON has.
    let flags = [ecs, operation, region_flag, region, json_flag].map(String::as_str);
    assert_eq!(flags, ["ecs", "update-daemon", "--region", REGION, "--cli-input-json"]);
    Some(serde_json::from_str(request).unwrap())
}

/// The arguments that a shell gives to `aws` for a printed line.
pub(crate) fn words(line: &str) -> Vec<String> {
    let script = format!("aws() {{ printf '%s\\0' \"$@\"; }}\n{line}");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{line}: {output:?}"
    );
    let words = String::from_utf8(output.stdout).unwrap();
    words.split_terminator('\0').map(str::to_owned).collect()
}

/// Makes the call that the request is.
async fn paste(world: &World, request: &Json) {
    let text = |member: &str| request[member].as_str().unwrap().to_owned();
    let names = |value: &Json| -> Vec<String> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let block = &request["deploymentConfiguration"];
    let alarms = names(&block["alarms"]["alarmNames"]);
    let alarms: Vec<&str> = alarms.iter().map(String::as_str).collect();
    let configuration: DaemonDeploymentConfiguration = deployment(
        block["drainPercent"].as_f64().unwrap(),
        i32::try_from(block["bakeTimeInMinutes"].as_i64().unwrap()).unwrap(),
        &alarms,
        block["alarms"]["enable"].as_bool().unwrap(),
    );
    let call = world
        .other
        .update_daemon()
        .daemon_arn(text("daemonArn"))
        .daemon_task_definition_arn(text("daemonTaskDefinitionArn"))
        .set_capacity_provider_arns(Some(names(&request["capacityProviderArns"])))
        .critical(request["critical"].as_bool().unwrap())
        .enable_ecs_managed_tags(request["enableECSManagedTags"].as_bool().unwrap())
        .enable_execute_command(request["enableExecuteCommand"].as_bool().unwrap())
        .propagate_tags(text("propagateTags").as_str().into())
        .deployment_configuration(configuration);
    call.send().await.unwrap();
    world.settle();
}

/// All settings that are live, as ECS answers them and not as the code under test reads them.
async fn live(world: &World, made: &Made) -> BTreeMap<&'static str, Json> {
    let daemon = world
        .other
        .describe_daemon()
        .daemon_arn(&made.arn)
        .send()
        .await
        .unwrap();
    let daemon = daemon.daemon.unwrap();
    let deployments = world.other.describe_daemon_deployments();
    let deployments = deployments.daemon_deployment_arns(daemon.deployment_arn.unwrap());
    let deployment = deployments.send().await.unwrap().daemon_deployments.unwrap().remove(0);
    // After a rollback it is not the target that runs.
    let current = daemon.current_revisions.unwrap().remove(0);
    let target = deployment.target_daemon_revision.unwrap();
    let revisions = world
        .other
        .describe_daemon_revisions()
        .daemon_revision_arns(current.arn.unwrap());
    let revision = revisions.send().await.unwrap().daemon_revisions.unwrap().remove(0);
    let configuration = deployment.deployment_configuration.unwrap();
    let alarms = configuration.alarms.unwrap();
    let mut providers: Vec<String> = target
        .capacity_providers
        .unwrap()
        .into_iter()
        .filter_map(|one| one.arn)
        .collect();
    providers.sort();
    BTreeMap::from([
        ("daemon_task_definition_arn", json!(revision.daemon_task_definition_arn)),
        ("capacity_provider_arns", json!(providers)),
        ("critical", json!(revision.critical)),
        ("enable_ecs_managed_tags", json!(revision.enable_ecs_managed_tags)),
        ("enable_execute_command", json!(revision.enable_execute_command)),
        (
            "propagate_tags",
            json!(revision.propagate_tags.map(|value| value.as_str().to_owned())),
        ),
        (
            "deployment_configuration.drain_percent",
            json!(configuration.drain_percent),
        ),
        (
            "deployment_configuration.bake_time_in_minutes",
            json!(configuration.bake_time_in_minutes),
        ),
        ("deployment_configuration.alarms.alarm_names", json!(alarms.alarm_names)),
        ("deployment_configuration.alarms.enable", json!(alarms.enable)),
    ])
}

/// Pastes what is printed, and expects exactly these settings to change; none if nothing is to be printed.
async fn check(name: &str, planted: &Planted, changed: Option<&[&str]>) {
    let Planted { world, made, .. } = planted;
    let report = planted.scan().await;
    let before = live(world, made).await;
    let Some(request) = printed(&report) else {
        assert_eq!(changed, None, "{name}: nothing was printed\n{report:#?}");
        return;
    };
    paste(world, &request).await;
    let after = live(world, made).await;
    let really: Vec<&str> = after
        .iter()
        .filter(|(key, value)| before[*key] != **value)
        .map(|(key, _)| *key)
        .collect();
    assert_eq!(Some(really.as_slice()), changed, "{name}: {request}");
    let again = planted.scan().await;
    let left = again
        .findings
        .iter()
        .filter(|finding| finding.kind == Kind::Difference && finding.suppression.is_none());
    let left: Vec<&str> = left
        .filter_map(|finding| finding.setting.as_deref())
        .filter(|left| really.contains(left))
        .collect();
    assert!(left.is_empty(), "{name}: {left:?} still differ");
}

const DRAIN: &str = "deployment_configuration.drain_percent";
const BAKE: &str = "deployment_configuration.bake_time_in_minutes";
const NAMES: &str = "deployment_configuration.alarms.alarm_names";
const ENABLE: &str = "deployment_configuration.alarms.enable";

#[tokio::test(start_paused = true)]
async fn a_pasted_call_changes_what_the_findings_name_and_nothing_else() {
    let every = [
        "critical",
        NAMES,
        ENABLE,
        BAKE,
        DRAIN,
        "enable_ecs_managed_tags",
        "enable_execute_command",
        "propagate_tags",
    ];
    let plants: [(&str, Option<&[&str]>); 9] = [
        ("a minimal update", Some(&every)),
        ("a minimal update, on no record but the latest", Some(&every)),
        ("a minimal update of one setting", Some(&["enable_execute_command"])),
        ("one setting back at its default, others kept", Some(&["critical"])),
        ("another value", Some(&["enable_execute_command"])),
        ("a provider without instances", Some(&["capacity_provider_arns"])),
        ("a newer revision", Some(&["daemon_task_definition_arn"])),
        ("another family", Some(&["daemon_task_definition_arn"])),
        // A revision that a rollback took back would fail again.
        ("a rollout of ours that failed", None),
    ];
    for (plant, changed) in plants {
        check(plant, &plants::cause(plant, &Knobs::default()).await, changed).await;
    }
}

/// A baseline of a daemon far from its defaults, whose task definition is compared by a rule.
async fn baseline(rule: &str) -> Planted {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let settings = json!({
        "daemon_task_definition_arn": made.state["daemon_task_definition_arn"],
        "capacity_provider_arns": made.state["capacity_provider_arns"],
        "critical": false, "enable_ecs_managed_tags": true, "enable_execute_command": true, "propagate_tags": "DAEMON",
        "deployment_configuration": {"drain_percent": 50.0, "bake_time_in_minutes": 5,
            "alarms": {"alarm_names": ["high", "low"], "enable": true}},
    });
    let document = json!({
        "schema_version": "1.0", "recorded_at": "2026-01-01T00:00:00Z", "tool_version": "0.1.0",
        "daemon": [{"arn": made.arn, "account": "123456789012", "region": REGION,
                    "task_definition": rule, "settings": settings}],
    });
    Planted {
        world,
        documents: vec![document],
        made,
    }
}

#[tokio::test(start_paused = true)]
async fn a_revision_that_a_baseline_does_not_compare_stays() {
    for (rule, changed) in [
        ("family", &["enable_execute_command"][..]),
        ("ignore", &["enable_execute_command"]),
        ("exact", &["daemon_task_definition_arn", "enable_execute_command"]),
    ] {
        let planted = baseline(rule).await;
        let newer = planted.world.define("agent").await;
        let change = |update: aws_sdk_ecs::operation::update_daemon::builders::UpdateDaemonInputBuilder| {
            update.daemon_task_definition_arn(newer).enable_execute_command(false)
        };
        planted.world.update(&planted.made, change).await;
        planted.world.settle();
        check(rule, &planted, Some(changed)).await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_import_left_out_stays_and_one_setting_that_differs_is_sent() {
    let world = World::new(0).await;
    let mut made = world.make_special("agent").await;
    merge(
        &mut made.state,
        &json!({"propagate_tags": null, "enable_ecs_managed_tags": null, "deployment_configuration": [],
                "enable_execute_command": false}),
    );
    let documents = vec![hashicorp(&made)];
    let planted = Planted { world, documents, made };
    check("an import", &planted, Some(&["enable_execute_command"])).await;
    let report = planted.scan().await;
    for finding in report
        .findings
        .iter()
        .filter(|finding| finding.kind == Kind::Difference)
    {
        let calls = finding
            .next_step
            .commands
            .iter()
            .filter(|command| command.text.contains("update-daemon"));
        assert_eq!(calls.count(), 0, "{finding:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_setting_that_a_rule_ignores_stays() {
    let mut planted = plants::cause("a minimal update", &Knobs::default()).await;
    let is_ignored = |finding: &ecs_drift::report::Finding| finding.setting.as_deref() == Some("critical");
    planted.world.options.explain.ignored = Ignored::new(is_ignored);
    let rest = [
        NAMES,
        ENABLE,
        BAKE,
        DRAIN,
        "enable_ecs_managed_tags",
        "enable_execute_command",
        "propagate_tags",
    ];
    check("a rule", &planted, Some(&rest)).await;
}

#[tokio::test(start_paused = true)]
async fn after_a_rollback_only_what_did_not_fail_is_sent() {
    let planted = plants::cause("a rollout of ours that failed", &Knobs::default()).await;
    let mut state_of = planted.made.state.clone();
    merge(&mut state_of, &json!({"enable_execute_command": true}));
    let documents = vec![state("ecs_daemon", &[&state_of])];
    let planted = Planted { documents, ..planted };
    check("a rollback", &planted, Some(&["enable_execute_command"])).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_would_reset_what_nobody_knows_is_not_printed() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    world.update(&made, |update| update.enable_execute_command(true)).await;
    world.settle();
    world.fault(&json!({"operation": "DescribeDaemonDeployments", "count": null, "effect": "extra_members"}));
    let documents = vec![state("ecs_daemon", &[&made.state])];
    check("an unknown setting", &Planted { world, documents, made }, None).await;
}

#[tokio::test(start_paused = true)]
async fn commands_name_the_tool_of_the_source_and_only_what_it_sees() {
    let planted = plants::cause("another value", &Knobs::default()).await;
    let commands = |report: &Report| -> Vec<String> {
        let commands = report.findings.iter().flat_map(|finding| &finding.next_step.commands);
        commands
            .map(|command| command.text.split(" -").next().unwrap().to_owned())
            .collect()
    };
    let of_registry = |mut document: Json, registry: &str| {
        document["values"]["root_module"]["resources"][0]["provider_name"] = format!("{registry}/x/y").into();
        document
    };
    let ours = planted.documents[0].clone();
    for (registry, tool) in [
        ("registry.terraform.io", "terraform"),
        ("registry.opentofu.org", "tofu"),
    ] {
        let report = planted
            .world
            .scan_documents(&[of_registry(ours.clone(), registry)])
            .await;
        assert_eq!(commands(&report), [&format!("{tool} apply"), "aws ecs update-daemon"]);
    }
    // Its provider does not read the setting back, so its plan is empty.
    let report = planted.world.scan_documents(&[hashicorp(&planted.made)]).await;
    assert_eq!(commands(&report), ["aws ecs update-daemon"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_call_costs_is_said() {
    let world = World::new(7).await;
    let made = world.make_special("agent").await;
    world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    let text = &report.findings[0].next_step.text;
    assert!(
        text.ends_with("It drains and replaces 7 instances, up to 4 at a time."),
        "{text}"
    );
}
