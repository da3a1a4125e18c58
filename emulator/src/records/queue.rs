//! The queue of what is due, ordered by time and then by the order of scheduling.
//!
//! An entry only points to a record; the record says, in its `due` member, when its next change
//! is due. An entry whose time is not the record's has been overtaken and does nothing, so that
//! nobody has to search the queue to cancel something.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::names::{DefinitionKey, Name};
use crate::api::Scope;

/// The record whose next change is due. Nobody ever waits for those that are [quiet](Due::is_quiet). What is rare is
/// boxed: the queue of a big fleet is long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    Cluster(String),
    Provider(String),
    Definition(Box<DefinitionKey>),
    /// An application task definition that is being deleted.
    AppDefinition(Box<DefinitionKey>),
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
        matches!(
            self,
            Self::AppDefinition(_) | Self::Watch(_) | Self::InstanceEnd(_) | Self::StoppedTask(_)
        )
    }
}

/// Entries by time and number.
type Lane = BTreeMap<(i64, u64), (Arc<Scope>, Due)>;

/// All that is due. What is quiet has a lane of its own: a big fleet has thousands of such timers, and whether the
/// world is at rest is asked after every event.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
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

    /// Entries that somebody may wait for, in the order of time.
    pub(crate) fn loud(&self) -> impl Iterator<Item = (i64, &Scope, &Due)> {
        entries(&self.loud)
    }

    /// Entries that nobody waits for, in the order of time.
    pub(crate) fn quiet(&self) -> impl Iterator<Item = (i64, &Scope, &Due)> {
        entries(&self.quiet)
    }
}

fn entries(lane: &Lane) -> impl Iterator<Item = (i64, &Scope, &Due)> {
    lane.iter().map(|((at, _), (scope, due))| (*at, &**scope, due))
}
