//! What the service understands of a value, whichever way the user spelled it.
//!
//! Two values with the same meaning differ in nothing that could be sent: a default written out or
//! left out, an empty list or none, another order where order counts for nothing, an empty block or
//! none. Everything that asks "did it change?" asks here.

use std::collections::BTreeMap;

use tfplug_core::{Number, Value};

use super::{Blocks, Kind, Leaf, Nature, Repeat, Table};

impl Table {
    /// Meaning of an object of this table: the API leaves that say something, by attribute name.
    pub fn meaning(&self, value: &Value) -> Value {
        let members: BTreeMap<String, Value> = self
            .api_leaves()
            .map(|(leaf, _)| (leaf.name.to_owned(), leaf.meaning(value.get(leaf.name))))
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
        if value.is_unknown() {
            return Value::Unknown;
        }
        if let Kind::Blocks(blocks) = &self.kind {
            return blocks.meaning(value);
        }
        // The service keeps doubles: what rounds to the same one is the same to it.
        let rounded = if matches!(self.kind, Kind::Float) {
            as_double(value)
        } else {
            value.clone()
        };
        let value = &rounded;
        if matches!(&self.nature, Nature::Default(default) if value == default) || value.is_null_or_empty() {
            return Value::Null;
        }
        match &self.kind {
            Kind::List { unordered: true, .. } => sorted(value.elements().cloned()),
            // The SDK's integers of optional members have no absence: zero is how it says nothing.
            Kind::Int if self.nature == Nature::Absent && value.as_i64() == Some(0) => Value::Null,
            _ => value.clone(),
        }
    }
}

impl Blocks {
    fn meaning(&self, value: &Value) -> Value {
        let mut elements = value.elements().map(|element| match element {
            Value::Unknown => Value::Unknown,
            known => self.table.meaning(known),
        });
        match self.repeat {
            Repeat::Single => self.table.meaning(value),
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
