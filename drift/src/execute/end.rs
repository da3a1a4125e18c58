//! The end of a repair before it is told.

use daemons::{observe::Rollout, why::Why};

use crate::{repair::Verdict, rollout};

/// The end of a repair.
pub(super) struct End {
    pub(super) verdict: Verdict,
    pub(super) reasons: Vec<String>,
    pub(super) deployment_arn: Option<String>,
}

impl End {
    pub(super) fn new(verdict: Verdict, reason: impl Into<String>) -> Self {
        Self {
            verdict,
            reasons: vec![reason.into()],
            deployment_arn: None,
        }
    }

    pub(super) fn of(self, deployment_arn: &str) -> Self {
        let deployment_arn = Some(deployment_arn.to_owned());
        Self { deployment_arn, ..self }
    }

    /// The same, where nothing tells what became of a deployment that ECS has, whichever run asked for it.
    pub(super) fn unseen(mut self, deployment_arn: &str) -> Self {
        self.reasons.push(format!(
            "ECS has the deployment {deployment_arn} of these settings. Run again to see what became of it."
        ));
        self.of(deployment_arn)
    }

    /// ECS took the rollout back, or it failed otherwise.
    pub(super) fn rolled_back(failed: Option<&Rollout>, why: &Why) -> Self {
        Self {
            verdict: Verdict::RolledBack,
            reasons: rollout::reasons(failed, why),
            deployment_arn: None,
        }
    }
}
