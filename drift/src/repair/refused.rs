//! Reasons why a daemon, or one of its settings, is not repaired.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subject::Subject;
use crate::{
    explain::{Refusal, flag},
    report::{Cause, Confidence},
};

/// A daemon that is not repaired although it is not as wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Refused {
    /// The daemon.
    #[serde(flatten)]
    pub subject: Subject,
    /// Causes of what is not as wanted, in the order of the procedure.
    pub causes: Vec<Cause>,
    /// How sure they are, that is, the least sure of them.
    pub confidence: Option<Confidence>,
    /// All reasons, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// A setting that stays as it is although the daemon is repaired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Remaining {
    /// Setting as Terraform names it.
    pub setting: String,
    /// Why it differs.
    pub cause: Cause,
    /// Why it is not repaired.
    pub reasons: Vec<Reason>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// The reason and what to do, in sentences.
    pub text: String,
    /// Flag that allows the repair; none if nothing does.
    pub flag: Option<String>,
}

impl Reason {
    /// A reason that no flag takes away.
    pub(super) fn never(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            flag: None,
        }
    }

    /// A reason that a flag takes away.
    pub(super) fn unless(flag: &str, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            flag: Some(flag.to_owned()),
        }
    }

    /// The reason for which a value is not sent.
    pub(super) fn of(refusal: Refusal) -> Self {
        let text = match refusal {
            Refusal::RolledBack => {
                "The latest rollout brought this and was rolled back; the same settings would fail again. Remove the reason first."
            }
            Refusal::Failed => {
                "The latest rollout brought this and failed; the same settings would fail again. Remove the reason first."
            }
            Refusal::Unknown => {
                "ECS reports a setting that this version does not know, and the call would reset it. Use a newer ecs-drift."
            }
            Refusal::Doubtful => {
                "The source leaves the setting out, which after an import does not mean that the default is wanted."
            }
            Refusal::NotOnRecord => {
                "Neither ECS nor the source has drain percent, bake time or alarms on record, and the call would put them to their defaults."
            }
            Refusal::Ignored => "A rule ignores it.",
            Refusal::Deleted => {
                "The wanted task definition is deleted or being deleted. Register it anew, and apply that revision."
            }
        };
        Self {
            text: text.to_owned(),
            flag: refusal.flag().map(str::to_owned),
        }
    }

    /// The reason of a guess about a value that nobody has written down.
    pub(super) fn guessed() -> Self {
        Self::unless(
            flag::ASSUME_DEFAULTS,
            "The source does not have the value written down, and the cause is only possible.",
        )
    }
}
