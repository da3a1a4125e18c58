//! Conversions between simple types, as Terraform makes them for parts of variables with a type and for `tostring` and the like.
//! If a conversion of ours is not certain to be Terraform's, the value is not known.

use std::{borrow::Cow, collections::BTreeSet};

use serde_json::{Number, Value};

use super::known::{Evaluated, Known, Unknown, flag};

/// Largest whole number up to which a float is exact. Terraform's numbers have more digits.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// A simple type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Simple {
    Text,
    Number,
    Flag,
}

impl Simple {
    /// The type of a name, as in `type = number`.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "string" => Some(Self::Text),
            "number" => Some(Self::Number),
            "bool" => Some(Self::Flag),
            _ => None,
        }
    }

    /// A value as one of this type. A null one stays null.
    pub(super) fn convert(self, known: Known) -> Evaluated {
        let value = match (self, &known.value) {
            (_, Value::Null) => Some(Value::Null),
            (Self::Text, value) => spelled(value).map(|text| Value::from(text.into_owned())),
            (Self::Number, Value::String(text)) => number_of(text).map(Value::Number),
            (Self::Number, Value::Number(number)) => Some(Value::Number(number.clone())),
            (Self::Number, _) => None,
            (Self::Flag, value) => flag(value).map(Value::from),
        };
        let value = value.ok_or(Unknown::WRONG)?;
        Ok(Known { value, ..known })
    }
}

/// A value as a part of a text.
pub(super) fn spelled(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::Number(number) => {
            let number = number.as_f64()?;
            // A whole number is spelled without a fraction.
            Some(format!("{number}").into())
        }
        _ => None,
    }
}

/// A number that is certain to be Terraform's: a float has as many digits as it was written with.
pub(super) fn exact(number: f64) -> Result<Number, Unknown> {
    if !number.is_finite() || number.abs() >= EXACT {
        return Err(Unknown::TOO_MANY_DIGITS);
    }
    // There is one zero in Terraform.
    let number = if number == 0.0 { 0.0 } else { number };
    Number::from_f64(number).ok_or(Unknown::TOO_MANY_DIGITS)
}

/// True if two values are of one type, or all that is in two collections is, so that Terraform converts nothing to make it so.
pub(super) fn is_one_type(one: &Value, other: &Value) -> bool {
    // A null value is of any type.
    if one.is_null() || other.is_null() || is_same_type(one, other) {
        return true;
    }
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => is_uniform(one.iter().chain(other)),
        (Value::Object(one), Value::Object(other)) => is_uniform(one.values().chain(other.values())),
        _ => false,
    }
}

/// Elements of several forms that are compared in pairs; more of them are taken to be of several types.
const MOST_PAIRED: usize = 100;

/// True if all values are of one type. A null one is of any.
pub(super) fn is_uniform<'a>(values: impl Iterator<Item = &'a Value>) -> bool {
    let values: Vec<&Value> = values.filter(|value| !value.is_null()).collect();
    let Some(first) = values.first() else { return true };
    if values.iter().all(|value| is_same_type(first, value)) {
        return true;
    }
    // An empty collection, and a null part of one, fit each of two that do not fit each other.
    let mut pairs = values.iter().enumerate().flat_map(|(place, one)| {
        let others = values.iter().skip(place + 1);
        others.map(move |other| (one, other))
    });
    values.len() <= MOST_PAIRED && pairs.all(|(one, other)| !is_simple(one) && is_one_type(one, other))
}

/// True if all values become texts where one that is null has that type, as a variable without a value has that of its own.
pub(super) fn may_become_texts<'a>(mut values: impl Iterator<Item = &'a Value> + Clone) -> bool {
    values.clone().any(|value| value.is_number() || value.is_boolean()) && values.any(Value::is_null)
}

fn is_simple(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn is_same_type(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same_type(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let is_there =
                |(name, value): (&String, &Value)| other.get(name).is_some_and(|other| is_same_type(value, other));
            one.len() == other.len() && one.iter().all(is_there)
        }
        // A null part hides the type that others have at its place, so that it is like a null one alone.
        _ => std::mem::discriminant(one) == std::mem::discriminant(other),
    }
}

/// The elements of a set, each once and in the order in which Terraform has them, if they are of one type.
pub(super) fn set_of(elements: Vec<Value>) -> Result<Vec<Value>, Unknown> {
    if !is_uniform(elements.iter()) {
        return Err(Unknown::CONVERTED);
    }
    let mut once = each_once(elements);
    let order = |one: &Value, other: &Value| {
        let numbers = one.as_f64().zip(other.as_f64());
        let by_size = numbers.map(|(one, other)| one.total_cmp(&other));
        by_size.unwrap_or_else(|| (one.as_str(), one.as_bool()).cmp(&(other.as_str(), other.as_bool())))
    };
    // Of sets of lists and objects nobody can rely on the order.
    once.sort_by(order);
    Ok(once)
}

/// Each element where it comes first. There is one number of each size, however it is written.
pub(super) fn each_once(elements: Vec<Value>) -> Vec<Value> {
    let key = |element: &Value| match element {
        Value::Number(number) => format!("{:?}", number.as_f64()),
        other => other.to_string(),
    };
    let mut seen = BTreeSet::new();
    elements
        .into_iter()
        .filter(|element| seen.insert(key(element)))
        .collect()
}

/// The number that a text is, in decimal notation.
fn number_of(text: &str) -> Option<Number> {
    let is_decimal = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number: f64 = text.parse().ok().filter(|_| is_decimal)?;
    exact(number).ok()
}
