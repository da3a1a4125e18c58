//! A table of records that remembers, for each, what it was before the latest API write.
//!
//! Stale reads of an eventually consistent service are answered from that memory. What the
//! simulation does by itself is never hidden: a change of a record outside any API write drops
//! the memory of its former version. Only a record that did not exist stays absent. A write that is
//! much older than the latest one has reached everybody.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

/// An API write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Write {
    /// Number of the write; 0 when the simulation moves by itself.
    pub(crate) number: u64,
    /// Virtual time in milliseconds since the Unix epoch.
    pub(crate) at_ms: i64,
}

/// The simulation moves by itself.
pub(crate) const NO_WRITE: Write = Write { number: 0, at_ms: 0 };

/// The age, seen from the latest write, from which every reader sees a write, in milliseconds.
const SPREAD_MS: i64 = 60_000;

/// Records by key, each with its version before the latest API write.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(bound(deserialize = "K: Ord + Deserialize<'de>, V: Deserialize<'de>"))]
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
    pub(crate) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.rows.get(key)
    }

    pub(crate) fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.rows.contains_key(key)
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.rows.values()
    }

    /// The records with their keys, in the order of these.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&K, &V)> {
        self.rows.iter()
    }

    /// The records whose keys begin with a text.
    pub(crate) fn starting_with<'t>(&'t self, text: &'t str) -> impl Iterator<Item = &'t V>
    where
        K: Borrow<str>,
    {
        let from = self.rows.range::<str, _>((Bound::Included(text), Bound::Unbounded));
        from.take_while(move |(key, _)| (*key).borrow().starts_with(text))
            .map(|(_, record)| record)
    }

    /// Adds a record, or replaces one of the same key.
    pub(crate) fn insert(&mut self, key: K, value: V, write: Write) {
        self.remember(&key, write);
        self.rows.insert(key, value);
    }

    /// Opens a record for a change that readers can see.
    pub(crate) fn change<Q: Ord + ?Sized>(&mut self, key: &Q, write: Write) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let (owned, _) = self.rows.get_key_value(key)?;
        let owned = owned.clone();
        self.remember(&owned, write);
        self.rows.get_mut(key)
    }

    /// Opens a record for bookkeeping that no reader sees.
    pub(crate) fn quiet<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.rows.get_mut(key)
    }

    /// Opens all records for bookkeeping that no reader sees.
    pub(crate) fn quiet_values(&mut self) -> impl Iterator<Item = &mut V> {
        self.rows.values_mut()
    }

    /// Takes a record away for good, the memory of it included.
    pub(crate) fn forget<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.before.remove(key);
        self.rows.remove(key)
    }

    /// The table as a reader sees it whom no recent write has reached, the latest write in the scope being `latest`.
    pub(crate) fn stale(&self, latest: Write) -> Self {
        let mut rows = self.rows.clone();
        let recent = latest.at_ms.saturating_sub(SPREAD_MS);
        for (key, (_, before)) in self.before.iter().filter(|(_, (write, _))| write.at_ms >= recent) {
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
        } else if known.is_none_or(|(earlier, _)| earlier.number != write.number) {
            self.before.insert(key.clone(), (write, self.rows.get(key).cloned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_the_beginning_of_their_key() {
        let mut table = Table::default();
        for key in ["a/1", "ab/1", "b/1", "b/2", "b/2/3", "c/1"] {
            table.insert(key.to_owned(), key, NO_WRITE);
        }
        let of = |text: &'static str| table.starting_with(text).copied().collect::<Vec<_>>();
        assert_eq!(of("b/"), ["b/1", "b/2", "b/2/3"]);
        assert_eq!(of("a/"), ["a/1"]);
        assert!(of("d").is_empty());
    }

    #[test]
    fn stale_reads_see_the_version_before_the_latest_write() {
        let write = |number: u64, at_ms: i64| Write { number, at_ms };
        let mut table = Table::default();
        table.insert("a", 1, write(1, 0));
        assert_eq!(table.stale(write(1, 0)).get(&"a"), None, "created: absent");
        *table.change(&"a", write(2, 0)).unwrap() = 2;
        *table.change(&"a", write(2, 0)).unwrap() = 3;
        assert_eq!(
            table.stale(write(2, 0)).get(&"a"),
            Some(&1),
            "changed: the version before the whole write"
        );
        assert_eq!(
            table.stale(write(3, SPREAD_MS)).get(&"a"),
            Some(&1),
            "another write a little later"
        );
        assert_eq!(
            table.stale(write(3, SPREAD_MS + 1)).get(&"a"),
            Some(&3),
            "another write much later"
        );
        *table.change(&"a", NO_WRITE).unwrap() = 4;
        assert_eq!(table.stale(write(2, 0)).get(&"a"), Some(&4), "progress is not hidden");
        *table.change(&"a", write(3, 0)).unwrap() = 5;
        table.forget(&"a");
        assert_eq!(table.stale(write(3, 0)).get(&"a"), None, "gone by progress");
    }
}
