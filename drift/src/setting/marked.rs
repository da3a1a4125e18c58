//! Values that may be sensitive. The mark is set where a value enters and travels with it, as Terraform's own marks do:
//! whatever puts such a value into a text, a log or a document gets the mask, without having thought of it.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::Datum;
use crate::report::{MASK, Origin, Shown};

/// A value with its mark.
///
/// Equal are two of them only if their marks are equal, too; whether the values are, [`Marked::expose`] tells.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Marked<T> {
    raw: T,
    is_sensitive: bool,
}

/// The value of a setting with its mark.
pub type SettingValue = Marked<Datum>;

impl<T> Marked<T> {
    /// A value, and whether it must not be shown.
    pub fn new(raw: T, is_sensitive: bool) -> Self {
        Self { raw, is_sensitive }
    }

    /// A value that everybody may see.
    pub fn open(raw: T) -> Self {
        Self::new(raw, false)
    }

    /// True if the value must not be shown.
    pub fn is_sensitive(&self) -> bool {
        self.is_sensitive
    }

    /// The value itself, whatever its mark: to compare it and to send it to the API, never to write it down.
    pub fn expose(&self) -> &T {
        &self.raw
    }

    /// The value if it may be written down.
    pub fn shown(&self) -> Option<&T> {
        (!self.is_sensitive).then_some(&self.raw)
    }

    /// Something made of the value, which is as sensitive.
    pub fn map<U>(&self, make: impl FnOnce(&T) -> U) -> Marked<U> {
        Marked::new(make(&self.raw), self.is_sensitive)
    }
}

impl SettingValue {
    /// As reports show it.
    pub fn report(&self, origin: Origin) -> Shown {
        let shown = Shown::new(origin, self.shown().map(Datum::to_json));
        if self.is_sensitive { shown.redacted() } else { shown }
    }
}

impl<T: fmt::Debug> fmt::Debug for Marked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown() {
            Some(raw) => raw.fmt(formatter),
            None => formatter.write_str(MASK),
        }
    }
}

impl<T: InSentence> fmt::Display for Marked<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.shown() {
            Some(raw) => raw.write(formatter),
            None => formatter.write_str(MASK),
        }
    }
}

/// A value in a sentence, once it is known that it may stand there. A [`Datum`] has no other form, so that none is
/// written without its mark.
pub trait InSentence {
    /// Writes the value.
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl InSentence for String {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

impl InSentence for &str {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

/// As JSON spells it.
impl InSentence for Datum {
    fn write(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_json() {
            Value::String(text) => write!(formatter, "`{text}`"),
            value => write!(formatter, "`{value}`"),
        }
    }
}

impl<T: Serialize> Serialize for Marked<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.shown() {
            Some(raw) => raw.serialize(serializer),
            None => serializer.serialize_str(MASK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way in which a value could get into a text.
    fn written(value: &SettingValue) -> String {
        let text = value.map(|_| "canary-text".to_owned());
        format!(
            "{value} {value:?} {value:#?} {text} {text:?} {} {:?}",
            serde_json::to_string(&text).unwrap(),
            value.report(Origin::Recorded),
        )
    }

    #[test]
    fn a_sensitive_value_is_masked_wherever_it_is_written() {
        let secret = || Datum::Text("canary-datum".to_owned());
        let open = written(&Marked::open(secret()));
        assert!(
            open.contains("`canary-datum`") && open.contains("canary-text"),
            "{open}"
        );
        let sensitive = Marked::new(secret(), true);
        let masked = written(&sensitive);
        assert!(!masked.contains("canary"), "{masked}");
        assert!(masked.starts_with("(sensitive value) (sensitive value)"), "{masked}");
        assert_eq!(
            serde_json::to_string(&sensitive.map(|_| 1)).unwrap(),
            "\"(sensitive value)\""
        );
        assert_eq!(*sensitive.expose(), secret(), "it is compared all the same");
    }
}
