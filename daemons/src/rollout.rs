//! Waiting for a deployment: the condition over its record, and what an ended wait means.

use std::time::Duration;

use aws::Failure;
use aws_sdk_ecs::{Client, types::DaemonDeploymentStatus as Status};

use super::{describe, observe::Rollout};
use crate::{
    patience,
    poll::Poll,
    settings::Settings,
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

/// What the looks at the record of one deployment come to. Pure, so that it can be tested on literals.
#[derive(Debug, Default)]
pub struct Watch {
    last: Option<Box<Rollout>>,
    missing: u32,
}

impl Watch {
    /// The end that a look shows; none if the rollout goes on.
    pub fn see(&mut self, record: Option<Box<Rollout>>) -> Option<Outcome> {
        let Some(rollout) = record else {
            self.missing += 1;
            let limit = if self.last.is_some() {
                patience::EXPIRED_POLLS
            } else {
                patience::UNSEEN_POLLS
            };
            return (self.missing >= limit).then(|| self.expired());
        };
        self.missing = 0;
        if self.last.as_ref().is_none_or(|last| last.status != rollout.status) {
            tracing::info!(deployment = %rollout.arn, status = rollout.status.as_str(), counts = %rollout.progress(), "deployment status");
        }
        self.last = Some(rollout.clone());
        if rollout.is_in_progress() {
            return None;
        }
        Some(match rollout.status {
            Status::Successful => Outcome::Successful(rollout),
            _ => Outcome::Failed(rollout),
        })
    }

    fn expired(&self) -> Outcome {
        match &self.last {
            // What was on its way back when its record vanished did not arrive.
            Some(last) if last.is_rolled_back() => Outcome::Failed(last.clone()),
            _ => Outcome::Expired,
        }
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
        Ok(outcome) => outcome,
        Err(Ended::Cancelled) => Outcome::Cancelled(last),
        Err(Ended::TimedOut) => Outcome::TimedOut(last),
        Err(Ended::Failed(failure)) => Outcome::Unreadable(failure),
    }
}

/// The time that a rollout may take: an hour, its bake time, and a quarter of an hour for each batch that its drain percentage
/// comes to.
pub fn time_for(settings: &Settings) -> Duration {
    let deployment = &settings.deployment_configuration;
    let batches = (100.0 / deployment.drain_percent.max(1.0)).ceil();
    let bake = u64::try_from(deployment.bake_time_in_minutes).unwrap_or_default();
    Duration::from_hours(1) + Duration::from_secs(bake.saturating_mul(60)) + Duration::from_mins(15).mul_f64(batches)
}
