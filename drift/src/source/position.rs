//! Places in a text where something is wrong, and the form that was expected there. Parsers quote in their errors what they
//! found, which may be a password; so their texts are taken apart here, and only what our own types expect is let through.

use std::fmt::Write;

use serde_json::error::Category;

/// The likeness that a misspelt word and a known one must have, from 0 to 1, for the known one to be suggested.
const ALIKE: f64 = 0.8;
/// Longest text that is taken for a version.
const LONGEST_VERSION: usize = 16;

/// `line 3, column 7` of an offset. Columns count characters.
pub(crate) fn place(text: &str, offset: usize) -> String {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = text.get(..end).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}

/// The place of an error in JSON.
pub(crate) fn json_place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

/// The error of a JSON document, and its place.
pub(crate) fn json(error: &serde_json::Error) -> String {
    let place = json_place(error);
    match error.classify() {
        Category::Eof => format!("it ends in the middle of a value, at {place}"),
        Category::Data => format!("what stands at {place} is not of its form"),
        Category::Syntax | Category::Io => format!("it is not JSON at {place}"),
    }
}

/// The error of a text in TOML. `own` are messages of our own, which hold nothing of the text.
pub(crate) fn toml(text: &str, error: &toml::de::Error, own: &[&str]) -> String {
    let place = place(text, error.span().map_or(0, |span| span.start));
    format!("at {place}, {}", expected(error.message(), own))
}

/// The form that an error of `serde` expected. Such errors have fixed forms: what was found stands first, then what was
/// expected, which is a text of our types. An error of another form is not repeated.
fn expected(message: &str, own: &[&str]) -> String {
    const UNKNOWN: &str = "the text is not of the form that is expected";
    let message = message.trim_end_matches('.');
    if own.contains(&message) {
        return message.to_owned();
    }
    let kinds = ["invalid type: ", "invalid value: ", "invalid length "];
    if kinds.iter().any(|kind| message.starts_with(kind)) {
        let expected = message.rsplit_once(", expected ");
        return expected.map_or(UNKNOWN.to_owned(), |(_, expected)| {
            format!("{} is expected", in_words(expected))
        });
    }
    for (kind, what) in [("unknown field `", "key"), ("unknown variant `", "value")] {
        if let Some((found, known)) = message
            .strip_prefix(kind)
            .and_then(|rest| rest.rsplit_once("`, expected "))
        {
            return unknown(what, found, known);
        }
    }
    for (kind, what) in [("missing field `", "is missing"), ("duplicate field `", "stands twice")] {
        if let Some(key) = message.strip_prefix(kind).and_then(|rest| rest.strip_suffix('`')) {
            return format!("the key `{key}` {what}");
        }
    }
    if message == "duplicate key" {
        return "the key or table stands twice".to_owned();
    }
    let syntax = message
        .rsplit_once(", expected ")
        .and_then(|(_, expected)| syntax(expected));
    syntax.map_or(UNKNOWN.to_owned(), |expected| format!("{expected} is expected"))
}

/// What the grammar of TOML expects: only its own words are repeated.
fn syntax(expected: &str) -> Option<String> {
    const KNOWN: [(&str, &str); 14] = [
        ("`=`", "`=`"),
        ("`]`", "`]`"),
        ("`]]`", "`]]`"),
        ("`}`", "`}`"),
        ("`,`", "`,`"),
        ("`.`", "`.`"),
        ("`\"`", "`\"`"),
        ("`'`", "`'`"),
        ("newline", "the end of the line"),
        ("key", "a key"),
        ("value", "a value"),
        ("literal string", "a text in quotes"),
        ("basic string", "a text in quotes"),
        ("nothing", "nothing more"),
    ];
    let known = |word: &str| KNOWN.iter().find(|(name, _)| *name == word).map(|(_, told)| *told);
    let words: Option<Vec<&str>> = expected.split(", ").map(known).collect();
    words.map(|words| words.join(" or "))
}

/// A word that is none of those that are known. It is not named: it may be anything that slipped into its place.
fn unknown(what: &str, found: &str, known: &str) -> String {
    let mut said = format!("the {what} is unknown; expected {known}");
    let words = known.split('`').skip(1).step_by(2);
    let alike = words.map(|word| (strsim::jaro_winkler(found, word), word));
    let best = alike.max_by(|(one, _), (other, _)| one.total_cmp(other));
    if let Some((likeness, word)) = best
        && likeness > ALIKE
    {
        let _infallible = write!(said, ". Did you mean `{word}`?");
    }
    said
}

/// The name that people give to an expected type of `serde`.
fn in_words(expected: &str) -> &str {
    match expected {
        "a map" | "map" => "a table",
        other if other.starts_with("struct ") => "a table",
        "a sequence" => "a list",
        "a boolean" | "bool" => "true or false",
        "f32" | "f64" => "a number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number that is not negative",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        other => other,
    }
}

/// A sentence about a version that is not read. `known` are those that are.
pub(crate) fn version(member: &str, found: &str, known: &str) -> String {
    let is_part = |character: char| character.is_ascii_digit() || character == '.';
    let is_version = !found.is_empty() && found.len() <= LONGEST_VERSION && found.chars().all(is_part);
    if is_version {
        format!("The {member} is `{found}`, and this version of ecs-drift reads {known} only.")
    } else {
        format!("The {member} is no version, and this version of ecs-drift reads {known} only.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters() {
        assert_eq!(place("aü\nöx", "aü\nö".len()), "line 2, column 2");
        assert_eq!(place("aü", 2), "line 1, column 2", "in the middle of a character");
        assert_eq!(place("", 7), "line 1, column 1");
    }

    #[test]
    fn only_what_our_types_expect_is_let_through() {
        let check = |message: &str, expected_text: &str| assert_eq!(expected(message, &["ours"]), expected_text);
        let unknown = "the text is not of the form that is expected";
        check(
            "invalid type: string \"canary, expected canary\", expected f64",
            "a number is expected",
        );
        check("invalid type: string \"canary\"", unknown);
        check(
            "unknown field `canary canary`, expected `a` or `b`",
            "the key is unknown; expected `a` or `b`",
        );
        check(
            "unknown field `c`, expected `a` or `b`",
            "the key is unknown; expected `a` or `b`",
        );
        check(
            "unknown variant `errors`, expected `error`",
            "the value is unknown; expected `error`. Did you mean `error`?",
        );
        check("missing field `reason`", "the key `reason` is missing");
        check("failed to parse \"canary\", expected 0-9", unknown);
        check("duplicate key", "the key or table stands twice");
        check("key with no value, expected `=`", "`=` is expected");
        check(
            "string values must be quoted, expected literal string",
            "a text in quotes is expected",
        );
        check("canary, expected canary", unknown);
        check("ours", "ours");
        check("canary", unknown);
    }

    #[test]
    fn a_version_is_digits_and_dots() {
        let check = |found: &str, is: &str| {
            let said = format!("The x is {is}, and this version of ecs-drift reads 1.x only.");
            assert_eq!(version("x", found, "1.x"), said);
        };
        check("2.0", "`2.0`");
        for other in ["", "canary", "1.0\n", "1.1.1.1.1.1.1.1.1.1"] {
            check(other, "no version");
        }
    }
}
