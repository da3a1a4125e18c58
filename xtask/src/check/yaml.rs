//! YAML files as JSON values, and the form in which checks complain about them.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::process::Outcome;

/// Reads a file; JSON is YAML, too.
pub(super) fn read(path: &Path) -> Outcome<Value> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(parse(&text).map_err(|error| format!("{}: {error}", path.display()))?)
}

/// Reads a text.
pub(super) fn parse(text: &str) -> Outcome<Value> {
    Ok(serde_norway::from_str(text)?)
}

/// Nothing, or all complaints about a file.
pub(super) fn verdict(name: &str, complaints: Vec<String>) -> Outcome {
    if complaints.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = complaints
        .into_iter()
        .map(|complaint| format!("{name}: not so: {complaint}"))
        .collect();
    Err(lines.join("\n").into())
}
