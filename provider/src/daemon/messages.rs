//! Texts of the daemon resource, in one place so that they stay one voice.

use std::{fmt::Write, time::Duration};

use aws::Failure;
use daemons::{
    arn::DaemonArn,
    fetch::Unreadable,
    name,
    observe::{Observed, Rollout, Torn},
    settings::Setting,
};
use tfplug_core::{Diagnostic, Path};

use super::{plan::DELETE_IN_PROGRESS, rollout_messages::describe};
use crate::{diagnostic::ToDiagnostic, duration};

/// The budget of a deletion is spent.
pub(super) fn delete_timed_out(arn: &DaemonArn, total: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Timeout while deleting daemon {}", arn.name),
        format!(
            "Gave up after {}. ECS goes on draining the instances. Run the command again to wait further, or raise \
             `timeouts.delete` of the resource.",
            duration::format(total)
        ),
    )
}

/// A daemon of this name is there already.
pub(super) fn exists(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} exists already", arn.name),
        format!(
            "The cluster {} has a daemon of this name. To manage it here, import it:\n\n\
             import {{\n  to = ecs_daemon.NAME\n  id = \"{arn}\"\n}}\n\n\
             with NAME being the name of this resource. If the daemon is another resource of this configuration that is to \
             be replaced, remove `create_before_destroy` from it: names are unique in a cluster.",
            arn.cluster
        ),
    )
}

/// A daemon of this name is there, and this process has created it.
pub(super) fn created_before(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} exists already", arn.name),
        format!(
            "This run has created it in the cluster {}, and names are unique in a cluster. If another resource of the \
             configuration is the same daemon, give one of them another `name` or another `cluster_arn`. If this resource \
             is to be replaced, remove `create_before_destroy` from it.",
            arn.cluster
        ),
    )
    .at(Path::attribute(name::NAME))
}

/// Another resource is creating the same daemon at this moment.
pub(super) fn created_twice(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Two resources are daemon {}", arn.name),
        format!(
            "Another resource of this run is creating a daemon of the same name in the cluster {}. Names are unique in a \
             cluster: give one of the resources another `name` or another `cluster_arn`.",
            arn.cluster
        ),
    )
    .at(Path::attribute(name::NAME))
}

/// Warnings about the rollout that a read found.
pub(super) fn read_warnings(arn: &DaemonArn, observed: &Observed) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    if observed.status == DELETE_IN_PROGRESS {
        return warnings;
    }
    if !observed.deployment_is_known {
        warnings.push(settings_unknown(arn, observed));
    }
    match &observed.rollout {
        Some(rollout) if rollout.failure().is_some() => warnings.push(Diagnostic::warning(
            format!("Rollout of daemon {} failed", arn.name),
            format!(
                "{}\nThe fleet is on no single revision, so the plan is not empty: it sends all settings again, or replaces a \
                 resource that is tainted.",
                describe(rollout)
            ),
        )),
        Some(rollout) if rollout.is_rolled_back() => warnings.push(Diagnostic::warning(
            format!("Daemon {} was rolled back", arn.name),
            format!(
                "{}\nThe state holds what runs. Where the configuration asks for something else, the plan proposes it again.",
                describe(rollout)
            ),
        )),
        Some(rollout) if rollout.is_in_progress() => warnings.push(Diagnostic::warning(
            format!("Daemon {} is being rolled out", arn.name),
            format!(
                "{}{}\nAn apply that changes settings supersedes this rollout. One that changes anything else of this resource \
                 waits until it ends, unless `wait_for_deployment` is false. One that changes nothing does not wait.",
                describe(rollout),
                since(rollout)
            ),
        )),
        Some(_) => {}
        None => warnings.extend(no_record(arn, observed)),
    }
    warnings
}

/// Drain percent, bake time and alarms stand on the deployment only, and its record has expired.
fn settings_unknown(arn: &DaemonArn, observed: &Observed) -> Diagnostic {
    Diagnostic::warning(
        format!("Deployment settings of daemon {} are not known", arn.name),
        format!(
            "ECS no longer has a record of deployment {}, which alone tells drain percent, bake time and alarms. They are \
             shown at their defaults; a plan that sets others rolls the fleet, even if they are in force already.",
            observed.deployment_arn
        ),
    )
}

/// ECS has settings that this version cannot send, and `UpdateDaemon` resets what is not sent. Values
/// are left out: nobody knows whether they are secret.
pub(super) fn unknown_settings(arn: &DaemonArn, members: &[&str]) -> Diagnostic {
    let members: Vec<String> = members.iter().map(|member| format!("`{member}`")).collect();
    Diagnostic::warning(
        format!("Daemon {} has settings that this provider does not know", arn.name),
        format!(
            "ECS reports {} for {arn}. An update by this provider cannot carry them, and ECS puts what an update does not \
             carry back to its default. Use a newer version of the provider before changing the daemon. Other daemons \
             may have these settings, too: each is named once in a run.",
            members.join(", ")
        ),
    )
}

fn no_record(arn: &DaemonArn, observed: &Observed) -> Option<Diagnostic> {
    if observed.ambiguous_revisions.is_empty() {
        return None;
    }
    Some(Diagnostic::warning(
        format!("Daemon {} runs several revisions", arn.name),
        format!(
            "The record of deployment {} has expired, and these revisions run: {}. The newest one is taken as the daemon's.",
            observed.deployment_arn,
            observed.ambiguous_revisions.join(", ")
        ),
    ))
}

fn since(rollout: &Rollout) -> String {
    let started = rollout.created_at.and_then(|seconds| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "milliseconds since 1970 fit an i64 for millions of years"
        )]
        let millis = (seconds * 1000.0) as i64;
        jiff::Timestamp::from_millisecond(millis).ok()
    });
    started.map(|time| format!("\nIt began at {time}.")).unwrap_or_default()
}

/// A setting was changed by someone else between the plan and the apply.
pub(super) fn overwritten(arn: &DaemonArn, settings: &[Setting]) -> Diagnostic {
    Diagnostic::warning(
        format!("Outside changes of daemon {} were overwritten", arn.name),
        format!(
            "Since the state was written, another caller has changed {}. The plan did not know it; the update has set what was planned.",
            names(settings)
        ),
    )
}

/// The daemon that was applied reads back differently.
pub(super) fn differs(arn: &DaemonArn, settings: &[Setting]) -> Diagnostic {
    Diagnostic::warning(
        format!("Daemon {} differs from what was applied", arn.name),
        format!(
            "ECS reports other values for {}. The next plan shows them.",
            names(settings)
        ),
    )
}

/// The run was interrupted while a rollout goes on.
pub(super) fn interrupted(arn: &DaemonArn, rollout: Option<&Rollout>) -> Diagnostic {
    let mut text = "The wait for the rollout was interrupted. ECS goes on by itself, nothing is undone.".to_owned();
    if let Some(rollout) = rollout {
        let _ = write!(text, " {}", describe(rollout));
    }
    Diagnostic::warning(format!("Rollout of daemon {} goes on", arn.name), text)
}

/// An update that does not wait found a rollout that has not brought what is wanted, or not yet.
pub(super) fn not_awaited(arn: &DaemonArn, rollout: &Rollout) -> Diagnostic {
    let (summary, consequence) = if rollout.is_in_progress() {
        (
            format!("Rollout of daemon {} goes on", arn.name),
            "`wait_for_deployment` is false, so this apply does not wait for it. The next plan shows how it stands.",
        )
    } else {
        (
            format!("Rollout of daemon {} failed", arn.name),
            "The fleet is on no single revision. The next apply sends all settings again.",
        )
    };
    Diagnostic::warning(summary, format!("{}\n{consequence}", describe(rollout)))
}

/// An apply that does not wait found that the rollout which was to bring the planned settings goes back or went back.
pub(super) fn not_arrived(arn: &DaemonArn, rollout: &Rollout) -> Diagnostic {
    let summary = if rollout.is_in_progress() {
        format!("Rollout of daemon {} is being rolled back", arn.name)
    } else {
        format!("Rollout of daemon {} failed", arn.name)
    };
    let consequence = "`wait_for_deployment` is false, so this apply succeeds although the planned settings have not arrived. \
                       The next plan proposes them again.";
    Diagnostic::warning(summary, format!("{}\n{consequence}", describe(rollout)))
}

/// The record of a deployment is gone while it was awaited.
pub(super) fn record_expired(arn: &DaemonArn, deployment_arn: &str) -> Diagnostic {
    Diagnostic::warning(
        format!("End of the rollout of daemon {} is not known", arn.name),
        format!(
            "ECS no longer has a record of deployment {deployment_arn}. The next plan shows whether the settings arrived."
        ),
    )
}

/// The deployment cannot be watched.
pub(super) fn cannot_watch(arn: &DaemonArn, failure: &Failure) -> Diagnostic {
    as_warning(
        format!("Rollout of daemon {} could not be watched", arn.name),
        &failure.diagnostic("watch the rollout", &arn.to_string()),
        "The rollout goes on; the next plan shows whether the settings arrived.",
    )
}

/// The daemon cannot be read after it was changed.
pub(super) fn cannot_read_back(arn: &DaemonArn, unreadable: &Unreadable) -> Diagnostic {
    as_warning(
        format!("Daemon {} could not be read back", arn.name),
        &unreadable_diagnostic(arn, unreadable),
        "The change was accepted; the next plan reads the daemon again.",
    )
}

/// The daemon cannot be tagged after it was created.
pub(super) fn not_tagged(arn: &DaemonArn, failure: &Failure) -> Diagnostic {
    as_warning(
        format!("Daemon {} has no tags yet", arn.name),
        &failure.diagnostic("tag the daemon", &arn.to_string()),
        "The next plan shows the missing tags.",
    )
}

fn as_warning(summary: String, cause: &Diagnostic, consequence: &str) -> Diagnostic {
    Diagnostic::warning(summary, format!("{}: {}\n{consequence}", cause.summary, cause.detail))
}

/// The reason why a daemon could not be read.
pub(crate) fn unreadable_diagnostic(arn: &DaemonArn, unreadable: &Unreadable) -> Diagnostic {
    let summary = format!("Daemon {} could not be read", arn.name);
    match unreadable {
        Unreadable::Failed(failure) => failure.diagnostic(&format!("read daemon {}", arn.name), &arn.to_string()),
        Unreadable::Torn(Torn::RevisionMissing(revision)) => Diagnostic::error(
            summary,
            format!("ECS names revision {revision}, but does not find it. Run the command again in a minute."),
        ),
        Unreadable::Torn(Torn::BackInTime { answered, known }) => Diagnostic::error(
            summary,
            format!(
                "ECS answers with deployment {answered}, which is older than {known} of the state. Run the command again in a minute."
            ),
        ),
        Unreadable::Torn(Torn::BeforeItsEnd(deployment)) => Diagnostic::error(
            summary,
            format!(
                "ECS answers that deployment {deployment} goes on, after it has ended. Run the command again in a minute."
            ),
        ),
        Unreadable::Torn(Torn::TagsMissing) => Diagnostic::error(
            summary,
            format!("ECS describes {arn}, but does not find its tags. Run the command again in a minute."),
        ),
        Unreadable::Torn(Torn::MemberMissing { record, member }) => Diagnostic::error(
            summary,
            format!(
                "The answer of ECS does not fit the question: the record {record} has no `{member}`. Run the command again in a minute."
            ),
        ),
        Unreadable::Torn(Torn::Empty) => Diagnostic::error(
            summary,
            format!("ECS names neither a deployment nor a revision of {arn}. Run the command again in a minute."),
        ),
        Unreadable::Cancelled => {
            Diagnostic::error(summary, "The run was interrupted while ECS gave contradicting answers.")
        }
    }
}

/// The daemon is gone although it was just changed.
pub(super) fn vanished(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::warning(
        format!("Daemon {} is not found", arn.name),
        "ECS accepted the change, but does not find the daemon: its answers lag behind, or another caller has deleted it. \
         The next plan shows which.",
    )
}

/// Interrupted before anything was created.
pub(super) fn interrupted_before_create(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} was not created", arn.name),
        "The run was interrupted while a daemon of the same name was being deleted. Nothing was created.",
    )
}

/// A daemon of the same name does not go away.
pub(super) fn predecessor_stays(arn: &DaemonArn, total: Duration) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} was not created", arn.name),
        format!(
            "A daemon of the same name is still being deleted after {}. Run apply again, or raise `timeouts.create`.",
            duration::format(total)
        ),
    )
}

/// Interrupted while instances drain.
pub(super) fn delete_interrupted(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Deletion of daemon {} goes on", arn.name),
        "The wait was interrupted. ECS goes on draining the instances; run the command again to wait until the daemon is gone.",
    )
}

/// A rollout of someone else, or of an interrupted run, ends with this update.
pub(super) fn superseded(arn: &DaemonArn, rollout: &Rollout) -> Diagnostic {
    Diagnostic::warning(
        format!("A rollout of daemon {} was superseded", arn.name),
        format!("{} The update has taken its place.", describe(rollout)),
    )
}

/// Deleted between the plan and the apply.
pub(super) fn gone_before_update(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} is gone", arn.name),
        format!("{arn} was deleted after the plan was made. Plan again: the daemon will be created."),
    )
}

/// Being deleted between the plan and the apply.
pub(super) fn deleted_before_update(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} is being deleted", arn.name),
        format!(
            "The deletion of {arn} began after the plan was made. Plan again: the daemon will be created when it is gone."
        ),
    )
}

/// A daemon that goes away cannot be taken over.
pub(super) fn import_of_deleted(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::error(
        format!("Daemon {} is being deleted", arn.name),
        format!("{arn} cannot be imported while it is being deleted. Wait until it is gone, then create it."),
    )
}

fn names(settings: &[Setting]) -> String {
    let names: Vec<String> = settings.iter().map(|setting| setting.name()).collect();
    names.join(", ")
}

/// A number with its noun.
pub(super) fn counted(count: i64, noun: &str) -> String {
    match (count, noun.ends_with("ch")) {
        (1, _) => format!("1 {noun}"),
        (_, false) => format!("{count} {noun}s"),
        (_, true) => format!("{count} {noun}es"),
    }
}
