//! Eventual consistency after writes: the knob `stale_reads` makes the next reads of a scope answer from before.
//!
//! Kept simple on purpose: after each successful write every operation of the same account and region gives that many
//! stale answers, then fresh ones; without the knob `monotonic_reads` it gives them in turn, as when two replicas are
//! asked alternately. What "stale" means for a record is the world's matter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::api::Scope;

/// Number of stale answers that each operation has given since the latest write of its scope.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Consistency {
    scopes: BTreeMap<Scope, BTreeMap<String, u32>>,
}

impl Consistency {
    /// A write has changed something in the scope.
    pub(crate) fn wrote(&mut self, scope: &Scope) {
        self.scopes.insert(scope.clone(), BTreeMap::new());
    }

    /// True if this read is stale, `limit` and `monotonic` being the knobs. Counts it.
    pub(crate) fn is_stale(&mut self, scope: &Scope, operation: &str, limit: u32, monotonic: bool) -> bool {
        let Some(operations) = self.scopes.get_mut(scope) else {
            return false;
        };
        let given = operations.entry(operation.to_owned()).or_default();
        *given = given.saturating_add(1);
        if monotonic {
            return *given <= limit;
        }
        *given % 2 == 1 && given.div_ceil(2) <= limit
    }

    /// Every replica has caught up.
    pub(crate) fn heal(&mut self) {
        self.scopes.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Consistency;
    use crate::api::Scope;

    #[test]
    fn each_operation_is_stale_a_few_times_after_a_write() {
        let scope = |region: &str| Scope {
            account: "1".into(),
            region: region.into(),
        };
        let mut consistency = Consistency::default();
        assert!(
            !consistency.is_stale(&scope("a"), "ListDaemons", 2, true),
            "nothing was written"
        );
        consistency.wrote(&scope("a"));
        let mut reads = |operation: &str, region: &str| -> Vec<bool> {
            (0..3)
                .map(|_| consistency.is_stale(&scope(region), operation, 2, true))
                .collect()
        };
        assert_eq!(reads("ListDaemons", "a"), [true, true, false]);
        assert_eq!(reads("DescribeDaemon", "a"), [true, true, false]);
        assert_eq!(reads("DescribeDaemon", "b"), [false, false, false]);
        consistency.wrote(&scope("a"));
        consistency.heal();
        assert!(!consistency.is_stale(&scope("a"), "ListDaemons", 2, true));
        consistency.wrote(&scope("a"));
        let turns: Vec<bool> = (0..6)
            .map(|_| consistency.is_stale(&scope("a"), "ListDaemons", 2, false))
            .collect();
        assert_eq!(turns, [true, false, true, false, false, false]);
    }
}
