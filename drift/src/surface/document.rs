//! Documents of programs, JSON and TOML. Their strings hold text of others as it is; what steers a terminal or a log is
//! written by escapes of the form, so that every reader gets the same string.

use std::{borrow::Cow, fmt::Write, io};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter, Serializer};
use toml_edit::{DocumentMut, Item, Key, Table, TableLike, Value};

use super::{Finished, Stream, steering};

/// A JSON document for people as well: indented.
pub(crate) fn json(document: &impl Serialize) -> Finished {
    json_stream(document).finish()
}

/// The same, written while it is made.
pub(crate) fn json_stream(document: &impl Serialize) -> Stream<'_> {
    Stream::new(move |place| {
        let escaping = Escaping(PrettyFormatter::new());
        document.serialize(&mut Serializer::with_formatter(&mut *place, escaping))?;
        place.write_all(b"\n")
    })
}

/// A JSON document on a line.
pub(crate) fn json_line(document: &impl Serialize) -> Finished {
    json_lines(|| std::iter::once(document)).finish()
}

/// JSON documents, one a line, written while they are made.
pub(crate) fn json_lines<'a, T: Serialize, I: Iterator<Item = T>>(documents: impl Fn() -> I + 'a) -> Stream<'a> {
    Stream::new(move |place| {
        for document in documents() {
            let escaping = Escaping(CompactFormatter);
            document.serialize(&mut Serializer::with_formatter(&mut *place, escaping))?;
            place.write_all(b"\n")?;
        }
        Ok(())
    })
}

/// The form of a JSON document with escapes in its strings. JSON must escape control characters below U+0020 only, and its
/// own line breaks stand between values. All other characters that steer occur in strings alone, and so does `##`.
struct Escaping<F>(F);

/// Leaves to the form that is escaped how its signs are set.
macro_rules! as_inside {
    ($($name:ident($($argument:ident: $type:ty),*);)+) => {
        $(fn $name<W: ?Sized + io::Write>(&mut self, place: &mut W $(, $argument: $type)*) -> io::Result<()> {
            self.0.$name(place $(, $argument)*)
        })+
    };
}

impl<F: Formatter> Formatter for Escaping<F> {
    as_inside! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }

    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, place: &mut W, fragment: &str) -> io::Result<()> {
        place.write_all(escaped(fragment).as_bytes())
    }
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains("##") && !text.contains(steering::steers) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len());
    for character in steering::unhashed(text, "\\u0023").chars() {
        if steering::steers(character) {
            let _infallible = write!(escaped, "\\u{:04x}", u32::from(character));
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
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
