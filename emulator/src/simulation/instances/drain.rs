//! The leaving of a drained instance: first the application tasks move, then they stop, the daemons stop last, and the
//! machine goes.
//!
//! A drained instance waits for three things: what was ordered in its place is in service, each service has as many
//! running tasks elsewhere as it wants, and no task that nobody replaces is left (knob `standalone_tasks`). A service
//! that may not have more than it wants nor less never gets there: its instances drain until somebody changes it.

use std::collections::BTreeSet;

use crate::knobs::StandaloneTasks;
use crate::records::fleet::{Drain, Instance, InstanceStatus};
use crate::records::must::Must;
use crate::records::service::Group;
use crate::records::task::{Owner, Task};
use crate::seeded::Span;
use crate::simulation::region::Region;
use crate::simulation::timing;

impl Region<'_> {
    /// Notes that the replacement of a drained instance is in service, or that nothing is coming.
    pub(super) fn relieve(&mut self, key: u64) {
        let now = self.now();
        if let Some(instance) = self.records.instances.get_mut(&key)
            && instance.status == InstanceStatus::Draining
        {
            instance.relieved_at = Some(now);
            self.check_leave(key);
        }
    }

    /// Looks whether a drained instance may go; if so, it does after a while.
    pub(in crate::simulation) fn check_leave(&mut self, key: u64) {
        let instance = self.records.instances.get(&key).must("instance", key);
        if instance.status != InstanceStatus::Draining || instance.due.is_some() {
            return;
        }
        if is_quick(instance) {
            self.instance_due_after(key, timing::IDLE_LEAVE);
        } else if self.may_leave(key) {
            let since = instance.relieved_at.unwrap_or_else(|| self.now());
            let drawn = self.draw(&instance.id, timing::LEAVE, 0);
            let at = since + self.slowed(key, drawn);
            self.instance_due_at(key, at.max(self.now()));
        }
    }

    fn may_leave(&self, key: u64) -> bool {
        let instance = self.records.instances.get(&key).must("instance", key);
        let tasks = instance.tasks.iter().filter_map(|task| self.records.tasks.get(task));
        let free = tasks.filter(|task| !task.is_going()).all(|task| !self.is_needed(task));
        is_quick(instance) || (instance.relieved_at.is_some() && free)
    }

    /// True if a task on a drained instance has to stay for now.
    fn is_needed(&self, task: &Task) -> bool {
        match &task.birth.owner {
            Owner::Daemon { .. } => false,
            Owner::Nobody => self.shared.knobs.standalone_tasks == StandaloneTasks::Block,
            Owner::Service { service, .. } => self.records.services.get(&**service).is_some_and(|service| {
                service.groups.count(Group::Running) < service.wanted() || service.protects(task.key, self.now())
            }),
        }
    }

    /// A drained instance that waited long enough leaves, unless tasks have come to need it again.
    pub(in crate::simulation) fn leave(&mut self, key: u64) {
        if self.may_leave(key) {
            self.deregister(key, timing::DEREGISTRATION);
        }
    }

    /// Asks the application tasks of an instance to stop; its daemons stop after the last of them, and the machine is
    /// gone after a drawn time.
    pub(in crate::simulation) fn deregister(&mut self, key: u64, span: Span) {
        let instance = self.records.instances.get_mut(&key).must("instance", key);
        instance.status = InstanceStatus::Deregistering;
        instance.due = None;
        let applications: Vec<u64> = instance.tasks.iter().copied().collect();
        for task in applications {
            self.ask_to_stop(task, "ServiceSchedulerInitiated", "The container instance is drained.");
        }
        self.stop_daemons_after_applications(key);
        self.note_instance(key);
        self.instance_due_after(key, span);
    }

    /// Stops the daemons of a deregistering instance once no application task is left on it.
    pub(in crate::simulation) fn stop_daemons_after_applications(&mut self, key: u64) {
        let last = self
            .records
            .instances
            .get(&key)
            .is_some_and(|instance| instance.status == InstanceStatus::Deregistering && instance.tasks.is_empty());
        if last {
            self.stop_daemons_of(key);
        }
    }

    /// Looks at every drained instance that tasks of a service are leaving.
    pub(in crate::simulation) fn check_leaving_of(&mut self, service: &str) {
        let service = self.records.services.get(service).must("service", service);
        let tasks = service.groups.of(Group::Moving);
        let instances: BTreeSet<u64> = tasks
            .filter_map(|task| self.records.tasks.get(&task)?.instance)
            .collect();
        for key in instances {
            self.check_leave(key);
        }
    }
}

/// True if an instance waits for no successor: what a deletion or idleness drains waits for nothing but tasks.
fn is_quick(instance: &Instance) -> bool {
    matches!(instance.drain, Some(Drain::Deletion { .. } | Drain::Idle)) && instance.tasks.is_empty()
}
