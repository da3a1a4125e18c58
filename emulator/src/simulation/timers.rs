//! Timers at present: which have been overtaken, which lead to something that a client waits for, and which go on for
//! ever.

use super::resources::is_referenced;
use crate::knobs::{BreakerCounts, Knobs};
use crate::records::Records;
use crate::records::daemon::Purpose;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::queue::Due;
use crate::records::service::{Rollout, Service};
use crate::records::task::{Owner, Task};

/// Failures in a row after which something is hopeless. A fault that ends lets it recover before.
const FAILURES: u32 = 5;

/// The kind of timer that an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Overtaken: it does nothing.
    Stale,
    /// It leads to nothing that a client waits for.
    Background,
    /// It has failed again and again and nothing ends it: a client may wait, the world does not.
    Hopeless,
    /// Nothing under way, but a client may wait for what it leads to: a task definition that is DELETED at last.
    Patient,
    Foreground,
}

/// True if an entry has been overtaken and does nothing.
pub(crate) fn is_stale(records: &Records, at: i64, due: &Due) -> bool {
    due_at(records, due) != Some(at)
}

/// Tells what kind of timer an entry is at present.
pub(crate) fn classify(records: &Records, knobs: &Knobs, at: i64, due: &Due) -> Class {
    if is_stale(records, at, due) {
        return Class::Stale;
    }
    let hopeless = match due {
        Due::Definition(key) if !is_referenced(records, key) => return Class::Patient,
        Due::Definition(_) | Due::AppDefinition(_) | Due::Watch(_) | Due::InstanceEnd(_) | Due::StoppedTask(_) => {
            return Class::Background;
        }
        Due::Slot(slot) => hopeless(records, knobs, slot.0, &slot.1),
        Due::Task(key) => records
            .tasks
            .get(key)
            .is_some_and(|task| is_hopeless_task(records, knobs, task)),
        Due::Instance(key) => records
            .instances
            .get(key)
            .is_some_and(|instance| is_hopeless_instance(records, instance)),
        Due::Service(arn) => records
            .services
            .get(arn)
            .is_some_and(|service| is_hopeless_service(records, service)),
        Due::Cluster(_) | Due::Provider(_) | Due::Deployment(_) => false,
    };
    if hopeless { Class::Hopeless } else { Class::Foreground }
}

fn due_at(records: &Records, due: &Due) -> Option<i64> {
    match due {
        Due::Cluster(name) => records.clusters.get(name)?.due,
        Due::Provider(name) => records.providers.get(name)?.due,
        Due::Definition(key) => records.definitions.get(&**key)?.due,
        Due::AppDefinition(key) => records.app_definitions.get(&**key)?.due,
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

fn is_hopeless_task(records: &Records, knobs: &Knobs, task: &Task) -> bool {
    match (&task.birth.owner, task.instance) {
        (Owner::Daemon { daemon, .. }, Some(instance)) => hopeless(records, knobs, instance, daemon),
        (Owner::Service { service, .. }, _) => {
            let service = records.services.get(service);
            service.is_some_and(|service| is_hopeless_service(records, service))
        }
        _ => false,
    }
}

/// True if a service starts tasks that keep failing. A deployment with a circuit breaker comes to an end.
fn is_hopeless_service(records: &Records, service: &Service) -> bool {
    let latest = service.deployments.first();
    let deployment = latest.and_then(|arn| records.service_deployments.get(arn));
    let ends =
        deployment.is_some_and(|deployment| deployment.rollout == Rollout::InProgress && deployment.settings.breaker);
    service.failures >= FAILURES && !ends
}

/// True if machines keep failing to register while nothing depends on them.
fn is_hopeless_instance(records: &Records, instance: &Instance) -> bool {
    match instance.status {
        InstanceStatus::RegistrationFailed | InstanceStatus::Launching | InstanceStatus::Registering => {
            instance.attempt >= FAILURES && !awaited(records, instance)
        }
        InstanceStatus::Active | InstanceStatus::Draining | InstanceStatus::Deregistering => false,
    }
}

/// True if a daemon's launches on an instance keep failing while no deployment depends on them: they are tried again for
/// ever.
fn hopeless(records: &Records, knobs: &Knobs, instance: u64, daemon: &str) -> bool {
    let instance = records.instances.get(&instance);
    let Some((instance, slot)) = instance.and_then(|instance| Some((instance, instance.slots.get(daemon)?))) else {
        return false;
    };
    let critical = records
        .revisions
        .get(&*slot.revision)
        .is_some_and(|revision| revision.settings.critical);
    let counts = critical || knobs.breaker_counts == BreakerCounts::EveryLaunch;
    slot.failures >= FAILURES && !(counts && awaited(records, instance))
}

fn awaited(records: &Records, instance: &Instance) -> bool {
    records.deployments.values().any(|deployment| {
        !deployment.status.is_final()
            && deployment.purpose == Purpose::Rollout
            && *deployment.cluster == *instance.cluster
            && deployment.concerns(&instance.provider)
    })
}
