//! The reasons for which there are no credentials, as errors that travel through the SDK and are recognised where they
//! come out.

use std::{error::Error, fmt, sync::Arc};

use super::problem::Argument;

/// No place has credentials: what was found at each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NoCredentials(Arc<Vec<(String, String)>>);

impl NoCredentials {
    /// The names of the places, each with what was found there.
    pub(super) fn at(places: Vec<(String, String)>) -> Self {
        Self(Arc::new(places))
    }
}

impl fmt::Display for NoCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there are no AWS credentials in any of the places that were looked at:")?;
        for (place, reason) in self.0.iter() {
            write!(f, "\n  - {place}: {reason}")?;
        }
        Ok(())
    }
}

impl Error for NoCredentials {}

/// The reason for which a role could not be assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RoleFailure {
    pub(super) argument: Argument,
    pub(super) role_arn: String,
    pub(super) reason: String,
    pub(super) remedy: Option<String>,
}

impl fmt::Display for RoleFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the role {}", self.role_arn)?;
        // A role of the environment stands in no argument.
        if !self.argument.steps().is_empty() {
            write!(f, " of `{}`", self.argument)?;
        }
        write!(f, " cannot be assumed: {}", self.reason)?;
        match &self.remedy {
            Some(remedy) => write!(f, "\n\n{remedy}"),
            None => Ok(()),
        }
    }
}

impl Error for RoleFailure {}
