//! A value that is not of the type that is read.

use std::{error::Error, fmt};

use crate::{
    diagnostic::Diagnostic,
    path::{Path, Step},
};

/// A value is not of the type that is read from it: where, and what was expected. It never has the value itself, which may
/// be sensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    path: Path,
    found: String,
    expected: String,
}

impl Mismatch {
    /// A value of a kind, such as "a number", where something else is expected, such as "a string".
    pub fn new(found: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            path: Path::root(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// The same mismatch one step further inside.
    #[must_use]
    pub fn within(self, step: Step) -> Self {
        let path = std::iter::once(step).chain(self.path.steps().iter().cloned()).collect();
        Self { path, ..self }
    }

    /// The place of the value.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The mismatch as an error at its place.
    pub fn diagnostic(&self, summary: impl Into<String>) -> Diagnostic {
        Diagnostic::error(summary, format!("{self}.")).at(self.path.clone())
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_root() {
            f.write_str("The value")?;
        } else {
            write!(f, "`{}`", self.path)?;
        }
        write!(f, " is {}; it must be {}", self.found, self.expected)
    }
}

impl Error for Mismatch {}
