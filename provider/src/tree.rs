//! API trees as JSON, the form that has neither Terraform's types nor the SDK's.

use serde_json::Value as Json;
use tfplug_core::{Number, Value};

/// An API tree as JSON. What is not known is null.
pub fn to_json(tree: &Value) -> Json {
    match tree {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(flag) => Json::from(*flag),
        Value::Number(number) => number.to_i64().map_or_else(|| Json::from(number.to_f64()), Json::from),
        Value::String(text) => Json::from(text.as_str()),
        Value::List(_) | Value::Set(_) => tree.elements().map(to_json).collect(),
        Value::Map(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), to_json(member)))
            .collect(),
        Value::Dynamic(typed) => to_json(&typed.1),
    }
}

/// The API tree of JSON.
pub fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Number(Number::from(whole)),
            None => number.as_f64().and_then(Number::from_f64).into(),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(elements) => Value::list(elements.iter().map(from_json)),
        Json::Object(members) => Value::object(members.iter().map(|(name, member)| (name.clone(), from_json(member)))),
    }
}
