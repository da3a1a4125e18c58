//! Refusals of `CloudWatch`, and the limit of its lists. Assumed: the texts of all of them.

use crate::api::{ApiError, ErrorKind};

/// Most alarms of a request.
pub(super) const MOST: usize = 100;

/// Members that do not go together.
pub(super) fn combination(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterCombinationException, text)
}

/// A value that makes no sense.
pub(super) fn value(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterValueException, text)
}
