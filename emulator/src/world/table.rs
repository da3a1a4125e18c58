//! A table of records that remembers, for each, what it was before the latest API write.
//!
//! Stale reads of an eventually consistent service are answered from that memory. What the
//! simulation does by itself is never hidden: a change of a record outside any API write drops
//! the memory of its former version. Only a record that did not exist stays absent.

use std::collections::BTreeMap;

/// Number of the API write that is being executed; [`NO_WRITE`] outside of any.
pub(crate) type Write = u64;

/// The simulation moves by itself.
pub(crate) const NO_WRITE: Write = 0;

/// Records by key, each with its version before the latest API write.
#[derive(Clone, Debug)]
pub(crate) struct Table<K, V> {
    rows: BTreeMap<K, V>,
    before: BTreeMap<K, (Write, Option<V>)>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            before: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> Table<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.rows.get(key)
    }

    pub(crate) fn contains(&self, key: &K) -> bool {
        self.rows.contains_key(key)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    /// Adds a record, or replaces one of the same key.
    pub(crate) fn insert(&mut self, key: K, value: V, write: Write) {
        self.remember(&key, write);
        self.rows.insert(key, value);
    }

    /// Opens a record for a change that readers can see.
    pub(crate) fn change(&mut self, key: &K, write: Write) -> Option<&mut V> {
        self.remember(key, write);
        self.rows.get_mut(key)
    }

    /// Opens a record for bookkeeping that no reader sees.
    pub(crate) fn quiet(&mut self, key: &K) -> Option<&mut V> {
        self.rows.get_mut(key)
    }

    /// Opens all records for bookkeeping that no reader sees.
    pub(crate) fn quiet_values(&mut self) -> impl Iterator<Item = &mut V> {
        self.rows.values_mut()
    }

    /// Takes a record away for good, the memory of it included.
    pub(crate) fn forget(&mut self, key: &K) -> Option<V> {
        self.before.remove(key);
        self.rows.remove(key)
    }

    /// The table as a reader sees it whom the latest write of no record has reached.
    pub(crate) fn stale(&self) -> Self {
        let mut rows = self.rows.clone();
        for (key, (_, before)) in &self.before {
            match before {
                Some(value) => rows.insert(key.clone(), value.clone()),
                None => rows.remove(key),
            };
        }
        Self {
            rows,
            before: BTreeMap::new(),
        }
    }

    fn remember(&mut self, key: &K, write: Write) {
        let known = self.before.get(key);
        if write == NO_WRITE {
            if known.is_some_and(|(_, before)| before.is_some()) {
                self.before.remove(key);
            }
        } else if known.is_none_or(|(earlier, _)| *earlier != write) {
            self.before.insert(key.clone(), (write, self.rows.get(key).cloned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_reads_see_the_version_before_the_latest_write() {
        let mut table = Table::default();
        table.insert("a", 1, 1);
        assert_eq!(table.stale().get(&"a"), None, "created: absent");
        *table.change(&"a", 2).unwrap() = 2;
        *table.change(&"a", 2).unwrap() = 3;
        assert_eq!(
            table.stale().get(&"a"),
            Some(&1),
            "changed: the version before the whole write"
        );
        *table.change(&"a", NO_WRITE).unwrap() = 4;
        assert_eq!(table.stale().get(&"a"), Some(&4), "progress is not hidden");
        *table.change(&"a", 3).unwrap() = 5;
        table.forget(&"a");
        assert_eq!(table.stale().get(&"a"), None, "gone by progress");
    }
}
