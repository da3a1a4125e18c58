//! Reading control bodies: every member is asked for by name and kind, and what nobody asked for is an error.
//!
//! Errors name the member by its path, because the bodies are written by hand.

use std::fmt;

use serde_json::{Map, Value};

/// A mistake in a control body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormError {
    /// Member, by its path from the top of the body; empty for the body itself.
    pub path: String,
    /// The mistake.
    pub message: String,
}

impl FormError {
    pub(crate) fn new(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

impl std::error::Error for FormError {}

/// A JSON object that is being read.
#[derive(Debug)]
pub(crate) struct Form {
    path: String,
    members: Map<String, Value>,
    /// Names that were asked for, in order.
    asked: Vec<String>,
}

impl Form {
    /// Starts to read a value that must be an object.
    pub(crate) fn open(value: Value, path: impl Into<String>) -> Result<Self, FormError> {
        let path = path.into();
        match value {
            Value::Object(members) => Ok(Self {
                path,
                members,
                asked: Vec::new(),
            }),
            _ => Err(FormError::new(path, "must be a JSON object")),
        }
    }

    /// Path of a member.
    pub(crate) fn at(&self, name: &str) -> String {
        if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        }
    }

    /// An error about a member.
    pub(crate) fn error(&self, name: &str, message: impl Into<String>) -> FormError {
        FormError::new(self.at(name), message)
    }

    /// An error about the whole.
    pub(crate) fn error_here(&self, message: impl Into<String>) -> FormError {
        FormError::new(self.path.clone(), message)
    }

    /// The error about a member that has to be there. One that is spelt almost like it was meant to be it.
    pub(crate) fn missing(&self, name: &str) -> FormError {
        self.misspelt(&[name])
            .unwrap_or_else(|| self.error(name, "is required"))
    }

    /// The error about a member that nobody asks for, if it is spelt almost like one of these.
    pub(crate) fn misspelt(&self, wanted: &[&str]) -> Option<FormError> {
        let unknown = self.members.keys().filter(|name| !wanted.contains(&name.as_str()));
        let mut meant = unknown.filter_map(|name| Some((name, nearest(name, wanted.iter().copied())?)));
        let (name, nearest) = meant.next()?;
        Some(self.error(name, format!("is not known here; the nearest member is {nearest}")))
    }

    /// True if the member is there at all, null included.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    /// True if the member is this string.
    pub(crate) fn is_text(&self, name: &str, text: &str) -> bool {
        self.members.get(name).is_some_and(|value| value == text)
    }

    /// Counts a member among those that an error names as known.
    pub(crate) fn know(&mut self, name: &str) {
        if !self.asked.iter().any(|asked| asked == name) {
            self.asked.push(name.to_owned());
        }
    }

    /// Takes a member of any kind; `None` when absent or null.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.know(name);
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Takes a string.
    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, FormError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.error(name, "must be a string")),
        }
    }

    /// Takes a string that must be there.
    pub(crate) fn required_text(&mut self, name: &str) -> Result<String, FormError> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    /// Takes an integer of the wanted type.
    pub(crate) fn integer<T: TryFrom<i64>>(&mut self, name: &str) -> Result<Option<T>, FormError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let integer = value.as_i64().or_else(|| whole(&value));
        let integer = integer.and_then(|integer| T::try_from(integer).ok());
        integer
            .map(Some)
            .ok_or_else(|| self.error(name, format!("{value} is no integer of the allowed range")))
    }

    /// Takes a number within bounds.
    pub(crate) fn number(&mut self, name: &str, min: f64, max: f64) -> Result<Option<f64>, FormError> {
        let Some(value) = self.take(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| (min..=max).contains(number));
        number
            .map(Some)
            .ok_or_else(|| self.error(name, format!("must be a number from {min} to {max}")))
    }

    /// Takes a boolean.
    pub(crate) fn choice(&mut self, name: &str) -> Result<Option<bool>, FormError> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Bool(choice)) => Ok(Some(choice)),
            Some(_) => Err(self.error(name, "must be true or false")),
        }
    }

    /// Takes a boolean; absent means false.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, FormError> {
        Ok(self.choice(name)?.unwrap_or(false))
    }

    /// Takes an object that is read in turn.
    pub(crate) fn object(&mut self, name: &str) -> Result<Option<Self>, FormError> {
        let path = self.at(name);
        self.take(name).map(|value| Self::open(value, path)).transpose()
    }

    /// The members that are left, as they are.
    pub(crate) fn into_rest(self) -> Map<String, Value> {
        self.members
    }

    /// Ends the reading: whatever was not asked for is unknown.
    pub(crate) fn close(self) -> Result<(), FormError> {
        self.nothing_else()
    }

    /// Refuses whatever was not asked for so far.
    pub(crate) fn nothing_else(&self) -> Result<(), FormError> {
        let Some(name) = self.members.keys().next() else {
            return Ok(());
        };
        let nearest = nearest(name, self.asked.iter().map(String::as_str));
        let nearest = nearest.map_or(String::new(), |nearest| format!("the nearest member is {nearest}; "));
        let known = self.asked.join(", ");
        Err(self.error(name, format!("is not known here; {nearest}known are {known}")))
    }
}

/// The word that somebody probably meant: one that is a slip or two away, depending on how long it is.
pub(crate) fn nearest<'w>(text: &str, words: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    let distances = words.into_iter().map(|word| (strsim::osa_distance(text, word), word));
    let (distance, word) = distances.min_by_key(|(distance, _)| *distance)?;
    let slips = (word.chars().count() / 4).clamp(1, 3);
    (distance <= slips).then_some(word)
}

/// The integer of a number like `60.0`, which some clients write and JSON Schema takes for an integer.
fn whole(value: &Value) -> Option<i64> {
    // Beyond this a number has neighbours that it could stand for.
    let exact = 2_f64.powi(53);
    let number = value.as_f64()?;
    let is_whole = number.fract() == 0.0 && number.abs() < exact;
    is_whole.then(|| format!("{number:.0}").parse().ok())?
}
