//! The wait for a deployment within an apply, and what its end means for people.

use aws_sdk_ecs::types::DaemonDeploymentStatus;
use daemons::{observe::Rollout, rollout::Outcome, why::Why, writer::Latest};
use tfplug_core::Diagnostic;

use super::{
    apply::Apply,
    messages,
    rollout_messages::{self, Overtaken},
};

/// A deployment that the result of an apply depends on.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Followed {
    /// ARN of the deployment.
    pub deployment: String,
    /// The end of it that is a success.
    pub awaited: Awaited,
    /// Its record when it was found; none if the apply has started it.
    pub found: Option<Box<Rollout>>,
}

/// The end of a deployment that is a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// That of the first rollout of a new daemon.
    First,
    /// That of a rollout which brings what is wanted.
    Later,
    /// That of a rollback to what is wanted.
    Return,
}

/// The end of a rollout, as far as the state is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Rolled {
    /// It did what was planned, or goes on doing it.
    AsPlanned,
    /// It ended elsewhere; the failure is among the diagnostics.
    Failed(Box<Rollout>),
    /// The budget is spent while it goes on; the failure is among the diagnostics.
    TimedOut,
}

impl Rolled {
    /// The rollout that ended elsewhere.
    pub(super) fn failed(&self) -> Option<&Rollout> {
        match self {
            Self::Failed(rollout) => Some(rollout),
            Self::AsPlanned | Self::TimedOut => None,
        }
    }
}

impl Followed {
    /// A deployment that the apply has started.
    pub(super) fn started(deployment: String, awaited: Awaited) -> Self {
        Self {
            deployment,
            awaited,
            found: None,
        }
    }

    fn is_returned(&self, rollout: &Rollout) -> bool {
        self.awaited == Awaited::Return && rollout.status == DaemonDeploymentStatus::RollbackSuccessful
    }
}

impl Apply<'_> {
    /// Waits for a deployment and turns its end into diagnostics. Without a wait, one that was found is told as it stands.
    pub(super) async fn follow(&mut self, followed: &Followed, waits: bool) -> Rolled {
        if !waits {
            let found = followed.found.as_ref();
            self.diagnostics
                .extend(found.map(|rollout| messages::not_awaited(self.arn(), rollout)));
            return Rolled::AsPlanned;
        }
        let deployment = &followed.deployment;
        let told = match self.writer.roll_out(deployment).await {
            Outcome::Successful(rollout) => {
                tracing::info!(daemon = %self.arn(), %deployment, counts = %rollout.progress(), "rollout successful");
                return Rolled::AsPlanned;
            }
            Outcome::Failed(rollout) if followed.is_returned(&rollout) => {
                tracing::info!(daemon = %self.arn(), %deployment, "rolled back to what is wanted");
                return Rolled::AsPlanned;
            }
            Outcome::Failed(rollout) => {
                let failed = self.failed(&rollout, followed.awaited).await;
                self.diagnostics.push(failed);
                return Rolled::Failed(rollout);
            }
            Outcome::TimedOut(last) => {
                let is_first = followed.awaited == Awaited::First;
                let total = self.writer.budget.total();
                let told = rollout_messages::rollout_timed_out(self.arn(), is_first, total, last.as_deref());
                self.diagnostics.push(told);
                return Rolled::TimedOut;
            }
            Outcome::Cancelled(last) => messages::interrupted(self.arn(), last.as_deref()),
            Outcome::Expired => messages::record_expired(self.arn(), deployment),
            Outcome::Unreadable(failure) => messages::cannot_watch(self.arn(), &failure),
        };
        self.diagnostics.push(told);
        Rolled::AsPlanned
    }

    async fn failed(&self, rollout: &Rollout, awaited: Awaited) -> Diagnostic {
        let overtaken = match self.writer.latest().await {
            Some(Latest::Leaving) => Overtaken::ByDeletion,
            Some(Latest::Deployment(newer)) if newer != rollout.arn && !rollout.is_rolled_back() => {
                Overtaken::By(newer)
            }
            _ => Overtaken::Not,
        };
        let told = match awaited {
            Awaited::First => rollout_messages::first_rollout_failed,
            Awaited::Later | Awaited::Return => rollout_messages::rollout_failed,
        };
        let why = match overtaken {
            Overtaken::Not => self.writer.why(rollout).await,
            // It did not fail by itself.
            Overtaken::By(_) | Overtaken::ByDeletion => Why::default(),
        };
        told(self.arn(), rollout, &why, &overtaken)
    }
}
