//! Next steps for findings: exact commands, ready to paste. A command that would carry a sensitive value is not given
//! at all, since half of it is of no use.

use daemons::settings::Settings;

use super::paste::{hcl_identifier, hcl_string, shell_word};
use crate::{
    report::{Command, NextStep, Repair, SourceRef},
    source::Wanted,
};

/// Said where a command is missing because of what it would show.
pub(super) const NOT_SHOWN: &str = "The call would show sensitive values; `ecs-drift scan --show-sensitive` prints it.";

/// The next step after a rollback, said of the condition and of the settings that went back with it.
pub(super) const AFTER_ROLLBACK: &str = "Remove the reason, then apply again; the same settings would fail again.";
/// The same where other settings than the wanted ones were rolled back.
pub(super) const AFTER_OTHER_ROLLBACK: &str = "Other settings than the wanted ones were rolled back: the wanted ones can be sent; remove the reason before the others are.";
/// The same after a rollout that left the fleet on no single revision.
pub(super) const AFTER_FAILURE: &str =
    "Remove the reason, then send all settings again, which brings the fleet on one revision.";

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

/// A call of `UpdateDaemon`, whose step is completed when all causes are known.
pub(super) fn call(repair: Repair) -> NextStep {
    only("", repair)
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

/// Creates a daemon that the configuration has and nothing else.
pub(super) fn create(wanted: &Wanted) -> NextStep {
    NextStep {
        text: "Apply the configuration, or take the daemon out of it.".to_owned(),
        commands: vec![apply(wanted)],
        repair: Repair::No,
    }
}

/// Takes over a daemon that the configuration has, at its address there.
pub(super) fn take_over(wanted: &Wanted) -> NextStep {
    let SourceRef {
        address, resource_type, ..
    } = &wanted.source;
    // In a key such a sequence would be a template.
    let is_literal = !address.contains("${") && !address.contains("%{");
    let command = (is_literal && resource_type == "ecs_daemon").then(|| import_at(address, &wanted.arn.to_string()));
    NextStep {
        text: "Import it into the state, or add the state that has it to the inputs.".to_owned(),
        commands: command.into_iter().collect(),
        repair: Repair::No,
    }
}

/// Takes over what is live, as a resource of this name.
pub(super) fn import(name: &str, arn: &str) -> Command {
    import_at(&address_of(name), arn)
}

/// The address of a resource of this name.
pub(super) fn address_of(name: &str) -> String {
    format!("ecs_daemon.{}", hcl_identifier(name))
}

fn import_at(address: &str, arn: &str) -> Command {
    Command {
        title: "Take it over with Terraform".to_owned(),
        language: "hcl".to_owned(),
        text: format!("import {{\n  to = {address}\n  id = {}\n}}\n", hcl_string(arn)),
        role_arn: None,
    }
}

/// The apply of one resource, by the tool that the source is of.
pub(super) fn apply(wanted: &Wanted) -> Command {
    // Of a resource that is to be moved Terraform takes both addresses, or none.
    let addresses = [Some(&wanted.source.address), wanted.moved_to.as_ref()];
    let targets: Vec<String> = addresses
        .into_iter()
        .flatten()
        .map(|address| format!("-target={}", shell_word(address)))
        .collect();
    Command {
        title: "Apply it alone".to_owned(),
        language: "sh".to_owned(),
        text: format!("{} apply {}", wanted.tool.program(), targets.join(" ")),
        // Its provider block has credentials of its own.
        role_arn: None,
    }
}

/// Takes what is live of a setting into the baseline; none for other sources.
pub(super) fn accept(source: &SourceRef, role_arn: Option<&str>, setting: &str) -> Option<Command> {
    let is_baseline = source.resource_type == "baseline" && source.input != "-";
    is_baseline.then(|| Command {
        title: "Accept what is live".to_owned(),
        language: "sh".to_owned(),
        text: format!(
            "ecs-drift baseline update -- {} {}",
            shell_word(&source.input),
            shell_word(&format!("{}:{setting}", source.address))
        ),
        role_arn: role_arn.map(str::to_owned),
    })
}

fn is_terraform(wanted: &Wanted) -> bool {
    wanted.source.resource_type != "baseline"
}

/// The full call, with every member, so that it resets nothing. With `=` before the JSON, `aws` would ask for the arguments
/// that are in it.
pub(super) fn update_daemon(wanted: &Wanted, settings: &Settings) -> Command {
    let mut request = settings.members();
    request["daemonArn"] = wanted.arn.to_string().into();
    let request = request.to_string();
    Command {
        title: "Send all settings in one call".to_owned(),
        language: "sh".to_owned(),
        text: format!(
            "aws ecs update-daemon --region {} --cli-input-json {}",
            shell_word(&wanted.arn.arn.region),
            shell_word(&request)
        ),
        role_arn: wanted.access.role_arn.clone(),
    }
}
