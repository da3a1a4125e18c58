//! Faults of the fleet: machines that cannot be had, and drains that drag.

use serde_json::json;

use crate::records::events::Kind;
use crate::records::fleet::InstanceStatus;
use crate::records::must::Must;
use crate::simulation::daemons::monitor::Failed;
use crate::simulation::region::Region;
use crate::simulation::timing;

impl Region<'_> {
    /// True if the machine behind an instance cannot be had. It is then ordered again a while later.
    pub(super) fn waits_for_capacity(&mut self, key: u64) -> bool {
        let instance = self.records.instances.get(&key).must("instance", key);
        let (cluster, provider) = (instance.cluster.clone(), instance.provider.clone());
        if !self.shared.faults.refuses_capacity(&provider) {
            return false;
        }
        let detail = json!({ "cluster": *cluster, "capacityProvider": *provider });
        self.note(Kind::NoCapacity, detail);
        self.instance_due_at(key, self.now() + timing::CAPACITY_RETRY);
        if self.shared.knobs.no_capacity_counts {
            self.charge_shortage(&cluster, &provider);
        }
        true
    }

    /// Charges a machine that cannot be had to each daemon that would have run on it.
    fn charge_shortage(&mut self, cluster: &str, provider: &str) {
        let daemons = self.daemons_in(cluster);
        let here = self.records.daemons.starting_with(&daemons);
        let goals = here.filter_map(|daemon| Some((daemon.arn.clone(), daemon.goal_of_new()?.clone())));
        let missed: Vec<_> = goals.filter(|(_, goal)| goal.includes(provider)).collect();
        for (daemon, goal) in missed {
            self.charge_failure(&daemon, &goal.revision, &Failed::Machine);
        }
    }

    /// The time of a step of an instance's life, which takes this long without a fault.
    pub(in crate::simulation) fn slowed(&mut self, key: u64, duration: i64) -> i64 {
        match self.records.instances.get(&key) {
            Some(instance) if instance.status == InstanceStatus::Draining => {
                let provider = instance.provider.clone();
                duration.saturating_mul(self.shared.faults.drain_factor(&provider))
            }
            _ => duration,
        }
    }
}
