//! The reason for which a case failed. The text is shown as it is written: a test that returns it prints the whole
//! output of the command that went wrong, not one line with escapes.

use std::fmt;

/// The answer of a step.
pub type Outcome<T = ()> = Result<T, Failure>;

/// The text of a failure.
pub struct Failure(String);

impl Failure {
    /// A failure with this text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The same failure with a line before it that says what was being done.
    #[must_use]
    pub fn during(self, what: &str) -> Self {
        Self(format!("{what}:\n{}", self.0))
    }
}

/// Ends a step with this text.
pub fn fail<T>(text: impl Into<String>) -> Outcome<T> {
    Err(Failure::new(text))
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

// `Failure` itself is no `Error`, so that every error converts with `?`.
impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        Self(text)
    }
}
