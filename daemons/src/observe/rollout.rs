//! The course of a deployment.

use std::collections::BTreeMap;

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentRevisionDetail, DaemonDeploymentStatus as Status};

use super::counting::rollback_target;

/// The course of a deployment, in the words of messages.
#[derive(Clone, Debug, PartialEq)]
pub struct Rollout {
    /// ARN of the deployment.
    pub arn: String,
    /// Status.
    pub status: Status,
    /// ECS's reason of the status.
    pub reason: Option<String>,
    /// The reason of the rollback.
    pub rollback_reason: Option<String>,
    /// Failures counted and the threshold of the circuit breaker.
    pub breaker: Option<(i32, i32)>,
    /// Alarms that went off.
    pub triggered_alarms: Vec<String>,
    /// Revision it was to bring.
    pub target: Option<String>,
    /// Revision it went back to.
    pub rollback_target: Option<String>,
    /// Counts of the target revision by provider: running, without daemon, draining.
    pub counts: BTreeMap<String, Counts>,
    /// Time of its creation, in seconds since 1970.
    pub created_at: Option<f64>,
}

/// Instances of one provider in a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Running the target revision.
    pub running: i32,
    /// Registered without the daemon, which only happens when it is not critical.
    pub without_daemon: i32,
    /// Being drained.
    pub draining: i32,
}

impl Rollout {
    /// Counts per provider in one line.
    pub fn progress(&self) -> String {
        let counts = self.counts.iter().map(|(provider, counts)| {
            let name = provider.rsplit('/').next().unwrap_or(provider);
            format!(
                "{name}: {} running, {} without daemon, {} draining",
                counts.running, counts.without_daemon, counts.draining
            )
        });
        counts.collect::<Vec<_>>().join("; ")
    }

    /// The facts of a deployment record.
    pub fn of(deployment: &DaemonDeployment) -> Self {
        let target = deployment.target_daemon_revision();
        let providers = target.map(|revision| revision.capacity_providers()).unwrap_or_default();
        let counts = providers.iter().filter_map(|provider| {
            let counts = Counts {
                running: provider.running_instance_count().unwrap_or_default(),
                without_daemon: provider.without_daemon_instance_count().unwrap_or_default(),
                draining: provider.draining_instance_count().unwrap_or_default(),
            };
            Some((provider.arn()?.to_owned(), counts))
        });
        Self {
            arn: deployment.daemon_deployment_arn().unwrap_or_default().to_owned(),
            status: deployment.status().cloned().unwrap_or(Status::Pending),
            reason: deployment.status_reason().map(str::to_owned),
            rollback_reason: deployment
                .rollback()
                .and_then(|rollback| rollback.reason())
                .map(str::to_owned),
            breaker: deployment
                .circuit_breaker()
                .map(|breaker| (breaker.failure_count(), breaker.threshold())),
            triggered_alarms: deployment
                .alarms()
                .map(|alarms| alarms.triggered_alarm_names().to_vec())
                .unwrap_or_default(),
            target: target.and_then(|revision| revision.arn()).map(str::to_owned),
            rollback_target: rollback_target(deployment).map(str::to_owned),
            counts: counts.collect(),
            created_at: deployment
                .created_at()
                .map(aws_sdk_ecs::primitives::DateTime::as_secs_f64),
        }
    }

    /// A deployment that is known to have brought its target, without its record.
    pub(super) fn arrived(deployment: &str, target: &str) -> Self {
        let record = DaemonDeployment::builder().daemon_deployment_arn(deployment);
        let target = DaemonDeploymentRevisionDetail::builder().arn(target).build();
        Self::of(&record.status(Status::Successful).target_daemon_revision(target).build())
    }

    /// True if it has brought this revision, and nothing of it was undone.
    pub(super) fn has_brought(&self, revision: &str) -> bool {
        self.status == Status::Successful
            && self.rollback_target.is_none()
            && self.rollback_reason.is_none()
            && self.target.as_deref() == Some(revision)
    }

    /// True if ECS is still at work on it. A status that we do not know counts as work.
    pub fn is_in_progress(&self) -> bool {
        !matches!(
            self.status,
            Status::Successful | Status::Stopped | Status::RollbackSuccessful | Status::RollbackFailed
        )
    }

    /// True if it went back, or is going back, to an earlier revision.
    pub fn is_rolled_back(&self) -> bool {
        match self.status {
            Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed => true,
            Status::StopRequested => self.rollback_target.is_some(),
            _ => false,
        }
    }

    /// Status and reason if it left the fleet on no single revision.
    pub fn failure(&self) -> Option<String> {
        if !matches!(self.status, Status::Stopped | Status::RollbackFailed) {
            return None;
        }
        let reason = self.rollback_reason.as_ref().or(self.reason.as_ref());
        Some(match reason {
            Some(reason) => format!("{}: {reason}", self.status.as_str()),
            None => self.status.as_str().to_owned(),
        })
    }
}
