//! The queue of what is due, ordered by time and then by the order of scheduling.
//!
//! An entry only points to a record; the record says, in its `due` member, when its next change
//! is due. An entry whose time is not the record's has been overtaken and does nothing, so that
//! nobody has to search the queue to cancel something.

use std::collections::BTreeMap;

use super::resources::is_referenced;
use crate::api::Scope;
use crate::knobs::{BreakerCounts, Knobs};
use crate::world::daemon::Purpose;
use crate::world::fleet::{Instance, InstanceStatus};
use crate::world::records::{DefinitionKey, Name, Records};
use crate::world::task::{Owner, Task};

/// The record whose next change is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Cluster(String),
    Provider(String),
    Definition(DefinitionKey),
    Deployment(String),
    Instance(u64),
    /// The last day of an old machine.
    InstanceEnd(u64),
    Service(Name),
    /// Another launch of a daemon on an instance.
    Slot(u64, Name),
    Task(u64),
}

/// What kind of timer an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Overtaken: it does nothing.
    Stale,
    /// It goes on for ever or leads to nothing that a client waits for.
    Background,
    /// Nothing under way, but a client may wait for what it leads to: a task definition that is DELETED at last.
    Patient,
    Foreground,
}

/// All that is due.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    last: u64,
    entries: BTreeMap<(i64, u64), (Scope, Due)>,
}

impl Queue {
    pub(crate) fn push(&mut self, at: i64, scope: Scope, due: Due) {
        self.last += 1;
        self.entries.insert((at, self.last), (scope, due));
    }

    pub(crate) fn pop(&mut self) -> Option<(i64, Scope, Due)> {
        self.entries.pop_first().map(|((at, _), (scope, due))| (at, scope, due))
    }

    pub(crate) fn first_at(&self) -> Option<i64> {
        self.entries.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (i64, &Scope, &Due)> {
        self.entries.iter().map(|((at, _), (scope, due))| (*at, scope, due))
    }
}

/// Tells what kind of timer an entry is at present.
pub(crate) fn classify(records: &Records, knobs: &Knobs, at: i64, due: &Due) -> Class {
    if due_at(records, due) != Some(at) {
        return Class::Stale;
    }
    let background = match due {
        Due::Definition(key) if !is_referenced(records, key) => return Class::Patient,
        Due::Definition(_) | Due::InstanceEnd(_) => true,
        Due::Slot(instance, daemon) => hopeless(records, knobs, *instance, daemon),
        Due::Task(key) => records
            .tasks
            .get(key)
            .is_none_or(|task| is_background_task(records, knobs, task)),
        Due::Instance(key) => records
            .instances
            .get(key)
            .is_none_or(|instance| is_background_instance(records, instance)),
        // A service whose tasks keep failing starts them for ever.
        Due::Service(arn) => records.services.get(arn).is_none_or(|service| service.failures > 0),
        Due::Cluster(_) | Due::Provider(_) | Due::Deployment(_) => false,
    };
    if background {
        Class::Background
    } else {
        Class::Foreground
    }
}

fn due_at(records: &Records, due: &Due) -> Option<i64> {
    match due {
        Due::Cluster(name) => records.clusters.get(name)?.due,
        Due::Provider(name) => records.providers.get(name)?.due,
        Due::Definition(key) => records.definitions.get(key)?.due,
        Due::Deployment(arn) => records.deployments.get(arn)?.due,
        Due::Instance(key) => records.instances.get(key)?.due,
        Due::InstanceEnd(key) => records.instances.get(key)?.ends_at,
        Due::Service(arn) => records.services.get(arn)?.due,
        Due::Slot(instance, daemon) => records.instances.get(instance)?.slots.get(daemon)?.due,
        Due::Task(key) => records.tasks.get(key)?.due,
    }
}

fn is_background_task(records: &Records, knobs: &Knobs, task: &Task) -> bool {
    if !task.is_alive() {
        return true;
    }
    match (&task.owner, task.instance) {
        (Owner::Daemon { daemon, .. }, Some(instance)) => hopeless(records, knobs, instance, daemon),
        (Owner::Service { service, .. }, _) => records.services.get(service).is_none_or(|service| service.failures > 0),
        _ => false,
    }
}

/// Age and idleness are background, and so is what goes on for ever when machines keep failing to register.
fn is_background_instance(records: &Records, instance: &Instance) -> bool {
    match instance.status {
        InstanceStatus::Active => true,
        InstanceStatus::RegistrationFailed => !awaited(records, instance),
        InstanceStatus::Launching | InstanceStatus::Registering => instance.attempt > 0 && !awaited(records, instance),
        InstanceStatus::Draining | InstanceStatus::Deregistering => false,
    }
}

/// Whether a daemon's launches on an instance keep failing while no deployment depends on them:
/// they are tried again for ever, and waiting for them would never end.
fn hopeless(records: &Records, knobs: &Knobs, instance: u64, daemon: &str) -> bool {
    let Some(instance) = records.instances.get(&instance) else {
        return true;
    };
    let Some(slot) = instance.slots.get(daemon) else {
        return true;
    };
    if slot.failures == 0 {
        return false;
    }
    let critical = records
        .revisions
        .get(&*slot.revision)
        .is_some_and(|revision| revision.settings.critical);
    let counts = critical || knobs.breaker_counts == BreakerCounts::EveryLaunch;
    !(counts && awaited(records, instance))
}

fn awaited(records: &Records, instance: &Instance) -> bool {
    records.deployments.values().any(|deployment| {
        !deployment.status.is_final()
            && deployment.purpose == Purpose::Rollout
            && *deployment.cluster == *instance.cluster
            && deployment.concerns(&instance.provider)
    })
}
