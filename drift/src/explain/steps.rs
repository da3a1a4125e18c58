//! What to do about a finding: exact commands, ready to paste.

use daemons::daemon::settings::{Deployment, Settings};
use serde_json::{Value, json};

use crate::{
    report::{Command, NextStep, Repair, SourceRef},
    setting::Setting,
    source::Wanted,
};

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
    let update = update_daemon(
        &wanted.arn.to_string(),
        &wanted.arn.arn.region,
        &wanted.settings_or(live),
    );
    // The call carries every value, those that must not be shown, too.
    if Setting::ALL.into_iter().any(|setting| wanted.is_sensitive(setting)) {
        return NextStep {
            text: "Apply the configuration. The call that sends all settings is not shown, because some are sensitive."
                .to_owned(),
            commands: vec![apply(wanted)],
            repair,
        };
    }
    let (text, commands) = match wanted.source.resource_type.as_str() {
        "ecs_daemon" => ("Apply the configuration.", vec![apply(wanted), update]),
        "baseline" => (
            "Send the recorded settings, or accept what is live into the baseline.",
            vec![update],
        ),
        // That provider reads few of the settings back, so its plan may be empty.
        _ => (
            "Send all settings in one call; the plan of hashicorp/aws may not show the difference.",
            vec![update, apply(wanted)],
        ),
    };
    NextStep {
        text: text.to_owned(),
        commands,
        repair,
    }
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

/// Takes over what is live.
pub(super) fn import(address: &str, arn: &str) -> Command {
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
        text: format!("terraform apply -target={}", quoted(&wanted.source.address)),
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
            quoted(&source.input),
            quoted(&format!("{}:{setting}", source.address))
        ),
    })
}

fn is_terraform(wanted: &Wanted) -> bool {
    wanted.source.resource_type != "baseline"
}

/// The full call, with every member, so that it resets nothing.
fn update_daemon(arn: &str, region: &str, settings: &Settings) -> Command {
    Command {
        title: "Send all settings in one call".to_owned(),
        language: "sh".to_owned(),
        text: format!(
            "aws ecs update-daemon --region {region} --cli-input-json {}",
            quoted(&request(arn, settings).to_string())
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

/// As a string of HCL, in which `${` and `%{` would begin a template.
fn hcl_string(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted.replace("${", "$${").replace("%{", "%%{")
}

/// As one word of a shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
