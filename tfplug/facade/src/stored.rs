//! Objects as another version of a schema stored them.

use serde_json::Value as Json;
use tfplug_core::{Number, Path, Schema, Type, Value, json};

use crate::Failure;

/// The object without types.
pub(crate) fn read(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => (*flag).into(),
        Json::Number(number) => number.to_string().parse::<Number>().ok().into(),
        Json::String(text) => text.as_str().into(),
        Json::Array(elements) => Value::list(elements.iter().map(read)),
        Json::Object(members) => Value::object(members.iter().map(|(name, member)| (name.as_str(), read(member)))),
    }
}

/// The object in the form of this version.
pub(crate) fn write(value: Value, schema: &Schema) -> Result<Json, Failure> {
    let ty = schema.implied_type();
    let value = shaped(schema.block.complete(value), &ty);
    json::encode(&value, &ty).map_err(|error| {
        let text = format!("The upgraded state does not fit the schema: {error}. This is a bug in the provider.");
        Failure::new("Unable to upgrade resource state", text).at(Path::root())
    })
}

/// The value with sets where a type has sets, which are lists in stored objects.
fn shaped(value: Value, ty: &Type) -> Value {
    match (ty, value) {
        (Type::Set(of), Value::List(elements)) => {
            Value::set_of(elements.into_iter().map(|element| shaped(element, of)))
        }
        (Type::List(of), Value::List(elements)) => Value::list(elements.into_iter().map(|element| shaped(element, of))),
        (Type::Map(of), Value::Map(members)) => {
            Value::object(members.into_iter().map(|(key, member)| (key, shaped(member, of))))
        }
        (Type::Object(types), Value::Map(members)) => Value::object(members.into_iter().map(|(name, member)| {
            let ty = types.get(&name).unwrap_or(&Type::Dynamic);
            let member = shaped(member, ty);
            (name, member)
        })),
        (_, value) => value,
    }
}
