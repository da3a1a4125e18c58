//! The value tree: null, unknown or known, without a schema.
//!
//! A value does not know its type; codecs and rules take the type or schema beside it. Sets are
//! ordered ([`ValueSet`]), so that equality ignores the order in which a client or a service lists
//! elements. Refinements of unknown values are accepted on the wire and dropped, which the client allows.

use std::{collections::BTreeMap, fmt};

use crate::{
    number::Number,
    path::{Path, Step},
    types::Type,
};

/// A Terraform value.
///
/// [`Debug`](fmt::Debug) shows the shape, not the content: a value does not know which of its parts are
/// sensitive, and a request that lands in a log must not bring a password there. With the feature
/// `test-support`, which releases do not have, it shows everything.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// A value that is not known yet.
    Unknown,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(String),
    /// A list or tuple.
    List(Vec<Value>),
    /// A set.
    Set(ValueSet),
    /// A map or object.
    Map(BTreeMap<String, Value>),
    /// A value of a dynamically typed attribute, with the type it came with.
    Dynamic(Box<(Type, Value)>),
}

/// The elements of a set in a fixed order.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ValueSet(pub(crate) Vec<Value>);

static NULL: Value = Value::Null;

impl Value {
    /// An object or map of the given members.
    pub fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Map(members.into_iter().map(|(name, value)| (name.into(), value)).collect())
    }

    /// A list of the given elements.
    pub fn list(elements: impl IntoIterator<Item = Value>) -> Self {
        Self::List(elements.into_iter().collect())
    }

    /// A set of the given elements.
    pub fn set_of(elements: impl IntoIterator<Item = Value>) -> Self {
        Self::Set(elements.into_iter().collect())
    }

    /// True if this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// True if this is unknown as a whole.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// True if this is known as a whole and not null; parts of it may be unknown.
    pub fn is_present(&self) -> bool {
        !self.is_null() && !self.is_unknown()
    }

    /// True if no part of this is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown => false,
            Self::List(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Set(elements) => elements.iter().all(Self::is_wholly_known),
            Self::Map(members) => members.values().all(Self::is_wholly_known),
            Self::Dynamic(typed) => typed.1.is_wholly_known(),
            _ => true,
        }
    }

    /// Null, or a collection or string without content.
    pub fn is_null_or_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::String(text) => text.is_empty(),
            Self::List(elements) => elements.is_empty(),
            Self::Set(elements) => elements.is_empty(),
            Self::Map(members) => members.is_empty(),
            _ => false,
        }
    }

    /// The member of an object or map; null if there is none, in every build. A misspelt name is found by a test of
    /// the crate that reads the value: `test_support::names_missing`.
    pub fn get(&self, name: &str) -> &Value {
        match self {
            Self::Map(members) => members.get(name).unwrap_or(&NULL),
            _ => &NULL,
        }
    }

    /// Puts a member into an object or map. A value of another kind becomes an object first.
    pub fn insert(&mut self, name: impl Into<String>, value: Value) {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(BTreeMap::new());
        }
        if let Self::Map(members) = self {
            members.insert(name.into(), value);
        }
    }

    /// The kind of value, for messages: "a string".
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Unknown => "an unknown value",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::List(_) => "a list",
            Self::Set(_) => "a set",
            Self::Map(_) => "a map or object",
            Self::Dynamic(_) => "a dynamic value",
        }
    }

    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if this is one.
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The whole number, if this is one that fits.
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::to_i64)
    }

    /// The members, if this is an object or map.
    pub fn as_map(&self) -> Option<&BTreeMap<String, Value>> {
        match self {
            Self::Map(members) => Some(members),
            _ => None,
        }
    }

    /// The elements of a list or set in order; nothing for any other value.
    pub fn elements(&self) -> Box<dyn Iterator<Item = &Value> + '_> {
        match self {
            Self::List(elements) => Box::new(elements.iter()),
            Self::Set(elements) => Box::new(elements.iter()),
            _ => Box::new(std::iter::empty()),
        }
    }

    /// The value at a path; `None` where the path leads nowhere.
    pub fn at(&self, path: &Path) -> Option<&Value> {
        path.steps().iter().try_fold(self, |value, step| match (value, step) {
            (Self::Map(members), Step::Attribute(name) | Step::Key(name)) => members.get(name.as_str()),
            (Self::List(elements), Step::Index(index)) => elements.get(usize::try_from(*index).ok()?),
            _ => None,
        })
    }

    /// The same value with every unknown part replaced by null.
    #[must_use]
    pub fn unknown_as_null(&self) -> Value {
        match self {
            Self::Unknown => Self::Null,
            Self::List(elements) => Self::List(elements.iter().map(Self::unknown_as_null).collect()),
            Self::Set(elements) => Self::Set(elements.iter().map(Self::unknown_as_null).collect()),
            Self::Map(members) => Self::Map(
                members
                    .iter()
                    .map(|(name, value)| (name.clone(), value.unknown_as_null()))
                    .collect(),
            ),
            Self::Dynamic(typed) => Self::Dynamic(Box::new((typed.0.clone(), typed.1.unknown_as_null()))),
            known => known.clone(),
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self, f, cfg!(feature = "test-support"))
    }
}

/// Writes a value with or without the content of its leaves.
fn debug(value: &Value, f: &mut fmt::Formatter<'_>, content: bool) -> fmt::Result {
    let part = |value| Shown { value, content };
    match value {
        Value::Null => f.write_str("Null"),
        Value::Unknown => f.write_str("Unknown"),
        Value::Bool(flag) if content => write!(f, "{flag}"),
        Value::Number(number) if content => write!(f, "{number}"),
        Value::String(text) if content => write!(f, "{text:?}"),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => write!(f, "({})", value.kind()),
        Value::List(elements) => f.debug_list().entries(elements.iter().map(part)).finish(),
        Value::Set(elements) => f.debug_set().entries(elements.iter().map(part)).finish(),
        Value::Map(members) => {
            let members = members.iter().map(|(name, member)| (name, part(member)));
            f.debug_map().entries(members).finish()
        }
        Value::Dynamic(typed) => f.debug_tuple("Dynamic").field(&typed.0).field(&part(&typed.1)).finish(),
    }
}

struct Shown<'a> {
    value: &'a Value,
    content: bool,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        debug(self.value, f, self.content)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<Number> for Value {
    fn from(value: Number) -> Self {
        Self::Number(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_content_in_tests_only() {
        let value = Value::object([
            ("password", Value::from("canary")),
            ("ports", Value::list([Value::from(8125_i64), Value::Unknown])),
            ("tags", Value::set_of([Value::from("canary"), Value::Null])),
            ("flag", Value::from(true)),
        ]);
        let shown = |content| {
            let value = Shown { value: &value, content };
            format!("{value:?}")
        };
        insta::assert_snapshot!(shown(false), @r#"{"flag": (a boolean), "password": (a string), "ports": [(a number), Unknown], "tags": {Null, (a string)}}"#);
        insta::assert_snapshot!(shown(true), @r#"{"flag": true, "password": "canary", "ports": [8125, Unknown], "tags": {Null, "canary"}}"#);
        assert!(!shown(false).contains("canary"));
    }
}
