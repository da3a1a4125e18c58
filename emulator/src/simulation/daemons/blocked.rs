//! A deployment that waits for instances which cannot register, because a daemon that is none of its own fails on them.
//!
//! Without a charge it would wait for ever: machine after machine is given up, and none of its own tasks fails.

use super::monitor::Failed;
use super::progress::standing;
use crate::records::daemon::Deployment;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::must::Must;
use crate::records::names::Name;
use crate::simulation::region::Region;

impl Region<'_> {
    /// An instance is lost to daemons that fail on it: charges that to each deployment of another daemon that waits for
    /// one whose place it was to take, or whose tasks it was to take over.
    pub(in crate::simulation) fn charge_blocked(&mut self, key: u64, blockers: &[Name]) {
        let (Some(blocker), Some(lost)) = (blockers.first(), self.records.instances.get(&key)) else {
            return;
        };
        let stuck = self.stuck_for(lost);
        let others = self.records.lookouts.of_cluster(&lost.cluster);
        let waiting = others.filter(|arn| {
            let deployment = self.records.deployments.get(&***arn);
            deployment.is_some_and(|deployment| {
                let foreign = blockers.iter().all(|blocker| **blocker != *deployment.daemon);
                foreign && stuck.iter().any(|old| self.waits_for(deployment, old))
            })
        });
        let waiting: Vec<Name> = waiting.cloned().collect();
        for arn in waiting {
            self.charge(&arn, &Failed::Blocked(blocker));
        }
    }

    /// The drained instances that cannot leave because another one is lost.
    fn stuck_for(&self, lost: &Instance) -> Vec<&Instance> {
        let next = |instance: &&Instance| self.records.instances.get(&instance.replaces?);
        let replaced: Vec<u64> = std::iter::successors(next(&lost), next).map(|old| old.key).collect();
        let leaving = self.records.instances.leaving(&lost.cluster);
        leaving
            .filter(|old| old.status == InstanceStatus::Draining)
            .filter(|old| replaced.contains(&old.key) || self.moves_to(old, &lost.provider))
            .collect()
    }

    /// True if an instance has tasks of a service that may find room on a provider.
    fn moves_to(&self, old: &Instance, provider: &Name) -> bool {
        let tasks = old.tasks.iter().filter_map(|task| self.records.tasks.get(task));
        let mut services = tasks.filter_map(|task| self.records.services.get(&**task.service()?));
        services.any(|service| service.settings.strategy.iter().any(|item| item.provider == *provider))
    }

    fn waits_for(&self, deployment: &Deployment, old: &Instance) -> bool {
        let drained_for = old.drain.as_ref().and_then(|drain| drain.daemon());
        drained_for.is_some_and(|daemon| **daemon == *deployment.daemon)
            || standing(self.records, &self.shared.knobs, deployment, old).is_some()
    }

    /// Takes a daemon off its instances where they are, since they cannot be replaced. The deletion ends with that.
    pub(super) fn delete_in_place(&mut self, arn: &str) {
        let deployment = self.records.deployments.get(arn).must("deployment", arn);
        let (daemon, cluster) = (deployment.daemon.clone(), deployment.cluster.clone());
        self.take_back(&daemon);
        let instances = self.records.instances_of(&cluster);
        let having = instances.filter(|instance| instance.slots.contains_key(daemon.as_str()));
        let having: Vec<u64> = having.map(|instance| instance.key).collect();
        for key in having {
            self.vacate(key, &daemon, "The daemon is deleted.");
            self.reserve(key);
        }
    }
}
