//! Names that records of all kinds share.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

/// A name or ARN that many records share.
pub(crate) type Name = Arc<str>;

/// A word of the API that the simulation puts into a record; `stored::word` has all of them.
pub(crate) type Word = &'static str;

/// Tags of a resource.
pub(crate) type Tags = BTreeMap<String, String>;

/// Family and revision number of a daemon task definition.
pub(crate) type DefinitionKey = (String, u32);

/// Tags as an object of JSON.
pub(crate) fn tags_object(tags: &Tags) -> Value {
    tags.iter()
        .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
        .collect::<Map<_, _>>()
        .into()
}
