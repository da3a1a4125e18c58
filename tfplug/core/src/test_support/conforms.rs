//! A check that a value is of a type.

use crate::{
    path::{Path, Step},
    types::Type,
    value::Value,
};

/// The faults of `value` as a value of `ty`; empty if there are none. Objects must have exactly the
/// attributes of their type.
pub fn assert_conforms(ty: &Type, value: &Value) -> Vec<String> {
    let mut errors = Vec::new();
    conform(ty, value, &Path::root(), &mut errors);
    errors
}

fn conform(ty: &Type, value: &Value, path: &Path, errors: &mut Vec<String>) {
    match (ty, value) {
        (_, Value::Null | Value::Unknown)
        | (Type::Bool, Value::Bool(_))
        | (Type::Number, Value::Number(_))
        | (Type::String, Value::String(_)) => {}
        (Type::Dynamic, Value::Dynamic(typed)) => conform(&typed.0, &typed.1, path, errors),
        (Type::List(of), Value::List(elements)) => {
            let elements = elements.iter().enumerate();
            elements.for_each(|(index, element)| conform(of, element, &path.index(index), errors));
        }
        (Type::Set(of), Value::Set(elements)) => {
            elements.iter().for_each(|element| conform(of, element, path, errors));
        }
        (Type::Tuple(types), Value::List(elements)) if types.len() == elements.len() => {
            let elements = types.iter().zip(elements).enumerate();
            elements.for_each(|(index, (ty, element))| conform(ty, element, &path.index(index), errors));
        }
        (Type::Map(of), Value::Map(members)) => {
            for (key, member) in members {
                conform(of, member, &path.key(key), errors);
            }
        }
        (Type::Object(types), Value::Map(members)) => {
            for name in members.keys().filter(|name| !types.contains_key(name.as_str())) {
                errors.push(format!("{path}: there is no attribute `{name}`"));
            }
            for (name, ty) in types {
                match members.get(name) {
                    Some(member) => conform(ty, member, &path.with(Step::Attribute(name.clone())), errors),
                    None => errors.push(format!("{path}: the attribute `{name}` is missing")),
                }
            }
        }
        (ty, value) => errors.push(format!("{path}: expected {ty}, got {}", value.kind())),
    }
}
