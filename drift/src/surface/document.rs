//! Documents of programs, JSON and TOML. Their strings hold text of others as it is; what steers a terminal or a log is
//! written by escapes of the form, so that every reader gets the same string.

use std::fmt::Write;

use serde::Serialize;
use toml_edit::{DocumentMut, Item, Key, Table, TableLike, Value};

use super::{Finished, steering};

/// A JSON document for people as well: indented.
pub(crate) fn json(document: &impl Serialize) -> Finished {
    // Only a map with keys that are no text cannot be written, and no document of ours has one.
    let text = serde_json::to_string_pretty(document).unwrap_or_default();
    Finished(escaped(&text) + "\n")
}

/// JSON documents, one a line.
pub(crate) fn json_lines<T: Serialize>(documents: impl Iterator<Item = T>) -> Finished {
    let lines = documents.map(|document| {
        let text = serde_json::to_string(&document).unwrap_or_default();
        escaped(&text) + "\n"
    });
    Finished(lines.collect())
}

/// JSON must escape control characters below U+0020 only, and its own line breaks stand between values. All other
/// characters that steer occur in strings alone, and so does `##`.
fn escaped(text: &str) -> String {
    let steers = |character: char| steering::steers(character) && character != '\n';
    let text = steering::unhashed(text, "\\u0023");
    if !text.contains(steers) {
        return text;
    }
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if steers(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    escaped
}

/// A TOML document. A string with a line break would be written over several lines, and a line of it may begin with a
/// command of a log; so it is written on one.
pub(crate) fn toml(document: &impl Serialize) -> Result<Finished, String> {
    let text = toml::to_string_pretty(document).map_err(|error| error.to_string())?;
    let steers = |character: char| steering::steers(character) && character != '\n';
    let over_lines = ["##", "\"\"\"", "'''"];
    if !text.contains(steers) && !over_lines.iter().any(|sign| text.contains(sign)) {
        return Ok(Finished(text));
    }
    let document: Result<DocumentMut, _> = text.parse();
    let mut document = document.map_err(|error| error.to_string())?;
    rewrite_table(document.as_table_mut());
    Ok(Finished(document.to_string()))
}

fn rewrite_table(table: &mut Table) {
    let keys: Vec<Key> = table.iter().filter_map(|(key, _)| table.key(key).cloned()).collect();
    // All of them, so that their order stays.
    for key in keys {
        let Some((written, mut item)) = table.remove_entry(key.get()) else {
            continue;
        };
        rewrite(&mut item);
        let other: Option<Key> = quoted(written.get()).and_then(|text| text.parse().ok());
        table.insert_formatted(other.as_ref().unwrap_or(&written), item);
    }
}

fn rewrite(item: &mut Item) {
    match item {
        Item::Value(value) => rewrite_value(value),
        Item::Table(table) => rewrite_table(table),
        Item::ArrayOfTables(tables) => tables.iter_mut().for_each(rewrite_table),
        Item::None => {}
    }
}

fn rewrite_value(value: &mut Value) {
    match value {
        Value::String(text) => {
            let other: Option<Value> = quoted(text.value()).and_then(|text| text.parse().ok());
            if let Some(mut other) = other {
                *other.decor_mut() = text.decor().clone();
                *value = other;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(rewrite_value),
        Value::InlineTable(table) => TableLike::iter_mut(table).for_each(|(_, item)| rewrite(item)),
        _ => {}
    }
}

/// A string of TOML in double quotes, if there is a reason to write it so.
fn quoted(text: &str) -> Option<String> {
    if !text.contains("##") && !text.contains(steering::steers) {
        return None;
    }
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '#' => quoted.push_str("\\u0023"),
            steering if steering::steers(steering) => {
                let _infallible = write!(quoted, "\\u{:04x}", u32::from(steering));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    Some(quoted)
}

/// A text that was generated from our own sources and holds nothing from outside: scripts, manuals, schemas.
pub(crate) fn generated(text: impl Into<String>) -> Finished {
    Finished(text.into())
}
