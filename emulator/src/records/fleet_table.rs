//! The table of container instances, with the indices by which others find some of them without looking at all.
//!
//! Whoever changes status, size or use of an instance calls [`Fleet::refresh`] for it; the invariants of the tests see
//! to it that nobody forgets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::capacity::Size;
use super::fleet::{Instance, InstanceStatus};
use super::paged::Numbered;
use crate::records::names::Name;

/// Place of an instance among those with room: coming instances after those in service, then by free CPU.
type Rank = (bool, u32, u64);

/// All instances of a scope, by order of launch.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Fleet {
    rows: Numbered<Instance>,
    clusters: BTreeMap<Name, BTreeSet<u64>>,
    room: BTreeMap<Name, BTreeSet<Rank>>,
    ranks: BTreeMap<u64, Rank>,
    /// Instances that something drains, by cluster.
    leaving: BTreeMap<Name, BTreeSet<u64>>,
    /// Instances that are drained for the sake of a daemon, by its ARN; with the way back to what has been noted.
    drained_for: BTreeMap<Name, BTreeSet<u64>>,
    drained: BTreeMap<u64, Name>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signatures of the map that it stands in for"
)]
impl Fleet {
    pub(crate) fn get(&self, key: &u64) -> Option<&Instance> {
        self.rows.get(*key)
    }

    pub(crate) fn get_mut(&mut self, key: &u64) -> Option<&mut Instance> {
        self.rows.get_mut(*key)
    }

    pub(crate) fn contains_key(&self, key: &u64) -> bool {
        self.get(key).is_some()
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &Instance> {
        self.rows.values()
    }

    /// The instances of a cluster, oldest first.
    pub(crate) fn of_cluster(&self, cluster: &str) -> impl DoubleEndedIterator<Item = &Instance> {
        let keys = self.clusters.get(cluster).into_iter().flatten();
        keys.filter_map(|key| self.get(key))
    }

    /// Number of instances of a cluster.
    pub(crate) fn count_of_cluster(&self, cluster: &str) -> usize {
        self.clusters.get(cluster).map_or(0, BTreeSet::len)
    }

    /// The instances of a cluster that something drains, until they are gone.
    pub(crate) fn leaving(&self, cluster: &str) -> impl Iterator<Item = &Instance> {
        let keys = self.leaving.get(cluster).into_iter().flatten();
        keys.filter_map(|key| self.get(key))
    }

    /// True if instances are drained for the sake of a daemon.
    pub(crate) fn is_drained_for(&self, daemon: &str) -> bool {
        self.drained_for.contains_key(daemon)
    }

    pub(crate) fn insert(&mut self, key: u64, instance: Instance) {
        self.clusters.entry(instance.cluster.clone()).or_default().insert(key);
        self.rows.insert(key, instance);
        self.refresh(key);
    }

    pub(crate) fn remove(&mut self, key: &u64) -> Option<Box<Instance>> {
        let instance = self.rows.remove(*key)?;
        take(&mut self.leaving, &instance.cluster, *key);
        if let Some(daemon) = self.drained.remove(key) {
            take(&mut self.drained_for, &daemon, *key);
        }
        if let Some(keys) = self.clusters.get_mut(&instance.cluster) {
            keys.remove(key);
        }
        if let (Some(rank), Some(room)) = (self.ranks.remove(key), self.room.get_mut(&instance.provider)) {
            room.remove(&rank);
        }
        Some(instance)
    }

    /// Takes note of how an instance stands now.
    pub(crate) fn refresh(&mut self, key: u64) {
        let Some(instance) = self.rows.get(key) else { return };
        if instance.drain.is_some() {
            self.leaving.entry(instance.cluster.clone()).or_default().insert(key);
        } else {
            take(&mut self.leaving, &instance.cluster, key);
        }
        let daemon = instance.drain.as_ref().and_then(|drain| drain.daemon());
        if self.drained.get(&key) != daemon {
            if let Some(before) = self.drained.remove(&key) {
                take(&mut self.drained_for, &before, key);
            }
            if let Some(daemon) = daemon {
                self.drained_for.entry(daemon.clone()).or_default().insert(key);
                self.drained.insert(key, daemon.clone());
            }
        }
        let rank = rank(instance);
        if self.ranks.get(&key) == rank.as_ref() {
            return;
        }
        let room = self.room.entry(instance.provider.clone()).or_default();
        if let Some(before) = self.ranks.remove(&key) {
            room.remove(&before);
        }
        if let Some(rank) = rank {
            room.insert(rank);
            self.ranks.insert(key, rank);
        }
    }

    /// The instance of a provider on which a task leaves the least CPU free, those in service first.
    pub(crate) fn best_room(&self, provider: &str, size: Size) -> Option<u64> {
        let room = self.room.get(provider)?;
        let holds = |(_, _, key): &&Rank| self.get(key).is_some_and(|instance| instance.free().holds(size));
        let from = |coming: bool| room.range((coming, size.cpu, 0)..=(coming, u32::MAX, u64::MAX));
        from(false).chain(from(true)).find(holds).map(|(_, _, key)| *key)
    }

    /// True if the indices are what a look at every instance gives.
    #[cfg(test)]
    pub(crate) fn is_indexed(&self) -> bool {
        let mut fresh = Self::default();
        for instance in self.rows.values() {
            fresh.insert(instance.key, instance.clone());
        }
        let leaving = fresh.leaving == self.leaving && fresh.drained_for == self.drained_for;
        leaving && fresh.ranks == self.ranks && fresh.room.values().flatten().eq(self.room.values().flatten())
    }
}

/// Takes a key out of its set; no set stays empty.
fn take(sets: &mut BTreeMap<Name, BTreeSet<u64>>, name: &str, key: u64) {
    if let Some(keys) = sets.get_mut(name) {
        keys.remove(&key);
        if keys.is_empty() {
            sets.remove(name);
        }
    }
}

fn rank(instance: &Instance) -> Option<Rank> {
    let coming = instance.status != InstanceStatus::Active;
    instance
        .takes_tasks()
        .then(|| (coming, instance.free().cpu, instance.key))
}
