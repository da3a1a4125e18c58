//! The queue of what is due, ordered by time and then by the order of scheduling.
//!
//! An entry only points to a record; the record says, in its `due` member, when its next change
//! is due. An entry whose time is not the record's has been overtaken and does nothing, so that
//! nobody has to search the queue to cancel something.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::resources::is_referenced;
use crate::api::Scope;
use crate::knobs::{BreakerCounts, Knobs};
use crate::records::Records;
use crate::records::daemon::Purpose;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::names::{DefinitionKey, Name};
use crate::records::task::{Owner, Task};

/// The record whose next change is due. Nobody ever waits for those that are [quiet](Due::is_quiet). What is rare is
/// boxed: the queue of a big fleet is long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Cluster(String),
    Provider(String),
    Definition(Box<DefinitionKey>),
    Deployment(String),
    /// An instance that is on its way into service or out of it.
    Instance(u64),
    /// An instance in service that may have been idle for long, or have become old.
    Watch(u64),
    /// The last day of an old machine.
    InstanceEnd(u64),
    Service(Name),
    /// Another launch of a daemon on an instance.
    Slot(Box<(u64, Name)>),
    Task(u64),
    /// A task that has stopped and is forgotten after a while.
    StoppedTask(u64),
}

impl Due {
    fn is_quiet(&self) -> bool {
        matches!(self, Self::Watch(_) | Self::InstanceEnd(_) | Self::StoppedTask(_))
    }
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

/// Entries by time and number.
type Lane = BTreeMap<(i64, u64), (Arc<Scope>, Due)>;

/// All that is due. What is quiet has a lane of its own: a big fleet has thousands of such timers, and whether the
/// world is at rest is asked after every event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    last: u64,
    loud: Lane,
    quiet: Lane,
}

impl Queue {
    pub(crate) fn push(&mut self, at: i64, scope: Arc<Scope>, due: Due) {
        self.last += 1;
        let lane = if due.is_quiet() {
            &mut self.quiet
        } else {
            &mut self.loud
        };
        lane.insert((at, self.last), (scope, due));
    }

    pub(crate) fn pop(&mut self) -> Option<(i64, Arc<Scope>, Due)> {
        let first = |lane: &Lane| lane.first_key_value().map_or((i64::MAX, u64::MAX), |(key, _)| *key);
        let lane = if first(&self.quiet) < first(&self.loud) {
            &mut self.quiet
        } else {
            &mut self.loud
        };
        lane.pop_first().map(|((at, _), (scope, due))| (at, scope, due))
    }

    /// Takes entries away that do nothing, as far as they come first: so it never takes long to find the next event.
    pub(crate) fn prune(&mut self, is_stale: impl Fn(i64, &Scope, &Due) -> bool) {
        for lane in [&mut self.loud, &mut self.quiet] {
            while let Some(entry) = lane.first_entry() {
                let (scope, due) = entry.get();
                if !is_stale(entry.key().0, scope, due) {
                    break;
                }
                entry.remove();
            }
        }
    }

    pub(crate) fn first_at(&self) -> Option<i64> {
        let first = |lane: &Lane| lane.first_key_value().map(|((at, _), _)| *at);
        [first(&self.loud), first(&self.quiet)].into_iter().flatten().min()
    }

    /// What somebody may wait for, in the order of time.
    pub(crate) fn loud(&self) -> impl Iterator<Item = (i64, &Scope, &Due)> {
        entries(&self.loud)
    }

    /// What nobody waits for, in the order of time.
    pub(crate) fn quiet(&self) -> impl Iterator<Item = (i64, &Scope, &Due)> {
        entries(&self.quiet)
    }
}

fn entries(lane: &Lane) -> impl Iterator<Item = (i64, &Scope, &Due)> {
    lane.iter().map(|((at, _), (scope, due))| (*at, &**scope, due))
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
