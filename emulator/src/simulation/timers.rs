//! Timers at present: which have been overtaken, which lead to something that a client waits for, and which go on for
//! ever.

use super::resources::is_referenced;
use crate::knobs::{BreakerCounts, Knobs};
use crate::records::Records;
use crate::records::daemon::Purpose;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::queue::Due;
use crate::records::task::{Owner, Task};

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

/// Whether an entry has been overtaken and does nothing.
pub(crate) fn is_stale(records: &Records, at: i64, due: &Due) -> bool {
    due_at(records, due) != Some(at)
}

/// Tells what kind of timer an entry is at present.
pub(crate) fn classify(records: &Records, knobs: &Knobs, at: i64, due: &Due) -> Class {
    if is_stale(records, at, due) {
        return Class::Stale;
    }
    let background = match due {
        Due::Definition(key) if !is_referenced(records, key) => return Class::Patient,
        Due::Definition(_) | Due::Watch(_) | Due::InstanceEnd(_) | Due::StoppedTask(_) => true,
        Due::Slot(slot) => hopeless(records, knobs, slot.0, &slot.1),
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
        Due::Definition(key) => records.definitions.get(&**key)?.due,
        Due::Deployment(arn) => records.deployments.get(arn)?.due,
        Due::Instance(key) | Due::Watch(key) => {
            let instance = records.instances.get(key)?;
            let watched = instance.status == InstanceStatus::Active;
            instance.due.filter(|_| watched == matches!(due, Due::Watch(_)))
        }
        Due::InstanceEnd(key) => records.instances.get(key)?.ends_at,
        Due::Service(arn) => records.services.get(arn)?.due,
        Due::Slot(slot) => records.instances.get(&slot.0)?.slots.get(&slot.1)?.due,
        Due::Task(key) | Due::StoppedTask(key) => {
            let task = records.tasks.get(key)?;
            task.due.filter(|_| task.is_alive() == matches!(due, Due::Task(_)))
        }
    }
}

fn is_background_task(records: &Records, knobs: &Knobs, task: &Task) -> bool {
    match (&task.birth.owner, task.instance) {
        (Owner::Daemon { daemon, .. }, Some(instance)) => hopeless(records, knobs, instance, daemon),
        (Owner::Service { service, .. }, _) => records.services.get(service).is_none_or(|service| service.failures > 0),
        _ => false,
    }
}

/// What goes on for ever when machines keep failing to register is background.
fn is_background_instance(records: &Records, instance: &Instance) -> bool {
    match instance.status {
        InstanceStatus::RegistrationFailed => !awaited(records, instance),
        InstanceStatus::Launching | InstanceStatus::Registering => instance.attempt > 0 && !awaited(records, instance),
        InstanceStatus::Active | InstanceStatus::Draining | InstanceStatus::Deregistering => false,
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
