//! Parts that the msgpack and the JSON codec share: errors that say where in the value they
//! arose, and the normal form of strings.

use std::fmt;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::path::{Path, Step};

/// The reason for which bytes or JSON are not a value of the expected type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct DecodeError(#[from] Located);

/// The reason for which a value cannot be written as the expected type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct EncodeError(#[from] Located);

impl DecodeError {
    /// Place in the value; ends at a set, whose elements have no path.
    pub fn path(&self) -> Path {
        self.0.path()
    }
}

impl DecodeError {
    /// True if the bytes are right and the value is one that a user can write and nobody can use: a number
    /// that is infinite or none.
    pub fn is_unusable_number(&self) -> bool {
        self.0.unusable_number
    }
}

impl EncodeError {
    /// Place in the value; ends at a set, whose elements have no path.
    pub fn path(&self) -> Path {
        self.0.path()
    }
}

/// A message with the steps that lead to its place, innermost first: they are added while the error
/// travels outward, so that the ordinary case builds no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    steps: Vec<Step>,
    message: String,
    unusable_number: bool,
}

impl Located {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            steps: Vec::new(),
            message: message.into(),
            unusable_number: false,
        }
    }

    pub(crate) fn unusable_number(message: &str) -> Self {
        Self {
            unusable_number: true,
            ..Self::new(message)
        }
    }

    /// The same error seen from one level further out.
    pub(crate) fn under(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// The same error seen from the set around it.
    pub(crate) fn under_set(mut self) -> Self {
        self.steps.clear();
        self
    }

    fn path(&self) -> Path {
        self.steps.iter().rev().cloned().collect()
    }
}

impl fmt::Display for Located {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path();
        if path.is_root() {
            f.write_str(&self.message)
        } else {
            write!(f, "{path}: {}", self.message)
        }
    }
}

impl std::error::Error for Located {}

/// The step to an attribute of an object.
pub(crate) fn attribute(name: &str) -> Step {
    Step::Attribute(name.to_owned())
}

/// The step to an element of a map.
pub(crate) fn key(key: &str) -> Step {
    Step::Key(key.to_owned())
}

/// The step to an element of a list.
pub(crate) fn index(index: usize) -> Step {
    Step::Index(i64::try_from(index).unwrap_or(i64::MAX))
}

/// The text in Unicode normal form C, which is how clients compare strings.
pub(crate) fn normalized(text: &str) -> String {
    if is_nfc(text) {
        text.to_owned()
    } else {
        text.nfc().collect()
    }
}
