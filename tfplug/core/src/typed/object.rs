//! Objects by the names of their attributes. The derives use it; types that read objects in their own way may, too.

use std::collections::BTreeMap;

use super::{mismatch::Mismatch, read::FromValue};
use crate::{path::Step, value::Value};

static NULL: Value = Value::Null;

/// The names of the attributes that a type reads, in the order of its fields. A test compares them with a schema.
pub trait Fields {
    /// The names.
    const FIELDS: &'static [&'static str];
}

/// A known object or map.
#[derive(Clone, Copy, Debug)]
pub struct Object<'a>(&'a BTreeMap<String, Value>);

impl<'a> Object<'a> {
    /// The object that a value is.
    pub fn of(value: &'a Value) -> Result<Self, Mismatch> {
        match value {
            Value::Map(members) => Ok(Self(members)),
            other => Err(Mismatch::new(other.kind(), "an object")),
        }
    }

    /// An attribute; one that is not there is null.
    pub fn attribute<T: FromValue>(self, name: &str) -> Result<T, Mismatch> {
        T::from_value(self.member(name)).map_err(|mismatch| mismatch.within(Step::Attribute(name.to_owned())))
    }

    /// A nested block that may be written once; null if it is not written.
    pub fn single<T: FromValue>(self, name: &str) -> Result<T, Mismatch> {
        let at_block = |mismatch: Mismatch| mismatch.within(Step::Attribute(name.to_owned()));
        let first = match self.member(name) {
            Value::List(blocks) => match blocks.as_slice() {
                [] => &NULL,
                [block] => block,
                [_, ..] => return Err(at_block(Mismatch::new("a list of several blocks", "one block at most"))),
            },
            empty @ (Value::Null | Value::Unknown) => empty,
            other => return Err(at_block(Mismatch::new(other.kind(), "a list of blocks"))),
        };
        let is_inside = !matches!(first, Value::Null | Value::Unknown);
        T::from_value(first).map_err(|mismatch| {
            at_block(if is_inside {
                mismatch.within(Step::Index(0))
            } else {
                mismatch
            })
        })
    }

    fn member(self, name: &str) -> &'a Value {
        self.0.get(name).unwrap_or(&NULL)
    }
}

/// A nested block that may be written once, as the list that Terraform has for it.
pub fn single(block: Value) -> Value {
    match block {
        Value::Null => Value::List(Vec::new()),
        Value::Unknown => Value::Unknown,
        block => Value::List(vec![block]),
    }
}
