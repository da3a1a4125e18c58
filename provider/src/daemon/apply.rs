//! What create, update and delete of a daemon share: the connection, the budget, and the ends of a wait.

use aws_sdk_ecs::{Client, types::DaemonDeploymentStatus};
use daemons::{
    arn::DaemonArn,
    describe,
    fetch::{self, Fetched, Unreadable},
    observe::{Known, Observed, Rollout},
    poll::Poll,
    rollout::{self, Outcome},
    wait::Budget,
};
use tfplug_core::{Cancel, Diagnostics, Value, resource::ApplyResponse};

use super::{drift_blocks::DriftBlocks, messages, plan, state, values};
use crate::{interrupt::ByClient, session::Session};

/// One apply under way.
pub(super) struct Apply<'a> {
    /// Connection and tag rules.
    pub session: &'a Session,
    /// Client for what may be repeated.
    pub client: Client,
    /// Client for what may be repeated on throttling only.
    pub once: Client,
    /// The daemon.
    pub arn: DaemonArn,
    /// Time left for all waits together.
    pub budget: Budget,
    /// The client that may give up.
    pub interrupt: ByClient<'a>,
    /// Messages so far.
    pub diagnostics: Diagnostics,
}

/// Which deployment is awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Awaited {
    /// The first rollout of a new daemon.
    First,
    /// One that brings what is wanted.
    Later,
    /// One that is being rolled back to what is wanted: here the rollback is what has to succeed.
    Return,
}

/// How a rollout ended, as far as the state is concerned.
pub(super) enum Rolled {
    /// It did what was planned, or goes on doing it.
    AsPlanned,
    /// It ended elsewhere; the failure is among the diagnostics.
    Failed,
    /// The budget is spent while it goes on; the failure is among the diagnostics.
    TimedOut,
}

impl<'a> Apply<'a> {
    /// An apply on a daemon.
    pub(super) fn new(session: &'a Session, arn: DaemonArn, budget: Budget, cancel: &'a Cancel) -> Self {
        let region = arn.arn.region.clone();
        Self {
            session,
            client: session.aws.ecs(&region),
            once: session.aws.ecs_unrepeatable(&region),
            arn,
            budget,
            interrupt: ByClient(cancel),
            diagnostics: Diagnostics::new(),
        }
    }

    /// How often to ask.
    pub(super) fn poll(&self) -> &Poll {
        &self.session.poll
    }

    /// Reads the daemon as it is now.
    pub(super) async fn observe(&self, known: Option<&Known>) -> Result<Option<Box<Observed>>, Unreadable> {
        // A cancelled run still wants the fullest state, so this read does not listen to the cancellation.
        let reader = self.session.reader(&self.arn.arn.region);
        match fetch::fetch(&reader, self.poll(), &self.arn, known, &ByClient(&Cancel::new())).await? {
            Fetched::Daemon(observed) => Ok(Some(observed)),
            Fetched::Gone => Ok(None),
        }
    }

    /// Waits for a deployment and turns its end into diagnostics.
    pub(super) async fn roll_out(&mut self, deployment_arn: &str, awaited: Awaited) -> Rolled {
        let first = awaited == Awaited::First;
        let outcome = rollout::wait(&self.client, self.poll(), deployment_arn, self.budget, &self.interrupt).await;
        match outcome {
            Outcome::Successful(rollout) => {
                tracing::info!(daemon = %self.arn, deployment = deployment_arn, counts = %rollout.progress(), "rollout successful");
                Rolled::AsPlanned
            }
            Outcome::Failed(rollout)
                if awaited == Awaited::Return && rollout.status == DaemonDeploymentStatus::RollbackSuccessful =>
            {
                tracing::info!(daemon = %self.arn, deployment = deployment_arn, "rolled back to what is wanted");
                Rolled::AsPlanned
            }
            Outcome::Failed(rollout) => {
                let overtaken_by = self.newer_deployment(&rollout).await;
                let failed = if first {
                    messages::first_rollout_failed
                } else {
                    messages::rollout_failed
                };
                self.diagnostics
                    .push(failed(&self.arn, &rollout, overtaken_by.as_deref()));
                Rolled::Failed
            }
            Outcome::TimedOut(last) => {
                self.diagnostics.push(messages::rollout_timed_out(
                    &self.arn,
                    first,
                    self.budget.total(),
                    last.as_deref(),
                ));
                Rolled::TimedOut
            }
            Outcome::Cancelled(last) => {
                self.diagnostics.push(messages::interrupted(&self.arn, last.as_deref()));
                Rolled::AsPlanned
            }
            Outcome::Expired => {
                self.diagnostics
                    .push(messages::record_expired(&self.arn, deployment_arn));
                Rolled::AsPlanned
            }
            Outcome::Unreadable(failure) => {
                self.diagnostics.push(messages::cannot_watch(&self.arn, &failure));
                Rolled::AsPlanned
            }
        }
    }

    async fn newer_deployment(&self, rollout: &Rollout) -> Option<String> {
        let daemon = describe::daemon(&self.client, &self.arn).await.ok().flatten()?;
        daemon
            .deployment_arn()
            .filter(|arn| *arn != rollout.arn && !rollout.is_rolled_back())
            .map(str::to_owned)
    }

    /// The answer of an apply that went as planned. `planned` comes back with its unknown attributes
    /// filled; what reads back differently becomes a warning, and drift on the next read.
    pub(super) async fn answer_planned(mut self, planned: &Value, fallback: Value) -> ApplyResponse {
        // The fallback names the deployment that was just made: an answer from before it is stale.
        let mut known = state::known(&fallback);
        if let Some(known) = &mut known {
            known.just_made = true;
        }
        let state = match self.observe(known.as_ref()).await {
            Ok(Some(observed)) => {
                self.warn_about_differences(planned, &observed);
                state::applied_value(planned, &self.arn, &observed, &self.session.tags)
            }
            Ok(None) => {
                self.diagnostics.push(messages::vanished(&self.arn));
                fallback
            }
            Err(unreadable) => {
                self.diagnostics
                    .push(messages::cannot_read_back(&self.arn, &unreadable));
                fallback
            }
        };
        self.answer(state)
    }

    /// The answer of an apply that failed: what a read would answer now; `fallback` if that cannot be
    /// read. `made` names the deployment that the apply made, if it got that far.
    pub(super) async fn answer_observed(
        self,
        spelling: &Value,
        mut notes: DriftBlocks,
        made: &Value,
        fallback: Value,
    ) -> ApplyResponse {
        let known = state::known(made);
        let observed = self.observe(known.as_ref()).await.ok().flatten();
        let read =
            observed.map(|observed| state::read_value(spelling, &self.arn, &observed, &self.session.tags, &mut notes));
        let mut response = self.answer(read.unwrap_or(fallback));
        response.private = notes.to_private();
        response
    }

    /// An answer with the given state.
    pub(super) fn answer(self, state: Value) -> ApplyResponse {
        ApplyResponse {
            identity: state::identity(&self.arn.to_string()),
            state,
            private: Vec::new(),
            diagnostics: self.diagnostics,
        }
    }

    fn warn_about_differences(&mut self, planned: &Value, observed: &Observed) {
        let differing = values::differing(planned, &values::value_of(&observed.settings));
        if differing.is_empty() {
            return;
        }
        match &observed.rollout {
            // A rollback that came meanwhile is no difference: a wait has reported it, and without one it is told here.
            Some(rollout) if rollout.is_rolled_back() => {
                if !plan::waits(planned) {
                    self.diagnostics.push(messages::not_arrived(&self.arn, rollout));
                }
            }
            _ => self.diagnostics.push(messages::differs(&self.arn, &differing)),
        }
    }
}
