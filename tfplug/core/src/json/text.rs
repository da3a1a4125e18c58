//! JSON as text and as values without types, so that no type of a library for JSON stands in this crate's interface.

use std::{fmt, str::FromStr};

use serde_json::{Map, Value as Tree, json};

use crate::{
    codec::{DecodeError, Located, attribute, index},
    number::Number,
    value::Value,
};

/// A JSON document, such as a stored state of any version or provider. Printed, it is its text; `Debug` shows nothing of it,
/// since it may be sensitive.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(pub(super) Tree);

impl Json {
    /// Reads a document.
    pub fn parse(text: &[u8]) -> Result<Self, DecodeError> {
        let tree = serde_json::from_slice(text).map_err(|error| Located::new(error.to_string()))?;
        Ok(Self(tree))
    }

    /// The document without types: its arrays are lists, its objects are maps.
    ///
    /// ```
    /// use tfplug_core::{Value, json::Json};
    ///
    /// let json: Json = r#"{ "sizes": [1, 2], "note": null }"#.parse()?;
    /// let sizes = Value::list([1.into(), 2.into()]);
    /// assert_eq!(json.to_value(), Value::object([("sizes", sizes), ("note", Value::Null)]));
    /// # Ok::<(), tfplug_core::DecodeError>(())
    /// ```
    pub fn to_value(&self) -> Value {
        value_of(&self.0)
    }
}

impl FromStr for Json {
    type Err = DecodeError;

    fn from_str(text: &str) -> Result<Self, DecodeError> {
        Self::parse(text.as_bytes())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Json")
    }
}

fn value_of(tree: &Tree) -> Value {
    match tree {
        Tree::Null => Value::Null,
        Tree::Bool(flag) => (*flag).into(),
        Tree::Number(number) => number.to_string().parse::<Number>().ok().into(),
        Tree::String(text) => text.as_str().into(),
        Tree::Array(elements) => Value::list(elements.iter().map(value_of)),
        Tree::Object(members) => Value::object(members.iter().map(|(name, member)| (name.as_str(), value_of(member)))),
    }
}

/// The document of a value whose type is not known: sets and tuples are arrays.
pub(super) fn untyped_to_tree(value: &Value) -> Result<Tree, Located> {
    let elements = |value: &Value| {
        let elements = value.elements().enumerate();
        let elements = elements.map(|(at, element)| untyped_to_tree(element).map_err(|error| error.under(index(at))));
        elements.collect::<Result<Vec<_>, _>>()
    };
    match value {
        Value::Null => Ok(Tree::Null),
        Value::Unknown => Err(Located::new("an unknown value has no JSON form")),
        Value::Bool(flag) => Ok(Tree::Bool(*flag)),
        Value::Number(number) => number_to_tree(number),
        Value::String(text) => Ok(Tree::String(text.clone())),
        Value::List(_) => Ok(Tree::Array(elements(value)?)),
        Value::Set(_) => Ok(Tree::Array(elements(value).map_err(Located::under_set)?)),
        Value::Map(members) => {
            let members = members.iter().map(|(name, member)| {
                let member = untyped_to_tree(member).map_err(|error| error.under(attribute(name)))?;
                Ok((name.clone(), member))
            });
            Ok(Tree::Object(members.collect::<Result<Map<_, _>, Located>>()?))
        }
        Value::Dynamic(typed) => Ok(json!({ "value": untyped_to_tree(&typed.1)?, "type": typed.0.to_json() })),
    }
}

/// A number with all its digits.
pub(super) fn number_to_tree(number: &Number) -> Result<Tree, Located> {
    // Plain notation: the client's own writer uses no exponents either.
    let number = serde_json::Number::from_str(&number.to_string());
    number
        .map(Tree::Number)
        .map_err(|error| Located::new(error.to_string()))
}
