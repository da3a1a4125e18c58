//! Waiting for a deployment: the condition over its record, and what an ended wait means.

use aws::Failure;
use aws_sdk_ecs::{Client, types::DaemonDeploymentStatus as Status};

use super::{describe, observe::Rollout};
use crate::{
    patience,
    poll::Poll,
    wait::{self, Budget, Ended, Interrupt},
};

/// The end of a wait for a deployment.
#[derive(Debug)]
pub enum Outcome {
    /// The fleet runs the target revision.
    Successful(Box<Rollout>),
    /// It was stopped, rolled back, or failed to roll back.
    Failed(Box<Rollout>),
    /// The record is gone; what came of it can be seen from the daemon only.
    Expired,
    /// The run was cancelled.
    Cancelled(Option<Box<Rollout>>),
    /// The budget is spent.
    TimedOut(Option<Box<Rollout>>),
    /// The deployment cannot be read.
    Unreadable(Failure),
}

/// The reading of one poll. Pure, so that it can be tested on literals.
#[derive(Debug, Default)]
struct Watch {
    last: Option<Box<Rollout>>,
    missing: u32,
}

enum Seen {
    Ended(Box<Rollout>),
    Expired,
}

impl Watch {
    fn see(&mut self, record: Option<Box<Rollout>>) -> Option<Seen> {
        let Some(rollout) = record else {
            self.missing += 1;
            let limit = if self.last.is_some() {
                patience::EXPIRED_POLLS
            } else {
                patience::UNSEEN_POLLS
            };
            return (self.missing >= limit).then_some(Seen::Expired);
        };
        self.missing = 0;
        if self.last.as_ref().is_none_or(|last| last.status != rollout.status) {
            tracing::info!(deployment = %rollout.arn, status = rollout.status.as_str(), counts = %rollout.progress(), "deployment status");
        }
        self.last = Some(rollout.clone());
        (!rollout.is_in_progress()).then_some(Seen::Ended(rollout))
    }
}

/// Waits until the deployment has ended. Each look at its record is handed to `seen`.
pub async fn wait(
    client: &Client,
    poll: &Poll,
    deployment_arn: &str,
    budget: Budget,
    interrupt: &impl Interrupt,
    mut seen: impl FnMut(&Rollout),
) -> Outcome {
    let mut watch = Watch::default();
    let ended = wait::until(
        poll.schedule(),
        budget,
        interrupt,
        || async {
            let records = describe::deployments(client, vec![deployment_arn.to_owned()]).await?;
            Ok(records.first().map(|found| Box::new(Rollout::of(&found.record))))
        },
        |record: Option<Box<Rollout>>| {
            if let Some(rollout) = &record {
                seen(rollout);
            }
            watch.see(record)
        },
    )
    .await;
    let last = watch.last;
    match ended {
        Ok(Seen::Ended(rollout)) if rollout.status == Status::Successful => Outcome::Successful(rollout),
        Ok(Seen::Ended(rollout)) => Outcome::Failed(rollout),
        Ok(Seen::Expired) => match last {
            // What was on its way back when its record vanished did not arrive.
            Some(last) if last.is_rolled_back() => Outcome::Failed(last),
            _ => Outcome::Expired,
        },
        Err(Ended::Cancelled) => Outcome::Cancelled(last),
        Err(Ended::TimedOut) => Outcome::TimedOut(last),
        Err(Ended::Failed(failure)) => Outcome::Unreadable(failure),
    }
}
