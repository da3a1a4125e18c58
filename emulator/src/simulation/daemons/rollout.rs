//! A rollout: batch after batch of instances is replaced until every one has what the deployment
//! aims at, then it bakes and is done. A rollback is the same with another aim.

use serde_json::json;

use crate::knobs::{Bake, Concurrency, EmptyProvider};
use crate::records::arn::last_part;
use crate::records::daemon::{Deployment, Purpose, Stage, Status};
use crate::records::events::Kind;
use crate::records::must::Must;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// Milliseconds in a minute of bake time.
const MINUTE: i64 = 60_000;

/// The work that is left for a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// Instances in service have something else than the aim.
    Replace,
    /// Instances are on their way out or their daemons are starting.
    Wait,
    Nothing,
}

impl Region<'_> {
    /// Begins a rollout whose pending time has passed, or leaves it waiting for another one.
    pub(in crate::simulation) fn start_rollout(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        if self.is_blocked(deployment) {
            self.enter(arn, Stage::Queued);
        } else if !self.has_instances(deployment) && self.shared.knobs.empty_provider != EmptyProvider::InProgress {
            self.finish_empty(arn);
        } else {
            self.set_status(arn, Status::InProgress, "The deployment replaces instances in batches.");
            self.plan_batches(arn);
            self.enter_after(arn, Stage::Pausing, timing::FIRST_BATCH);
        }
    }

    /// Ends a deployment that has no instance to care for.
    pub(super) fn finish_empty(&mut self, arn: &str) {
        self.succeed(
            arn,
            "The deployment completed: its capacity providers have no instances.",
        );
    }

    /// Looks at the fleet and does what can be done for the deployment.
    pub(in crate::simulation) fn step_rollout(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        if deployment.stage == Stage::Queued {
            if !self.is_blocked(deployment) {
                self.start_rollout(arn);
            }
            return;
        }
        let running = deployment
            .batches
            .members
            .iter()
            .any(|key| self.records.instances.contains_key(key));
        if deployment.batches.open && running {
            return;
        }
        if deployment.batches.open {
            self.end_batch(arn);
            if self.shared.knobs.bake == Bake::PerBatch && self.begin_bake(arn) {
                return;
            }
        }
        match self.left(arn) {
            Left::Replace => self.enter_after(arn, Stage::Pausing, timing::NEXT_BATCH),
            Left::Wait => {}
            Left::Nothing => self.rolled_out(arn),
        }
    }

    fn left(&mut self, arn: &str) -> Left {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        if deployment.aim().is_none() {
            return Left::Nothing;
        }
        if self.has_leaving(&deployment.daemon) {
            return Left::Wait;
        }
        let left = self.with_work(arn, |work| {
            if !work.outdated.is_empty() {
                Left::Replace
            } else if !work.awaited.is_empty() {
                Left::Wait
            } else {
                Left::Nothing
            }
        });
        left.unwrap_or(Left::Nothing)
    }

    /// True if instances that some deployment of the daemon drains are still on their way out.
    pub(super) fn has_leaving(&self, daemon: &str) -> bool {
        self.records.instances.is_drained_for(daemon)
    }

    fn rolled_out(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        match deployment.status {
            Status::RollbackInProgress => self.finish_rollback(arn),
            Status::InProgress => {
                let once = self.shared.knobs.bake == Bake::Once && !deployment.baked;
                if !(once && self.begin_bake(arn)) {
                    self.succeed(arn, "The deployment completed successfully.");
                }
            }
            _ => {}
        }
    }

    /// Begins the bake time. False: there is none.
    fn begin_bake(&mut self, arn: &str) -> bool {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let minutes = deployment.configuration.bake_minutes;
        if minutes == 0 || deployment.status != Status::InProgress {
            return false;
        }
        self.note_bake(arn, Kind::BakeBegin, "start");
        self.enter_until(arn, Stage::Baking, self.now() + i64::from(minutes) * MINUTE);
        true
    }

    /// Ends the bake time; what is left to do is done by the next look at the fleet.
    pub(in crate::simulation) fn end_bake(&mut self, arn: &str) {
        self.note_bake(arn, Kind::BakeEnd, "end");
        if let Some(deployment) = self.records.deployments.quiet(arn) {
            deployment.baked = true;
        }
        self.enter(arn, Stage::Rolling);
    }

    fn note_bake(&mut self, arn: &str, kind: Kind, bake: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let detail = json!({
            "daemon": last_part(&deployment.daemon),
            "daemonArn": deployment.daemon,
            "deploymentArn": arn,
            "bake": bake,
            "minutes": deployment.configuration.bake_minutes,
        });
        self.note(kind, detail);
    }

    fn succeed(&mut self, arn: &str, reason: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let (daemon, target) = (deployment.daemon.clone(), deployment.target.clone());
        self.set_status(arn, Status::Successful, reason);
        if let Some(daemon) = self.records.daemons.quiet(&daemon) {
            daemon.good = target;
        }
    }

    /// True if the deployment has to wait for an earlier one (knob `concurrent_deployments`).
    fn is_blocked(&self, deployment: &Deployment) -> bool {
        self.shared.knobs.concurrent_deployments == Concurrency::Serial
            && self.records.deployments.values().any(|other| {
                let earlier = other.serial < deployment.serial && !other.status.is_final();
                let goals = deployment.sources.iter().chain(&deployment.target);
                let shared = goals
                    .flat_map(|goal| &goal.providers)
                    .any(|provider| other.concerns(provider));
                earlier && other.purpose == Purpose::Rollout && other.cluster == deployment.cluster && shared
            })
    }
}
