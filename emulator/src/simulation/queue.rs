//! The queue of what is due, ordered by time and then by the order of scheduling.
//!
//! An entry only points to a record; the record says, in its `due` member, when its next change
//! is due. An entry whose time is not the record's has been overtaken and does nothing, so that
//! nobody has to search the queue to cancel something.

use std::collections::BTreeMap;

use crate::api::Scope;
use crate::knobs::{BreakerCounts, Knobs};
use crate::world::daemon::Purpose;
use crate::world::fleet::{Instance, TaskStatus};
use crate::world::records::{DefinitionKey, Records};

/// The record whose next change is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    Cluster(String),
    Provider(String),
    Definition(DefinitionKey),
    Deployment(String),
    Instance(u64),
    /// Another launch of a daemon on an instance.
    Slot(u64, String),
    Task(u64),
}

/// What kind of timer an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Overtaken: it does nothing.
    Stale,
    /// It goes on for ever or leads to nothing that a client waits for.
    Background,
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
        Due::Definition(_) => true,
        Due::Slot(instance, daemon) => hopeless(records, knobs, *instance, daemon),
        Due::Task(key) => records.tasks.get(key).is_none_or(|task| {
            task.status == TaskStatus::Stopped || hopeless(records, knobs, task.instance, &task.daemon)
        }),
        Due::Cluster(_) | Due::Provider(_) | Due::Deployment(_) | Due::Instance(_) => false,
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
        Due::Slot(instance, daemon) => records.instances.get(instance)?.slots.get(daemon)?.due,
        Due::Task(key) => records.tasks.get(key)?.due,
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
        .get(&slot.revision)
        .is_some_and(|revision| revision.settings.critical);
    let counts = critical || knobs.breaker_counts == BreakerCounts::EveryLaunch;
    !(counts && awaited(records, instance))
}

fn awaited(records: &Records, instance: &Instance) -> bool {
    records.deployments.values().any(|deployment| {
        !deployment.status.is_final()
            && deployment.purpose == Purpose::Rollout
            && deployment.cluster == instance.cluster
            && deployment.concerns(&instance.provider)
    })
}
