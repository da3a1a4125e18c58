//! The meaning of a value to the service, whichever way the user spelled it.
//!
//! Two values with the same meaning differ in nothing that could be sent: a default written out or
//! left out, an empty list or none, another order where order counts for nothing, an empty block or
//! none, a null member of a map. Everything that asks "did it change?" asks here.
//!
//! The *trace* is what is left of it in an answer of the service at least: zero and empty text, which are
//! values, may be handed back as nothing. A state keeps its spelling as long as the traces are the same.

use std::collections::BTreeMap;

use tfplug_core::{Number, Value};

use super::{Blocks, Kind, Leaf, Nature, Repeat, Table, Zero};

/// The part of a value that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Depth {
    /// All that can be sent.
    Meaning,
    /// All that every answer must hold.
    Trace,
}

impl Table {
    /// Meaning of an object of this table: the API leaves that say something, by attribute name.
    pub fn meaning(&self, value: &Value) -> Value {
        self.understood(value, Depth::Meaning)
    }

    /// The part of the meaning that an answer of the service holds in any case.
    pub fn trace(&self, value: &Value) -> Value {
        self.understood(value, Depth::Trace)
    }

    fn understood(&self, value: &Value, depth: Depth) -> Value {
        let members: BTreeMap<String, Value> = self
            .api_leaves()
            .map(|(leaf, _)| (leaf.name.to_owned(), leaf.understood(value.get(leaf.name), depth)))
            .filter(|(_, meaning)| !meaning.is_null())
            .collect();
        Value::Map(members)
    }

    /// Names of the leaves whose meaning differs between two objects.
    pub fn differing<'a>(&'a self, one: &'a Value, other: &'a Value) -> impl Iterator<Item = &'a Leaf> {
        self.api_leaves()
            .map(|(leaf, _)| leaf)
            .filter(move |leaf| leaf.meaning(one.get(leaf.name)) != leaf.meaning(other.get(leaf.name)))
    }
}

impl Leaf {
    /// Meaning of one value; null where it says nothing.
    pub fn meaning(&self, value: &Value) -> Value {
        self.understood(value, Depth::Meaning)
    }

    /// The part of the meaning that an answer of the service holds in any case.
    pub(super) fn trace(&self, value: &Value) -> Value {
        self.understood(value, Depth::Trace)
    }

    fn understood(&self, value: &Value, depth: Depth) -> Value {
        if value.is_unknown() {
            return Value::Unknown;
        }
        if let Kind::Blocks(blocks) = &self.kind {
            return blocks.understood(value, depth);
        }
        let value = &match self.kind {
            // The service keeps doubles: what rounds to the same one is the same to it.
            Kind::Float => as_double(value),
            Kind::Map if value.is_present() => Value::object(present_members(value)),
            _ => value.clone(),
        };
        let is_default = matches!(&self.nature, Nature::Default(default) if value == default);
        if is_default || is_silent(value) || self.may_fade(value, depth) {
            return Value::Null;
        }
        match &self.kind {
            Kind::List { unordered: true, .. } => sorted(value.elements().cloned()),
            _ => value.clone(),
        }
    }

    /// True if a value is one that the service may hand back as nothing, or cannot tell from nothing.
    fn may_fade(&self, value: &Value, depth: Depth) -> bool {
        let fades = depth == Depth::Trace && self.nature == Nature::Absent;
        let is_zero = value.as_i64() == Some(0);
        (is_zero && (self.zero == Zero::Silence || fades)) || (fades && value.as_str() == Some(""))
    }
}

/// True if a value is one that is never sent: null, or a collection without an element.
pub(super) fn is_silent(value: &Value) -> bool {
    value.is_null() || (value.as_str().is_none() && value.is_null_or_empty())
}

/// The members of a map that are not null.
pub(super) fn present_members(value: &Value) -> impl Iterator<Item = (String, Value)> {
    let members = value.as_map().into_iter().flatten();
    members
        .filter(|(_, member)| !member.is_null())
        .map(|(key, member)| (key.clone(), member.clone()))
}

impl Blocks {
    fn understood(&self, value: &Value, depth: Depth) -> Value {
        let mut elements = value.elements().map(|element| match element {
            Value::Unknown => Value::Unknown,
            known => self.table.understood(known, depth),
        });
        match self.repeat {
            Repeat::Single => self.table.understood(value, depth),
            Repeat::AtMostOne => elements
                .next()
                .filter(|meaning| !meaning.is_null_or_empty())
                .unwrap_or_default(),
            Repeat::Ordered => non_empty(Value::List(elements.collect())),
            Repeat::Unordered | Repeat::Keyed(_) => non_empty(sorted(elements)),
            Repeat::Set => non_empty(Value::Set(elements.collect())),
        }
    }
}

fn as_double(value: &Value) -> Value {
    let number = value.as_number().and_then(|number| Number::from_f64(number.to_f64()));
    number.map_or_else(|| value.clone(), Value::Number)
}

fn sorted(elements: impl Iterator<Item = Value>) -> Value {
    let mut elements: Vec<Value> = elements.collect();
    elements.sort();
    Value::List(elements)
}

fn non_empty(collection: Value) -> Value {
    if collection.is_null_or_empty() {
        Value::Null
    } else {
        collection
    }
}
