//! Each message that users of the provider can read has its place in the guide "Troubleshooting by message": a title that
//! is searched for and not found there is found here first, and an entry whose message is gone, too.

mod functions;
mod summaries;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use self::functions::Code;
use self::summaries::Summaries;
use crate::process::Outcome;

/// The guide.
const PAGE: &str = "docs/guides/troubleshooting.md";

/// Folders of the crates whose diagnostics reach users of the provider.
const FOLDERS: [&str; 4] = ["provider/src", "aws/src", "tfplug/core/src", "tfplug/server/src"];

/// Compares the guide with the code.
pub(super) fn check(root: &Path) -> Outcome {
    let page = fs::read_to_string(root.join(PAGE)).map_err(|error| format!("{PAGE}: {error}"))?;
    let summaries = summaries::of(&Code::read(root, &FOLDERS)?);
    let wrong = complaints(&summaries, &page);
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

fn complaints(summaries: &Summaries, page: &str) -> Vec<String> {
    let entries = entries(page);
    let mut wrong: Vec<String> = summaries
        .unclear
        .iter()
        .map(|place| {
            format!(
                "{place}: which summary this is does not follow from the code; write it as a literal or a `format!`"
            )
        })
        .collect();
    let missing = summaries
        .texts
        .iter()
        .filter(|(text, _)| !entries.contains_key(text.as_str()));
    wrong.extend(missing.map(|(text, place)| {
        format!("{PAGE}: no entry for \"{text}\" of {place}; add a heading of the third level or the row of a table")
    }));
    for (entry, lines) in entries {
        if let [first, second, ..] = lines[..] {
            wrong.push(format!(
                "{PAGE}:{second}: \"{entry}\" has an entry in line {first} already"
            ));
        }
        if !summaries.texts.contains_key(entry) {
            wrong.push(format!("{PAGE}:{}: no message is \"{entry}\" any more", lines[0]));
        }
    }
    wrong
}

/// Titles of messages with the lines of their entries: headings of the third level, and the first cells of tables whose
/// head begins with "message".
fn entries(page: &str) -> BTreeMap<&str, Vec<usize>> {
    let mut entries: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut is_table = false;
    for (index, line) in page.lines().enumerate() {
        let cell = line.strip_prefix("| ").and_then(|row| row.split(" |").next());
        if !line.starts_with('|') || cell == Some("message") {
            is_table = cell == Some("message");
        }
        let is_title = |cell: &&str| is_table && *cell != "message";
        if let Some(entry) = line.strip_prefix("### ").or(cell.filter(is_title)) {
            entries.entry(entry.trim()).or_default().push(index + 1);
        }
    }
    entries
}
