//! The common ground of all changes of one daemon: the clients, the time that they may take, and the reading in between. The changes
//! themselves are in `create`, `update` and `delete`, the wait for what follows in `rollout`.
//!
//! Nothing there decides whether a change is wanted, and nothing speaks to a user.

use aws_sdk_ecs::{Client, types::DaemonStatus};

use crate::{
    arn::DaemonArn,
    batching::Reader,
    describe,
    fetch::{self, Fetched, Unreadable},
    observe::{Known, Observed, Rollout},
    patience::{self, Patience},
    poll::Poll,
    rollout::{self, Outcome},
    sending::Sending,
    wait::{Budget, Interrupt, Never},
    why::{self, Why},
};

/// The calls that change one daemon, with the time that they may take altogether.
pub struct Writer<I> {
    /// The daemon.
    pub arn: DaemonArn,
    /// Calls that read.
    pub reader: Reader,
    /// Client of calls that may be repeated on throttling only.
    pub once: Client,
    /// Pauses between looks.
    pub poll: Poll,
    /// Time left for all waits together.
    pub budget: Budget,
    /// The early end of a wait.
    pub interrupt: I,
}

/// The latest that a daemon is under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Latest {
    /// This deployment.
    Deployment(String),
    /// Its deletion.
    Leaving,
}

impl<I: Interrupt> Writer<I> {
    /// Client of calls that may be repeated.
    pub fn client(&self) -> &Client {
        self.reader.client()
    }

    /// The daemon as it is now; none if it is gone.
    pub async fn observe(&self, known: Option<&Known>) -> Result<Option<Box<Observed>>, Unreadable> {
        // An interrupted run still wants the fullest state, so this read does not listen.
        match fetch::fetch(&self.reader, &self.poll, &self.arn, known, &Never).await? {
            Fetched::Daemon(observed) => Ok(Some(observed)),
            Fetched::Gone => Ok(None),
        }
    }

    /// Waits until a deployment has ended.
    pub async fn roll_out(&self, deployment_arn: &str) -> Outcome {
        self.roll_out_seen(deployment_arn, |_| {}).await
    }

    /// The same; each look at the deployment's record is handed to `seen`.
    pub async fn roll_out_seen(&self, deployment_arn: &str, seen: impl FnMut(&Rollout)) -> Outcome {
        rollout::wait(
            self.client(),
            &self.poll,
            deployment_arn,
            self.budget,
            &self.interrupt,
            seen,
        )
        .await
    }

    /// The reasons why a rollout failed, as far as they can be read.
    pub async fn why(&self, rollout: &Rollout) -> Why {
        why::read(self.client(), &self.arn, rollout).await
    }

    /// The daemon's latest deployment; none if it cannot be read.
    pub async fn latest(&self) -> Option<Latest> {
        let mut schedule = self.poll.retry_schedule();
        for _ in 0..patience::ABSENT_READS {
            match describe::daemon(self.client(), &self.arn).await.ok()? {
                Some(daemon) if daemon.status() == Some(&DaemonStatus::DeleteInProgress) => break,
                Some(daemon) => return daemon.deployment_arn.map(Latest::Deployment),
                None => tokio::time::sleep(schedule.next_delay()).await,
            }
        }
        Some(Latest::Leaving)
    }

    /// A call that is to be carried out once.
    pub(crate) fn sending(&self, operation: &'static str, patience: Patience) -> Sending<'_, I> {
        Sending {
            operation,
            patience,
            schedule: self.poll.retry_schedule(),
            budget: self.budget,
            interrupt: &self.interrupt,
        }
    }
}
