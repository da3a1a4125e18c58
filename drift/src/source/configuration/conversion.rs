//! Conversions between simple types, as Terraform makes them for parts of variables with a type and for `tostring` and the like.
//! If a conversion of ours is not certain to be Terraform's, the value is not known.

use std::borrow::Cow;

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
    if !number.is_finite() || number.abs() > EXACT {
        return Err(Unknown::TOO_MANY_DIGITS);
    }
    // There is one zero in Terraform.
    let number = if number == 0.0 { 0.0 } else { number };
    Number::from_f64(number).ok_or(Unknown::TOO_MANY_DIGITS)
}

/// The number that a text is, in decimal notation.
fn number_of(text: &str) -> Option<Number> {
    let is_decimal = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number: f64 = text.parse().ok().filter(|_| is_decimal)?;
    exact(number).ok()
}
