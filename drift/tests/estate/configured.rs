//! The configuration beside a state: what a refresh took into the state, what was never applied, what Terraform is told to
//! leave alone, and what cannot be evaluated.

use std::{fs, sync::Arc};

use ecs_drift::{
    report::{Cause, ExitPolicy, Report, Severity, code},
    scan::CloudTrail,
    source::configuration::{Configuration, Given},
};
use serde_json::{Value as Json, json};

use crate::support::{Made, World, arn, evidence, lines, merge, plan, state};

/// Settings of a daemon of which none is at its default, but for those that a case writes itself.
const SPECIAL: &str = r#"
  name                    = "agent"
  critical                = false
  enable_ecs_managed_tags = true
  propagate_tags          = "DAEMON"
"#;
const BLOCK: &str = r"
  deployment_configuration {
    drain_percent        = var.drain
    bake_time_in_minutes = 5
    alarms {
      alarm_names = local.alarms
      enable      = true
    }
  }
";
const NAMES: &str = r#"
variable "drain" { default = 50 }
variable "commands" { type = bool }
locals {
  alarms = ["low", local.high]
  high   = "high"
}
"#;

/// A configuration of one file and what is given to it.
pub(crate) fn configuration(text: &str, variables: &str) -> Configuration {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.tf"), text).unwrap();
    fs::write(folder.path().join("terraform.tfvars"), variables).unwrap();
    let configuration = Configuration::read(folder.path(), &Given::default()).unwrap();
    assert_eq!(configuration.warnings, []);
    configuration
}

pub(crate) fn resource(more: &str) -> String {
    format!("{NAMES}\nresource \"ecs_daemon\" \"agent\" {{{SPECIAL}{BLOCK}{more}}}\n")
}

/// A daemon that somebody changed, and the state after a refresh that took the change over.
pub(crate) async fn absorbed(world: &World) -> (Made, Made) {
    let made = world.make_special("agent").await;
    let latest = world.update(&made, |update| update.enable_execute_command(false)).await;
    world.settle();
    let mut refreshed = made.clone();
    merge(
        &mut refreshed.state,
        &json!({"enable_execute_command": false, "deployment_arn": latest}),
    );
    (made, refreshed)
}

/// The warning about what was not evaluated, without the folder of the case.
pub(crate) fn gaps(report: &Report) -> String {
    let warnings: Vec<&str> = report.warnings.iter().map(|warning| warning.detail.as_str()).collect();
    in_main(&warnings.join("\n"))
}

/// A text without the folder of the case.
pub(crate) fn in_main(text: &str) -> String {
    let short = |word: &str| {
        let path = word.trim_start_matches('`');
        let (quote, name) = (word.strip_suffix(path)?, path.strip_prefix('/')?.rsplit('/').next()?);
        Some(format!("{quote}{name}"))
    };
    let words = text
        .split(' ')
        .map(|word| short(word).unwrap_or_else(|| word.to_owned()));
    words.collect::<Vec<_>>().join(" ")
}

#[tokio::test(start_paused = true)]
async fn a_change_that_a_refresh_took_into_the_state_is_absorbed() {
    let mut world = World::new(0).await;
    let (_, refreshed) = absorbed(&world).await;
    assert_eq!(
        lines(&world.scan(&[&refreshed]).await),
        "",
        "a state alone does not show it"
    );
    world.configuration = Some(configuration(
        &resource("enable_execute_command = var.commands\n"),
        "commands = true\n",
    ));
    let report = world.scan(&[&refreshed]).await;
    insta::assert_snapshot!(lines(&report), @"absorbed [possible warning] enable_execute_command true -> false: `enable_execute_command` was set to its default by a call that kept critical, deploymentConfiguration, enableECSManagedTags, propagateTags. The state has it, too: a refresh took the change over, or the configuration goes back to an earlier value.");
    insta::assert_snapshot!(evidence(&report, "absorbed").lines().skip(1).collect::<Vec<_>>().join("\n"), @r#"
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `false`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `true`.
"#);
    let command = &report.findings[0].next_step.commands;
    assert!(
        command
            .iter()
            .any(|command| command.text.contains("\"enableExecuteCommand\":true")),
        "{command:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_value_of_the_configuration_that_was_never_live_is_pending() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    let text = resource("enable_execute_command = true\n");
    world.configuration = Some(configuration(&text, "commands = true\n"));
    assert_eq!(lines(&world.scan(&[&made]).await), "");
    world.configuration = Some(configuration(&text, "drain = 75\n"));
    insta::assert_snapshot!(lines(&world.scan(&[&made]).await), @"pending-change [certain note] deployment_configuration.drain_percent 75 -> 50: The next apply is about to change `deployment_configuration.drain_percent`: what the configuration has was never live.");
}

#[tokio::test(start_paused = true)]
async fn the_configuration_decides_nothing_where_state_and_live_differ_unless_it_wants_what_is_live() {
    let mut world = World::new(0).await;
    let (made, _) = absorbed(&world).await;
    let scan = async |world: &World| lines(&world.scan(&[&made]).await);
    let alone = scan(&world).await;
    assert!(alone.starts_with("changed-outside"), "{alone}");
    world.configuration = Some(configuration(&resource("enable_execute_command = true\n"), ""));
    assert_eq!(scan(&world).await, alone);
    world.configuration = Some(configuration(&resource("enable_execute_command = false\n"), ""));
    assert_eq!(scan(&world).await, "", "as a plan would have it");
}

/// A daemon in the cluster of the tests, named as its block.
pub(crate) fn in_cluster(name: &str, more: &str) -> String {
    format!(
        "resource \"ecs_daemon\" \"{name}\" {{\n  name = \"{name}\"\n  cluster_arn = \"{}\"\n{more}}}\n",
        arn("cluster/prod")
    )
}

/// A refresh after a deletion outside leaves nothing of the daemon in the state, and a plan only creates it.
#[tokio::test(start_paused = true)]
async fn a_daemon_that_only_the_configuration_has_is_looked_for() {
    let mut world = World::new(0).await;
    let (made, gone) = (world.make_special("agent").await, world.make("gone").await);
    world.make("there").await;
    world.make("other").await;
    world.delete(&gone).await;
    world.settle();
    let text = [
        &resource("enable_execute_command = true\n"),
        &in_cluster("gone", ""),
        &in_cluster("there", "").replace(
            "name = \"there\"",
            "name = each.key\n  for_each = toset([\"there\", \"never\"])",
        ),
        "resource \"ecs_daemon\" \"homeless\" {\n  name = \"x\"\n  cluster_arn = aws_ecs_cluster.prod.arn\n}\n",
        "resource \"ecs_daemon\" \"unknown\" {\n  for_each = data.x.y.z\n}\n",
        "resource \"ecs_daemon\" \"off\" {\n  count = 0\n}\n",
    ];
    world.configuration = Some(configuration(&text.concat(), ""));
    world.options.unmanaged = true;
    let report = world.scan(&[&made]).await;
    insta::assert_snapshot!(lines(&report), @r#"
missing [certain warning]: The configuration has this daemon, and neither ECS nor an input has: it was never created, or it was deleted and a refresh took that into the state.
missing [certain warning]: The configuration has this daemon, and neither ECS nor an input has: it was never created, or it was deleted and a refresh took that into the state.
unmanaged [certain note]: No input names this daemon.
unmanaged [certain warning]: The configuration has this daemon, and ECS has it, but no input has: the next apply would try to create it again.
unreadable [certain error]: The configuration has this daemon and no input has it, and ECS could not be asked whether it is there.
unreadable [certain error]: Which daemons this part of the configuration has is not known, so that one which is missing would not be seen.
"#);
    assert_eq!(gaps(&report), "");
    assert_eq!(code(&report, ExitPolicy::default()), 2);
    let trail = CloudTrail::new(&world, Arc::clone(&world.options.counters));
    let report = world.scan_with(&trail, &[state("ecs_daemon", &[&made.state])]).await;
    let deleted: Vec<&str> = report
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.cause == Cause::Missing)
        .map(|finding| finding.message.as_str())
        .collect();
    assert_eq!(deleted, ["The daemon is not there: it was deleted."]);
}

/// The last daemon of a state may be the one that is gone, and a daemon of a capacity provider is in the default cluster.
#[tokio::test(start_paused = true)]
async fn a_state_without_a_daemon_hides_none_of_the_configuration() {
    let mut world = World::new(0).await;
    let providers = format!("capacity_provider_arns = [\"{}\"]\n", arn("capacity-provider/fleet"));
    let text = in_cluster("gone", "") + &format!("resource \"ecs_daemon\" \"b\" {{\n  name = \"b\"\n{providers}}}\n");
    world.configuration = Some(configuration(&text, ""));
    let report = world.scan(&[]).await;
    insta::assert_snapshot!(lines(&report), @r#"
cluster-missing [certain error]: The cluster of 1 daemon is not there.
missing [certain warning]: The configuration has this daemon, and neither ECS nor an input has: it was never created, or it was deleted and a refresh took that into the state.
"#);
    assert_eq!(code(&report, ExitPolicy::default()), 2);
}

/// Another state, or another address, may have the daemon; a baseline is of no configuration.
#[tokio::test(start_paused = true)]
async fn what_an_input_has_under_another_address_is_not_looked_for() {
    let mut world = World::new(0).await;
    let made = world.make("agent").await;
    world.configuration = Some(configuration(
        &in_cluster("agent", "").replace("\"ecs_daemon\" \"agent\"", "\"ecs_daemon\" \"new\""),
        "",
    ));
    assert_eq!(lines(&world.scan(&[&made]).await), "");
}

/// Terraform takes no target that leaves out where a resource comes from or goes to.
#[tokio::test(start_paused = true)]
async fn a_resource_that_is_to_be_moved_is_applied_with_both_addresses() {
    let mut world = World::new(0).await;
    let (made, _) = absorbed(&world).await;
    let text =
        resource("enable_execute_command = true\nfor_each = toset([\"k.1\"])\n").replace("\"agent\" {", "\"new\" {");
    let moved = "moved {\n  from = ecs_daemon.agent\n  to   = ecs_daemon.new[\"k.1\"]\n}\n";
    world.configuration = Some(configuration(&format!("{text}{moved}"), ""));
    let report = world.scan(&[&made]).await;
    let commands: Vec<&str> = report.findings[0]
        .next_step
        .commands
        .iter()
        .map(|command| command.text.as_str())
        .filter(|text| text.contains("-target"))
        .collect();
    assert_eq!(
        commands,
        ["terraform apply -target='ecs_daemon.agent' -target='ecs_daemon.new[\"k.1\"]'"]
    );
}

/// Whoever brought the live value is told as without the configuration, and the repair brings what it wants.
#[tokio::test(start_paused = true)]
async fn where_all_three_differ_the_configuration_is_wanted() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    for drain in [60.0, 70.0] {
        world
            .update(&made, |update| {
                update.deployment_configuration(crate::support::deployment(drain, 5, &["high", "low"], true))
            })
            .await;
        world.settle();
    }
    let mut found = Vec::new();
    for drain in ["50", "60", "65"] {
        let text = resource("enable_execute_command = true\n");
        world.configuration = Some(configuration(&text, &format!("drain = {drain}\n")));
        let report = world.scan(&[&made]).await;
        let [finding] = report.findings.as_slice() else {
            panic!("{}", lines(&report))
        };
        let sent = finding.next_step.commands.iter().find_map(|command| {
            let (_, sent) = command.text.split_once("\"drainPercent\":")?;
            sent.split('}').next().map(str::to_owned)
        });
        found.push(format!(
            "{drain}: {}\n{}\nsent: {sent:?}",
            lines(&report),
            evidence(&report, finding.cause.id())
        ));
    }
    insta::assert_snapshot!(in_main(&found.join("\n")), @r#"
50: changed-outside [likely warning] deployment_configuration.drain_percent 50 -> 70: `deployment_configuration.drain_percent` was set to `70` by a call outside of the source.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `60`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The setting was first changed from what is wanted by this deployment, to `60`.
sent: Some("50")
60: changed-outside [likely warning] deployment_configuration.drain_percent 60 -> 70: `deployment_configuration.drain_percent` was set to `70` by a call outside of the source.
configuration ecs_daemon.agent: The configuration has `60` at line 16 of main.tf, from `terraform.tfvars`.
source ecs_daemon.agent: The state has `50`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `60`.
sent: Some("60")
65: changed-outside [likely warning] deployment_configuration.drain_percent 65 -> 70: `deployment_configuration.drain_percent` was set to `70` by a call outside of the source.
configuration ecs_daemon.agent: The configuration has `65` at line 16 of main.tf, from `terraform.tfvars`.
source ecs_daemon.agent: The state has `50`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Since this deployment the setting is `70`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: Until then it was `60`.
DescribeDaemonDeployments daemon-deployment/prod/agent/ID @time: The setting was first changed from what the state has by this deployment, to `60`.
sent: Some("65")
"#);
}

#[tokio::test(start_paused = true)]
async fn what_terraform_leaves_alone_is_no_drift_of_a_state_nor_of_a_plan() {
    let mut world = World::new(0).await;
    let (made, refreshed) = absorbed(&world).await;
    let documents = |made: &Made| {
        [
            state("ecs_daemon", &[&made.state]),
            plan(&made.state, &made.state, &json!({})),
        ]
    };
    let check = async |world: &World, made: &Made, is_drift: bool| {
        for document in documents(made) {
            let report = world.scan_documents(&[document]).await;
            assert_eq!(report.findings.is_empty(), !is_drift, "{}", lines(&report));
        }
    };
    let ignoring = |paths: &str| {
        let more = format!("enable_execute_command = true\n lifecycle {{ ignore_changes = {paths} }}\n");
        Some(configuration(&resource(&more), ""))
    };
    check(&world, &made, true).await;
    world.configuration = ignoring("[critical]");
    check(&world, &made, true).await;
    for paths in ["[enable_execute_command]", "[critical, enable_execute_command]", "all"] {
        world.configuration = ignoring(paths);
        check(&world, &made, false).await;
        check(&world, &refreshed, false).await;
    }
}

#[tokio::test(start_paused = true)]
async fn blocks_and_single_tags_can_be_left_alone() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    world
        .update(&made, |update| {
            update.deployment_configuration(crate::support::deployment(75.0, 5, &["high", "low"], true))
        })
        .await;
    world.settle();
    let mut tagged = made.clone();
    merge(&mut tagged.state, &json!({"tags_all": {"team": "a"}}));
    let mut found = Vec::new();
    for paths in [
        "[]",
        "[deployment_configuration]",
        "[deployment_configuration[0].drain_percent]",
        "[deployment_configuration[0].bake_time_in_minutes]",
        "[tags]",
        "[tags[\"team\"], tags_all[\"team\"]]",
        "[tags[\"other\"]]",
    ] {
        let more = format!("enable_execute_command = true\n lifecycle {{ ignore_changes = {paths} }}\n");
        world.configuration = Some(configuration(&resource(&more), ""));
        let report = world.scan(&[&tagged]).await;
        let what = report.findings.iter().filter_map(|finding| finding.setting.as_deref());
        found.push(format!("{paths}: {}", what.collect::<Vec<_>>().join(" ")));
    }
    insta::assert_snapshot!(found.join("\n"), @r#"
[]: deployment_configuration.drain_percent
[deployment_configuration]: 
[deployment_configuration[0].drain_percent]: 
[deployment_configuration[0].bake_time_in_minutes]: deployment_configuration.drain_percent
[tags]: deployment_configuration.drain_percent
[tags["team"], tags_all["team"]]: deployment_configuration.drain_percent
[tags["other"]]: deployment_configuration.drain_percent
"#);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_evaluated_is_named_once() {
    let mut world = World::new(0).await;
    let (one, two) = (world.make_special("a").await, world.make_special("b").await);
    let resources: Vec<Json> = [("a", &one), ("b", &two)]
        .into_iter()
        .map(|(key, made)| {
            json!({"address": format!("ecs_daemon.agent[\"{key}\"]"), "mode": "managed", "type": "ecs_daemon",
                   "schema_version": 0, "values": made.state, "sensitive_values": {}})
        })
        .collect();
    let document = json!({"format_version": "1.0", "values": {"root_module": {"resources": resources}}});
    let text = r#"
variable "unset" {}
resource "ecs_daemon" "agent" {
  for_each                   = toset(["a", "b"])
  name                       = each.key
  daemon_task_definition_arn = ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = [data.aws_ecs_capacity_provider.fleet.arn]
  critical                   = try({}[each.key], false)
  enable_ecs_managed_tags    = var.unset
  enable_execute_command     = true
  propagate_tags             = module.naming.tags
  deployment_configuration {
    drain_percent        = 25 / 2
    bake_time_in_minutes = 5
    dynamic "alarms" {
      for_each = data.aws_alarms.all
      content {
        alarm_names = alarms.value
      }
    }
  }
}
"#;
    world.configuration = Some(configuration(text, ""));
    let report = world.scan_documents(&[document]).await;
    assert_eq!(lines(&report), "");
    insta::assert_snapshot!(gaps(&report), @"These are compared with the state alone: `ecs_daemon.agent` `capacity_provider_arns` (line 7 of main.tf, it refers to a data source); `ecs_daemon.agent` `critical` (line 8 of main.tf, it calls a function); `ecs_daemon.agent` `daemon_task_definition_arn` (line 6 of main.tf, it refers to a resource); `ecs_daemon.agent` `deployment_configuration.alarms.alarm_names` (line 15 of main.tf, it stands in a `dynamic` block whose `for_each` is not evaluated); `ecs_daemon.agent` `deployment_configuration.alarms.enable` (line 15 of main.tf, it stands in a `dynamic` block whose `for_each` is not evaluated); `ecs_daemon.agent` `deployment_configuration.drain_percent` (line 13 of main.tf, it is computed); `ecs_daemon.agent` `enable_ecs_managed_tags` (line 9 of main.tf, it refers to a variable without a value); `ecs_daemon.agent` `propagate_tags` (line 11 of main.tf, it refers to the output of a module). What a refresh took into the state is not seen there; a plan as input shows it.");
}

#[tokio::test(start_paused = true)]
async fn what_the_configuration_marks_as_sensitive_is_shown_nowhere() {
    let mut world = World::new(0).await;
    let made = world.make_special("agent").await;
    let mut refreshed = made.clone();
    let latest = world
        .update(&made, |update| {
            update.propagate_tags(aws_sdk_ecs::types::DaemonPropagateTags::None)
        })
        .await;
    world.settle();
    merge(
        &mut refreshed.state,
        &json!({"propagate_tags": "NONE", "deployment_arn": latest}),
    );
    for (text, variables) in [
        ("variable \"tags\" { sensitive = true }", "tags = \"DAEMON\"\n"),
        (
            "locals { x = sensitive(\"DAEMON\") }\nvariable \"tags\" { default = null }",
            "",
        ),
    ] {
        let value = if text.starts_with("locals") {
            "local.x"
        } else {
            "var.tags"
        };
        let main = format!("{text}\nresource \"ecs_daemon\" \"agent\" {{\n  propagate_tags = {value}\n}}\n");
        world.configuration = Some(configuration(&main, variables));
        let report = world.scan(&[&refreshed]).await;
        let finding = report
            .findings
            .iter()
            .find(|finding| finding.setting.as_deref() == Some("propagate_tags"));
        let finding = serde_json::to_string(finding.unwrap()).unwrap();
        assert!(
            finding.contains("\"absorbed\"") && finding.contains("(sensitive value)"),
            "{finding}"
        );
        assert!(!finding.contains("DAEMON") && !finding.contains("NONE"), "{finding}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_a_refresh_took_into_the_state_is_a_rollback() {
    let mut world = World::new(4).await;
    let made = world.make_special("agent").await;
    let broken = world.define_with("agent", "agent:broken").await;
    world.image_fault("agent:broken");
    world
        .update(&made, |update| {
            update.daemon_task_definition_arn(&broken).enable_execute_command(false)
        })
        .await;
    world.settle();
    let mut refreshed = made.clone();
    merge(
        &mut refreshed.state,
        &json!({"deployment_arn": world.latest(&made).await}),
    );
    let text = resource(&format!(
        "enable_execute_command = false\n  daemon_task_definition_arn = \"{broken}\"\n"
    ));
    world.configuration = Some(configuration(&text, ""));
    let report = world.scan(&[&refreshed]).await;
    insta::assert_snapshot!(lines(&report), @r#"
rolled-back [certain warning]: The latest rollout failed and was rolled back.
rollback [certain warning] daemon_task_definition_arn "daemon-task-definition/agent:2" -> "daemon-task-definition/agent:1": `daemon_task_definition_arn` went back with a rollback.
rollback [certain warning] enable_execute_command false -> true: `enable_execute_command` went back with a rollback.
"#);
}
