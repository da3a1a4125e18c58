//! Faults with `must_fire` in a run with resets: which of them have not fired in all of it.
//!
//! A reset takes the list of faults away and brings back those of the scenario, with counts of zero. Suites reset before
//! each of their files, so that neither the end of the list nor what is in it at the end says what has fired.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Faults;
use crate::world::World;

/// What is known of the faults with `must_fire` of the time before the latest reset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Past {
    /// Those of the scenario that have fired. They come back with each reset.
    fired: BTreeSet<String>,
    /// The others that a reset has removed before they fired.
    removed: BTreeSet<String>,
}

impl Faults {
    /// The faults that are there are those of the scenario.
    pub(crate) fn scenario_is_played(&mut self) {
        self.of_scenario = self.added;
    }

    /// What is to be remembered after a reset.
    pub(crate) fn past(&self, world: &World) -> Past {
        let mut past = self.past.clone();
        for (number, slot) in self.slots.iter().filter(|(_, slot)| slot.must_fire) {
            let fired = slot.counts(world).1 > 0;
            match (*number <= self.of_scenario, fired) {
                (true, true) => past.fired.insert(slot.id.clone()),
                (false, false) => past.removed.insert(slot.id.clone()),
                // It comes back, or has done what it had to.
                (true, false) | (false, true) => false,
            };
        }
        past
    }

    /// Takes over what is known of the time before a reset.
    pub(crate) fn recall(&mut self, past: Past) {
        self.past = past;
    }

    /// A fault of the scenario that has fired has done so for the whole run, also if it comes back with a reset.
    pub(super) fn note_fired(&mut self, number: u64, world: &World) {
        let Some(slot) = self.slots.get(&number) else { return };
        if slot.must_fire && number <= self.of_scenario && slot.counts(world).1 > 0 {
            self.past.fired.insert(slot.id.clone());
        }
    }

    /// Ids of the faults with `must_fire` that have not fired in this run: first those that a reset has removed. One that
    /// somebody removed by name is not expected to fire any more.
    pub(crate) fn unfired(&self, world: &World) -> Vec<String> {
        let here = self.slots.iter().filter(|(number, slot)| {
            let before = **number <= self.of_scenario && self.past.fired.contains(&slot.id);
            slot.must_fire && !before && slot.counts(world).1 == 0
        });
        let here = here.map(|(_, slot)| &slot.id);
        let removed = self.past.removed.iter();
        removed.chain(here).cloned().collect()
    }
}
