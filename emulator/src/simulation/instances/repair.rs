//! The repair of an instance whose critical daemon stops or will not start: it is taken out of service before its
//! place is filled, or never gets into service.

use super::instance::Order;
use crate::records::fleet::{Drain, InstanceStatus};
use crate::records::must::Must;
use crate::records::names::Name;
use crate::simulation::region::Region;
use crate::simulation::timing;

impl Region<'_> {
    /// A daemon's task has stopped by itself or was stopped: an instance that must not be without it is repaired, on
    /// any other the daemon is launched again.
    pub(in crate::simulation) fn recover(&mut self, key: u64, daemon: &str) {
        let instance = self.records.instances.get(&key).must("instance", key);
        let Some(slot) = instance.slots.get(daemon) else { return };
        if instance.status == InstanceStatus::Active && self.is_critical(&slot.revision) {
            self.impair(key);
            let blocker = self.records.name(daemon);
            self.charge_blocked(key, &[blocker]);
        } else {
            self.retry_later(key, daemon);
        }
    }

    /// Marks an instance as impaired; unless auto-repair is off it is drained and replaced.
    fn impair(&mut self, key: u64) {
        let now = self.now();
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.impaired = true;
        instance.health_at = now;
        let provider = instance.provider.clone();
        self.records.instances.refresh(key);
        if self.repairs(&provider) {
            self.drain(key, Drain::Repair);
            self.order_replacement(key);
        } else {
            self.note_instance(key);
        }
    }

    fn repairs(&self, provider: &str) -> bool {
        let provider = self.records.providers.get(provider);
        let configuration = provider.and_then(|provider| provider.configuration.get("autoRepairConfiguration"));
        let status = configuration.and_then(|configuration| configuration.get("actionsStatus")?.as_str());
        status != Some("DISABLED")
    }

    /// Gives a registering instance up. It stays visible during the back-off; then its place is filled again.
    pub(in crate::simulation) fn fail_registration(&mut self, key: u64) {
        let now = self.now();
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.status = InstanceStatus::RegistrationFailed;
        instance.due = None;
        instance.health_at = now;
        let (attempt, id, provider) = (instance.attempt, instance.id.clone(), instance.provider.clone());
        let blockers = self.blockers_of(key);
        self.stop_daemons_of(key);
        self.lose_applications(key);
        self.note_instance(key);
        let wait = self.draw(&id, timing::REGISTRATION_BACK_OFF, 0) << attempt.min(4);
        self.instance_due_at(key, now + wait);
        self.place_waiting(&provider);
        self.charge_blocked(key, &blockers);
    }

    /// The critical daemons that do not get to run on a registering instance, by ARN.
    fn blockers_of(&self, key: u64) -> Vec<Name> {
        let instance = self.records.instances.get(&key);
        let slots = instance.into_iter().flat_map(|instance| &instance.slots);
        let failing = slots
            .filter(|(_, slot)| slot.failures >= timing::REGISTRATION_LAUNCHES && self.is_critical(&slot.revision));
        failing.map(|(daemon, _)| daemon.clone()).collect()
    }

    /// Takes an instance away that has failed to register, and launches another one if its place is still needed.
    pub(super) fn launch_again(&mut self, key: u64) {
        let attempt = self.records.instances.get(&key).map(|instance| instance.attempt);
        self.launch_another(key, attempt.unwrap_or_default().saturating_add(1));
    }

    /// Takes an instance away that never was in service, and launches another one if its place is still needed.
    pub(super) fn launch_another(&mut self, key: u64, attempt: u32) {
        let instance = self.records.instances.get(&key).must("instance", key);
        let (cluster, provider) = (instance.cluster.clone(), instance.provider.clone());
        // What the daemons need may be why it has failed.
        let need = self.reservation(&cluster, &provider);
        let order = Order {
            replaces: instance.replaces,
            size: self.machine_like(&provider, instance.size, need),
            pinned: instance.pinned,
            attempt,
        };
        let replaced = instance.replaces.and_then(|old| self.records.instances.get(&old));
        let leaving = replaced.is_some_and(|old| old.status == InstanceStatus::Draining);
        self.remove_instance(key);
        if leaving || order.pinned {
            let key = self.add_instance(&cluster, &provider, order);
            self.boot(key, timing::BOOT);
        } else {
            self.place_waiting_after(&provider, order.attempt);
        }
    }
}
