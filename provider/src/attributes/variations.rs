//! Every configurable leaf of a value, changed one at a time: what tests hold the stated effects
//! against.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use tfplug_core::{
    Block, Nesting, Number, Value,
    json::{self as value_json, Extra},
};

use super::{Effect, Kind, Leaf, Nature, Table};
use crate::tree;

/// A value that differs from the original in one leaf.
pub(crate) struct Variation {
    /// Dotted name of the leaf.
    pub(crate) path: String,
    /// Effect that the table states.
    pub(crate) effect: Option<Effect>,
    /// The value.
    pub(crate) value: Value,
}

/// All variations of a value in which every leaf of the table is set somewhere.
pub(crate) fn variations(table: &Table, value: &Value) -> Vec<Variation> {
    let found = of_table(table, value, "", None, another_value);
    let varied: BTreeSet<&str> = found.iter().map(|variation| variation.path.as_str()).collect();
    for path in configurable(table, "") {
        assert!(varied.contains(path.as_str()), "the sample value leaves out `{path}`");
    }
    found
}

/// Variations in which a scalar that may be left out is zero or empty text instead.
pub(crate) fn zeroed(table: &Table, value: &Value) -> Vec<Variation> {
    of_table(table, value, "", None, |leaf, _| match (&leaf.nature, &leaf.kind) {
        (Nature::Absent, Kind::String) => Some(Value::from("")),
        (Nature::Absent, Kind::Int | Kind::Float) => Some(Value::from(0_i64)),
        (Nature::Absent, Kind::Bool) => Some(Value::from(false)),
        _ => None,
    })
}

/// The change that a variation makes to a leaf; none if it leaves it alone.
type Change = fn(&Leaf, &Value) -> Option<Value>;

fn another_value(_: &Leaf, value: &Value) -> Option<Value> {
    another(value)
}

/// A value of a table from JSON; what is left out is null, or no block.
pub(crate) fn value_of(table: &Table, written: Json) -> Value {
    let block = table.block("");
    value_json::typed(
        &tree::from_json(&completed(&block, written)),
        &block.implied_type(),
        Extra::Refuse,
    )
    .unwrap()
}

/// JSON has no way to leave blocks out: they are empty lists.
fn completed(block: &Block, mut written: Json) -> Json {
    let Some(members) = written.as_object_mut() else {
        return written;
    };
    for nested in &block.blocks {
        if nested.nesting == Nesting::Single {
            continue;
        }
        let elements = members.remove(&nested.name).unwrap_or(json!([]));
        let elements = elements.as_array().unwrap().iter();
        let elements: Vec<Json> = elements
            .map(|element| completed(&nested.block, element.clone()))
            .collect();
        members.insert(nested.name.clone(), json!(elements));
    }
    written
}

fn configurable(table: &Table, prefix: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for leaf in table.leaves.iter().filter(|leaf| leaf.nature != Nature::Computed) {
        let path = format!("{prefix}{}", leaf.name);
        match &leaf.kind {
            Kind::Blocks(blocks) => paths.extend(configurable(&blocks.table, &format!("{path}."))),
            _ => paths.push(path),
        }
    }
    paths
}

fn of_table(table: &Table, value: &Value, prefix: &str, outer: Option<Effect>, change: Change) -> Vec<Variation> {
    let mut found = Vec::new();
    for leaf in table.leaves.iter().filter(|leaf| leaf.nature != Nature::Computed) {
        for variation in of_leaf(leaf, value.get(leaf.name), prefix, outer, change) {
            let mut whole = value.clone();
            whole.insert(leaf.name, variation.value);
            found.push(Variation {
                value: whole,
                ..variation
            });
        }
    }
    found
}

fn of_leaf(leaf: &Leaf, value: &Value, prefix: &str, outer: Option<Effect>, change: Change) -> Vec<Variation> {
    let path = format!("{prefix}{}", leaf.name);
    let effect = leaf.effect_within(outer);
    let Kind::Blocks(blocks) = &leaf.kind else {
        let changed = change(leaf, value);
        return changed
            .map(|value| Variation { path, effect, value })
            .into_iter()
            .collect();
    };
    let prefix = format!("{path}.");
    if let Value::Map(_) = value {
        return of_table(&blocks.table, value, &prefix, effect, change);
    }
    let elements: Vec<Value> = value.elements().cloned().collect();
    let mut found = Vec::new();
    for (index, element) in elements.iter().enumerate() {
        for variation in of_table(&blocks.table, element, &prefix, effect, change) {
            let mut all = elements.clone();
            all[index] = variation.value;
            let value = match value {
                Value::Set(_) => Value::set_of(all),
                _ => Value::List(all),
            };
            found.push(Variation { value, ..variation });
        }
    }
    found
}

/// Another value of the same type; none for what is not set.
fn another(value: &Value) -> Option<Value> {
    let more = || Value::from("another");
    Some(match value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(number) => Value::Number(Number::from(number.to_i64()? + 1)),
        Value::String(text) => format!("{text}2").into(),
        Value::List(elements) if elements.iter().all(|element| element.as_number().is_some()) => {
            Value::list(elements.iter().cloned().chain([Value::Number(Number::from(7_i64))]))
        }
        Value::List(elements) => Value::list(elements.iter().cloned().chain([more()])),
        Value::Set(_) => Value::set_of(value.elements().cloned().chain([more()])),
        Value::Map(members) => {
            let mut members = members.clone();
            members.insert("another".to_owned(), more());
            Value::Map(members)
        }
        _ => return None,
    })
}
