//! Room on a machine: what daemons set aside, and who has to go when that grows.
//!
//! Daemons come first. An application task that is bound to a machine which is not in service yet has not started, so
//! that it makes room for them and waits again. A machine that is too small for its daemons is given up for a bigger one
//! before it is in service. Where no machine is big enough, a daemon for which there is no room beside the other daemons
//! fails to start, like one whose image is broken.

use crate::records::capacity::{Requirements, Size};
use crate::records::fleet::InstanceStatus;
use crate::records::must::Must;
use crate::records::names::Name;
use crate::records::queue::Due;
use crate::records::task::TaskStatus;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// The reason for which a daemon is not launched on an instance.
const NO_ROOM: &str = "RESOURCE: the container instance has not enough CPU or memory for the daemon.";

impl Region<'_> {
    /// The room that the daemons of a provider set aside on each instance.
    pub(in crate::simulation) fn reservation(&self, cluster: &str, provider: &str) -> Size {
        let daemons = self.daemons_in(cluster);
        let goals = self.records.daemons.starting_with(&daemons);
        goals
            .filter_map(|daemon| daemon.goal_of_new())
            .filter(|goal| goal.includes(provider))
            .fold(Size::default(), |sum, goal| sum.plus(self.daemon_size(&goal.revision)))
    }

    /// With what the ARNs of the daemons of a cluster begin.
    pub(super) fn daemons_in(&self, cluster: &str) -> String {
        self.arn(&["daemon/", cluster, "/"].concat())
    }

    fn daemon_size(&self, revision: &str) -> Size {
        let revision = self.records.revisions.get(revision);
        let definition = revision.and_then(|revision| self.records.definitions.get(&revision.definition));
        definition.map(|definition| definition.size).unwrap_or_default()
    }

    /// Sets aside on an instance what the daemons on it need. True: application tasks had to make room for them.
    pub(in crate::simulation) fn reserve(&mut self, key: u64) -> bool {
        let instance = self.records.instances.get(&key).must("instance", key);
        let slots = instance.slots.values();
        let sum = slots.fold(Size::default(), |sum, slot| sum.plus(self.daemon_size(&slot.revision)));
        self.set_aside(key, sum)
    }

    fn set_aside(&mut self, key: u64, size: Size) -> bool {
        let instance = self.records.instances.get(&key).must("instance", key);
        let machine = match instance.status {
            // What is ordered is not there yet, and may be another machine.
            InstanceStatus::Launching => self.machine_like(&instance.provider, instance.size, size),
            _ => instance.size,
        };
        if let Some(instance) = self.records.instances.get_mut(&key) {
            (instance.reserved, instance.size) = (size, machine);
            self.records.instances.refresh(key);
        }
        let mut crowded = false;
        while let Some(task) = self.crowding_task(key) {
            self.unbind(task);
            crowded = true;
        }
        crowded
    }

    /// The youngest task that has not started on an instance on which there is too little room.
    fn crowding_task(&self, key: u64) -> Option<u64> {
        let instance = self.records.instances.get(&key)?;
        if instance.size.holds(instance.reserved.plus(instance.used)) {
            return None;
        }
        let waits = |task: &&u64| {
            let task = self.records.tasks.get(task);
            task.is_some_and(|task| task.status == TaskStatus::Provisioning)
        };
        instance.tasks.iter().rev().find(waits).copied()
    }

    /// Sets aside what a daemon needs from now on, on the machines of a cluster that boot. Answers the providers whose
    /// tasks had to make room.
    pub(in crate::simulation) fn reserve_on_coming(&mut self, cluster: &Name) -> Vec<Name> {
        let booting = self.records.instances_of(cluster);
        let booting = booting.filter(|instance| instance.status == InstanceStatus::Launching);
        let booting: Vec<(u64, Name)> = booting.map(|each| (each.key, each.provider.clone())).collect();
        let mut known: Vec<(Name, Size)> = Vec::new();
        let mut crowded = Vec::new();
        for (key, provider) in booting {
            let size = match known.iter().find(|(name, _)| *name == provider) {
                Some((_, size)) => *size,
                None => self.reservation(cluster, &provider),
            };
            known.push((provider.clone(), size));
            if self.set_aside(key, size) && !crowded.contains(&provider) {
                crowded.push(provider);
            }
        }
        crowded
    }

    /// True if a daemon fits beside what is on an instance.
    fn has_room(&self, key: u64, daemon: &str) -> bool {
        let instance = self.records.instances.get(&key).must("instance", key);
        if instance.size.holds(instance.reserved.plus(instance.used)) {
            return true;
        }
        let present = instance
            .slots
            .iter()
            .filter(|(name, slot)| ***name == *daemon || slot.task.is_some());
        let present = present.fold(instance.used, |sum, (_, slot)| {
            sum.plus(self.daemon_size(&slot.revision))
        });
        instance.size.holds(present)
    }

    /// The attempt of a registering instance that is too small for its daemons while its provider may launch a bigger
    /// machine.
    fn outgrown(&self, key: u64) -> Option<u32> {
        let instance = self.records.instances.get(&key)?;
        let bigger = self.machine_like(&instance.provider, instance.size, instance.reserved);
        let outgrown = instance.status == InstanceStatus::Registering && bigger != instance.size;
        outgrown.then_some(instance.attempt)
    }

    /// Launches a daemon in its place, or notices a while later that there is no room for it.
    pub(in crate::simulation) fn start_daemon(&mut self, key: u64, daemon: &str) {
        if self.has_room(key, daemon) {
            return self.launch_daemon(key, daemon);
        }
        if let Some(attempt) = self.outgrown(key) {
            return self.launch_another(key, attempt);
        }
        let at = self.now() + self.draw(daemon, timing::TASK_FAILURE, key);
        self.slot_due_at(key, daemon, at);
    }

    /// Another launch of a daemon is due.
    pub(in crate::simulation) fn slot_due(&mut self, key: u64, daemon: &str) {
        if self.has_room(key, daemon) {
            return self.launch_daemon(key, daemon);
        }
        let slot = self
            .records
            .instances
            .get_mut(&key)
            .and_then(|instance| instance.slots.get_mut(daemon));
        if let Some(slot) = slot {
            slot.due = None;
            let revision = slot.revision.clone();
            self.launch_failed(key, daemon, &revision, NO_ROOM);
        }
    }

    /// Lets the next launch of a daemon be due at that time.
    pub(in crate::simulation) fn slot_due_at(&mut self, key: u64, daemon: &str, at: i64) {
        let slot = self
            .records
            .instances
            .get_mut(&key)
            .and_then(|instance| instance.slots.get_mut(daemon));
        if let Some(slot) = slot {
            slot.due = Some(at);
            let daemon = self.records.name(daemon);
            self.queue(at, Due::Slot(Box::new((key, daemon))));
        }
    }

    /// The machines that a provider may launch.
    pub(in crate::simulation) fn requirements(&self, provider: &str) -> Requirements {
        let nothing = serde_json::Map::new();
        let provider = self.records.providers.get(provider);
        Requirements::of(provider.map_or(&nothing, |provider| &provider.configuration))
    }

    /// A machine of the same size as another, or a bigger one if that does not hold what is needed.
    pub(super) fn machine_like(&self, provider: &str, size: Size, need: Size) -> Size {
        if size.holds(need) {
            return size;
        }
        self.requirements(provider).machine_for(need).unwrap_or(size)
    }
}
