//! The way back of a failed deployment: another rollout inside the same record, to the revision
//! of the latest successful deployment. Without such a revision, or when that fails too, what has
//! been begun is given up.

use std::collections::BTreeSet;

use crate::knobs::{AfterRollback, FailedFirstDeployment, FirstDeploymentFailure, RollbackToDeleted};
use crate::records::daemon::{Deployment, Goal, Purpose, Rollback, Stage, Status};
use crate::records::definition::DefinitionStatus;
use crate::records::fleet::InstanceStatus;
use crate::records::must::Must;
use crate::seeded;
use crate::simulation::region::Region;

impl Region<'_> {
    /// Begins the rollback of a stopped deployment, or ends it when there is nothing to go back to.
    pub(in crate::simulation) fn begin_rollback(&mut self, arn: &str) {
        let now = self.now();
        let deployment = self.records.deployments.quiet(arn).must("deployment", arn);
        let Some(target) = deployment.fallback.clone() else {
            let status = match self.shared.knobs.first_deployment_failure {
                FirstDeploymentFailure::RollbackFailed => Status::RollbackFailed,
                FirstDeploymentFailure::Stopped => Status::Stopped,
            };
            let reason = match self.shared.knobs.failed_first_deployment {
                FailedFirstDeployment::Withdrawn => {
                    "There is no earlier revision to roll back to: new container instances start without the daemon \
                     until it is updated."
                }
                FailedFirstDeployment::Kept => {
                    "There is no earlier revision to roll back to: new container instances still start the daemon."
                }
            };
            return self.give_up(arn, status, reason);
        };
        let reason = deployment.reason.clone();
        deployment.rollback = Some(Rollback {
            reason: reason.clone(),
            started_at: now,
            target: target.clone(),
        });
        if self.shared.knobs.rollback_to_deleted_definition == RollbackToDeleted::Fails && self.is_deleted(&target) {
            return self.fail_rollback(
                arn,
                "The rollback failed: the task definition of its target is deleted.",
            );
        }
        self.set_status(
            arn,
            Status::RollbackInProgress,
            format!("{reason} The deployment is rolled back."),
        );
        self.plan_batches(arn);
        self.enter(arn, Stage::Rolling);
    }

    fn is_deleted(&self, goal: &Goal) -> bool {
        let definition = self
            .records
            .revisions
            .get(&goal.revision)
            .map(|revision| &revision.definition);
        let definition = definition.and_then(|key| self.records.definitions.get(key));
        definition.is_none_or(|definition| definition.status != DefinitionStatus::Active)
    }

    /// Ends a rollback that has reached its target everywhere.
    pub(super) fn finish_rollback(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let reason = deployment
            .rollback
            .as_ref()
            .map(|rollback| rollback.reason.clone())
            .unwrap_or_default();
        self.set_status(
            arn,
            Status::RollbackSuccessful,
            format!("{reason} The rollback completed."),
        );
        if self.shared.knobs.after_rollback_deployment_arn == AfterRollback::New {
            self.record_rollback(arn);
        }
    }

    /// Ends a rollback that cannot be completed.
    pub(super) fn fail_rollback(&mut self, arn: &str, reason: &str) {
        self.give_up(arn, Status::RollbackFailed, reason);
    }

    /// Ends a failed deployment and puts those instances back into service that were to leave and
    /// whose replacements have not made it.
    fn give_up(&mut self, arn: &str, status: Status, reason: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let (earlier, daemon) = (deployment.reason.clone(), deployment.daemon.clone());
        self.set_status(arn, status, format!("{earlier} {reason}"));
        self.take_back(&daemon);
    }

    /// Puts instances back into service that are drained for the sake of a daemon and whose replacements have not made
    /// it.
    pub(super) fn take_back(&mut self, daemon: &str) {
        let waits = |status: InstanceStatus| {
            matches!(
                status,
                InstanceStatus::Launching | InstanceStatus::Registering | InstanceStatus::RegistrationFailed
            )
        };
        let unfinished: Vec<(u64, u64)> = self
            .records
            .instances
            .values()
            .filter(|instance| waits(instance.status))
            .filter_map(|instance| Some((instance.key, instance.replaces?)))
            .collect();
        for (replacement, old) in unfinished {
            let leaving = self.records.instances.get(&old);
            let ours = leaving.and_then(|instance| instance.drain.as_ref()?.daemon());
            let ours = ours.is_some_and(|drained_for| **drained_for == *daemon);
            if ours && leaving.is_some_and(|instance| instance.status == InstanceStatus::Draining) {
                // First the one that has room for the tasks that were bound to the other.
                self.return_to_service(old);
                let provider = self
                    .records
                    .instances
                    .get(&replacement)
                    .map(|each| each.provider.clone());
                self.remove_instance(replacement);
                // A machine that had failed to register held back others.
                if let Some(provider) = provider {
                    self.place_waiting(&provider);
                }
            }
        }
    }

    /// Leaves a deployment of its own behind for a rollback that has succeeded
    /// (knob `after_rollback_deployment_arn`).
    fn record_rollback(&mut self, arn: &str) {
        let failed = self.records.deployments.get(arn).must("deployment", arn).clone();
        let Some(rollback) = failed.rollback.clone() else {
            return;
        };
        let series = format!("deployment of {}", failed.daemon);
        let n = self.next(&series);
        let id = seeded::alphanumeric_id(self.shared.seed, &series, n, 21);
        let Some((stem, _)) = arn.rsplit_once('/') else { return };
        let (new_arn, serial, now) = (format!("{stem}/{id}"), self.next("deployment"), self.now());
        let record = Deployment {
            arn: new_arn.clone(),
            serial,
            purpose: Purpose::Rollout,
            target: Some(rollback.target),
            sources: failed.target.clone().into_iter().collect(),
            failures: 0,
            rollback_failures: 0,
            breaker_triggered: false,
            triggered_alarms: BTreeSet::new(),
            fallback: None,
            rollback: None,
            created_at: rollback.started_at,
            started_at: Some(rollback.started_at),
            stopped_at: None,
            finished_at: Some(now),
            ..failed
        };
        let write = self.write();
        let daemon = record.daemon.clone();
        self.records.deployments.insert(new_arn.clone(), record, write);
        self.set_status(
            &new_arn,
            Status::Successful,
            "The rollback of an earlier deployment completed successfully.",
        );
        if let Some(daemon) = self.records.daemons.change(&daemon, write) {
            daemon.deployment = new_arn;
        }
    }
}
