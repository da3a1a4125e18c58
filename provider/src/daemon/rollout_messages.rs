//! Texts about rollouts that did not bring what was planned, or not in time.

use std::{fmt::Write, time::Duration};

use daemons::{arn::DaemonArn, observe::Rollout, why::Why};
use tfplug_core::Diagnostic;

use super::{
    more::{Section, more},
    reasons,
};
use crate::duration;

/// A rollout for people: status, reasons, breaker, alarms, revisions.
pub(crate) fn describe(rollout: &Rollout) -> String {
    let mut text = format!("Deployment {} is {}", rollout.arn, rollout.status.as_str());
    if let Some(reason) = &rollout.reason {
        let _ = write!(text, ": {}", reason.trim_end_matches('.'));
    }
    text.push('.');
    if let Some(reason) = &rollout.rollback_reason {
        let _ = write!(text, "\nReason of the rollback: {}.", reason.trim_end_matches('.'));
    }
    if let Some((failures, threshold)) = rollout.breaker
        && failures > 0
    {
        let _ = write!(
            text,
            "\nCircuit breaker: {failures} failed task launches, threshold {threshold}."
        );
    }
    if !rollout.triggered_alarms.is_empty() {
        let _ = write!(text, "\nAlarms that went off: {}.", rollout.triggered_alarms.join(", "));
    }
    if let Some(target) = &rollout.target {
        let _ = write!(text, "\nRevision to bring: {target}");
    }
    if let Some(target) = &rollout.rollback_target {
        let _ = write!(text, "\nRevision gone back to: {target}");
    }
    text
}

/// ECS has created the daemon and names no deployment of it.
pub(super) fn first_rollout_unknown(arn: &DaemonArn) -> Diagnostic {
    Diagnostic::warning(
        "First rollout not awaited",
        format!(
            "ECS has created the daemon {arn} but names no deployment of it, so there was nothing to wait for. Look at the \
             daemon with `aws ecs describe-daemon`; the next plan reads it again."
        ),
    )
}

/// What has taken the place of a rollout that ended badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Overtaken {
    /// Nothing has.
    Not,
    /// A newer deployment, of another caller.
    By(String),
    /// The deletion of the daemon.
    ByDeletion,
}

/// The rollout of an update did not bring what was planned.
pub(super) fn rollout_failed(arn: &DaemonArn, rollout: &Rollout, why: &Why, overtaken: &Overtaken) -> Diagnostic {
    let mut text = describe(rollout) + &reasons::describe(why);
    text.push_str(&match overtaken {
        Overtaken::Not if rollout.failure().is_none() => "\nThe state holds what really runs, so the next plan proposes again \
             what has not arrived. Drain percent, bake time and alarms belong to the deployment and stay as they were sent."
            .to_owned(),
        Overtaken::Not => "\nThe fleet is on no single revision. The next apply sends all settings again.".to_owned(),
        other => other.describe(),
    });
    text.push_str(&more(Section::Rollback));
    Diagnostic::error(format!("Rollout of daemon {} failed", arn.name), text)
}

/// The first rollout failed; Terraform taints what its provider could not finish creating.
pub(super) fn first_rollout_failed(arn: &DaemonArn, rollout: &Rollout, why: &Why, overtaken: &Overtaken) -> Diagnostic {
    let (rollout, why) = (describe(rollout), reasons::describe(why));
    let text = format!(
        "{rollout}{why}{}{TAINT_NOTE}{}",
        overtaken.describe(),
        more(Section::FirstRollout)
    );
    Diagnostic::error(format!("First rollout of daemon {} failed", arn.name), text)
}

impl Overtaken {
    fn describe(&self) -> String {
        match self {
            Self::Not => String::new(),
            Self::By(newer) => format!(
                "\nA newer deployment took over: {newer}. Another caller has updated the daemon meanwhile; the next plan shows \
                 what it set."
            ),
            Self::ByDeletion => "\nAnother caller is deleting the daemon. The next plan proposes a new one.".to_owned(),
        }
    }
}

const TAINT_NOTE: &str = "\nThe daemon exists, but Terraform marks it as tainted and will replace it with the next apply, which drains \
     the fleet twice. To keep it and go on with updates, run `terraform untaint ADDRESS` with the address of this resource.";

/// The budget of a wait for a rollout is spent.
pub(super) fn rollout_timed_out(arn: &DaemonArn, first: bool, total: Duration, last: Option<&Rollout>) -> Diagnostic {
    let (action, key) = if first {
        ("creating", "create")
    } else {
        ("updating", "update")
    };
    let mut text = format!("Gave up after {}.", duration::format(total));
    if let Some(rollout) = last {
        let _ = write!(text, " {}", describe(rollout));
        let counts = rollout.progress();
        if !counts.is_empty() {
            let _ = write!(
                text,
                "\nInstances with the revision to bring, by capacity provider: {counts}."
            );
        }
    }
    let _ = write!(
        text,
        "\nECS goes on by itself. To wait longer, raise `timeouts.{key}` of the resource."
    );
    if first {
        text.push_str(TAINT_NOTE);
    } else {
        text.push_str("\nThe next plan shows whether the settings arrived.");
    }
    text.push_str(&more(Section::Timeout));
    Diagnostic::error(format!("Timeout while {action} daemon {}", arn.name), text)
}
