//! The outcome of a control call: an answer, a move of time, or a refusal.

use std::fmt;

use serde_json::Value;

use crate::api::ApiError;
use crate::form::FormError;
use crate::handle::{Journey, Unkept};

/// The outcome of a control call.
pub(super) enum Routed {
    Answer(Value),
    Journey(Journey),
}

/// A refused control call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError {
    /// HTTP status.
    pub status: u16,
    /// The mistake, with the path of the call and of the member.
    pub message: String,
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ControlError {}

impl ControlError {
    pub(super) fn new(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
        }
    }
}

impl From<FormError> for ControlError {
    fn from(error: FormError) -> Self {
        Self::new(400, error.to_string())
    }
}

impl From<Unkept> for ControlError {
    fn from(unkept: Unkept) -> Self {
        Self::new(503, unkept.to_string())
    }
}

impl From<ApiError> for ControlError {
    fn from(error: ApiError) -> Self {
        Self::new(400, error.to_string())
    }
}
