//! Everything that happens by itself: deployments roll, instances come and go, daemons start and fail.
//!
//! Each record has at most one timer. When it is due, [`Region::happen`] moves the record on; then
//! every deployment that moves instances looks whether it can go on ([`Region::step_all`]), so that
//! nobody has to know who waits for what.

pub(crate) mod daemons;
mod instances;
pub(crate) mod region;
mod resources;
mod task;
mod task_outcome;
pub(crate) mod timers;
mod timing;
pub(crate) mod workloads;

pub(crate) use self::daemons::deployment::Opening;
use crate::knobs::Concurrency;
use crate::records::daemon::{Purpose, Stage};
use crate::records::must::Must;
use crate::records::names::Name;
use crate::records::queue::Due;
use crate::simulation::region::Region;

impl Region<'_> {
    /// Lets a change happen that is due now.
    pub(crate) fn happen(&mut self, due: Due) {
        match due {
            Due::Cluster(name) => self.cluster_due(&name),
            Due::Provider(name) => self.provider_due(&name),
            Due::Definition(key) => self.definition_due(&key),
            Due::AppDefinition(key) => self.app_definition_due(&key),
            Due::Deployment(arn) => self.deployment_due(&arn),
            Due::Instance(key) => self.instance_due(key),
            Due::Watch(key) => self.watched_instance_due(key),
            Due::InstanceEnd(key) => self.end_instance(key),
            Due::Service(arn) => self.service_due(&arn),
            Due::Slot(slot) => self.slot_due(slot.0, &slot.1),
            Due::Task(key) => self.task_due(key),
            Due::StoppedTask(key) => self.records.tasks.remove(&key),
        }
        self.step_all();
    }

    /// Lets every deployment look at the fleet that has not ended and in whose cluster something has changed.
    pub(crate) fn step_all(&mut self) {
        self.look();
        // A deployment that ended in a look lets those start that waited for it. There may be no later event to do it.
        let serially = self.shared.knobs.concurrent_deployments == Concurrency::Serial;
        while serially && self.records.stirred.iter().any(|(_, serial)| serial.is_none()) {
            self.look();
        }
    }

    /// One look of each. What it changes is seen by the next one.
    fn look(&mut self) {
        let mut stirred = std::mem::take(&mut self.records.stirred);
        stirred.sort_unstable();
        stirred.dedup();
        let mut looking: Vec<(Name, Purpose)> = Vec::new();
        let mut whole: Option<&Name> = None;
        for (cluster, serial) in &stirred {
            match serial {
                None => {
                    looking.extend(self.records.lookouts.looking_at(cluster));
                    whole = Some(cluster);
                }
                Some(serial) if whole != Some(cluster) => {
                    looking.extend(self.records.lookouts.looking(cluster, *serial));
                }
                Some(_) => {}
            }
        }
        // The same allocation serves event after event.
        stirred.clear();
        self.records.stirred = stirred;
        #[cfg(test)]
        {
            self.shared.looks += looking.len();
        }
        for (arn, purpose) in looking {
            match purpose {
                Purpose::Rollout => self.step_rollout(&arn),
                Purpose::Deletion => self.step_deletion(&arn),
            }
        }
    }

    /// Something has changed in a cluster that a deployment may wait for: each of them, or the one of that number.
    pub(super) fn stir(&mut self, cluster: &Name, serial: Option<u64>) {
        let stir = (cluster.clone(), serial);
        if self.records.stirred.last() != Some(&stir) {
            self.records.stirred.push(stir);
        }
    }

    fn deployment_due(&mut self, arn: &str) {
        let deployment = self.records.deployments.quiet(arn).must("deployment", arn);
        deployment.due = None;
        let (stage, purpose) = (deployment.stage, deployment.purpose);
        match (stage, purpose) {
            (Stage::Pending, Purpose::Rollout) => self.start_rollout(arn),
            (Stage::Pending, Purpose::Deletion) => self.start_deletion(arn),
            (Stage::Pausing, Purpose::Rollout) => self.begin_rollout_batch(arn),
            (Stage::Pausing, Purpose::Deletion) => self.begin_deletion_batch(arn),
            (Stage::Baking, _) => self.end_bake(arn),
            (Stage::Stopping, _) => self.begin_rollback(arn),
            (Stage::Queued | Stage::Rolling | Stage::Over, _) => {}
        }
    }
}
