//! Deployments that have not ended, with what each of them still has to do.
//!
//! A deployment on a big fleet must not look at every instance after everything that happens. So the instances that
//! it has work with are kept, and whoever changes an instance says so with `Region::touch`: only those are looked at
//! again. The invariants of the tests see to it that nobody forgets.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::daemon::{Goal, Purpose};
use crate::records::names::Name;

/// Standing of an instance with a deployment that has work with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Standing {
    /// In service, and to be drained.
    Outdated,
    /// On its way out, or its daemon is starting.
    Awaited,
}

/// The instances that a deployment has work with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Work {
    /// The aim of the work; with another aim everything is looked at anew.
    pub(crate) aim: Option<Goal>,
    /// By capacity provider, oldest first. No set is empty.
    pub(crate) outdated: BTreeMap<Name, BTreeSet<u64>>,
    pub(crate) awaited: BTreeSet<u64>,
}

impl Work {
    /// Takes note of how an instance of a provider stands now.
    pub(crate) fn put(&mut self, key: u64, provider: &Name, standing: Option<Standing>) {
        if standing == Some(Standing::Awaited) {
            self.awaited.insert(key);
        } else {
            self.awaited.remove(&key);
        }
        if standing == Some(Standing::Outdated) {
            self.outdated.entry(provider.clone()).or_default().insert(key);
        } else if let Some(keys) = self.outdated.get_mut(provider)
            && keys.remove(&key)
            && keys.is_empty()
        {
            self.outdated.remove(provider);
        }
    }

    /// Takes note that an instance is gone.
    pub(crate) fn forget(&mut self, key: u64) {
        self.awaited.remove(&key);
        self.outdated.retain(|_, keys| {
            keys.remove(&key);
            !keys.is_empty()
        });
    }
}

/// Deployments that have to look if they can go on: all of a cluster, or the one of an order of creation.
pub(crate) type Stir = (Name, Option<u64>);

/// A deployment that has not ended.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Lookout {
    pub(crate) arn: Name,
    pub(crate) purpose: Purpose,
    /// True if it does something as soon as the fleet allows it.
    pub(crate) looking: bool,
    /// None until it is asked for.
    pub(crate) work: Option<Work>,
    /// Instances that have changed since `work` was right.
    pub(crate) touched: Vec<u64>,
}

impl Lookout {
    fn touch(&mut self, instance: u64) {
        // The same instance changes several times in a row.
        if self.work.is_some() && self.touched.last() != Some(&instance) {
            self.touched.push(instance);
        }
    }
}

/// The deployments of a scope that have not ended, by cluster and order of creation.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Lookouts(BTreeMap<Name, BTreeMap<u64, Lookout>>);

impl Lookouts {
    /// Those of a cluster that look at the fleet now.
    pub(crate) fn looking_at(&self, cluster: &str) -> impl Iterator<Item = (Name, Purpose)> {
        let lookouts = self.0.get(cluster).into_iter().flat_map(BTreeMap::values);
        let looking = lookouts.filter(|lookout| lookout.looking);
        looking.map(|lookout| (lookout.arn.clone(), lookout.purpose))
    }

    /// All of a cluster, by ARN.
    pub(crate) fn of_cluster(&self, cluster: &str) -> impl Iterator<Item = &Name> {
        let lookouts = self.0.get(cluster).into_iter().flat_map(BTreeMap::values);
        lookouts.map(|lookout| &lookout.arn)
    }

    /// One of a cluster, if it looks at the fleet now.
    pub(crate) fn looking(&self, cluster: &str, serial: u64) -> Option<(Name, Purpose)> {
        let lookout = self.0.get(cluster)?.get(&serial)?;
        lookout.looking.then(|| (lookout.arn.clone(), lookout.purpose))
    }

    /// Clusters that have any.
    pub(crate) fn clusters(&self) -> impl Iterator<Item = &Name> {
        self.0.keys()
    }

    pub(crate) fn get_mut(&mut self, cluster: &str, serial: u64) -> Option<&mut Lookout> {
        self.0.get_mut(cluster)?.get_mut(&serial)
    }

    pub(crate) fn insert(&mut self, cluster: Name, serial: u64, lookout: Lookout) {
        self.0.entry(cluster).or_default().insert(serial, lookout);
    }

    pub(crate) fn remove(&mut self, cluster: &str, serial: u64) {
        if let Some(lookouts) = self.0.get_mut(cluster) {
            lookouts.remove(&serial);
            if lookouts.is_empty() {
                self.0.remove(cluster);
            }
        }
    }

    /// An instance of a cluster has changed, or is gone.
    pub(crate) fn touch(&mut self, cluster: &str, instance: u64) {
        for lookout in self.0.get_mut(cluster).into_iter().flat_map(BTreeMap::values_mut) {
            lookout.touch(instance);
        }
    }

    /// An instance has changed in a way that is the matter of one deployment.
    pub(crate) fn touch_for(&mut self, cluster: &str, serial: u64, instance: u64) {
        if let Some(lookout) = self.get_mut(cluster, serial) {
            lookout.touch(instance);
        }
    }

    /// Forgets all work, because something has changed on which every instance depends.
    pub(crate) fn start_over(&mut self) {
        for lookout in self.0.values_mut().flat_map(BTreeMap::values_mut) {
            lookout.work = None;
        }
    }

    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = &Lookout> {
        self.0.values().flat_map(BTreeMap::values)
    }
}
