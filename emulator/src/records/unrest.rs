//! The time that a world has gone on without coming to rest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::names::Name;

/// Everything since the world was last at rest, passed a milestone or was changed by a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unrest {
    pub(crate) since: i64,
    pub(crate) events: u64,
    pub(crate) milestones: u64,
    pub(crate) told: bool,
    /// Launches of each daemon that failed, by ARN.
    pub(crate) failures: BTreeMap<Name, u64>,
}

impl Unrest {
    pub(crate) fn new(now: i64) -> Self {
        Self {
            since: now,
            events: 0,
            milestones: 0,
            told: false,
            failures: BTreeMap::new(),
        }
    }

    /// A launch of a daemon has failed.
    pub(crate) fn note_failure(&mut self, daemon: &Name) {
        *self.failures.entry(daemon.clone()).or_default() += 1;
    }
}
