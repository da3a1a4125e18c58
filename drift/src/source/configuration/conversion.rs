//! Conversions between simple types, as Terraform makes them for variables with a type and for `tostring` and the like.
//! Where ours is not certain to be Terraform's, the value is not known.

use std::borrow::Cow;

use hcl_edit::expr::Expression;
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
    fn of(name: &str) -> Option<Self> {
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

/// A value given to a variable of a type. Elements of collections are converted, too; that is not done here, so such a value
/// is known only if no element can need it.
pub(super) fn to_type(value: Evaluated, kind: Option<&Expression>) -> Evaluated {
    let Some(kind) = kind else { return value };
    let known = value?;
    if let Expression::Variable(name) = kind {
        return match Simple::of(name.as_str()) {
            Some(simple) => simple.convert(known),
            None => Ok(known),
        };
    }
    let mut simple = Vec::new();
    simple_types(kind, &mut simple);
    if has_other_than(&known.value, &simple) {
        return Err(Unknown::CONVERTED);
    }
    Ok(known)
}

/// The simple types that a type is made of.
fn simple_types(kind: &Expression, found: &mut Vec<Simple>) {
    match kind {
        Expression::Variable(name) => found.extend(Simple::of(name.as_str())),
        Expression::FuncCall(call) => call.args.iter().for_each(|argument| simple_types(argument, found)),
        Expression::Array(elements) => elements.iter().for_each(|element| simple_types(element, found)),
        Expression::Object(members) => members
            .iter()
            .for_each(|(_, member)| simple_types(member.expr(), found)),
        _ => {}
    }
}

/// Whether a value has a part of a simple type that is none of these, or that one of several may turn into another.
fn has_other_than(value: &Value, simple: &[Simple]) -> bool {
    let differs = |own: Simple| !simple.is_empty() && simple.iter().any(|kind| *kind != own);
    match value {
        Value::Null => false,
        Value::Bool(_) => differs(Simple::Flag),
        Value::Number(_) => differs(Simple::Number),
        Value::String(_) => differs(Simple::Text),
        Value::Array(elements) => elements.iter().any(|element| has_other_than(element, simple)),
        Value::Object(members) => members.values().any(|member| has_other_than(member, simple)),
    }
}
