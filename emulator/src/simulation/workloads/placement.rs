//! Room for application tasks: on instances that are there, on those that are coming, and on new ones.
//!
//! Assumed: an instance in service is preferred to one that is coming, and among those the one that is left with the
//! least CPU. New machines are the smallest that hold the first task that waits, daemons counted; what fits beside it
//! is bound to the same machine.

use crate::records::capacity::Size;
use crate::records::cluster::Lifecycle;
use crate::records::fleet::InstanceStatus;
use crate::records::names::Name;
use crate::simulation::instances::instance::Order;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// Published quota of container instances of a cluster.
pub(in crate::simulation) const INSTANCES_PER_CLUSTER: usize = 5000;

impl Region<'_> {
    /// Finds room for the tasks that wait for a provider, oldest first, and orders machines for the rest.
    pub(crate) fn place_waiting(&mut self, provider: &Name) {
        self.place_waiting_after(provider, 0);
    }

    /// The same after so many machines have failed to register in a row.
    pub(in crate::simulation) fn place_waiting_after(&mut self, provider: &Name, attempt: u32) {
        let Some(waiting) = self.records.waiting.get(provider) else {
            return;
        };
        if waiting.is_empty() || !self.launches_into(provider) {
            return;
        }
        let waiting: Vec<u64> = waiting.iter().copied().collect();
        let mut may_order = None;
        for key in waiting {
            let size = self.task_size(key);
            let place = self.records.instances.best_room(provider, size).or_else(|| {
                let may_order = may_order.get_or_insert_with(|| !self.has_failed_registration(provider));
                may_order.then(|| self.order_for(provider, size, attempt)).flatten()
            });
            if let Some(instance) = place {
                self.bind(key, instance);
            }
        }
    }

    fn launches_into(&self, provider: &str) -> bool {
        let provider = self.records.providers.get(provider);
        provider.is_some_and(|provider| provider.status == Lifecycle::Active && provider.cluster().is_some())
    }

    /// True if a machine for tasks has failed to register and holds back the next ones.
    fn has_failed_registration(&self, provider: &Name) -> bool {
        self.records.instances.values().any(|instance| {
            instance.provider == *provider && instance.status == InstanceStatus::RegistrationFailed && !instance.pinned
        })
    }

    /// Orders a machine that holds a task. None: no allowed machine does, or the cluster is full.
    fn order_for(&mut self, provider: &Name, need: Size, attempt: u32) -> Option<u64> {
        let cluster = self.records.providers.get(&**provider)?.cluster()?.to_owned();
        if self.records.instances.count_of_cluster(&cluster) >= INSTANCES_PER_CLUSTER {
            return None;
        }
        let reserved = self.reservation(&cluster, provider);
        let size = self.requirements(provider).machine_for(reserved.plus(need))?;
        let order = Order {
            replaces: None,
            size,
            pinned: false,
            attempt,
        };
        let key = self.add_instance(&cluster, provider, order);
        self.boot(key, timing::COLD_BOOT);
        Some(key)
    }
}
