//! Request bodies against the model: what is no JSON of the right kinds is a serialization error, what breaks a
//! constraint is an invalid parameter.
//!
//! The split and the texts are assumed, because no public recording shows them. Members that the model does not know
//! are dropped without complaint, since clients may be newer than the extract; so are null members.

use serde_json::{Map, Number, Value};

use super::shapes::{Kind, Model, Shape};
use crate::api::{ApiError, ErrorKind};

/// Parses a request body. Empty means no members; of duplicate keys the last one counts; nesting is limited to 128
/// levels by the parser.
pub fn parse_body(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(serialization(format!(
            "the body must be a JSON object, found {}",
            kind_of(&other)
        ))),
        Err(error) => Err(serialization(format!("the body is not valid JSON: {error}"))),
    }
}

/// Checks the members of a request against the input shape of an operation and gives back what the operation may
/// see: known members without nulls.
pub fn check_input(model: &Model, input_shape: &str, body: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut check = Check {
        model,
        violations: Vec::new(),
    };
    let Some(shape) = model.shape(input_shape) else {
        return Ok(body);
    };
    let members = check.structure(shape, body, "")?;
    if check.violations.is_empty() {
        return Ok(members);
    }
    Err(ApiError::new(
        ErrorKind::InvalidParameterException,
        check.violations.join("; "),
    ))
}

/// One walk over one body. Kind errors end it at once, broken constraints are collected.
struct Check<'m> {
    model: &'m Model,
    violations: Vec<String>,
}

impl Check<'_> {
    fn value(&mut self, shape: &Shape, value: Value, path: &str) -> Result<Value, ApiError> {
        match (shape.kind, value) {
            (_, value) if shape.document => Ok(value),
            (Kind::Structure, Value::Object(members)) => self.structure(shape, members, path).map(Value::Object),
            (Kind::Map, Value::Object(entries)) => self.map(shape, entries, path).map(Value::Object),
            (Kind::List, Value::Array(elements)) => self.list(shape, elements, path).map(Value::Array),
            (Kind::String, Value::String(text)) => {
                self.text(shape, &text, path);
                Ok(Value::String(text))
            }
            (Kind::Integer | Kind::Long, Value::Number(number)) => self.integer(shape, number, path),
            (Kind::Double | Kind::Timestamp, Value::Number(number)) => {
                self.range(shape, number.as_f64().unwrap_or(f64::INFINITY), &number, path);
                Ok(Value::Number(number))
            }
            (Kind::Boolean, Value::Bool(flag)) => Ok(Value::Bool(flag)),
            (kind, value) => Err(serialization(format!(
                "{path}: expected {}, found {}",
                expected(kind),
                kind_of(&value)
            ))),
        }
    }

    fn structure(
        &mut self,
        shape: &Shape,
        members: Map<String, Value>,
        path: &str,
    ) -> Result<Map<String, Value>, ApiError> {
        let mut kept = Map::new();
        for (name, value) in members {
            let known = shape.members.get(&name).and_then(|name| self.model.shape(name));
            if let (Some(member), false) = (known, value.is_null()) {
                let value = self.value(member, value, &join(path, &name))?;
                kept.insert(name, value);
            }
        }
        for name in shape.required.iter().filter(|name| !kept.contains_key(*name)) {
            self.violate(&join(path, name), "is required");
        }
        Ok(kept)
    }

    fn map(&mut self, shape: &Shape, entries: Map<String, Value>, path: &str) -> Result<Map<String, Value>, ApiError> {
        let Some(element) = self.model.shape(&shape.element) else {
            return Ok(entries);
        };
        let mut kept = Map::new();
        for (key, value) in entries.into_iter().filter(|(_, value)| !value.is_null()) {
            let value = self.value(element, value, &join(path, &key))?;
            kept.insert(key, value);
        }
        self.length(shape, kept.len(), "entries", path);
        Ok(kept)
    }

    fn list(&mut self, shape: &Shape, elements: Vec<Value>, path: &str) -> Result<Vec<Value>, ApiError> {
        let Some(element) = self.model.shape(&shape.element) else {
            return Ok(elements);
        };
        let mut kept = Vec::with_capacity(elements.len());
        for (index, value) in elements.into_iter().enumerate().filter(|(_, value)| !value.is_null()) {
            kept.push(self.value(element, value, &format!("{path}[{index}]"))?);
        }
        self.length(shape, kept.len(), "elements", path);
        Ok(kept)
    }

    fn text(&mut self, shape: &Shape, text: &str, path: &str) {
        if !shape.values.is_empty() && !shape.values.iter().any(|value| value == text) {
            self.violate(
                path,
                &format!("must be one of {}, but is '{text}'", shape.values.join(", ")),
            );
        }
        self.length(shape, text.chars().count(), "characters", path);
        if let Some(pattern) = shape.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            self.violate(path, &format!("must match the pattern {}", pattern.as_str()));
        }
    }

    fn integer(&mut self, shape: &Shape, number: Number, path: &str) -> Result<Value, ApiError> {
        let Some(integer) = number.as_i64() else {
            return Err(serialization(format!("{path}: expected an integer, found {number}")));
        };
        if shape.kind == Kind::Integer && i32::try_from(integer).is_err() {
            return Err(serialization(format!(
                "{path}: {integer} does not fit a 32-bit integer"
            )));
        }
        self.range(shape, number.as_f64().unwrap_or(f64::INFINITY), &number, path);
        Ok(Value::Number(number))
    }

    fn range(&mut self, shape: &Shape, value: f64, shown: &Number, path: &str) {
        let fits = shape.min.is_none_or(|min| value >= min) && shape.max.is_none_or(|max| value <= max);
        if !fits || !value.is_finite() {
            self.violate(path, &format!("must be {}, but is {shown}", bounds(shape)));
        }
    }

    fn length(&mut self, shape: &Shape, length: usize, unit: &str, path: &str) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "bodies are at most 2 MiB, far below 2^53 elements"
        )]
        let value = length as f64;
        if shape.min.is_some_and(|min| value < min) || shape.max.is_some_and(|max| value > max) {
            self.violate(path, &format!("must have {} {unit}, but has {length}", bounds(shape)));
        }
    }

    fn violate(&mut self, path: &str, text: &str) {
        self.violations.push(format!("Invalid parameter: '{path}' {text}"));
    }
}

fn bounds(shape: &Shape) -> String {
    match (shape.min, shape.max) {
        (Some(min), Some(max)) => format!("between {min} and {max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("at most {max}"),
        (None, None) => "finite".to_owned(),
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn serialization(message: String) -> ApiError {
    ApiError::new(ErrorKind::SerializationException, message)
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Boolean => "a boolean",
        Kind::Double => "a number",
        Kind::Integer | Kind::Long => "an integer",
        Kind::List => "a list",
        Kind::Map | Kind::Structure => "an object",
        Kind::String => "a string",
        Kind::Timestamp => "epoch seconds as a number",
    }
}

pub(super) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests;
