//! Times of the service. They are compared with each other only, never with the clock of the host.

use aws_sdk_ecs::primitives::DateTime;
use jiff::Timestamp;

/// Seconds within which two records are of the same call.
pub(super) const SAME_CALL_SECONDS: f64 = 5.0;
/// Seconds between the creation of a daemon and that of its first deployment.
pub(super) const NEAR_SECONDS: f64 = 60.0;

/// A time of the SDK as one of the report; none if it is out of every calendar.
pub(super) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(time.as_nanos()).ok()
}

/// True if one time is later than the other by more than a few seconds.
pub(super) fn is_later(one: &DateTime, other: &DateTime) -> bool {
    one.as_secs_f64() > other.as_secs_f64() + SAME_CALL_SECONDS
}
