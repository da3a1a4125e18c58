//! Times in which repairs may begin: `Sun 02:00-04:00 Europe/Berlin`.
//!
//! A window is one of civil time in its zone. Where clocks are put forward, a time that is left out is the one after the gap;
//! where they are put back, a time that comes twice is the first one as the begin and as the end, so that the window is as long
//! as the clocks make it.

use std::{fmt, str::FromStr};

use jiff::{
    Timestamp, ToSpan, Zoned,
    civil::{Date, Time},
    tz::TimeZone,
};

use crate::surface::visible;

const FORM: &str =
    "a window is written like `Sun 02:00-04:00 Europe/Berlin`, `Mon-Fri 22:00-02:00 UTC` or `02:00-04:00 UTC`";

/// The days of a week as they are written.
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A time in which repairs may begin, on certain days of each week.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    text: String,
    /// Days on which it begins, as numbers from Monday 0.
    days: Vec<usize>,
    begin: Time,
    end: Time,
    /// True if it ends on the day after.
    is_over_midnight: bool,
    zone: TimeZone,
}

/// Windows outside of which nothing begins; without any there is no limit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Windows(pub Vec<Window>);

impl Windows {
    /// The reason why nothing may begin now; none if it may.
    pub fn refusal(&self, now: Timestamp) -> Option<String> {
        if self.0.is_empty() || self.0.iter().any(|window| window.is_open(now)) {
            return None;
        }
        let windows: Vec<String> = self.0.iter().map(|window| format!("`{window}`")).collect();
        let next = self.0.iter().filter_map(|window| window.next(now)).min();
        let next = next.map_or_else(String::new, |next| format!(" It opens at {next}."));
        Some(format!(
            "Now is outside of `--window` {}.{next} Run again then.",
            windows.join(", ")
        ))
    }
}

impl Window {
    /// True at a moment in it. It begins with its first moment, and ends before its last one.
    pub fn is_open(&self, now: Timestamp) -> bool {
        let today = now.to_zoned(self.zone.clone()).date();
        let is_in = |date: Date| self.on(date).is_some_and(|(begin, end)| begin <= now && now < end);
        today.yesterday().is_ok_and(is_in) || is_in(today)
    }

    /// The next moment at which it begins.
    fn next(&self, now: Timestamp) -> Option<Zoned> {
        let today = now.to_zoned(self.zone.clone()).date();
        // A window may be empty on a day on which the clocks are put forward, so that a week may not be enough.
        let begins = (0..=14).filter_map(|days| self.on(today.checked_add(days.days()).ok()?));
        let mut begins = begins.filter(|(begin, end)| *begin > now && begin < end);
        begins.next().map(|(begin, _)| begin.to_zoned(self.zone.clone()))
    }

    /// The window that begins on a date.
    fn on(&self, date: Date) -> Option<(Timestamp, Timestamp)> {
        let day = usize::try_from(date.weekday().to_monday_zero_offset()).ok()?;
        if !self.days.contains(&day) {
            return None;
        }
        let last = if self.is_over_midnight {
            date.tomorrow().ok()?
        } else {
            date
        };
        let moment = |date: Date, time: Time| {
            let zoned = date.to_datetime(time).to_zoned(self.zone.clone());
            zoned.ok().map(|zoned| zoned.timestamp())
        };
        Some((moment(date, self.begin)?, moment(last, self.end)?))
    }
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

/// A word and its place, counted in characters from 1.
#[derive(Clone, Copy)]
struct Word<'a> {
    at: usize,
    text: &'a str,
}

impl Word<'_> {
    fn wrong(&self, reason: &str) -> String {
        format!("at character {}: `{}` {reason}; {FORM}", self.at, visible(self.text))
    }
}

impl FromStr for Window {
    type Err = String;

    /// The error says at which character something is wrong.
    fn from_str(text: &str) -> Result<Self, String> {
        let words = words(text);
        let (days, times, zone) = match words.as_slice() {
            [times, zone] if times.text.contains(':') => (None, times, zone),
            [days, times, zone] => (Some(days), times, zone),
            [first, rest @ ..] if words.len() < 3 => return Err(incomplete(first, rest.first())),
            [_, _, _, more, ..] => return Err(more.wrong("is one word too many")),
            _ => return Err(format!("at character 1: the window is empty; {FORM}")),
        };
        let days = days.map_or_else(|| Ok((0..DAYS.len()).collect()), days_of)?;
        let (begin, end, is_over_midnight) = times_of(times)?;
        let zone_of = TimeZone::get(zone.text);
        let zone = zone_of.map_err(|_| zone.wrong("is no time zone of the IANA database"))?;
        let written: Vec<&str> = words.iter().map(|word| word.text).collect();
        Ok(Self {
            text: written.join(" "),
            days,
            begin,
            end,
            is_over_midnight,
            zone,
        })
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let (mut words, mut at) = (Vec::new(), 1);
    for part in text.split(' ') {
        if !part.is_empty() {
            words.push(Word { at, text: part });
        }
        at += part.chars().count() + 1;
    }
    words
}

/// The parts of a word between a separator, each with its place.
fn parts<'a>(word: &Word<'a>, separator: char) -> Vec<Word<'a>> {
    let mut at = word.at;
    let place = |text: &'a str| {
        let part = Word { at, text };
        at += text.chars().count() + 1;
        part
    };
    word.text.split(separator).map(place).collect()
}

fn days_of(word: &Word<'_>) -> Result<Vec<usize>, String> {
    let mut days = Vec::new();
    for range in parts(word, ',') {
        match parts(&range, '-').as_slice() {
            [one] => days.push(day(one)?),
            [first, last] => {
                let (first, last) = (day(first)?, day(last)?);
                // `Fri-Mon` goes over the end of the week.
                let length = (last + DAYS.len() - first) % DAYS.len();
                days.extend((0..=length).map(|after| (first + after) % DAYS.len()));
            }
            _ => return Err(range.wrong("is no range of days")),
        }
    }
    Ok(days)
}

fn day(word: &Word<'_>) -> Result<usize, String> {
    let place = DAYS.iter().position(|name| name.eq_ignore_ascii_case(word.text));
    place.ok_or_else(|| word.wrong("is no day; the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun"))
}

/// What is wrong with a window that ends early: what stands there may be wrong as well, and that comes first.
fn incomplete(first: &Word<'_>, second: Option<&Word<'_>>) -> String {
    let has_times = |word: &Word<'_>| word.text.contains(':');
    let times = if has_times(first) {
        Some(first)
    } else {
        if let Err(wrong) = days_of(first) {
            return wrong;
        }
        second.filter(|word| has_times(word))
    };
    match times.map(times_of) {
        None => format!("the times are missing; {FORM}"),
        Some(Err(wrong)) => wrong,
        Some(Ok(_)) => format!("the time zone is missing at the end; {FORM}"),
    }
}

fn times_of(word: &Word<'_>) -> Result<(Time, Time, bool), String> {
    let parts = parts(word, '-');
    let [begin, end] = parts.as_slice() else {
        return Err(word.wrong("is no range of times"));
    };
    let (from, midnight) = (time(begin)?, Time::midnight());
    if end.text == "24:00" {
        return Ok((from, midnight, true));
    }
    let to = time(end)?;
    if from == to {
        return Err(end.wrong("ends the window when it begins"));
    }
    Ok((from, to, to < from))
}

fn time(word: &Word<'_>) -> Result<Time, String> {
    let wrong = || word.wrong("is no time from 00:00 to 23:59, or 24:00 as the end");
    let (hour, minute) = word.text.split_once(':').ok_or_else(wrong)?;
    let number = |text: &str| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_plain.then(|| text.parse::<i8>().ok()).flatten()
    };
    let time = number(hour).zip(number(minute));
    let time = time.and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok());
    time.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(window: &str, moments: &[(&str, bool)]) {
        let window: Window = window.parse().unwrap();
        for (moment, expected) in moments {
            let now: Timestamp = moment.parse().unwrap();
            assert_eq!(window.is_open(now), *expected, "{window} at {moment}");
        }
    }

    #[test]
    fn a_window_is_one_of_the_clocks_of_its_zone() {
        open(
            "Sun 02:00-04:00 Europe/Berlin",
            &[
                ("2026-03-01T00:59:59Z", false),
                ("2026-03-01T01:00:00Z", true),
                ("2026-03-01T02:59:59Z", true),
                ("2026-03-01T03:00:00Z", false),
                ("2026-03-02T01:30:00Z", false),
                ("2026-07-05T00:00:00Z", true),
                ("2026-07-05T02:00:00Z", false),
            ],
        );
        open(
            "Sat 22:00-02:00 America/New_York",
            &[
                ("2026-03-01T02:59:00Z", false),
                ("2026-03-01T03:00:00Z", true),
                ("2026-03-01T06:59:00Z", true),
                ("2026-03-01T07:00:00Z", false),
                ("2026-03-02T05:00:00Z", false),
            ],
        );
        open(
            "Fri-Mon,wed 00:00-24:00 UTC",
            &[
                ("2026-03-06T00:00:00Z", true),
                ("2026-03-09T23:59:59Z", true),
                ("2026-03-10T00:00:00Z", false),
                ("2026-03-11T12:00:00Z", true),
                ("2026-03-12T00:00:00Z", false),
            ],
        );
        open(
            "02:00-04:00 UTC",
            &[("2026-03-03T02:00:00Z", true), ("2026-03-03T04:00:00Z", false)],
        );
    }

    #[test]
    fn where_clocks_are_changed_it_is_as_long_as_they_make_it() {
        // At 02:00 it is 03:00, on 2026-03-29; at 03:00 it is 02:00 again, on 2026-10-25.
        let spring = [
            ("2026-03-29T00:59:59Z", false),
            ("2026-03-29T01:00:00Z", true),
            ("2026-03-29T01:59:59Z", true),
            ("2026-03-29T02:00:00Z", false),
        ];
        open("Sun 02:00-04:00 Europe/Berlin", &spring);
        open(
            "Sun 02:00-03:00 Europe/Berlin",
            &[("2026-03-29T00:59:59Z", false), ("2026-03-29T01:00:00Z", false)],
        );
        let autumn = [
            ("2026-10-24T23:59:59Z", false),
            ("2026-10-25T00:00:00Z", true),
            ("2026-10-25T02:59:59Z", true),
            ("2026-10-25T03:00:00Z", false),
        ];
        open("Sun 02:00-04:00 Europe/Berlin", &autumn);
    }

    #[test]
    fn what_is_outside_is_told_with_the_next_begin() {
        let windows = |texts: &[&str]| Windows(texts.iter().map(|text| text.parse().unwrap()).collect());
        let refusal = |windows: &Windows, moment: &str| windows.refusal(moment.parse().unwrap()).unwrap_or_default();
        let two = windows(&["Sun 02:00-04:00 Europe/Berlin", "Wed 22:00-23:00 UTC"]);
        let told = [
            refusal(&two, "2026-03-01T03:00:00Z"),
            refusal(&two, "2026-03-04T23:00:00Z"),
            refusal(&windows(&["Sun 02:00-03:00 Europe/Berlin"]), "2026-03-28T12:00:00Z"),
        ];
        insta::assert_snapshot!(told.join("\n"), @"
        Now is outside of `--window` `Sun 02:00-04:00 Europe/Berlin`, `Wed 22:00-23:00 UTC`. It opens at 2026-03-04T22:00:00+00:00[UTC]. Run again then.
        Now is outside of `--window` `Sun 02:00-04:00 Europe/Berlin`, `Wed 22:00-23:00 UTC`. It opens at 2026-03-08T02:00:00+01:00[Europe/Berlin]. Run again then.
        Now is outside of `--window` `Sun 02:00-03:00 Europe/Berlin`. It opens at 2026-04-05T02:00:00+02:00[Europe/Berlin]. Run again then.
        ");
        assert_eq!(refusal(&two, "2026-03-01T02:00:00Z"), "");
        assert_eq!(Windows::default().refusal(Timestamp::UNIX_EPOCH), None);
    }

    #[test]
    fn errors_point_at_the_place() {
        let wrong = [
            "",
            "Sun",
            "Sun 02:00-04:00",
            "Sun 02:00-04:00 Europe/Berlin now",
            "So 02:00-04:00 UTC",
            "Mon,Xyz 02:00-04:00 UTC",
            "Mon-Tue-Wed 02:00-04:00 UTC",
            "Sun 02:00 UTC",
            "Sun 2:00-04:00 UTC",
            "Sun 02:00-25:00 UTC",
            "25:00-26:00",
            "Son 02:00-04:00",
            "Sun 02:00-02:00 UTC",
            "Sun 02:00-04:60 UTC",
            "Sun  02:00-04:00 Berlin",
            "Sun 02:00-04:00 \u{1b}[31m",
        ];
        let told = wrong.map(|text| {
            let error = text.parse::<Window>().unwrap_err();
            assert!(error.contains(FORM), "{error}");
            error.replace(FORM, "FORM")
        });
        insta::assert_snapshot!(told.join("\n"), @r"
        at character 1: the window is empty; FORM
        the times are missing; FORM
        the time zone is missing at the end; FORM
        at character 31: `now` is one word too many; FORM
        at character 1: `So` is no day; the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun; FORM
        at character 5: `Xyz` is no day; the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun; FORM
        at character 1: `Mon-Tue-Wed` is no range of days; FORM
        at character 5: `02:00` is no range of times; FORM
        at character 5: `2:00` is no time from 00:00 to 23:59, or 24:00 as the end; FORM
        at character 11: `25:00` is no time from 00:00 to 23:59, or 24:00 as the end; FORM
        at character 1: `25:00` is no time from 00:00 to 23:59, or 24:00 as the end; FORM
        at character 1: `Son` is no day; the days are Mon, Tue, Wed, Thu, Fri, Sat and Sun; FORM
        at character 11: `02:00` ends the window when it begins; FORM
        at character 11: `04:60` is no time from 00:00 to 23:59, or 24:00 as the end; FORM
        at character 18: `Berlin` is no time zone of the IANA database; FORM
        at character 17: `\u{1b}[31m` is no time zone of the IANA database; FORM
        ");
    }
}
