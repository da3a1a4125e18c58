//! From text to a document of a known kind, and clear words for everything that is none.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    SourceError, Wanted, baseline,
    pieces::{self, Members},
    plan, state,
};
use crate::report::{Input, InputKind};

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What the report says of the input.
    pub input: Input,
    /// Lineage and serial of a state, by which a second reading shows an apply in between.
    pub lineage: Option<String>,
    /// What it wants.
    pub wanted: Vec<Wanted>,
}

/// Reads a document. `name` is the input's, for messages and addresses; a document without a daemon is an error
/// unless `allow_empty`.
pub fn read(name: &str, bytes: &[u8], allow_empty: bool) -> Result<Document, SourceError> {
    let text = text(bytes)?;
    let mut document = if is_toml(text) {
        require_toml(text)?;
        baseline::document(name, baseline::parse_toml(text)?)?
    } else {
        from_json(name, json(text)?)?
    };
    document.wanted.sort_by_cached_key(|wanted| wanted.arn.to_string());
    document.input.daemons = u64::try_from(document.wanted.len()).unwrap_or(u64::MAX);
    if document.wanted.is_empty() && !allow_empty {
        return Err(SourceError::new(
            "No daemon in the input",
            "The document holds no `ecs_daemon`, no `aws_ecs_daemon` and no baseline of a daemon, so nothing would be \
             checked. Give the document that holds the daemons, or allow it with `--allow-empty`.",
        ));
    }
    Ok(document)
}

fn text(bytes: &[u8]) -> Result<&str, SourceError> {
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
    let text = text.trim();
    if text.is_empty() {
        return Err(SourceError::new(
            "Empty input",
            "The input is empty. The command that should have written it may have failed; run it by itself.",
        ));
    }
    if text.starts_with('<') {
        return Err(SourceError::new(
            "HTML or XML instead of JSON",
            "The input is a page, probably of a login or of an error, and not a state. Check address and credentials of \
             the state's backend.",
        ));
    }
    Ok(text)
}

/// A JSON document begins with a bracket; everything else that may come is TOML.
fn is_toml(text: &str) -> bool {
    !text.starts_with(['{', '[']) || text.starts_with("[[")
}

/// What is neither JSON nor TOML is mostly JSON with something before it. It must not be read as a baseline, whose
/// errors would be about another form.
fn require_toml(text: &str) -> Result<(), SourceError> {
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with('#'));
    let is_key = |key: &str| {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.\"' ".contains(character);
        !key.trim().is_empty() && key.chars().all(is_plain)
    };
    let is_toml = first.is_none_or(|line| match line.split_once('=') {
        Some((key, _)) => is_key(key),
        None => line.starts_with("[[") && line.ends_with("]]"),
    });
    if is_toml {
        return Ok(());
    }
    let before = text.find('{').map(|offset| baseline::place(text, offset));
    let detail = match before {
        Some((line, column)) => format!(
            "The input does not begin with a document: text stands before the first `{{`, which is at line {line}, column \
             {column}. A wrapper may have written to standard output; give the document alone."
        ),
        None => "The input is neither JSON nor a baseline in TOML. Give the output of `terraform show -json`, of \
                 `terraform state pull`, or of `ecs-drift baseline`."
            .to_owned(),
    };
    Err(SourceError::new("Unknown document", detail))
}

/// The one document that the text holds, checked for its structure.
fn json(text: &str) -> Result<&RawValue, SourceError> {
    let mut documents = serde_json::Deserializer::from_str(text);
    let document = <&RawValue>::deserialize(&mut documents).map_err(|error| {
        if error.is_eof() {
            return SourceError::new(
                "Truncated JSON",
                format!(
                    "The input ends in the middle of a value, {}. Get it again, whole.",
                    at(&error)
                ),
            );
        }
        SourceError::new("Invalid JSON", format!("The input is not JSON {}.", at(&error)))
    })?;
    if documents.end().is_err() {
        return Err(SourceError::new(
            "Several JSON documents",
            "The input holds more than one JSON document, as `terraform plan -json` writes. Give the output of \
             `terraform show -json PLANFILE`.",
        ));
    }
    if pieces::is_object(document) {
        Ok(document)
    } else {
        Err(foreign("its outermost value is no object"))
    }
}

fn from_json(name: &str, document: &RawValue) -> Result<Document, SourceError> {
    let members = Members::of(document)?;
    if members.has("encrypted_data") {
        return Err(SourceError::new(
            "Encrypted state",
            "The state is encrypted by OpenTofu. Give the output of `tofu show -json`, which decrypts it.",
        ));
    }
    if members.has("version") && members.has("resources") {
        return state::raw(name, &members);
    }
    if members.has("resource_changes") || members.has("planned_values") {
        require_format(&members, plan::MAJOR)?;
        return plan::document(name, &members);
    }
    if members.has("format_version") {
        require_format(&members, state::MAJOR)?;
        return state::shown(name, &members);
    }
    if members.has("schema_version") && members.has("daemon") {
        return baseline::document(name, baseline::parse_json(document.get())?);
    }
    Err(foreign("none of its members tells a form that is known"))
}

/// The place of an error. Its text may quote the input.
pub(super) fn at(error: &serde_json::Error) -> String {
    format!("at line {}, column {}", error.line(), error.column())
}

fn foreign(why: &str) -> SourceError {
    SourceError::new(
        "Unknown document",
        format!(
            "The input is neither a state, nor a plan, nor a baseline: {why}. Give the output of `terraform show -json` \
             or `terraform state pull`, of `terraform show -json PLANFILE`, or of `ecs-drift baseline`."
        ),
    )
}

/// Members may be added to a form, so only its major version counts.
fn require_format(members: &Members<'_>, known: &str) -> Result<(), SourceError> {
    let version = members.text("format_version")?;
    if version.split('.').next() == Some(known) {
        return Ok(());
    }
    Err(SourceError::new(
        "Unknown format version",
        format!(
            "The input has a `format_version` other than {known}.x, the only one that this version of ecs-drift knows. Use a newer \
             ecs-drift."
        ),
    ))
}

/// What the report says of a Terraform document.
pub(super) fn input(name: &str, kind: InputKind, members: &Members<'_>) -> Result<Input, SourceError> {
    let version = members.value("terraform_version")?;
    Ok(Input {
        name: name.to_owned(),
        kind,
        daemons: 0,
        serial: members.number("serial"),
        terraform_version: version.as_str().map(str::to_owned),
        owner: None,
    })
}
