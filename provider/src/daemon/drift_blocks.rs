//! Nested blocks that stand in the state only because a read found drift in them.
//!
//! A read never sees the configuration, and the planned number of list blocks must equal the
//! configured one. So a read keeps the blocks of the prior state and adds one only when the live
//! values differ from the defaults; what it added is noted in private state, and leaves the state
//! again when the drift is gone. An apply clears the notes: from then on the blocks are the user's.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};
use tfplug_core::Value;

use crate::attributes::{Blocks, Kind, Repeat, Table};

const KEY: &str = "drift_blocks";

/// Notes on the blocks that reads added, by dotted name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DriftBlocks(BTreeSet<String>);

impl DriftBlocks {
    /// The notes among the members of private state.
    pub(super) fn from_members(members: &Map<String, Json>) -> Self {
        let names = members.get(KEY).and_then(Json::as_array).into_iter().flatten();
        Self(names.filter_map(|name| name.as_str().map(str::to_owned)).collect())
    }

    /// Adds the notes to the members of private state, if there are any.
    pub(super) fn note(&self, members: &mut Map<String, Json>) {
        if !self.0.is_empty() {
            let names = self.0.iter().map(String::as_str);
            members.insert(KEY.to_owned(), names.collect());
        }
    }

    /// `observed` in the spelling of `prior`, with the blocks that drifted; the notes follow.
    pub(super) fn settle(&mut self, table: &Table, prior: &Value, observed: &Value) -> Value {
        let written = strip(table, "", prior, &self.0);
        let settled = table.settle(&written, observed);
        self.0.clear();
        note_added(table, "", &written, &settled, &mut self.0);
        settled
    }
}

fn optional_blocks(table: &Table) -> impl Iterator<Item = (&'static str, &Blocks)> {
    table.leaves.iter().filter_map(|leaf| match &leaf.kind {
        Kind::Blocks(blocks) if blocks.repeat == Repeat::AtMostOne => Some((leaf.name, blocks)),
        _ => None,
    })
}

/// `value` without the blocks that a read added.
fn strip(table: &Table, prefix: &str, value: &Value, notes: &BTreeSet<String>) -> Value {
    let mut stripped = value.clone();
    for (name, blocks) in optional_blocks(table) {
        let path = format!("{prefix}{name}");
        let kept = match value.get(name).elements().next() {
            Some(block) if !notes.contains(&path) => {
                vec![strip(&blocks.table, &format!("{path}."), block, notes)]
            }
            _ => Vec::new(),
        };
        stripped.insert(name, Value::List(kept));
    }
    stripped
}

fn note_added(table: &Table, prefix: &str, written: &Value, settled: &Value, notes: &mut BTreeSet<String>) {
    for (name, blocks) in optional_blocks(table) {
        let path = format!("{prefix}{name}");
        match (written.get(name).elements().next(), settled.get(name).elements().next()) {
            (None, Some(_)) => {
                notes.insert(path);
            }
            (Some(before), Some(now)) => note_added(&blocks.table, &format!("{path}."), before, now, notes),
            _ => {}
        }
    }
}
