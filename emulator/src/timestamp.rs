//! Virtual time as text: control calls, the journal and scenarios speak ISO 8601, the world speaks milliseconds.

use jiff::Timestamp;

/// ISO 8601 in UTC with milliseconds.
pub(crate) fn render(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| format!("{time:.3}"))
}

/// ISO 8601 in UTC with whole seconds, as CloudTrail writes it.
pub(crate) fn render_seconds(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |time| format!("{time:.0}"))
}

/// Milliseconds since 1970 of an ISO 8601 text with an offset.
pub fn parse(text: &str) -> Result<i64, String> {
    text.parse::<Timestamp>()
        .map(Timestamp::as_millisecond)
        .map_err(|error| format!("'{text}' is not a time like 2026-01-01T00:00:00Z: {error}"))
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
}
