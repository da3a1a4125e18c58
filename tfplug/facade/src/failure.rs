//! Errors of a provider's own code.

use std::{error::Error, fmt};

use tfplug_core::{Diagnostic, Diagnostics, Path, typed::Mismatch};

/// The reason why something could not be done, as the user reads it.
///
/// Every error of the standard library's kind becomes one by `?`; [`Failure::new`] has a title and a text of your own. A
/// failure is an error, never a warning: warnings go to [`Context::warn`](crate::Context::warn).
#[derive(Debug)]
pub struct Failure {
    told: Diagnostics,
    /// True if the object is stored as it is after the failure, false if as it was before; none: as the call has it.
    keeps_model: Option<bool>,
    /// True if it says no more than that a value is not known yet.
    waits: bool,
}

impl Failure {
    /// A failure with a short title, without a full stop, and sentences that say what was wrong and what to do.
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::of(Diagnostic::error(summary, detail).into())
    }

    fn of(told: Diagnostics) -> Self {
        Self {
            told,
            keeps_model: None,
            waits: false,
        }
    }

    /// The failure of a rule that needs a value which is not known yet. In a rule it is no error: the client asks again
    /// when the value is known.
    pub(crate) fn waiting(mut self) -> Self {
        self.waits = true;
        self
    }

    /// True if a rule could not be judged because a value is not known yet.
    pub(crate) fn waits(&self) -> bool {
        self.waits
    }

    /// The same failure pointing to an attribute, for example `Note::TEXT`.
    #[must_use]
    pub fn at(self, path: impl Into<Path>) -> Self {
        let path = path.into();
        let told = self.told.into_iter().map(|diagnostic| match diagnostic.path {
            None => diagnostic.at(path.clone()),
            Some(_) => diagnostic,
        });
        let mut pointing = Diagnostics::new();
        pointing.extend(told);
        Self { told: pointing, ..self }
    }

    /// Nothing was created or changed: the state stays as it was before. A failed update or deletion means that unless it
    /// says otherwise; a failed creation has to say it.
    #[must_use]
    pub fn nothing_done(mut self) -> Self {
        self.keeps_model = Some(false);
        self
    }

    /// A part was done: the state becomes what the model has now. A failed creation means that unless it says otherwise, so
    /// that no object is forgotten; Terraform then destroys and creates the object again.
    #[must_use]
    pub fn partly_done(mut self) -> Self {
        self.keeps_model = Some(true);
        self
    }

    /// True if the state becomes what the model has now.
    pub(crate) fn keeps_model(&self, otherwise: bool) -> bool {
        self.keeps_model.unwrap_or(otherwise)
    }

    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        self.told
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.told.iter().enumerate() {
            let before = if index == 0 { "" } else { "; " };
            write!(f, "{before}{}: {}", diagnostic.summary, diagnostic.detail)?;
        }
        Ok(())
    }
}

/// The title of errors that have none of their own.
const UNTITLED: &str = "Request failed";

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            // Many errors repeat their source already.
            let cause_text = cause.to_string();
            if !text.contains(&cause_text) {
                text = format!("{text}: {cause_text}");
            }
            source = cause.source();
        }
        Self::new(UNTITLED, text)
    }
}

/// A value of the state or the configuration that does not fit its field, with its place and without the value.
pub(crate) fn misfit(mismatch: &Mismatch) -> Failure {
    Failure::of(mismatch.diagnostic("Value does not fit").into())
}
