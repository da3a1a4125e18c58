//! JSON form of values, as in state files and upgrade requests.
//!
//! Numbers keep every digit both ways. There is no JSON form of an unknown value.

mod text;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Tree, json};

pub use self::text::Json;

use crate::{
    codec::{DecodeError, EncodeError, Located, attribute, index, key, normalized},
    number::{Number, NumberError},
    types::Type,
    value::Value,
};

/// The treatment of members of an object that its type lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extra {
    /// They are an error.
    Refuse,
    /// They are dropped, as for state that an older provider wrote.
    Ignore,
}

/// Reads a value of a type. Missing attributes of objects are null.
pub fn decode(json: &Json, ty: &Type, extra: Extra) -> Result<Value, DecodeError> {
    Ok(from_json(&json.0, ty, extra)?)
}

/// Brings a value without types to a type, as if it were read from JSON: sets and tuples may be lists, missing attributes of
/// objects are null.
pub fn typed(value: &Value, ty: &Type, extra: Extra) -> Result<Value, DecodeError> {
    Ok(from_json(&text::untyped_to_tree(value)?, ty, extra)?)
}

/// Writes a value as a type. Unknown values are an error.
pub fn encode(value: &Value, ty: &Type) -> Result<Json, EncodeError> {
    Ok(Json(to_json(value, ty)?))
}

fn from_json(json: &Tree, ty: &Type, extra: Extra) -> Result<Value, Located> {
    match (json, ty) {
        (Tree::Null, _) => Ok(Value::Null),
        (Tree::Object(members), Type::Dynamic) => dynamic_from_json(members, extra),
        (Tree::Bool(_) | Tree::Number(_) | Tree::String(_), Type::Bool | Type::Number | Type::String) => {
            primitive_from_json(json, ty)
        }
        (Tree::Array(items), Type::List(of)) => {
            let elements = items.iter().enumerate();
            elements_from_json(elements.map(|(position, item)| (position, item, &**of)), extra)
        }
        (Tree::Array(items), Type::Tuple(types)) if items.len() == types.len() => {
            let elements = items.iter().zip(types).enumerate();
            elements_from_json(elements.map(|(position, (item, ty))| (position, item, ty)), extra)
        }
        (Tree::Array(items), Type::Set(of)) => {
            let elements = items.iter().map(|item| from_json(item, of, extra));
            Ok(Value::Set(
                elements.collect::<Result<_, _>>().map_err(Located::under_set)?,
            ))
        }
        (Tree::Object(members), Type::Map(of)) => {
            let members = members.iter().map(|(name, item)| {
                let value = from_json(item, of, extra).map_err(|error| error.under(key(name)))?;
                Ok((normalized(name), value))
            });
            Ok(Value::Map(members.collect::<Result<_, Located>>()?))
        }
        (Tree::Object(members), Type::Object(types)) => object_from_json(members, types, extra),
        (json, ty) => Err(Located::new(format!("expected {ty}, got {}", kind_of(json)))),
    }
}

/// Primitives convert into one another where the text allows it, because a changed type of an
/// attribute leaves the old form in stored state.
fn primitive_from_json(json: &Tree, ty: &Type) -> Result<Value, Located> {
    let text = match json {
        Tree::String(text) => text.clone(),
        other => other.to_string(),
    };
    let number = |error: NumberError| Located::new(error.to_string());
    match (ty, json) {
        (Type::Number, Tree::Number(_) | Tree::String(_)) => Ok(Value::Number(text.parse().map_err(number)?)),
        (Type::String, Tree::Number(_)) => Ok(Value::String(text.parse::<Number>().map_err(number)?.to_string())),
        (Type::String, _) => Ok(Value::String(normalized(&text))),
        (Type::Bool, Tree::Bool(_) | Tree::String(_)) if text == "true" => Ok(Value::Bool(true)),
        (Type::Bool, Tree::Bool(_) | Tree::String(_)) if text == "false" => Ok(Value::Bool(false)),
        _ => Err(Located::new(format!("expected {ty}, got {}", kind_of(json)))),
    }
}

fn elements_from_json<'a>(
    elements: impl Iterator<Item = (usize, &'a Tree, &'a Type)>,
    extra: Extra,
) -> Result<Value, Located> {
    let elements =
        elements.map(|(position, item, ty)| from_json(item, ty, extra).map_err(|error| error.under(index(position))));
    Ok(Value::List(elements.collect::<Result<_, _>>()?))
}

fn object_from_json(
    members: &Map<String, Tree>,
    types: &BTreeMap<String, Type>,
    extra: Extra,
) -> Result<Value, Located> {
    let unwanted = members.keys().find(|name| !types.contains_key(name.as_str()));
    if let (Some(name), Extra::Refuse) = (unwanted, extra) {
        return Err(Located::new(format!("there is no attribute `{name}`")));
    }
    let object = types.iter().map(|(name, ty)| {
        let item = members.get(name).unwrap_or(&Tree::Null);
        let value = from_json(item, ty, extra).map_err(|error| error.under(attribute(name)))?;
        Ok((name.clone(), value))
    });
    Ok(Value::Map(object.collect::<Result<_, Located>>()?))
}

fn dynamic_from_json(members: &Map<String, Tree>, extra: Extra) -> Result<Value, Located> {
    let (Some(item), Some(ty), 2) = (members.get("value"), members.get("type"), members.len()) else {
        return Err(Located::new("a dynamic value is an object of `value` and `type`"));
    };
    let ty = Type::from_json(ty).map_err(|error| Located::new(error.to_string()))?;
    match from_json(item, &ty, extra)? {
        nested if ty == Type::Dynamic => Ok(nested),
        value => Ok(Value::Dynamic(Box::new((ty, value)))),
    }
}

fn kind_of(json: &Tree) -> &'static str {
    match json {
        Tree::Null => "null",
        Tree::Bool(_) => "a boolean",
        Tree::Number(_) => "a number",
        Tree::String(_) => "a string",
        Tree::Array(_) => "an array",
        Tree::Object(_) => "an object",
    }
}

fn to_json(value: &Value, ty: &Type) -> Result<Tree, Located> {
    match (value, ty) {
        (Value::Null, _) => Ok(Tree::Null),
        (Value::Unknown, _) => Err(Located::new("an unknown value has no JSON form")),
        (Value::Bool(value), Type::Bool) => Ok(Tree::Bool(*value)),
        (Value::Number(number), Type::Number) => text::number_to_tree(number),
        (Value::String(text), Type::String) => Ok(Tree::String(normalized(text))),
        (Value::List(elements), Type::List(of)) => {
            let elements = elements.iter().enumerate();
            elements_to_json(elements.map(|(position, element)| (position, element, &**of)))
        }
        (Value::List(elements), Type::Tuple(types)) if elements.len() == types.len() => {
            let elements = elements.iter().zip(types).enumerate();
            elements_to_json(elements.map(|(position, (element, ty))| (position, element, ty)))
        }
        (Value::Set(elements), Type::Set(of)) => {
            let elements = elements.iter().map(|element| to_json(element, of));
            Ok(Tree::Array(
                elements.collect::<Result<_, _>>().map_err(Located::under_set)?,
            ))
        }
        (Value::Map(members), Type::Map(of)) => {
            let members = members.iter().map(|(name, value)| {
                let value = to_json(value, of).map_err(|error| error.under(key(name)))?;
                Ok((normalized(name), value))
            });
            Ok(Tree::Object(members.collect::<Result<_, Located>>()?))
        }
        (Value::Map(members), Type::Object(types)) => object_to_json(members, types),
        (Value::Dynamic(typed), Type::Dynamic) => {
            Ok(json!({ "value": to_json(&typed.1, &typed.0)?, "type": typed.0.to_json() }))
        }
        (value, ty) => Err(Located::new(format!("expected {ty}, got {}", value.kind()))),
    }
}

fn elements_to_json<'a>(elements: impl Iterator<Item = (usize, &'a Value, &'a Type)>) -> Result<Tree, Located> {
    let elements =
        elements.map(|(position, element, ty)| to_json(element, ty).map_err(|error| error.under(index(position))));
    Ok(Tree::Array(elements.collect::<Result<_, _>>()?))
}

fn object_to_json(members: &BTreeMap<String, Value>, types: &BTreeMap<String, Type>) -> Result<Tree, Located> {
    if let Some(name) = members.keys().find(|name| !types.contains_key(name.as_str())) {
        return Err(Located::new(format!("there is no attribute `{name}`")));
    }
    let object = types.iter().map(|(name, ty)| {
        let value = members.get(name).unwrap_or(&Value::Null);
        let value = to_json(value, ty).map_err(|error| error.under(attribute(name)))?;
        Ok((name.clone(), value))
    });
    Ok(Tree::Object(object.collect::<Result<_, Located>>()?))
}

#[cfg(test)]
mod tests;
