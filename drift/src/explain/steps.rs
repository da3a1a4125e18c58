//! What to do about a finding: exact commands, ready to paste. A command that would carry a sensitive value is not given
//! at all, since half of it is of no use.

use daemons::daemon::settings::{Deployment, Settings};
use serde_json::{Value, json};

use super::paste::{hcl_identifier, hcl_string, shell_word};
use crate::{
    report::{Command, NextStep, Repair, SourceRef},
    source::Wanted,
};

/// Said where a command is missing because of what it would show.
pub(super) const NOT_SHOWN: &str = "The call would show sensitive values; `ecs-drift scan --show-sensitive` prints it.";

/// A step without anything to paste.
pub(super) fn only(text: &str, repair: Repair) -> NextStep {
    NextStep {
        text: text.to_owned(),
        commands: Vec::new(),
        repair,
    }
}

/// A repair that needs a flag.
pub(super) fn unless(flag: &str) -> Repair {
    Repair::Unless { flag: flag.to_owned() }
}

/// Sends what is wanted: by Terraform where it sees the difference, and by one full call.
pub(super) fn send_wanted(wanted: &Wanted, live: &Settings, repair: Repair) -> NextStep {
    let settings = wanted.settings_or(live);
    let update = settings.shown().map(|settings| update_daemon(wanted, settings));
    let (mut text, mut commands) = match wanted.source.resource_type.as_str() {
        "ecs_daemon" => ("Apply the configuration.".to_owned(), vec![apply(wanted)]),
        "baseline" => (
            "Send the recorded settings, or accept what is live into the baseline.".to_owned(),
            Vec::new(),
        ),
        // That provider reads few of the settings back, so its plan may be empty.
        _ => (
            "Send all settings in one call; the plan of hashicorp/aws may not show the difference.".to_owned(),
            vec![apply(wanted)],
        ),
    };
    match update {
        // Where Terraform sees the difference, it comes first.
        Some(update) if wanted.source.resource_type == "ecs_daemon" => commands.push(update),
        Some(update) => commands.insert(0, update),
        None => text = format!("{text} {NOT_SHOWN}"),
    }
    NextStep { text, commands, repair }
}

/// Creates a daemon again.
pub(super) fn create_again(wanted: &Wanted) -> NextStep {
    let commands = if is_terraform(wanted) {
        vec![apply(wanted)]
    } else {
        Vec::new()
    };
    NextStep {
        text: "Create it again by the tool that made it, or take it out of the input.".to_owned(),
        commands,
        repair: Repair::No,
    }
}

/// Takes over what is live, as a resource of this name.
pub(super) fn import(name: &str, arn: &str) -> Command {
    let address = format!("ecs_daemon.{}", hcl_identifier(name));
    Command {
        title: "Take it over with Terraform".to_owned(),
        language: "hcl".to_owned(),
        text: format!("import {{\n  to = {address}\n  id = {}\n}}\n", hcl_string(arn)),
    }
}

/// `terraform apply` of one resource.
pub(super) fn apply(wanted: &Wanted) -> Command {
    Command {
        title: "Apply it alone".to_owned(),
        language: "sh".to_owned(),
        text: format!("terraform apply -target={}", shell_word(&wanted.source.address)),
    }
}

/// Takes what is live of a setting into the baseline; none for other sources.
pub(super) fn accept(source: &SourceRef, setting: &str) -> Option<Command> {
    let is_baseline = source.resource_type == "baseline" && source.input != "-";
    is_baseline.then(|| Command {
        title: "Accept what is live".to_owned(),
        language: "sh".to_owned(),
        text: format!(
            "ecs-drift baseline update -- {} {}",
            shell_word(&source.input),
            shell_word(&format!("{}:{setting}", source.address))
        ),
    })
}

fn is_terraform(wanted: &Wanted) -> bool {
    wanted.source.resource_type != "baseline"
}

/// The full call, with every member, so that it resets nothing.
fn update_daemon(wanted: &Wanted, settings: &Settings) -> Command {
    let request = request(&wanted.arn.to_string(), settings).to_string();
    Command {
        title: "Send all settings in one call".to_owned(),
        language: "sh".to_owned(),
        text: format!(
            "aws ecs update-daemon --region={} --cli-input-json={}",
            shell_word(&wanted.arn.arn.region),
            shell_word(&request)
        ),
    }
}

/// The request as the API names it.
fn request(arn: &str, settings: &Settings) -> Value {
    // Taken apart without `..`: a setting that is added does not compile until it is sent.
    let Settings {
        task_definition_arn,
        capacity_provider_arns,
        deployment,
        propagate_tags,
        enable_ecs_managed_tags,
        enable_execute_command,
        critical,
    } = settings;
    let Deployment {
        drain_percent,
        bake_time_in_minutes,
        alarm_names,
        alarms_enabled,
    } = deployment;
    json!({
        "daemonArn": arn,
        "daemonTaskDefinitionArn": task_definition_arn,
        "capacityProviderArns": capacity_provider_arns,
        "deploymentConfiguration": {
            "drainPercent": drain_percent,
            "bakeTimeInMinutes": bake_time_in_minutes,
            "alarms": {"alarmNames": alarm_names, "enable": alarms_enabled},
        },
        "propagateTags": propagate_tags.as_str(),
        "enableECSManagedTags": enable_ecs_managed_tags,
        "enableExecuteCommand": enable_execute_command,
        "critical": critical,
    })
}
