//! What became of a plan.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    document::{Plan, Planned},
    refused::{Refused, Remaining},
    subject::Subject,
};
use crate::{
    explain::RolloutCost,
    report::{Cause, ExitPolicy, Kind, Tool},
};

/// Version of the form of results.
pub const RESULT_VERSION: &str = "1.0";

/// What became of a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Results {
    /// Version of this form, `MAJOR.MINOR`.
    pub schema_version: String,
    /// Program that executed the plan.
    pub tool: Tool,
    /// Digest of the plan.
    pub plan_digest: String,
    /// When the execution began, by the clock of the host.
    pub started_at: Timestamp,
    /// When it ended, by the clock of the host.
    pub finished_at: Timestamp,
    /// Whether the scan behind the plan read everything.
    pub complete: bool,
    /// Whether a signal ended it.
    pub interrupted: bool,
    /// One for each repair of the plan, in its order.
    pub results: Vec<Repaired>,
    /// What the plan refused.
    pub refused: Vec<Refused>,
}

/// What became of one repair.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Repaired {
    /// The daemon.
    #[serde(flatten)]
    pub subject: Subject,
    /// Causes of what was to be repaired.
    pub causes: Vec<Cause>,
    /// What became of it.
    pub verdict: Verdict,
    /// Why, in sentences; what is proven of a repair.
    pub reasons: Vec<String>,
    /// The deployment of the repair, if there is one.
    pub deployment_arn: Option<String>,
    /// What the rollout was to cost.
    pub cost: Option<RolloutCost>,
    /// What differs and was no part of the repair.
    pub remaining: Vec<Remaining>,
}

/// The end of one repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// A reading after it proves that the daemon is as the plan wants it.
    Repaired,
    /// ECS rolled it back.
    RolledBack,
    /// Its rollout did not end in time, and goes on.
    TimedOut,
    /// Someone else changed the daemon meanwhile.
    Superseded,
    /// The daemon was not as the plan has seen it, so that nothing was sent.
    Skipped,
    /// It was not begun.
    NotBegun,
    /// The run was interrupted; a rollout that was begun goes on.
    Interrupted,
    /// A call failed.
    Failed,
}

impl Verdict {
    /// True if it counts for `--max-failures`.
    pub fn is_failure(self) -> bool {
        matches!(self, Self::RolledBack | Self::TimedOut | Self::Failed)
    }

    /// Words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Repaired => "repaired",
            Self::RolledBack => "rolled back",
            Self::TimedOut => "timed out",
            Self::Superseded => "superseded by someone else",
            Self::Skipped => "skipped",
            Self::NotBegun => "not begun",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
        }
    }
}

impl Results {
    /// Nothing has been done yet.
    pub fn of(plan: &Plan, started_at: Timestamp) -> Self {
        Self {
            schema_version: RESULT_VERSION.to_owned(),
            tool: Tool::this(),
            plan_digest: plan.digest.clone(),
            started_at,
            finished_at: started_at,
            complete: plan.complete,
            interrupted: false,
            results: Vec::new(),
            refused: plan.refused.clone(),
        }
    }

    /// The exit code, but for signals: 1 if a call failed, 2 if something that was asked for is not as wanted, 4 if
    /// something was not read, 3 if everything is proven, 0 if there was nothing to do.
    pub fn code(&self, policy: ExitPolicy) -> u8 {
        let has = |test: &dyn Fn(Verdict) -> bool| self.results.iter().any(|result| test(result.verdict));
        if has(&|verdict| verdict == Verdict::Failed) {
            return 1;
        }
        let is_drift = |refused: &Refused| refused.causes.iter().any(|cause| cause.kind() != Kind::Unread);
        let remains = self.results.iter().any(|result| !result.remaining.is_empty());
        let is_left = has(&|verdict| verdict != Verdict::Repaired) || remains || self.refused.iter().any(is_drift);
        let drift = is_left.then_some(2);
        let gap = (!self.complete).then_some(4);
        let repaired = (!self.results.is_empty()).then_some(3);
        let order = if policy.strict {
            [gap, drift, repaired]
        } else {
            [drift, gap, repaired]
        };
        let is_forgiven = |code: &u8| policy.exit_zero && matches!(code, 2 | 3);
        order.into_iter().flatten().find(|code| !is_forgiven(code)).unwrap_or(0)
    }
}

impl Repaired {
    /// The end of a repair.
    pub fn new(planned: &Planned, verdict: Verdict, reasons: Vec<String>) -> Self {
        Self {
            subject: planned.subject.clone(),
            causes: planned.causes.clone(),
            verdict,
            reasons,
            deployment_arn: None,
            cost: planned.cost.clone(),
            remaining: planned.remaining.clone(),
        }
    }
}
