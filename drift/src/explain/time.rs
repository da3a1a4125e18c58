//! Times of the service. They are compared with each other only, never with the clock of the host.

use aws_sdk_ecs::primitives::DateTime;
use jiff::{Timestamp, Unit};

/// Seconds within which two records are of the same call.
pub(super) const SAME_CALL_SECONDS: f64 = 5.0;
/// Seconds between the creation of a daemon and that of its first deployment.
pub(super) const NEAR_SECONDS: f64 = 60.0;

/// A time of the SDK as one of the report; none if it is out of every calendar. ECS sends milliseconds as a fraction, of which
/// the SDK's number is off by some nanoseconds.
pub(super) fn timestamp(time: &DateTime) -> Option<Timestamp> {
    let time = Timestamp::from_nanosecond(time.as_nanos()).ok()?;
    time.round(Unit::Millisecond).ok()
}

/// True if one time is later than the other by more than a few seconds.
pub(super) fn is_later(one: &DateTime, other: &DateTime) -> bool {
    one.as_secs_f64() > other.as_secs_f64() + SAME_CALL_SECONDS
}

/// The same of a time that was written down, which may have lost a part of a millisecond.
pub(super) fn is_later_than(one: &DateTime, written: Timestamp) -> bool {
    let written = written.as_duration().as_secs_f64();
    one.as_secs_f64() > written + SAME_CALL_SECONDS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_was_cut_is_the_same_time() {
        let check = |written: &str, expected: bool| {
            let now = DateTime::from_secs_f64(1_767_225_604.856);
            assert_eq!(is_later_than(&now, written.parse().unwrap()), expected, "{written}");
        };
        check("2026-01-01T00:00:04.855999946Z", false);
        check("2026-01-01T00:00:04.856Z", false);
        check("2026-01-01T00:00:05Z", false);
        check("2025-12-31T23:59:59Z", true);
    }

    #[test]
    fn a_time_is_told_as_ecs_sent_it() {
        let told = |seconds: f64| timestamp(&DateTime::from_secs_f64(seconds)).unwrap().to_string();
        assert_eq!(told(1_767_225_600.293), "2026-01-01T00:00:00.293Z");
        assert_eq!(told(1_767_225_600.999_999_9), "2026-01-01T00:00:01Z");
        assert_eq!(told(1_767_225_600.0), "2026-01-01T00:00:00Z");
    }
}
