//! Durations as users of Terraform write them: Go's syntax, a sum of numbers with units.
//!
//! Timeouts, polling and session lifetimes are typed in this form. Only the subset that makes sense
//! there is accepted: a negative duration is an error.

use std::time::Duration;

/// Units by their names, longest names first so that `ms` is not read as `m`.
const UNITS: [(&str, u64); 8] = [
    ("ns", 1),
    ("us", 1_000),
    ("\u{b5}s", 1_000),
    ("\u{3bc}s", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Go keeps a duration in 63 bits of nanoseconds, about 292 years.
const LONGEST: u128 = i64::MAX as u128;

/// Digits of a fraction that can matter: an hour has fewer than 10¹³ nanoseconds.
const FRACTION_DIGITS: usize = 18;

/// Parses a duration such as `30s`, `1h30m` or `1.5h`. The error is a full sentence that says what
/// would be right.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || {
        format!(
            "`{text}` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`."
        )
    };
    if text.starts_with('-') {
        return Err(format!("`{text}` is not valid: a duration must not be negative."));
    }
    let unsigned = text.strip_prefix('+').unwrap_or(text);
    if unsigned == "0" {
        return Ok(Duration::ZERO);
    }
    if unsigned.is_empty() {
        return Err(wrong());
    }
    let mut rest = unsigned;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let (nanoseconds, after) = term(rest).ok_or_else(wrong)?;
        total = total.saturating_add(nanoseconds);
        rest = after;
    }
    if total > LONGEST {
        return Err(format!(
            "`{text}` is longer than the longest duration, about 292 years."
        ));
    }
    u64::try_from(total).map(Duration::from_nanos).map_err(|_| wrong())
}

/// Writes a duration as short as Go's syntax allows: `1h30m`, `90s` becomes `1m30s`, `1.5s` stays.
pub(crate) fn format(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let part = |count: u64, unit: &str| {
        if count == 0 {
            String::new()
        } else {
            format!("{count}{unit}")
        }
    };
    let (hours, minutes) = (part(seconds / 3_600, "h"), part(seconds / 60 % 60, "m"));
    match (seconds % 60, duration.subsec_nanos()) {
        (0, 0) if seconds == 0 => "0s".to_owned(),
        (0, 0) => hours + &minutes,
        (0, nanoseconds) if seconds == 0 => below_a_second(nanoseconds),
        (rest, nanoseconds) => hours + &minutes + &decimal(rest, nanoseconds, 9, "s"),
    }
}

/// One number with its unit at the start of `text`, in nanoseconds, and what follows it.
fn term(text: &str) -> Option<(u128, &str)> {
    let (whole, rest) = digits(text);
    let (fraction, rest) = match rest.strip_prefix('.') {
        Some(after) => digits(after),
        None => ("", rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let (name, unit) = UNITS.iter().find(|(name, _)| rest.starts_with(name))?;
    let unit = u128::from(*unit);
    // More digits than any duration has: too long, which the caller reports.
    let whole = if whole.is_empty() {
        0
    } else {
        whole.parse::<u128>().unwrap_or(LONGEST)
    };
    let nanoseconds = whole.saturating_mul(unit).saturating_add(part_of(fraction, unit)?);
    Some((nanoseconds, rest.strip_prefix(name)?))
}

/// The decimal fraction `0.digits` of a unit, rounded down.
fn part_of(fraction: &str, unit: u128) -> Option<u128> {
    let counted = fraction.get(..fraction.len().min(FRACTION_DIGITS))?;
    if counted.is_empty() {
        return Some(0);
    }
    let scale = 10_u128.checked_pow(u32::try_from(counted.len()).ok()?)?;
    Some(counted.parse::<u128>().ok()? * unit / scale)
}

fn digits(text: &str) -> (&str, &str) {
    let end = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn below_a_second(nanoseconds: u32) -> String {
    match nanoseconds {
        1_000_000.. => decimal(u64::from(nanoseconds / 1_000_000), nanoseconds % 1_000_000, 6, "ms"),
        1_000.. => decimal(u64::from(nanoseconds / 1_000), nanoseconds % 1_000, 3, "us"),
        _ => format!("{nanoseconds}ns"),
    }
}

fn decimal(whole: u64, fraction: u32, digits: usize, unit: &str) -> String {
    if fraction == 0 {
        return format!("{whole}{unit}");
    }
    let fraction = format!("{fraction:0digits$}");
    format!("{whole}.{}{unit}", fraction.trim_end_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, nanoseconds: u64, shortest: &str) {
        let duration = parse(text).unwrap();
        assert_eq!(duration, Duration::from_nanos(nanoseconds), "{text}");
        assert_eq!(format(duration), shortest, "{text}");
        assert_eq!(parse(shortest), Ok(duration), "{text}: what is written must read back");
    }

    #[test]
    fn go_syntax_is_read_and_written() {
        check("0", 0, "0s");
        check("0s", 0, "0s");
        check("30s", 30_000_000_000, "30s");
        check("+5m", 300_000_000_000, "5m");
        check("1h30m", 5_400_000_000_000, "1h30m");
        check("1.5h", 5_400_000_000_000, "1h30m");
        check("90s", 90_000_000_000, "1m30s");
        check(".5s", 500_000_000, "500ms");
        check("1.s", 1_000_000_000, "1s");
        check("200ms", 200_000_000, "200ms");
        check("1500ms", 1_500_000_000, "1.5s");
        check("1h0.25s", 3_600_250_000_000, "1h0.25s");
        check("1.5us", 1_500, "1.5us");
        check("2\u{b5}s3\u{3bc}s", 5_000, "5us");
        check("7ns", 7, "7ns");
        check("0.1234567890123456789012h", 444_444_440_444, "7m24.444440444s");
        check(
            "2562047h47m16.854775807s",
            i64::MAX.unsigned_abs(),
            "2562047h47m16.854775807s",
        );
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        let refused = [
            "", "+", "-5s", "5", "s", ".s", "5 s", "1d", "5S", "1e3s", "1h-5m", "∞", "9999999h", "1h30",
        ];
        let reasons: Vec<String> = refused.iter().map(|text| parse(text).unwrap_err()).collect();
        insta::assert_snapshot!(reasons.join("\n"), @"
    `` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `+` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `-5s` is not valid: a duration must not be negative.
    `5` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `s` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `.s` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `5 s` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `1d` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `5S` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `1e3s` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `1h-5m` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `∞` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    `9999999h` is longer than the longest duration, about 292 years.
    `1h30` is not a duration: expected numbers with units (ns, us, ms, s, m, h), for example `30s` or `1h30m`.
    ");
    }

    #[test]
    fn absurdly_long_numbers_are_refused() {
        assert!(
            parse(&format!("{}h", "9".repeat(200)))
                .unwrap_err()
                .contains("292 years")
        );
    }
}
