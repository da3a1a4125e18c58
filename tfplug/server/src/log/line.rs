//! The form of one line, and its limits.
//!
//! The client reads at most 64 KiB in one piece; of a longer line it makes several, none of them
//! JSON. So long texts are cut, and a line that is still too long keeps only its head.

use std::io::Write;

use jiff::Timestamp;
use serde_json::{Map, Value};

/// Longest line written, line end included.
const LONGEST_LINE: usize = 60 * 1024;
/// Longest text in a field.
const LONGEST_TEXT: usize = 8 * 1024;
/// Longest message in a line of which only the head fits. Escaping makes six bytes of one.
const LONGEST_HEAD: usize = 4 * 1024;
/// Six digits and a letter: with any other precision the client does not recognise the line.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// The members that every line has.
pub(super) struct Head<'a> {
    pub(super) level: &'static str,
    pub(super) message: &'a str,
    pub(super) module: &'a str,
}

/// One line with its end.
pub(super) fn format(head: &Head<'_>, mut fields: Map<String, Value>) -> Vec<u8> {
    for value in fields.values_mut() {
        if let Value::String(text) = value {
            cut(text, LONGEST_TEXT);
        }
    }
    let whole = with_head(head, LONGEST_TEXT, fields);
    if whole.len() <= LONGEST_LINE {
        whole
    } else {
        with_head(head, LONGEST_HEAD, Map::new())
    }
}

fn with_head(head: &Head<'_>, longest: usize, mut fields: Map<String, Value>) -> Vec<u8> {
    let mut put = |name: &str, text: &str| {
        let mut text = text.to_owned();
        cut(&mut text, longest);
        fields.insert(name.to_owned(), Value::String(text));
    };
    put("@level", head.level);
    put("@message", head.message);
    put("@module", head.module);
    put("@timestamp", &Timestamp::now().strftime(TIME).to_string());
    let mut line = Value::Object(fields).to_string().into_bytes();
    line.push(b'\n');
    line
}

fn cut(text: &mut String, longest: usize) {
    if text.len() > longest {
        let boundary = (0..=longest).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(boundary.unwrap_or_default());
        text.push('…');
    }
}

/// Writes a line in one piece. A client that no longer reads is no reason to stop working.
pub(super) fn to_stderr(line: &[u8]) {
    let _ = std::io::stderr().write_all(line);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &str, fields: &[(&str, &str)]) -> Vec<u8> {
        let head = Head {
            level: "info",
            message,
            module: "toy",
        };
        format(
            &head,
            fields
                .iter()
                .map(|(name, text)| ((*name).to_owned(), Value::from(*text)))
                .collect(),
        )
    }

    #[test]
    fn the_time_has_six_digits() {
        let line: Value = serde_json::from_slice(&line("text", &[])).unwrap();
        let time = line["@timestamp"].as_str().unwrap();
        let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
    }

    #[test]
    fn the_time_is_that_of_the_calendar() {
        let time = Timestamp::from_microsecond(1_777_890_620_123_456).unwrap();
        assert_eq!(time.strftime(TIME).to_string(), "2026-05-04T10:30:20.123456Z");
        let time = Timestamp::from_microsecond(1_777_890_620_000_000).unwrap();
        assert_eq!(time.strftime(TIME).to_string(), "2026-05-04T10:30:20.000000Z");
    }

    #[test]
    fn long_texts_are_cut() {
        let check = |message: &str, fields: &[(&str, &str)]| {
            let line = line(message, fields);
            assert!(line.len() <= LONGEST_LINE, "{}", line.len());
            assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
            let line: Value = serde_json::from_slice(&line).unwrap();
            assert!(line["@message"].is_string());
            line
        };
        let long = "é".repeat(40_000);
        let control = "\u{1}".repeat(40_000);
        check(&long, &[]);
        check("a\nb", &[("a", &long)]);
        check(&control, &[]);
        check(&control, &[("a", &control), ("b", &control)]);
        let many: Vec<String> = (0..40).map(|index| format!("field{index}")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), long.as_str())).collect();
        let head_only = check("kept", &many);
        assert_eq!(head_only["@message"], "kept");
        assert_eq!(head_only.as_object().map(Map::len), Some(4));
    }
}
