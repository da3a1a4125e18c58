//! Values of flags, with errors that say which form is expected.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A time that is longer than none.
pub(super) fn timeout(text: &str) -> Result<Duration, String> {
    let duration = Duration::try_from(duration(text)?).ok();
    let duration = duration.filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| "it must be longer than nothing, for example 45m".to_owned())
}

/// A time, be it none.
pub(super) fn age(text: &str) -> Result<SignedDuration, String> {
    let age = duration(text)?;
    if age.is_negative() {
        return Err("it must not be negative; give a time such as 30m".to_owned());
    }
    Ok(age)
}

/// A moment.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse()
        .map_err(|_| "it is no moment; give one with its zone, such as 2026-01-01T02:00:00Z".to_owned())
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "it is no time; give a number with its unit, such as 90s, 30m, 2h or 7d".to_owned();
    // A day of a duration is 24 hours.
    let days = text
        .trim()
        .strip_suffix('d')
        .and_then(|days| days.trim_end().parse().ok());
    let hours = days.map(|days: u32| SignedDuration::from_hours(24 * i64::from(days)));
    hours.map_or_else(|| text.parse().map_err(|_| wrong()), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_expected_is_said() {
        assert_eq!(timeout("1h 30m"), Ok(Duration::from_mins(90)));
        assert_eq!(age("0s"), Ok(SignedDuration::ZERO));
        assert_eq!(age("900d"), Ok(SignedDuration::from_hours(900 * 24)));
        for wrong in ["abc", "45", "5x", "", "30 m m"] {
            assert!(timeout(wrong).unwrap_err().contains("such as 90s"), "{wrong}");
            assert!(age(wrong).unwrap_err().contains("such as 90s"), "{wrong}");
        }
        assert!(timeout("0s").unwrap_err().contains("longer"));
        assert!(timeout("-1m").unwrap_err().contains("longer"));
        assert!(age("-1m").unwrap_err().contains("negative"));
        assert!(moment("2026-01-01T02:00:00Z").is_ok());
        for wrong in ["garbage", "2026-01-01", "02:00"] {
            assert!(moment(wrong).unwrap_err().contains("2026-01-01T02:00:00Z"), "{wrong}");
        }
    }
}
