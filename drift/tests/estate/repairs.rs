//! Every printed call is made, and what it changed is looked at: what the findings say, and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
    sync::{Arc, Mutex},
};

use aws_sdk_ecs::{Client, operation::update_daemon::builders::UpdateDaemonInputBuilder};
use ecs_drift::{
    explain::Ignored,
    render::{self, Format},
    report::{Kind, Report},
    setting::{Setting, Settings},
    source::baseline::BaselineSettings,
};
use ecs_emulator::knobs::Knobs;
use serde_json::{Value as Json, json};

use crate::{
    plants::{self, Planted},
    support::{Made, REGION, World, hashicorp, lines, merge, settings_in, short, state},
};

/// The request of the first printed call of `UpdateDaemon`; all of a daemon must be the same.
pub(crate) fn printed(report: &Report) -> Option<Json> {
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

/// Makes the call that the request is, and looks whether nothing else arrived.
pub(crate) async fn paste(world: &World, request: &Json) {
    let daemon = request["daemonArn"].as_str().unwrap();
    let call = Settings::from_members(request).unwrap().update_request(daemon);
    call.send_with(&world.other).await.unwrap();
    let sent = world.emulator.journal().into_iter().rev();
    let mut sent = sent.filter(|entry| entry["operation"] == "UpdateDaemon");
    let sent = sent.next().unwrap();
    for setting in Setting::ALL {
        let datum = |request: &Json| setting.parse(setting.in_request(request).unwrap()).unwrap();
        assert_eq!(datum(&sent["request"]), datum(request), "{}", setting.name());
    }
    let members = |request: &Json| request.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(members(&sent["request"]), members(request));
    world.settle();
}

/// All settings that are live, as ECS answers them and not as the code under test reads them.
pub(crate) async fn live(world: &World, made: &Made) -> BTreeMap<String, Json> {
    let answers = Arc::new(Mutex::new(BTreeMap::new()));
    let told = Arc::clone(&answers);
    let note = move |operation: &str, answer: &mut Json| {
        told.lock().unwrap().insert(operation.to_owned(), answer.clone());
    };
    let client = Client::new(&world.emulator.sdk_config_tampered("AKIAOTHER", REGION, note));
    let answer = |operation: &str, member: &str| answers.lock().unwrap()[operation][member].clone();
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    client.describe_daemon().daemon_arn(&made.arn).send().await.unwrap();
    let daemon = answer("DescribeDaemon", "daemon");
    let deployments = client.describe_daemon_deployments();
    let deployments = deployments.daemon_deployment_arns(text(&daemon["deploymentArn"]));
    deployments.send().await.unwrap();
    // After a rollback it is not the target that runs.
    let revisions = client.describe_daemon_revisions();
    let revisions = revisions.daemon_revision_arns(text(&daemon["currentRevisions"][0]["arn"]));
    revisions.send().await.unwrap();
    let deployment = &answer("DescribeDaemonDeployments", "daemonDeployments")[0];
    let revision = &answer("DescribeDaemonRevisions", "daemonRevisions")[0];
    let providers = deployment["targetDaemonRevision"]["capacityProviders"]
        .as_array()
        .unwrap();
    let mut providers: Vec<String> = providers.iter().map(|provider| text(&provider["arn"])).collect();
    providers.sort();
    let value = |setting: Setting| {
        let mut told = [deployment, revision]
            .into_iter()
            .filter_map(|record| setting.in_request(record));
        match setting {
            Setting::CapacityProviders => json!(providers),
            _ => told
                .next()
                .unwrap_or_else(|| panic!("ECS does not tell {}", setting.name()))
                .clone(),
        }
    };
    Setting::ALL
        .into_iter()
        .map(|setting| (setting.name(), value(setting)))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_daemon_with_two_causes_has_one_command() {
    let world = World::new(3).await;
    let made = world.make_special("agent").await;
    world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    let update = |update: UpdateDaemonInputBuilder| update.enable_execute_command(false).critical(true);
    world.update(&made, update).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    assert_eq!(report.groups.len(), 2, "{}", lines(&report));
    for (format, verbose) in [(Format::Text, false), (Format::Text, true), (Format::Markdown, false)] {
        let options = render::Options {
            verbose,
            ..render::Options::default()
        };
        let text = render::render(format, &report, &options).to_string();
        for (command, times) in [
            ("terraform apply ", 1),
            ("aws ecs update-daemon ", usize::from(verbose)),
        ] {
            assert_eq!(text.matches(command).count(), times, "{text}");
        }
        let given = text.matches("The command for this is above; once is enough.").count();
        assert_eq!(given, 1, "{text}");
    }
}

/// The whole text about a deployment that changed several settings: a fact about some of them says which, and the call for the
/// AWS CLI says what to do without one that is new enough.
#[tokio::test(start_paused = true)]
async fn a_deployment_that_changed_several_settings_is_told_whole() {
    let world = World::new(3).await;
    let made = world.make_special("agent").await;
    let update = |update: UpdateDaemonInputBuilder| update.enable_execute_command(false).critical(true);
    world.update(&made, update).await;
    world.settle();
    let report = world.scan(&[&made]).await;
    let options = render::Options {
        verbose: true,
        ..render::Options::default()
    };
    let text = render::render(Format::Text, &report, &options).to_string();
    insta::assert_snapshot!(short(&text));
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
        .map(|(key, _)| key.as_str())
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

#[tokio::test(start_paused = true)]
async fn a_pasted_call_changes_what_the_findings_name_and_nothing_else() {
    let every = optional();
    let every: Vec<&str> = every.iter().map(String::as_str).collect();
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

/// All settings as a baseline records them.
pub(crate) fn recorded(settings: &Settings) -> BaselineSettings {
    let all = Setting::ALL.into_iter();
    BaselineSettings(all.map(|setting| (setting, setting.read(settings))).collect())
}

/// Names of the settings that a call may leave out, sorted.
fn optional() -> Vec<String> {
    let optional = Setting::ALL.into_iter().filter(|setting| !setting.is_required());
    let mut names: Vec<String> = optional.map(Setting::name).collect();
    names.sort();
    names
}

/// A baseline of a daemon far from its defaults, whose task definition is compared by a rule.
async fn baseline(rule: &str) -> Planted {
    let world = World::new(0).await;
    let made = world.make_special("agent").await;
    let document = json!({
        "schema_version": "1.0", "recorded_at": "2026-01-01T00:00:00Z", "tool_version": "0.1.0",
        "daemon": [{"arn": made.arn, "account": "123456789012", "region": REGION,
                    "task_definition": rule, "settings": recorded(&settings_in(&made.state))}],
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
    let planted = ignoring("critical").await;
    let rest = optional();
    let rest: Vec<&str> = rest
        .iter()
        .map(String::as_str)
        .filter(|name| *name != "critical")
        .collect();
    check("a rule", &planted, Some(&rest)).await;
    // An apply would change what the rule ignores.
    let planted = ignoring("critical").await;
    let report = planted.scan().await;
    let of_call = report
        .findings
        .iter()
        .filter(|finding| finding.setting.as_deref() != Some("critical"));
    for finding in of_call {
        let commands: Vec<&str> = finding
            .next_step
            .commands
            .iter()
            .map(|command| command.text.as_str())
            .collect();
        assert!(
            !commands.iter().any(|command| command.contains(" apply ")),
            "{commands:?}"
        );
        assert!(
            finding.next_step.text.starts_with(
                "Send all settings in one call. An apply would also change `critical`, which the call leaves as live. "
            ),
            "{}",
            finding.next_step.text
        );
    }
}

/// A minimal update of a daemon of which a rule ignores a setting.
async fn ignoring(setting: &'static str) -> Planted {
    let mut planted = plants::cause("a minimal update", &Knobs::default()).await;
    let is_ignored = move |finding: &ecs_drift::report::Finding| finding.setting.as_deref() == Some(setting);
    planted.world.options.explain.ignored = Ignored::new(is_ignored);
    planted
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
