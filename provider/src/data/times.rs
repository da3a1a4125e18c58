//! Moments of ECS's records in the form that Terraform's time functions take.

use aws_sdk_ecs::primitives::{DateTime, DateTimeFormat};

/// A moment by RFC 3339, in UTC.
pub(super) fn text(moment: Option<&DateTime>) -> Option<String> {
    moment.and_then(|moment| moment.fmt(DateTimeFormat::DateTime).ok())
}

/// The moment of a text by RFC 3339.
pub(super) fn parse(text: &str) -> Result<DateTime, String> {
    DateTime::from_str(text, DateTimeFormat::DateTimeWithOffset)
        .map_err(|_| format!("`{text}` is not a time by RFC 3339, such as `2026-01-31T12:00:00Z`."))
}
