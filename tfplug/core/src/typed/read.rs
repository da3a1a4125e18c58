//! From values to Rust's types.

use std::collections::{BTreeMap, BTreeSet};

use super::{mismatch::Mismatch, tf::Tf};
use crate::{number::Number, path::Step, value::Value};

/// A type that is read from a value.
pub trait FromValue: Sized {
    /// Reads it, or tells where the value is of another type.
    fn from_value(value: &Value) -> Result<Self, Mismatch>;
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Ok(value.clone())
    }
}

impl<T: FromValue> FromValue for Tf<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(Self::Null),
            Value::Unknown => Ok(Self::Unknown),
            known => T::from_value(known).map(Self::Known),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::String(text) => Ok(text.clone()),
            other => Err(Mismatch::new(other.kind(), "a string")),
        }
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        match value {
            Value::Bool(flag) => Ok(*flag),
            other => Err(Mismatch::new(other.kind(), "a boolean")),
        }
    }
}

impl FromValue for Number {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        number(value, "a number").cloned()
    }
}

impl FromValue for f64 {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        number(value, "a number").map(Number::to_f64)
    }
}

fn number<'a>(value: &'a Value, expected: &str) -> Result<&'a Number, Mismatch> {
    match value {
        Value::Number(number) => Ok(number),
        other => Err(Mismatch::new(other.kind(), expected)),
    }
}

macro_rules! whole_numbers {
    ($($kind:ty),*) => {
        $(impl FromValue for $kind {
            fn from_value(value: &Value) -> Result<Self, Mismatch> {
                let expected = format!("a whole number from {} to {}", Self::MIN, Self::MAX);
                let whole = number(value, &expected)?.to_i128();
                whole
                    .and_then(|whole| Self::try_from(whole).ok())
                    .ok_or_else(|| Mismatch::new("a number that does not fit", expected))
            }
        })*
    };
}

whole_numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

impl<T: FromValue> FromValue for Vec<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let elements = value.elements();
        match value {
            Value::List(_) => elements
                .enumerate()
                .map(|(index, element)| {
                    let step = Step::Index(i64::try_from(index).unwrap_or(i64::MAX));
                    T::from_value(element).map_err(|mismatch| mismatch.within(step))
                })
                .collect(),
            // The path to an element of a set ends at the set.
            Value::Set(_) => elements.map(T::from_value).collect(),
            other => Err(Mismatch::new(other.kind(), "a list or set")),
        }
    }
}

impl<T: FromValue + Ord> FromValue for BTreeSet<T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        Vec::from_value(value).map(|elements| elements.into_iter().collect())
    }
}

impl<T: FromValue> FromValue for BTreeMap<String, T> {
    fn from_value(value: &Value) -> Result<Self, Mismatch> {
        let Value::Map(members) = value else {
            return Err(Mismatch::new(value.kind(), "a map"));
        };
        let read = members.iter().map(|(key, member)| {
            let read = T::from_value(member).map_err(|mismatch| mismatch.within(Step::Key(key.clone())));
            read.map(|member| (key.clone(), member))
        });
        read.collect()
    }
}
