//! The work that a deployment still has to do: which instances it has to drain, and which it waits for.

use crate::knobs::{BreakerCounts, Knobs};
use crate::records::Records;
use crate::records::daemon::{Deployment, Goal, Purpose};
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::names::Name;
use crate::records::pending_work::{Standing, Work};
use crate::simulation::region::Region;

impl Region<'_> {
    /// An instance has changed in a way that a deployment may wait for, or is gone.
    pub(in crate::simulation) fn touch(&mut self, cluster: &Name, instance: u64) {
        self.records.lookouts.touch(cluster, instance);
        self.stir(cluster, None);
    }

    /// The place of a daemon on an instance has changed, which only a deployment of that daemon may wait for.
    pub(in crate::simulation) fn touch_slot(&mut self, cluster: &Name, instance: u64, daemon: &str) {
        let records = &mut *self.records;
        let deployment = records.daemons.get(daemon).map(|daemon| daemon.deployment.as_str());
        let Some(serial) = deployment
            .and_then(|arn| records.deployments.get(arn))
            .map(|each| each.serial)
        else {
            return self.touch(cluster, instance);
        };
        records.lookouts.touch_for(cluster, serial, instance);
        self.stir(cluster, Some(serial));
    }

    /// Answers something about the work that a deployment has with its instances at present.
    pub(super) fn with_work<T>(&mut self, arn: &str, ask: impl FnOnce(&Work) -> T) -> Option<T> {
        let records = &mut *self.records;
        let deployment = records.deployments.get(arn)?;
        let (cluster, serial) = (deployment.cluster.as_str(), deployment.serial);
        let lookout = records.lookouts.get_mut(cluster, serial)?;
        let (known, mut touched) = (lookout.work.take(), std::mem::take(&mut lookout.touched));
        let known = known.filter(|work| work.aim.as_ref() == deployment.aim());
        let mut work = match known {
            Some(work) => work,
            None => self::work(records, &self.shared.knobs, deployment),
        };
        touched.sort_unstable();
        touched.dedup();
        for key in touched {
            match records.instances.get(&key) {
                Some(instance) => {
                    let standing = standing(records, &self.shared.knobs, deployment, instance);
                    work.put(key, &instance.provider, standing);
                }
                None => work.forget(key),
            }
        }
        let answer = ask(&work);
        records.lookouts.get_mut(cluster, serial)?.work = Some(work);
        Some(answer)
    }
}

/// The work of a deployment, found by a look at every instance of its cluster.
pub(crate) fn work(records: &Records, knobs: &Knobs, deployment: &Deployment) -> Work {
    let mut work = Work {
        aim: deployment.aim().cloned(),
        ..Work::default()
    };
    for instance in records.instances_of(&deployment.cluster) {
        let standing = standing(records, knobs, deployment, instance);
        work.put(instance.key, &instance.provider, standing);
    }
    work
}

/// Standing of an instance of the deployment's cluster. None: the deployment has nothing to do with it, or is done.
pub(crate) fn standing(
    records: &Records,
    knobs: &Knobs,
    deployment: &Deployment,
    instance: &Instance,
) -> Option<Standing> {
    let in_service = instance.status == InstanceStatus::Active;
    let standing = |outdated: bool| {
        if outdated && in_service {
            Standing::Outdated
        } else {
            Standing::Awaited
        }
    };
    match (deployment.purpose, deployment.aim()) {
        (Purpose::Deletion, _) => {
            let there = instance.slots.contains_key(deployment.daemon.as_str());
            there.then(|| standing(true))
        }
        (Purpose::Rollout, Some(aim)) => {
            if !instance.is_up() || !deployment.concerns(&instance.provider) {
                return None;
            }
            let outdated = is_outdated(instance, &deployment.daemon, aim);
            let settled = is_settled(records, knobs, instance, &deployment.daemon);
            (outdated || !settled).then(|| standing(outdated))
        }
        (Purpose::Rollout, None) => None,
    }
}

/// True if an instance has something else of the daemon than the aim wants there.
fn is_outdated(instance: &Instance, daemon: &str, aim: &Goal) -> bool {
    let wanted = aim.includes(&instance.provider);
    match instance.slots.get(daemon) {
        Some(slot) => !wanted || *slot.revision != *aim.revision,
        None => wanted,
    }
}

/// True if the daemon works on the instance, or has been tried and is not waited for.
fn is_settled(records: &Records, knobs: &Knobs, instance: &Instance, daemon: &str) -> bool {
    let Some(slot) = instance.slots.get(daemon) else {
        return true;
    };
    let task = records.slot_task(instance, daemon);
    let revision = records.revisions.get(&*slot.revision);
    let critical = revision.is_none_or(|revision| revision.settings.critical);
    let tolerated = !critical && knobs.breaker_counts == BreakerCounts::CriticalOnly;
    // An impaired instance that nobody repairs stays as it is.
    let abandoned = instance.impaired && instance.status == InstanceStatus::Active;
    task.is_some_and(|task| task.is_ready()) || abandoned || (tolerated && slot.failures > 0)
}
