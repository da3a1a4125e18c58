//! Records of daemons: what each should run where, and the deployments that bring it about.

use super::daemon_settings::Configuration;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::records::names::Tags;

/// A revision and the capacity providers whose instances run it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Goal {
    /// ARN of the revision.
    pub(crate) revision: String,
    /// Names of the providers, in the order of the request.
    pub(crate) providers: Vec<String>,
}

impl Goal {
    /// True if the goal wants the daemon on instances of the provider.
    pub(crate) fn includes(&self, provider: &str) -> bool {
        self.providers.iter().any(|name| name == provider)
    }
}

/// A managed daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Daemon {
    pub(crate) arn: String,
    pub(crate) name: String,
    /// Name of the cluster.
    pub(crate) cluster: String,
    pub(crate) cluster_arn: String,
    /// False once deletion has begun.
    pub(crate) active: bool,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// ARN of the deployment that readers are referred to.
    pub(crate) deployment: String,
    /// The revision and providers that its instances are to have; None while the daemon is being deleted.
    pub(crate) goal: Option<Goal>,
    /// True if instances born now get nothing of it all the same, since its first deployment has failed.
    pub(crate) withdrawn: bool,
    /// The goal that the latest successful deployment reached, to which a rollback goes.
    pub(crate) good: Option<Goal>,
    pub(crate) tags: Tags,
}

impl Daemon {
    /// The goal of an instance born now.
    pub(crate) fn goal_of_new(&self) -> Option<&Goal> {
        self.goal.as_ref().filter(|_| !self.withdrawn)
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.active { "ACTIVE" } else { "DELETE_IN_PROGRESS" }
    }
}

/// Status of a deployment, as readers see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Status {
    Pending,
    InProgress,
    Successful,
    StopRequested,
    Stopped,
    RollbackInProgress,
    RollbackSuccessful,
    RollbackFailed,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::InProgress => "IN_PROGRESS",
            Self::Successful => "SUCCESSFUL",
            Self::StopRequested => "STOP_REQUESTED",
            Self::Stopped => "STOPPED",
            Self::RollbackInProgress => "ROLLBACK_IN_PROGRESS",
            Self::RollbackSuccessful => "ROLLBACK_SUCCESSFUL",
            Self::RollbackFailed => "ROLLBACK_FAILED",
        }
    }

    /// True if the deployment has ended.
    pub(crate) fn is_final(self) -> bool {
        matches!(
            self,
            Self::Successful | Self::Stopped | Self::RollbackSuccessful | Self::RollbackFailed
        )
    }
}

/// The event that a deployment waits for; readers see only its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// For its start, which is due.
    Pending,
    /// For an earlier deployment on one of its providers (knob `concurrent_deployments`).
    Queued,
    /// For instances and tasks; no timer of its own.
    Rolling,
    /// For the begin of the next batch, which is due.
    Pausing,
    /// For the end of the bake time, which is due.
    Baking,
    /// For the begin of its rollback, which is due.
    Stopping,
    /// For nothing: it has ended.
    Over,
}

impl Stage {
    /// The stage for people.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Queued => "queued",
            Self::Rolling => "rolling",
            Self::Pausing => "pausing",
            Self::Baking => "baking",
            Self::Stopping => "stopping",
            Self::Over => "over",
        }
    }
}

/// The purpose of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// To bring a revision onto the instances.
    Rollout,
    /// To take the daemon off them.
    Deletion,
}

/// The way back of a failed deployment.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rollback {
    pub(crate) reason: String,
    pub(crate) started_at: i64,
    pub(crate) target: Goal,
}

/// The batches of a deployment.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Batches {
    /// Largest number of instances of a batch, by provider; under [`ALL_PROVIDERS`] when they count together.
    pub(crate) sizes: BTreeMap<String, usize>,
    /// Number of the batch that runs or ran last; 0 before the first.
    pub(crate) number: usize,
    /// Number of batches in all, as far as can be told.
    pub(crate) total: usize,
    /// True if a batch runs.
    pub(crate) open: bool,
    /// Instances that the running batch drains.
    pub(crate) members: BTreeSet<u64>,
}

/// Key of [`Batches::sizes`] when the instances of all providers count together.
pub(crate) const ALL_PROVIDERS: &str = "*";

impl Batches {
    /// The most instances that one batch drains.
    pub(crate) fn limit(&self) -> usize {
        self.sizes.values().sum()
    }
}

/// A deployment of a daemon.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Deployment {
    pub(crate) arn: String,
    /// ARN of the daemon.
    pub(crate) daemon: String,
    pub(crate) cluster: String,
    pub(crate) cluster_arn: String,
    /// Order of creation in the scope.
    pub(crate) serial: u64,
    pub(crate) purpose: Purpose,
    pub(crate) status: Status,
    pub(crate) reason: String,
    pub(crate) stage: Stage,
    /// Time at which the stage ends by itself.
    pub(crate) due: Option<i64>,
    /// None for a deletion.
    pub(crate) target: Option<Goal>,
    pub(crate) sources: Vec<Goal>,
    pub(crate) configuration: Configuration,
    pub(crate) batches: Batches,
    /// True if the bake time has passed.
    pub(crate) baked: bool,
    /// Failed launches of the target revision.
    pub(crate) failures: u32,
    /// Failed launches of the rollback target.
    pub(crate) rollback_failures: u32,
    /// Failures at which the circuit breaker triggers.
    pub(crate) threshold: u32,
    pub(crate) breaker_triggered: bool,
    /// Alarms to disregard, since they were in ALARM at the start.
    pub(crate) ignored_alarms: BTreeSet<String>,
    pub(crate) triggered_alarms: BTreeSet<String>,
    /// The goal of a rollback; known from the trigger on.
    pub(crate) fallback: Option<Goal>,
    pub(crate) rollback: Option<Rollback>,
    pub(crate) created_at: i64,
    pub(crate) started_at: Option<i64>,
    pub(crate) stopped_at: Option<i64>,
    pub(crate) finished_at: Option<i64>,
}

impl Deployment {
    /// The goal that the deployment is bringing about at present.
    pub(crate) fn aim(&self) -> Option<&Goal> {
        match (self.status, &self.rollback) {
            (Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed, Some(rollback)) => {
                Some(&rollback.target)
            }
            _ => self.target.as_ref(),
        }
    }

    /// True if instances of the provider are the deployment's business.
    pub(crate) fn concerns(&self, provider: &str) -> bool {
        let goals = self
            .sources
            .iter()
            .chain(&self.target)
            .chain(self.rollback.iter().map(|rollback| &rollback.target));
        goals.into_iter().any(|goal| goal.includes(provider))
    }
}
