//! Rows 1 to 5: daemons of which nothing more can be said.

use aws::{Failure, FailureKind};
use daemons::{name, observe::Torn};

use super::{finding_builder::Draft, next_step};
use crate::{
    observe::{Live, is_end},
    report::{CONFIGURATION, Cause, Confidence, Finding, Repair, Severity, SourceRef},
    source::{Claim, Remedy, Unlisted, Wanted},
};

/// Said of a daemon that only the configuration has.
const UNKNOWN_TO_INPUTS: &str = "The configuration has it, and no input.";
const NEVER_OR_DELETED: &str = "The configuration has this daemon, and neither ECS nor an input has: it was never created, or it \
                                was deleted and a refresh took that into the state.";

/// Said of a daemon that a plan creates.
const CREATED_BY_PLAN: &str = "The plan is to create it.";
const NEW_OR_DELETED: &str = "The plan is to create this daemon, and ECS does not have it: it is new, or it was deleted outside and \
                              an earlier refresh took that into the state.";

/// The claim to a daemon of which no input has more: who has it, and what it says.
fn claimed(wanted: &Wanted) -> (&'static str, &'static str) {
    match wanted.claim {
        Claim::Creation => ("source", CREATED_BY_PLAN),
        Claim::Configuration | Claim::Input => ("configuration", UNKNOWN_TO_INPUTS),
    }
}

/// Row 1: with credentials of another account a daemon would seem to be missing.
pub fn wrong_account(wanted: &Wanted, caller: &str) -> Finding {
    let account = &wanted.arn.arn.account;
    let message = format!("The daemon is in account {account}, but the credentials belong to account {caller}.");
    Draft::new(wanted, Cause::WrongAccount, message)
        .evidence(
            "GetCallerIdentity",
            caller,
            format!("The caller is in account {caller}."),
            None,
        )
        .next(next_step::only(
            &format!(
                "Add `[[account]]` with `id = \"{account}\"` and the `role_arn` of a role there to `.ecs-drift.toml`, or scan \
                 it with credentials of its own account."
            ),
            Repair::No,
        ))
}

/// What is said of a failed call.
struct Told {
    message: String,
    /// Operation, or the scan itself.
    from: &'static str,
    why: String,
    step: String,
}

/// Row 2: ECS did not answer, or refused to.
pub fn failed(wanted: &Wanted, failure: &Failure) -> Finding {
    let told = tell(failure);
    let message = told.message.clone();
    unread(wanted, message, told)
}

/// Row 2, for tags alone: the settings of the daemon were read and compared.
pub(super) fn tags_failed(wanted: &Wanted, failure: &Failure) -> Finding {
    let told = tell(failure);
    let message = format!(
        "The tags could not be read; the settings were read without them. {}",
        told.message
    );
    let mut finding = unread(wanted, message, told);
    finding.setting = Some(name::TAGS_ALL.to_owned());
    finding
}

fn unread(wanted: &Wanted, message: String, told: Told) -> Finding {
    Draft::new(wanted, Cause::Unreadable, message)
        .evidence(told.from, &wanted.arn.to_string(), told.why, None)
        .next(next_step::only(&told.step, Repair::No))
}

fn tell(failure: &Failure) -> Told {
    if is_end(failure) {
        return unasked(
            "The scan ended before the daemon was finished.",
            &failure.message,
            "Scan it again; a longer `--timeout` gives a scan more time.",
        );
    }
    if failure.is_about_credentials() {
        let code = failure.code.as_deref().unwrap_or("the credentials were refused");
        return unasked(
            "The credentials expired or were revoked before the daemon was finished.",
            code,
            "Renew the credentials, and scan again.",
        );
    }
    let message = match failure.kind {
        FailureKind::AccessDenied => format!("ECS denied {}.", failure.operation),
        FailureKind::Throttled => format!("{} was throttled, also after retries.", failure.operation),
        FailureKind::NoAnswer | FailureKind::Server => format!("{} was not answered.", failure.operation),
        FailureKind::Unfit => format!("{}: {}.", failure.operation, failure.message),
        FailureKind::Refused | FailureKind::NotSent => format!("{} failed.", failure.operation),
    };
    let step = match failure.kind {
        FailureKind::AccessDenied => {
            format!("Allow the IAM action `ecs:{}` for this daemon.", failure.operation)
        }
        FailureKind::NotSent => "Check credentials, region and network.".to_owned(),
        FailureKind::Unfit => "Check what answers at the endpoint, and scan again.".to_owned(),
        _ => "Scan again later.".to_owned(),
    };
    Told {
        message,
        from: failure.operation,
        why: failure.to_string(),
        step,
    }
}

/// Nothing is wrong with the daemon, and nothing was asked about it, or not enough. The same words for all such daemons of
/// a run, so that they can be told as one.
fn unasked(message: &str, why: &str, step: &str) -> Told {
    Told {
        message: message.to_owned(),
        from: "scan",
        why: format!("Reason: {why}."),
        step: step.to_owned(),
    }
}

/// Row 2, for what is no daemon: a cluster or a kind of things.
pub fn unreadable(arn: &str, failure: &Failure) -> Finding {
    let (message, step) = match failure.kind {
        _ if is_end(failure) => (
            format!("The scan ended before {} was answered.", failure.operation),
            "Scan again; a longer `--timeout` gives a scan more time.".to_owned(),
        ),
        FailureKind::Unfit => (
            format!("{}: {}.", failure.operation, failure.message),
            "Check what answers at the endpoint, and scan again.".to_owned(),
        ),
        _ => (
            format!("{} failed.", failure.operation),
            format!("Allow the IAM action `ecs:{}`, or scan again later.", failure.operation),
        ),
    };
    Draft::about(arn, Cause::Unreadable, message)
        .evidence(failure.operation, arn, failure.to_string(), None)
        .next(next_step::only(&step, Repair::No))
}

/// Row 2: the source does not say enough to ask about the daemon. It has no ARN that could be relied on, so that its
/// address stands for it.
pub fn unusable(source: &SourceRef, detail: &str) -> Finding {
    let mut finding = Draft::about(
        &source.address,
        Cause::Unreadable,
        "The input does not say enough to look at the daemon.",
    )
    .evidence("source", &source.address, detail, None)
    .next(next_step::only(
        "Get the input again from the program that wrote it, or correct the resource in it.",
        Repair::No,
    ));
    finding.source = Some(source.clone());
    finding
}

/// Row 2: the configuration has a daemon that no input has, and does not tell enough to ask about it.
pub fn not_sought(source: &SourceRef, why: &str) -> Finding {
    let mut finding = Draft::about(
        &source.address,
        Cause::Unreadable,
        "The configuration has this daemon and no input has it, and ECS could not be asked whether it is there.",
    )
    .evidence("configuration", &source.address, why, None)
    .next(next_step::only(
        "Run a plan: it shows the daemon as to be created. Apply it if the daemon is to be there; give its values where they \
         are evaluated if it should be looked for.",
        Repair::No,
    ));
    finding.source = Some(source.clone());
    finding
}

/// Row 2: a block of the configuration may have daemons, and which is not known.
pub fn not_listed(unlisted: &Unlisted) -> Finding {
    let Unlisted { source, reason, remedy } = unlisted;
    let step = match remedy {
        Remedy::Values => "Give its variables the values that the applies have, by `--var-file` or `TF_VAR_name`.",
        Remedy::Modules => "Run `terraform get` in the folder of the configuration before the scan.",
        Remedy::Workspace => "Set `TF_WORKSPACE` to the workspace that the applies have.",
        Remedy::Moves => "Correct the block `moved`, and what `terraform plan` says of it.",
        Remedy::Plan => "Scan a plan, which has all instances: `terraform show -json PLANFILE`.",
    };
    let mut finding = Draft::about(
        &source.address,
        Cause::Unreadable,
        "Which daemons this part of the configuration has is not known, so that one which is missing would not be seen.",
    )
    .evidence("configuration", &source.address, reason, None)
    .next(next_step::only(step, Repair::No));
    finding.source = Some(source.clone());
    finding
}

/// Row 2: a part of the configuration that was given could not be read, and may have what a state has lost.
pub fn configuration_unread(count: usize) -> Finding {
    let what = match count {
        1 => "A file or module of the configuration".to_owned(),
        _ => format!("{count} files or modules of the configuration"),
    };
    Draft::about(
        CONFIGURATION,
        Cause::Unreadable,
        format!("{what} could not be read, so that not everything it wants was compared. Warnings say what and why."),
    )
    .next(next_step::only(
        "Correct what the warnings name, or give `--config` a folder that can be read.",
        Repair::No,
    ))
}

/// Row 2: there is no connection to ask by; the run says why.
pub fn unreachable(wanted: &Wanted, why: &str) -> Finding {
    Draft::new(wanted, Cause::Unreadable, "ECS could not be asked.")
        .evidence("GetCallerIdentity", &wanted.arn.to_string(), format!("{why}."), None)
        .next(next_step::only(
            "Correct what the error of the run names, and scan again.",
            Repair::No,
        ))
}

/// Row 2: ECS kept contradicting itself.
pub fn torn(wanted: &Wanted, torn: &Torn) -> Finding {
    let message = "The answers of ECS contradict each other, also after reading again.";
    Draft::new(wanted, Cause::Unreadable, message)
        .evidence("DescribeDaemon", &wanted.arn.to_string(), contradiction(torn), None)
        .next(next_step::only("Scan again later.", Repair::No))
}

/// What of the answers about a daemon contradicts what, in a sentence.
pub fn contradiction(torn: &Torn) -> String {
    match torn {
        Torn::RevisionMissing(revision) => format!("The revision {revision} counts, but cannot be read."),
        Torn::BackInTime { answered, known } => {
            format!("The daemon names the deployment {answered}, which is older than {known} of the source.")
        }
        Torn::BeforeItsEnd(deployment) => format!("The deployment {deployment} has ended, and still goes on."),
        Torn::TagsMissing => "The daemon is there, but its tags cannot be read.".to_owned(),
        Torn::MemberMissing { record, member } => format!("The record {record} has no `{member}`."),
        Torn::Empty => "The daemon names neither a deployment nor a revision.".to_owned(),
    }
}

/// Row 3: one finding for all daemons of a cluster.
pub fn cluster_missing(cluster_arn: &str, daemons: &[&Wanted]) -> Finding {
    let message = format!("The cluster of {} is not there.", counted(daemons.len()));
    let arns = daemons.iter().map(|wanted| wanted.arn.to_string()).collect();
    let mut finding = Draft::about(cluster_arn, Cause::ClusterMissing, message)
        .evidence(
            "DescribeDaemon",
            cluster_arn,
            "ECS answers ClusterNotFoundException.",
            None,
        )
        .daemons(arns)
        .next(next_step::only(
            "Create the cluster again, or take its daemons out of the input.",
            Repair::No,
        ));
    finding.source = daemons.first().map(|wanted| wanted.source.clone());
    finding
}

fn counted(daemons: usize) -> String {
    if daemons == 1 {
        "1 daemon".to_owned()
    } else {
        format!("{daemons} daemons")
    }
}

/// Row 4: not found twice, and not in the list of its cluster.
pub fn missing(wanted: &Wanted) -> Finding {
    let arn = wanted.arn.to_string();
    let (draft, step) = if wanted.is_sought() {
        // That it ever was there is not proven.
        let is_planned = wanted.claim == Claim::Creation;
        let message = if is_planned { NEW_OR_DELETED } else { NEVER_OR_DELETED };
        let draft = Draft::new(wanted, Cause::Missing, message).severity(Severity::Warning);
        let (from, text) = claimed(wanted);
        let mut step = next_step::create(wanted);
        if is_planned {
            "Apply the plan if the daemon is new; else find out who deleted it: `--who` looks for the deletion."
                .clone_into(&mut step.text);
        }
        (draft.evidence(from, &wanted.source.address, text, None), step)
    } else {
        let draft = Draft::new(wanted, Cause::Missing, "The daemon is not there.");
        (draft, next_step::create_again(wanted))
    };
    draft
        .evidence(
            "DescribeDaemon",
            &arn,
            "ECS answers DaemonNotFoundException, also some seconds later.",
            None,
        )
        .evidence("ListDaemons", &arn, "The list of the cluster does not have it.", None)
        .next(step)
}

/// A recorded deletion proves that the daemon was there, whatever the inputs have.
pub(super) fn prove_deleted(finding: &mut Finding) {
    "The daemon is not there: it was deleted.".clone_into(&mut finding.message);
    finding.severity = finding.cause.severity();
}

/// A recorded deletion of a daemon that is there proves that it was made anew. Without an older deployment on record it is
/// not known what the earlier one had.
pub(super) fn prove_made_anew(finding: &mut Finding) {
    if finding.cause != Cause::PendingChange {
        return;
    }
    finding.cause = Cause::Absorbed;
    finding.kind = Cause::Absorbed.kind();
    finding.severity = Cause::Absorbed.severity();
    finding.confidence = Confidence::Likely;
    finding.message = format!(
        "`{}` differs, and the daemon was deleted and created again; what it had before is not on record: a refresh took \
         the new daemon over, or the configuration was changed since.",
        finding.setting.as_deref().unwrap_or_default()
    );
}

/// Row 24, for a daemon that the configuration has and no input: an apply would create it a second time.
pub fn unknown_to_inputs(wanted: &Wanted, live: &Live) -> Finding {
    let created_at = live.detail.created_at();
    let message = match wanted.claim {
        Claim::Creation => "The plan is to create this daemon, and ECS has it already: the apply would fail.",
        _ => {
            "The configuration has this daemon, and ECS has it, but no input has: the next apply would try to create it again."
        }
    };
    let (from, text) = claimed(wanted);
    Draft::new(wanted, Cause::Unmanaged, message)
        .severity(Severity::Warning)
        .evidence(from, &wanted.source.address, text, None)
        .evidence("DescribeDaemon", &wanted.arn.to_string(), "ECS has it.", created_at)
        .since(created_at)
        .next(next_step::take_over(wanted))
}

/// Row 5.
pub fn being_deleted(wanted: &Wanted, live: &Live) -> Option<Finding> {
    const STATUS: &str = "DELETE_IN_PROGRESS";
    if live.observed.status != STATUS {
        return None;
    }
    let deployment = live.detail.deployment_arn().unwrap_or_default();
    let since = live
        .latest()
        .and_then(|deployment| deployment.created_at())
        .or(live.detail.updated_at());
    let finding = Draft::new(wanted, Cause::BeingDeleted, "The daemon is being deleted.")
        .evidence(
            "DescribeDaemon",
            deployment,
            format!("The daemon has status {STATUS}."),
            since,
        )
        .since(since)
        .next(next_step::create_again(wanted));
    Some(finding)
}
