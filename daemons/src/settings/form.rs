//! The forms of a setting's value: the kind that the declaration gives it, the value to compare, and JSON.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::DaemonPropagateTags;
use serde_json::Value as Json;

/// Kind of a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of these words, as far as this version knows them.
    Choice(&'static [&'static str]),
    /// A switch.
    Flag,
    /// A number.
    Number,
    /// A whole number of 32 bits.
    Whole,
    /// Texts without an order.
    Set,
    /// Texts whose order is kept and means nothing.
    List,
}

/// The value of a setting, to compare it: numbers have no spelling, names no order.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// A string.
    Text(String),
    /// A switch.
    Flag(bool),
    /// A number.
    Number(f64),
    /// Strings whose order means nothing.
    Names(BTreeSet<String>),
}

impl Kind {
    /// The value of a JSON value of this kind; none if it is of another kind.
    pub(super) fn parse(self, value: &Json) -> Option<Datum> {
        match self {
            Self::Text | Self::Choice(_) => value.as_str().map(|text| Datum::Text(text.to_owned())),
            Self::Flag => value.as_bool().map(Datum::Flag),
            Self::Number => number(value).map(Datum::Number),
            Self::Whole => number(value)
                .filter(|number| whole(*number).is_some_and(|whole| i32::try_from(whole).is_ok()))
                .map(Datum::Number),
            Self::Set | Self::List => {
                let names = value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
                names.collect::<Option<_>>().map(Datum::Names)
            }
        }
    }

    /// Words for a value of this kind, in a sentence.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Self::Text | Self::Choice(_) => "a string",
            Self::Flag => "true or false",
            Self::Number => "a number",
            Self::Whole => "a whole number",
            Self::Set | Self::List => "a list of strings",
        }
    }
}

impl Datum {
    /// As JSON; a whole number without a fraction. Only the caller knows whether the value may be shown.
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text(text) => Json::from(text.as_str()),
            Self::Flag(flag) => Json::from(*flag),
            Self::Number(number) => whole(*number).map_or_else(|| Json::from(*number), Json::from),
            Self::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

/// Words for the kind of a JSON value: the value itself may be a secret.
pub fn kind_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

fn number(value: &Json) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite())
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the bound is checked in the same expression"
)]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}

/// A type that a setting may have.
pub(super) trait Form: Sized {
    /// The kind of settings of this type.
    const KIND: Kind;
    /// The type of the member in the SDK.
    type Sdk;

    /// As the SDK sends it.
    fn into_sdk(self) -> Self::Sdk;
    /// To compare it.
    fn to_datum(&self) -> Datum;
    /// From a value to compare; none if it is of another kind.
    fn from_datum(datum: &Datum) -> Option<Self>;

    /// As a member of a request.
    fn to_json(&self) -> Json {
        self.to_datum().to_json()
    }

    /// From a member of a request; none if it is of another kind.
    fn from_json(value: &Json) -> Option<Self> {
        Self::from_datum(&Self::KIND.parse(value)?)
    }
}

impl Form for String {
    const KIND: Kind = Kind::Text;
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Text(self.clone())
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Form for DaemonPropagateTags {
    const KIND: Kind = Kind::Choice(Self::values());
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Text(self.as_str().to_owned())
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        String::from_datum(datum).map(|text| text.as_str().into())
    }
}

impl Form for bool {
    const KIND: Kind = Kind::Flag;
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Flag(*self)
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Flag(flag) => Some(*flag),
            _ => None,
        }
    }
}

impl Form for f64 {
    const KIND: Kind = Kind::Number;
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Number(*self)
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl Form for i32 {
    const KIND: Kind = Kind::Whole;
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Number(f64::from(*self))
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        f64::from_datum(datum)
            .and_then(whole)
            .and_then(|whole| whole.try_into().ok())
    }
}

impl Form for BTreeSet<String> {
    const KIND: Kind = Kind::Set;
    type Sdk = Vec<String>;

    fn into_sdk(self) -> Vec<String> {
        self.into_iter().collect()
    }

    fn to_datum(&self) -> Datum {
        Datum::Names(self.clone())
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        match datum {
            Datum::Names(names) => Some(names.clone()),
            _ => None,
        }
    }
}

impl Form for Vec<String> {
    const KIND: Kind = Kind::List;
    type Sdk = Self;

    fn into_sdk(self) -> Self {
        self
    }

    fn to_datum(&self) -> Datum {
        Datum::Names(self.iter().cloned().collect())
    }

    fn from_datum(datum: &Datum) -> Option<Self> {
        BTreeSet::from_datum(datum).map(|names| names.into_iter().collect())
    }

    fn to_json(&self) -> Json {
        self.iter().map(String::as_str).collect()
    }

    fn from_json(value: &Json) -> Option<Self> {
        let names = value.as_array()?.iter().map(|name| name.as_str().map(str::to_owned));
        names.collect()
    }
}
