//! What is wanted: from Terraform and `OpenTofu` states and plans, and from baselines.
//!
//! | file | question it answers |
//! |---|---|
//! | `spec` | which inputs are there, and how is their text got? |
//! | `document` | what kind of document is a text, and why is it none? |
//! | `pieces` | how is a document taken apart without a tree of all of it? |
//! | `state` | which resources does a state hold, in either of its forms? |
//! | `plan` | what does a plan want, and what did its refresh see? |
//! | `resource` | what do the attributes of one resource want? |
//! | `baseline` | what does a recorded baseline want? |
//! | `accept` | how does a baseline take over what is live? |
//! | `configuration` | where in `*.tf` files is it written? |
//! | `merge` | do several inputs agree? |
//!
//! A scan that finds nothing because it read nothing is the worst of its failures. So whatever is wrong
//! with an input is an error, and an input without a daemon is one unless allowed.

pub mod accept;
pub mod baseline;
pub mod configuration;
mod document;
mod merge;
mod pieces;
mod plan;
mod resource;
pub mod spec;
mod state;
#[cfg(test)]
mod tests;
mod wanted;

pub use document::{Document, read};
pub use merge::merge;
pub use spec::InputSpec;
pub use wanted::{Pending, TaskDefinitionRule, Want, Wanted};

use crate::report::Problem;

/// What is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// Title.
    pub summary: &'static str,
    /// What was wrong and what to do, as sentences.
    pub detail: String,
}

impl SourceError {
    fn new(summary: &'static str, detail: impl Into<String>) -> Self {
        Self {
            summary,
            detail: detail.into(),
        }
    }

    /// As a problem of the report.
    pub fn problem(self, input: &str) -> Problem {
        Problem {
            input: Some(input.to_owned()),
            summary: self.summary.to_owned(),
            detail: self.detail,
        }
    }
}
