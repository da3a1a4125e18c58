//! From bytes to a text of a known form, and clear words for bytes that are none: archives, pages, other encodings, and
//! documents that something else stands before.
//!
//! The form is decided by how a text begins, and never by trying one parser after the other: the error of the wrong one
//! would lead nowhere.

use toml_edit::DocumentMut;

use super::{SourceError, foreign};

/// A text by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Text<'a> {
    /// Begins as JSON does.
    Json(&'a str),
    /// Begins as TOML does.
    Toml(&'a str),
}

/// The text of an input.
pub(super) fn of(bytes: &[u8]) -> Result<Text<'_>, SourceError> {
    let text = decoded(bytes)?;
    let begin = text.trim_start();
    if begin.is_empty() {
        return Err(SourceError::new(
            "Empty input",
            "The input is empty. The command that should have written it may have failed; run it by itself.",
        ));
    }
    if begin.starts_with('<') {
        return Err(SourceError::new(
            "HTML or XML instead of JSON",
            "The input is a page, probably of a login or of an error, and not a state. Check address and credentials of \
             the state's backend.",
        ));
    }
    let is_json = begin.trim_start_matches(['[', ' ', '\n', '\r', '\t']).starts_with('{');
    if is_json {
        return Ok(Text::Json(text));
    }
    if let Some(error) = foreign::yaml(text) {
        return Err(error);
    }
    if begins_as_toml(text) {
        // A line of a log may look like a key with its value, or like a table.
        return match document_begin(text).filter(|_| text.parse::<DocumentMut>().is_err()) {
            Some(begin) => Err(text_before(text, begin)),
            None => Ok(Text::Toml(text)),
        };
    }
    match text.find('{') {
        Some(begin) => Err(text_before(text, begin)),
        None if begin.starts_with('[') => Ok(Text::Json(text)),
        None => Err(SourceError::new(
            "Unknown document",
            "The input is neither JSON nor a baseline in TOML: its first line begins neither. The command that should \
             have written it may have failed; run it by itself.",
        )),
    }
}

/// The bytes as text, without what some programs put around it.
fn decoded(bytes: &[u8]) -> Result<&str, SourceError> {
    const GZIP: &[u8] = b"\x1f\x8b";
    const ZIP: &[u8] = b"PK\x03\x04";
    if bytes.starts_with(ZIP) {
        return Err(SourceError::new(
            "Saved plan instead of JSON",
            "The input is a plan file in its binary form. Give the output of `terraform show -json PLANFILE`.",
        ));
    }
    if bytes.starts_with(GZIP) {
        return Err(SourceError::new(
            "Compressed input",
            "The input is compressed with gzip. Decompress it first, for example with `gzip -dc`.",
        ));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(SourceError::new(
            "Input is not UTF-8",
            "The input is UTF-16, as Windows PowerShell writes with `>`. Write it as UTF-8, for example with \
             `| Out-File -Encoding utf8`.",
        ));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let detail = format!("The input is not text: byte {} is not UTF-8.", error.valid_up_to() + 1);
        SourceError::new("Input is not UTF-8", detail)
    })?;
    Ok(text)
}

/// The beginning of an object of JSON, on the first line or at the beginning of another: no line of a baseline does.
fn document_begin(text: &str) -> Option<usize> {
    let mut begins = text.match_indices('{').map(|(at, _)| at);
    begins.find(|at| {
        let (before, rest) = text.split_at(*at);
        let line = before.trim_start().rsplit('\n').next().unwrap_or_default();
        let is_at_begin = line.trim().is_empty() || !before.trim_start().contains('\n');
        is_at_begin && rest.trim_start_matches('{').trim_start().starts_with('"')
    })
}

fn text_before(text: &str, begin: usize) -> SourceError {
    let before = text.get(..begin).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    SourceError::new(
        "Text before the JSON document",
        format!(
            "The input begins with text before the JSON document, line {line}. Whatever wrote the input, such as a wrapper \
             that logs to standard output, wrote more than the document. Give what `terraform show -json` writes, and \
             nothing else; Terragrunt keeps its log out of it with `--log-disable`."
        ),
    )
}

/// True if the first line that is no comment is a table or a key with its value, as in every text in TOML.
fn begins_as_toml(text: &str) -> bool {
    let lines = text.lines().map(str::trim);
    let first = lines
        .into_iter()
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let Some(first) = first else {
        // Comments alone are a document in TOML that holds nothing.
        return true;
    };
    if let Some(table) = first.strip_prefix('[') {
        let end = table.rfind(']').map(|end| table.split_at(end));
        return end.is_some_and(|(name, rest)| {
            let name = name.trim_start_matches('[').trim_end_matches(']');
            let rest = rest.trim_start_matches(']').trim_start();
            is_key(name) && (rest.is_empty() || rest.starts_with('#'))
        });
    }
    first.split_once('=').is_some_and(|(key, _)| is_key(key))
}

/// A bare key or several with dots between.
fn is_key(text: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    let is_bare = |key: &str| !key.trim().is_empty() && key.trim().chars().all(is_part);
    text.split('.').all(is_bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_is_told_by_how_a_text_begins() {
        let json = |text: &str| assert_eq!(of(text.as_bytes()), Ok(Text::Json(text)));
        json("{nonsense}");
        json("[1, 2]");
        json("\n [[{\"a\": 2");
        let toml = |text: &str| assert_eq!(of(text.as_bytes()), Ok(Text::Toml(text)));
        toml("a = 1");
        toml("# Only said.");
        toml("# Said first.\n\n[a.b] # and here\n");
        toml("[[daemon]]\narn = {");
        toml("a-b.c = \"{\"");
        toml("alarms = { \"names\" = [] }");
    }

    #[test]
    fn text_before_a_document_is_said_with_the_line_where_the_document_begins() {
        let check = |text: &str, line: usize| {
            let error = of(text.as_bytes()).unwrap_err();
            assert_eq!(error.summary, "Text before the JSON document", "{text}");
            assert!(
                error.detail.contains(&format!("line {line}.")),
                "{text}: {}",
                error.detail
            );
            assert!(!error.detail.contains("canary"), "{}", error.detail);
        };
        check("canary {\"version\": 4}", 1);
        check("canary\n\n  {\"version\": 4}", 3);
        check("[INFO] canary\n{\"version\": 4}", 2);
        check("[INFO]\n{\"password\": \"canary\"}", 2);
        check("password=canary {\"version\": 4}", 1);
        check("level=info msg=canary\n{\"version\": 4}", 2);
        check("canary {}", 1);
    }
}
