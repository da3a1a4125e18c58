//! Failures of commands: the reason why a command could not do what it was asked for.

use crate::{
    report::Problem,
    source::SourceError,
    surface::{Sentences, Sheet, Terminal, sheet},
};

/// Exit code of errors, also of wrong arguments: 2, which parsers use, means drift here.
pub(super) const ERROR: u8 = 1;

/// The reason why a command could not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) summary: String,
    pub(super) detail: String,
}

impl Failure {
    pub(super) fn new(summary: &str, detail: impl Into<String>) -> Self {
        Self {
            summary: summary.to_owned(),
            detail: detail.into(),
        }
    }

    pub(super) fn sheet(&self) -> Sheet<Terminal> {
        told(&self.summary, &self.detail)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::new(error.summary, error.detail)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(&problem.summary, problem.detail)
    }
}

/// Title and detail of what failed. Only the first line of the detail stands on the line of the title.
pub(super) fn told(summary: &str, detail: &str) -> Sheet<Terminal> {
    sheet!(Sentences(summary), ": ", Sheet::lines(detail, 2))
}
