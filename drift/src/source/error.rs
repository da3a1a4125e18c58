//! Errors of inputs, said without repeating anything of them.

use crate::report::{Problem, SourceRef};

/// The error of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// Title.
    pub summary: &'static str,
    /// The problem and the way to solve it, as sentences.
    pub detail: String,
    /// The resource that it is about, if the rest of the input can be read.
    pub resource: Option<Box<SourceRef>>,
}

impl SourceError {
    pub(super) fn new(summary: &'static str, detail: impl Into<String>) -> Self {
        Self {
            summary,
            detail: detail.into(),
            resource: None,
        }
    }

    /// The same with the address before it.
    pub(super) fn about(self, address: &str) -> Self {
        Self {
            detail: format!("`{address}`: {}", self.detail),
            ..self
        }
    }

    /// The same about one resource, which leaves the others readable.
    pub(super) fn of(self, input: &str, address: &str, resource_type: &str) -> Self {
        let resource = SourceRef {
            input: input.to_owned(),
            address: address.to_owned(),
            resource_type: resource_type.to_owned(),
        };
        Self {
            resource: Some(Box::new(resource)),
            ..self
        }
    }

    /// Something of the input has an ARN of another kind.
    pub(super) fn invalid_arn(place: &str) -> Self {
        Self::new(
            "Invalid ARN in the input",
            format!("{place} has no ARN of a daemon, which is `arn:PARTITION:ecs:REGION:ACCOUNT:daemon/CLUSTER/NAME`."),
        )
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
