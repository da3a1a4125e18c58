//! Virtual time as text: control calls, the journal and scenarios speak ISO 8601, the world speaks milliseconds.

use jiff::Timestamp;

/// Length of 400 years, after which the calendar repeats.
const CYCLE_MS: i64 = 146_097 * 24 * 3_600_000;
/// Years of a cycle.
const CYCLE_YEARS: i64 = 400;
/// Start of the year 9999: later times are written as one that is cycles earlier, with the years added.
const LAST_YEAR_MS: i64 = 253_370_764_800_000;

/// ISO 8601 in UTC with milliseconds.
pub(crate) fn render(ms: i64) -> String {
    render_with(ms, |time| format!("{time:.3}"))
}

/// ISO 8601 in UTC with whole seconds, as CloudTrail writes it.
pub(crate) fn render_seconds(ms: i64) -> String {
    render_with(ms, |time| format!("{time:.0}"))
}

/// Years of more than four digits have a sign, as ISO 8601 wants it.
fn render_with(ms: i64, show: impl Fn(Timestamp) -> String) -> String {
    let cycles = if ms < LAST_YEAR_MS {
        0
    } else {
        (ms - LAST_YEAR_MS) / CYCLE_MS + 1
    };
    let Ok(time) = Timestamp::from_millisecond(ms - cycles * CYCLE_MS) else {
        return ms.to_string();
    };
    let text = show(time);
    let years = cycles * CYCLE_YEARS;
    match text.split_once('-').map(|(year, rest)| (year.parse::<i64>(), rest)) {
        Some((Ok(year), rest)) if years > 0 && year + years > 9999 => format!("+{:06}-{rest}", year + years),
        Some((Ok(year), rest)) if years > 0 => format!("{:04}-{rest}", year + years),
        _ => text,
    }
}

/// Milliseconds since 1970 of an ISO 8601 text with an offset.
pub fn parse(text: &str) -> Result<i64, String> {
    let (earlier, cycles) = within_reach(text).unwrap_or_else(|| (text.to_owned(), 0));
    let time = earlier
        .parse::<Timestamp>()
        .map_err(|error| format!("'{text}' is not a time like 2026-01-01T00:00:00Z: {error}"))?;
    Ok(time.as_millisecond().saturating_add(cycles.saturating_mul(CYCLE_MS)))
}

/// A text with a year from 9999 on as one that is cycles earlier, and how many.
fn within_reach(text: &str) -> Option<(String, i64)> {
    let (year, rest) = text.strip_prefix('+').unwrap_or(text).split_once('-')?;
    let year: i64 = year.parse().ok().filter(|year| *year > 9998)?;
    let cycles = (year - 9999) / CYCLE_YEARS + 1;
    Some((format!("{:04}-{rest}", year - cycles * CYCLE_YEARS), cycles))
}

#[cfg(test)]
mod tests {
    use super::{parse, render, render_seconds};

    #[test]
    fn text_and_back() {
        let ms = parse("2026-01-01T00:00:00Z").expect("a valid time");
        assert_eq!(ms, 1_767_225_600_000);
        assert_eq!(render(ms + 5), "2026-01-01T00:00:00.005Z");
        assert_eq!(render_seconds(ms + 1005), "2026-01-01T00:00:01Z");
        assert!(parse("tomorrow").is_err());
    }

    #[test]
    fn years_of_more_than_four_digits() {
        for (ms, text) in [
            (253_370_764_799_999, "9998-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00.000Z"),
            (253_407_398_400_000, "+010000-02-29T00:00:00.000Z"),
            (i64::MAX, "+292278994-08-17T07:12:55.807Z"),
        ] {
            assert_eq!(render(ms), text);
            assert_eq!(parse(text), Ok(ms), "{text}");
        }
        assert_eq!(render_seconds(253_402_300_800_000), "+010000-01-01T00:00:00Z");
        assert!(parse("+010000-02-30T00:00:00Z").is_err());
    }
}
