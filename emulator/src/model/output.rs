//! Answers against the model, so that the emulator can never send what ECS does not have.
//!
//! A leak would be worse than a gap: a client written against it would fail on the real service only.

use serde_json::{Map, Value};

use super::input::kind_of;
use super::shapes::{Kind, Model, Shape};

/// Name of the member that the fault `extra_members` adds to every structure.
const EXTRA_MEMBER: &str = "memberOfTheFuture";
/// Enum value that the fault `extra_members` plants.
const EXTRA_VALUE: &str = "VALUE_OF_THE_FUTURE";

/// Checks an answer: known members, right kinds, known enum values. Null members are removed, since the service leaves
/// them out. The error names the path.
pub fn check_output(model: &Model, output_shape: &str, answer: &mut Value) -> Result<(), String> {
    match model.shape(output_shape) {
        Some(shape) => check(model, shape, answer, "answer"),
        None => Err(format!("shape {output_shape} is unknown")),
    }
}

fn check(model: &Model, shape: &Shape, value: &mut Value, path: &str) -> Result<(), String> {
    match (shape.kind, value) {
        _ if shape.document => Ok(()),
        (Kind::Structure, Value::Object(members)) => check_members(model, shape, members, path),
        (Kind::Map, Value::Object(entries)) => check_each(
            model,
            shape,
            entries.iter_mut().map(|(key, value)| (format!("{path}.{key}"), value)),
        ),
        (Kind::List, Value::Array(elements)) => {
            let elements = elements.iter_mut().enumerate();
            check_each(
                model,
                shape,
                elements.map(|(index, value)| (format!("{path}[{index}]"), value)),
            )
        }
        (Kind::String, Value::String(text)) if shape.values.is_empty() || shape.values.contains(text) => Ok(()),
        (Kind::String, Value::String(text)) => Err(format!("{path}: '{text}' is not a value of the enum")),
        (Kind::Integer | Kind::Long, Value::Number(number)) if number.is_i64() => Ok(()),
        (Kind::Double | Kind::Timestamp, Value::Number(_)) | (Kind::Boolean, Value::Bool(_)) => Ok(()),
        (kind, value) => Err(format!("{path}: expected {kind:?}, found {}", kind_of(value))),
    }
}

fn check_members(model: &Model, shape: &Shape, members: &mut Map<String, Value>, path: &str) -> Result<(), String> {
    members.retain(|_, value| !value.is_null());
    for (name, value) in members {
        let path = format!("{path}.{name}");
        match shape.members.get(name).and_then(|shape| model.shape(shape)) {
            Some(member) => check(model, member, value, &path)?,
            None => return Err(format!("{path}: the service model has no such member")),
        }
    }
    Ok(())
}

fn check_each<'v>(
    model: &Model,
    shape: &Shape,
    mut values: impl Iterator<Item = (String, &'v mut Value)>,
) -> Result<(), String> {
    match model.shape(&shape.element) {
        Some(element) => values.try_for_each(|(path, value)| check(model, element, value, &path)),
        None => Ok(()),
    }
}

/// Takes away the empty texts and zeros of a shape that nothing requires, but for the members to keep.
pub(crate) fn drop_empty(model: &Model, shape: &str, value: &mut Value, kept: &[&str]) {
    let Some(shape) = model.shape(shape) else { return };
    match value {
        Value::Object(members) => {
            let is_needed = |name: &String| shape.required.contains(name) || kept.contains(&name.as_str());
            members.retain(|name, member| is_needed(name) || !is_empty(member));
            for (name, member) in members {
                if let Some(shape) = shape.members.get(name) {
                    drop_empty(model, shape, member, kept);
                }
            }
        }
        Value::Array(elements) => {
            let elements = elements.iter_mut();
            elements.for_each(|element| drop_empty(model, &shape.element, element, kept));
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_str() == Some("") || value.as_i64() == Some(0)
}

/// Adds to an answer what a newer service might send: one unknown member in every structure, and an unknown value in
/// the first enum found.
pub fn with_extra_members(model: &Model, output_shape: &str, answer: &mut Value) {
    if let Some(shape) = model.shape(output_shape) {
        extend(model, shape, answer, &mut false);
    }
}

fn extend(model: &Model, shape: &Shape, value: &mut Value, planted: &mut bool) {
    match value {
        Value::String(text) if !shape.values.is_empty() && !*planted => {
            EXTRA_VALUE.clone_into(text);
            *planted = true;
        }
        Value::Object(members) if shape.kind == Kind::Structure => {
            for (name, value) in members.iter_mut() {
                if let Some(member) = shape.members.get(name).and_then(|shape| model.shape(shape)) {
                    extend(model, member, value, planted);
                }
            }
            members.insert(EXTRA_MEMBER.to_owned(), Value::from("not known to any client"));
        }
        Value::Array(elements) => {
            for element in elements {
                if let Some(shape) = model.shape(&shape.element) {
                    extend(model, shape, element, planted);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{check_output, with_extra_members};
    use crate::model::Model;

    fn check(shape: &str, mut answer: Value) -> String {
        let model = Model::embedded().expect("the committed extract parses");
        match check_output(model, shape, &mut answer) {
            Ok(()) => answer.to_string(),
            Err(error) => error,
        }
    }

    #[test]
    fn what_the_service_cannot_say_is_refused() {
        insta::assert_snapshot!(
            check("DescribeDaemonResponse", json!({"daemon": {"daemonArn": "a", "daemonName": "agent"}})),
            @"answer.daemon.daemonName: the service model has no such member"
        );
        insta::assert_snapshot!(
            check("DescribeDaemonResponse", json!({"daemon": {"status": "GONE"}})),
            @"answer.daemon.status: 'GONE' is not a value of the enum"
        );
        insta::assert_snapshot!(
            check("DescribeDaemonResponse", json!({"daemon": {"createdAt": "2026-01-01T00:00:00Z"}})),
            @"answer.daemon.createdAt: expected Timestamp, found a string"
        );
        insta::assert_snapshot!(
            check("DescribeDaemonResponse", json!({"daemon": {"createdAt": 1.5, "deploymentArn": null}})),
            @r#"{"daemon":{"createdAt":1.5}}"#
        );
    }

    #[test]
    fn extra_members_are_unknown_to_the_model() {
        let model = Model::embedded().expect("the committed extract parses");
        let mut answer = json!({"daemon": {"daemonArn": "a", "status": "ACTIVE"}});
        with_extra_members(model, "DescribeDaemonResponse", &mut answer);
        insta::assert_snapshot!(answer, @r#"{"daemon":{"daemonArn":"a","memberOfTheFuture":"not known to any client","status":"VALUE_OF_THE_FUTURE"},"memberOfTheFuture":"not known to any client"}"#);
        assert!(
            check_output(model, "DescribeDaemonResponse", &mut answer).is_err(),
            "the model knows neither"
        );
    }
}
