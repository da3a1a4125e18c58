//! The leaving of an instance in service by itself: it has nothing to do, or its machine has become old.
//!
//! Both are background timers: no client waits for them.

use crate::records::fleet::{Drain, InstanceStatus};
use crate::records::must::Must;
use crate::records::queue::Due;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// Milliseconds of a day.
const DAY: i64 = 24 * 3_600_000;

impl Region<'_> {
    /// Sets the timer of an instance in service: idleness or age, whichever comes first.
    pub(in crate::simulation) fn watch_instance(&mut self, key: u64) {
        let now = self.now();
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        if instance.status != InstanceStatus::Active {
            return;
        }
        if instance.tasks.is_empty() {
            instance.idle_since.get_or_insert(now);
        }
        let next = [self.idle_until(key), self.old_at(key)].into_iter().flatten().min();
        let next = next.map(|at| at.max(now));
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        let known = instance.due;
        instance.due = next;
        if let Some(at) = next.filter(|_| known != next) {
            self.queue(at, Due::Watch(key));
        }
    }

    /// The timer of an instance in service has come.
    pub(in crate::simulation) fn watched_instance_due(&mut self, key: u64) {
        let now = self.now();
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.due = None;
        }
        if self.idle_until(key).is_some_and(|at| at <= now) {
            self.drain(key, Drain::Idle);
            self.relieve(key);
        } else if self.old_at(key).is_some_and(|at| at <= now) {
            self.drain(key, Drain::Age);
            self.order_replacement(key);
        } else {
            self.watch_instance(key);
        }
    }

    /// Lets a machine that drains end at its last day, even if it never gets empty.
    pub(in crate::simulation) fn end_later(&mut self, key: u64) {
        let days = self.shared.knobs.instance_end_age_days;
        let Some(at) = (days > 0).then(|| self.at_age(key, days).max(self.now())) else {
            return;
        };
        if let Some(instance) = self.records.instances.get_mut(&key) {
            instance.ends_at = Some(at);
            self.queue(at, Due::InstanceEnd(key));
        }
    }

    /// The last day of an old machine has come.
    pub(in crate::simulation) fn end_instance(&mut self, key: u64) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.ends_at = None;
        if instance.status == InstanceStatus::Draining {
            self.deregister(key, timing::DEREGISTRATION);
        }
    }

    /// Time at which an idle instance is scaled in. None: it is not idle, or somebody placed it, or that is off.
    fn idle_until(&self, key: u64) -> Option<i64> {
        let instance = self.records.instances.get(&key)?;
        if instance.pinned || !instance.tasks.is_empty() {
            return None;
        }
        let provider = self.records.providers.get(&*instance.provider)?;
        let optimization = provider.configuration.get("infrastructureOptimization");
        let given = optimization.and_then(|optimization| optimization.get("scaleInAfter")?.as_i64());
        let seconds = given.unwrap_or(i64::from(self.shared.knobs.scale_in_after));
        let idle_since = instance.idle_since?;
        (seconds >= 0).then(|| idle_since + seconds * 1000)
    }

    /// Time at which the drain of an old machine starts: at its last day at the latest. None: never.
    fn old_at(&self, key: u64) -> Option<i64> {
        let knobs = &self.shared.knobs;
        let ages = [knobs.instance_drain_age_days, knobs.instance_end_age_days];
        let days = ages.into_iter().filter(|days| *days > 0).min()?;
        Some(self.at_age(key, days))
    }

    /// Time at which a machine has reached an age.
    fn at_age(&self, key: u64, days: u32) -> i64 {
        let instance = self.records.instances.get(&key).must("instance", key);
        instance.ordered_at + i64::from(days) * DAY + self.draw(&instance.id, timing::AGE_SPREAD, 0)
    }
}
