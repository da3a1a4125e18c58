//! Faults with `must_fire` in a run with resets: which of them have not fired in all of it.
//!
//! A reset takes the list of faults away and brings back those of the scenario, with counts of zero. Suites reset before
//! each of their files, so that neither the end of the list nor what is in it at the end says what has fired.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What is known of the faults with `must_fire` of the time before the latest reset.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Past {
    /// Those of the scenario that have fired. They come back with each reset.
    fired: BTreeSet<String>,
    /// The others that a reset has removed before they fired.
    removed: BTreeSet<String>,
}

/// A fault with `must_fire` that is there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'f> {
    pub(super) id: &'f str,
    pub(super) of_scenario: bool,
    pub(super) fired: bool,
}

impl Past {
    /// What is to be remembered after a reset that removes this fault.
    pub(super) fn note_reset(&mut self, fault: Expected<'_>) {
        self.note_removal(fault);
        if !fault.of_scenario && !fault.fired {
            self.removed.insert(fault.id.to_owned());
        }
    }

    /// A fault of the scenario that has fired has done so for the whole run, also if it comes back with a reset.
    pub(super) fn note_removal(&mut self, fault: Expected<'_>) {
        if fault.of_scenario && fault.fired {
            self.fired.insert(fault.id.to_owned());
        }
    }

    /// Ids of the faults that have not fired in this run: first those that a reset has removed, then some of those that
    /// are there.
    pub(super) fn unfired<'f>(&self, here: impl Iterator<Item = Expected<'f>>) -> Vec<String> {
        let before = |fault: &Expected<'_>| fault.of_scenario && self.fired.contains(fault.id);
        let here = here.filter(|fault| !fault.fired && !before(fault));
        let removed = self.removed.iter().cloned();
        removed.chain(here.map(|fault| fault.id.to_owned())).collect()
    }
}
