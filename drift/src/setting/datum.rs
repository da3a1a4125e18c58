//! What a value of a setting means, whatever its spelling.

use std::collections::BTreeSet;

use serde_json::Value;

/// The value of a setting.
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

impl Datum {
    /// As reports show it; a whole number without a fraction. Only a [`SettingValue`] knows whether it may be shown.
    pub(super) fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Flag(flag) => Value::from(*flag),
            Self::Number(number) => whole(*number).map_or_else(|| Value::from(*number), Value::from),
            Self::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the bound is checked in the same expression"
)]
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i64)
}
