//! Types of variables: what Terraform makes of a value that is given to one.

use hcl_edit::expr::Expression;
use serde_json::{Map, Value};

use super::{
    conversion::{Simple, set_of},
    known::{Evaluated, Known, Unknown},
    value::{NoNames, evaluate, key_of},
};

/// A value given to a variable of a type, with all that is in it.
pub(super) fn to_type(value: Evaluated, kind: Option<&Expression>) -> Evaluated {
    let Some(kind) = kind else { return value };
    let known = value?;
    if known.holes.is_empty() {
        let value = converted(known.value, kind)?;
        return Ok(Known { value, ..known });
    }
    if !keeps_places(kind) {
        return known.whole();
    }
    let value = converted(known.value.clone(), kind)?;
    let holes = known.holes.after(&known.value, &value)?;
    Ok(Known { value, holes, ..known })
}

/// True if each part of a value of the type is made of the part at the same place alone. The elements of a set have none, and
/// of elements of any type Terraform makes one type.
fn keeps_places(kind: &Expression) -> bool {
    match kind {
        Expression::FuncCall(call) => {
            let is_optional = call.name.name.as_str() == "optional";
            let mut arguments = call.args.iter().take(if is_optional { 1 } else { usize::MAX });
            call.name.name.as_str() != "set"
                && arguments.all(|inner| (is_optional || !is_any(inner)) && keeps_places(inner))
        }
        Expression::Parenthesis(inner) => keeps_places(inner.inner()),
        Expression::Array(kinds) => kinds.iter().all(keeps_places),
        Expression::Object(kinds) => kinds.iter().all(|(_, kind)| keeps_places(kind.expr())),
        _ => true,
    }
}

/// A value as one of a type.
fn converted(value: Value, kind: &Expression) -> Result<Value, Unknown> {
    match (kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Expression::Parenthesis(inner), value) => converted(value, inner.inner()),
        (Expression::Variable(name), value) => match Simple::of(name.as_str()) {
            Some(simple) => {
                let known = simple.convert(Known::new(value)).map_err(|_| Unknown::UNFIT)?;
                Ok(known.value)
            }
            // `any`, and `list` and `map` as they were written once.
            None => Ok(value),
        },
        (Expression::FuncCall(call), value) => {
            let inner = call.args.iter().next().ok_or(Unknown::TYPE)?;
            match (call.name.name.as_str(), value) {
                ("set", Value::Array(elements))
                    if is_any(inner) && is_uniform_collection(&Value::Array(elements.clone())) =>
                {
                    set_of(elements).map(Value::Array)
                }
                ("list" | "set" | "map", value) if is_any(inner) => {
                    is_uniform_collection(&value).then_some(value).ok_or(Unknown::CONVERTED)
                }
                ("list", Value::Array(elements)) => elements_of(elements, inner).map(Value::Array),
                ("set", Value::Array(elements)) => {
                    let elements = elements_of(elements, inner)?;
                    set_of(elements).map(Value::Array)
                }
                ("map", Value::Object(members)) => {
                    let members = members.into_iter();
                    let members = members.map(|(name, member)| Ok((name, converted(member, inner)?)));
                    members.collect::<Result<_, _>>().map(Value::Object)
                }
                ("tuple", Value::Array(elements)) => tuple(elements, inner),
                ("object", Value::Object(members)) => object(members, inner),
                ("list" | "set" | "map" | "tuple" | "object", _) => Err(Unknown::UNFIT),
                _ => Err(Unknown::TYPE),
            }
        }
        _ => Err(Unknown::TYPE),
    }
}

fn elements_of(elements: Vec<Value>, kind: &Expression) -> Result<Vec<Value>, Unknown> {
    elements.into_iter().map(|element| converted(element, kind)).collect()
}

fn tuple(elements: Vec<Value>, kinds: &Expression) -> Result<Value, Unknown> {
    let Expression::Array(kinds) = kinds else {
        return Err(Unknown::TYPE);
    };
    if kinds.len() != elements.len() {
        return Err(Unknown::UNFIT);
    }
    let elements = elements.into_iter().zip(kinds.iter());
    elements.map(|(element, kind)| converted(element, kind)).collect()
}

/// The members that the type has. One that is optional has its default where it is left out or null.
fn object(mut given: Map<String, Value>, kinds: &Expression) -> Result<Value, Unknown> {
    let Expression::Object(kinds) = kinds else {
        return Err(Unknown::TYPE);
    };
    let mut members = Map::new();
    for (key, kind) in kinds {
        let name = key_of(key, &NoNames)?;
        let (kind, default) = match kind.expr() {
            Expression::FuncCall(call) if call.name.name.as_str() == "optional" => {
                let mut arguments = call.args.iter();
                let kind = arguments.next().ok_or(Unknown::TYPE)?;
                let default = arguments
                    .next()
                    .map(|default| evaluate(default, &NoNames))
                    .transpose()?;
                (kind, Some(default.map(|known| known.value).unwrap_or_default()))
            }
            kind => (kind, None),
        };
        let value = match (given.remove(&name), default) {
            (Some(Value::Null) | None, Some(default)) => default,
            (Some(value), _) => value,
            (None, None) => return Err(Unknown::UNFIT),
        };
        members.insert(name, converted(value, kind)?);
    }
    Ok(Value::Object(members))
}

fn is_any(kind: &Expression) -> bool {
    matches!(kind, Expression::Variable(name) if name.as_str() == "any")
}

/// True if all elements are of one simple type, so that none is converted to that of another.
fn is_uniform_collection(value: &Value) -> bool {
    let elements: Vec<&Value> = match value {
        Value::Array(elements) => elements.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return false,
    };
    let kind = |value: &Value| match value {
        Value::Bool(_) => Some(Simple::Flag),
        Value::Number(_) => Some(Simple::Number),
        Value::String(_) => Some(Simple::Text),
        _ => None,
    };
    let mut others = elements.iter().filter(|value| !value.is_null());
    match others.next() {
        None => true,
        Some(first) => kind(first).is_some() && others.all(|other| kind(other) == kind(first)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: &str, value: Value, expected: &Result<Value, Unknown>) {
        let kind_of = hcl_edit::parser::parse_expr(kind).unwrap();
        let found = to_type(Ok(Known::new(value)), Some(&kind_of)).map(|known| known.value);
        assert_eq!(found, *expected, "{kind}");
    }

    #[test]
    fn all_parts_of_a_value_are_converted() {
        check("list(string)", json!(["a", 1, true]), &Ok(json!(["a", "1", "true"])));
        check("set(string)", json!(["1", 1, "a"]), &Ok(json!(["1", "a"])));
        check("map(number)", json!({"a": "3"}), &Ok(json!({"a": 3.0})));
        check("tuple([string, bool])", json!([1, "true"]), &Ok(json!(["1", true])));
        check("list(list(string))", json!([[1], null]), &Ok(json!([["1"], null])));
        check("any", json!({"a": [1, "b"]}), &Ok(json!({"a": [1, "b"]})));
        check("list(any)", json!(["a", null]), &Ok(json!(["a", null])));
        check("(bool)", json!("true"), &Ok(json!(true)));
        check("number", json!(null), &Ok(json!(null)));
    }

    #[test]
    fn members_of_objects_have_their_defaults_and_no_others() {
        let kind = "object({ on = optional(bool, true), off = optional(bool), name = string, \
                    inner = optional(object({ n = optional(number, \"7\") }), {}) })";
        let all = |on: bool| json!({"on": on, "off": null, "name": "5", "inner": {"n": 7.0}});
        check(kind, json!({"name": 5, "extra": "lost"}), &Ok(all(true)));
        check(kind, json!({"name": 5, "on": null}), &Ok(all(true)));
        check(kind, json!({"name": 5, "on": "false", "inner": {}}), &Ok(all(false)));
        check(kind, json!({"on": true}), &Err(Unknown::UNFIT));
    }

    #[test]
    fn what_is_not_certain_has_its_reason() {
        check("list(any)", json!(["a", 1]), &Err(Unknown::CONVERTED));
        check("map(any)", json!({"a": {"b": 1}}), &Err(Unknown::CONVERTED));
        check("list(number)", json!(["x"]), &Err(Unknown::UNFIT));
        check("list(string)", json!({"a": "b"}), &Err(Unknown::UNFIT));
        check("tuple([string])", json!([]), &Err(Unknown::UNFIT));
        check("object(string)", json!({}), &Err(Unknown::TYPE));
        check("new(string)", json!([]), &Err(Unknown::TYPE));
        check("\"string\"", json!([]), &Err(Unknown::TYPE));
    }
}
