//! Records that are numbered as they are made.
//!
//! A simulated fleet makes and forgets many thousands of records, and every event looks several of them up. Numbers
//! that only grow need no search: the records stand in pages, and a page goes with the last record on it.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Records on a page.
const PAGE: usize = 32;

/// Records by number.
#[derive(Clone, Debug)]
pub(crate) struct Numbered<V> {
    pages: Vec<Option<Box<Page<V>>>>,
}

#[derive(Clone, Debug)]
struct Page<V> {
    /// Boxed, because a page with few big records would take much room.
    rows: [Option<Box<V>>; PAGE],
    count: usize,
}

impl<V> Default for Numbered<V> {
    fn default() -> Self {
        Self { pages: Vec::new() }
    }
}

/// Place of a record: its page, and its place there.
fn place(number: u64) -> Option<(usize, usize)> {
    let number = usize::try_from(number).ok()?;
    Some((number / PAGE, number % PAGE))
}

impl<V> Numbered<V> {
    pub(crate) fn get(&self, number: u64) -> Option<&V> {
        let (page, row) = place(number)?;
        self.pages.get(page)?.as_ref()?.rows.get(row)?.as_deref()
    }

    pub(crate) fn get_mut(&mut self, number: u64) -> Option<&mut V> {
        let (page, row) = place(number)?;
        self.pages.get_mut(page)?.as_mut()?.rows.get_mut(row)?.as_deref_mut()
    }

    /// Adds a record, or replaces the one of the same number. The number is of a series that began at 1, since there
    /// is room for all numbers below it.
    pub(crate) fn insert(&mut self, number: u64, record: V) {
        let Some((page, row)) = place(number) else { return };
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        let page = self.pages[page].get_or_insert_with(|| {
            Box::new(Page {
                rows: [const { None }; PAGE],
                count: 0,
            })
        });
        if page.rows[row].replace(Box::new(record)).is_none() {
            page.count += 1;
        }
    }

    pub(crate) fn remove(&mut self, number: u64) -> Option<Box<V>> {
        let (at, row) = place(number)?;
        let page = self.pages.get_mut(at)?;
        let rows = page.as_mut()?;
        let record = rows.rows[row].take()?;
        rows.count -= 1;
        if rows.count == 0 {
            *page = None;
        }
        Some(record)
    }

    /// All records by number.
    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        let pages = self.pages.iter().flatten();
        pages
            .flat_map(|page| page.rows.iter().flatten())
            .map(|record| &**record)
    }
}

/// The records with their numbers.
impl<V: Serialize> Serialize for Numbered<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut records: Vec<(u64, &V)> = Vec::new();
        for (at, page) in self.pages.iter().enumerate() {
            let rows = page.iter().flat_map(|page| page.rows.iter().enumerate());
            records.extend(rows.filter_map(|(row, record)| Some(((at * PAGE + row) as u64, &**record.as_ref()?))));
        }
        records.serialize(serializer)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Numbered<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let records = Vec::<(u64, V)>::deserialize(deserializer)?;
        let mut numbered = Self::default();
        for (number, record) in records {
            numbered.insert(number, record);
        }
        Ok(numbered)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::seeded;

    #[test]
    fn it_is_a_map() {
        let (mut numbered, mut map) = (Numbered::default(), BTreeMap::new());
        for step in 0..2_000_u64 {
            let number = seeded::number(7, "step", "number", step) % 200;
            if seeded::number(7, "step", "insert", step) % 5 < 2 {
                numbered.insert(number, step);
                map.insert(number, step);
            } else {
                assert_eq!(
                    numbered.remove(number).map(|record| *record),
                    map.remove(&number),
                    "step {step}"
                );
            }
            if let Some(record) = numbered.get_mut(number + 1) {
                *record += 1;
            }
            map.entry(number + 1).and_modify(|record| *record += 1);
            assert_eq!(numbered.get(number), map.get(&number), "step {step}");
            assert!(numbered.values().eq(map.values()), "step {step}");
            assert!(numbered.values().rev().eq(map.values().rev()), "step {step}");
        }
        assert_eq!(numbered.get(u64::MAX), None);
        for number in 0..200 {
            numbered.remove(number);
        }
        assert!(
            numbered.pages.iter().all(Option::is_none),
            "no page is left when no record is"
        );
    }
}
