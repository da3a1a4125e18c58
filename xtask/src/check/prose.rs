//! Rules of prose that a machine can hold: sentences that end before a reader has forgotten their beginning, words in
//! their usual order, no filler, no word twice. `docs/dev/messages.md` has the rules, and those that only people can hold.
//!
//! Code blocks, tables and headings are left out; code between backticks counts as one word.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Outcome;

/// Most words of a sentence. A semicolon ends one.
const LONGEST: usize = 45;

/// Pages outside of `docs`.
const PAGES: [&str; 4] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"];

/// Folders of pages.
const FOLDERS: [&str; 4] = ["docs", "docs/dev", "docs/drift", "docs/guides"];

/// What says nothing, with what to do about it.
const FILLERS: [(&str, &str); 22] = [
    ("actually", "leave it out"),
    ("basically", "leave it out"),
    ("e.g.", "write `for example`"),
    ("etc.", "name the rest, or write `such as` before"),
    ("easily", "leave it out"),
    ("i.e.", "write `that is`"),
    ("in order to", "write `to`"),
    ("leverage", "write `use`"),
    ("of course", "leave it out"),
    ("obviously", "leave it out"),
    ("please", "say what to do"),
    ("powerful", "say what it does"),
    ("robust", "say what it withstands"),
    ("seamless", "say what it does"),
    ("seamlessly", "say what it does"),
    ("simply", "leave it out"),
    ("sorry", "leave it out"),
    ("utilize", "write `use`"),
    ("can't", "write `cannot`"),
    ("doesn't", "write `does not`"),
    ("don't", "write `do not`"),
    ("won't", "write `will not`"),
];

/// Words that turn a sentence round where a verb follows.
const OPENERS: [&str; 9] = [
    "hardly",
    "never",
    "nor",
    "not until",
    "nowhere",
    "only then",
    "rarely",
    "so",
    "thus",
];

const VERBS: [&str; 15] = [
    "are", "can", "did", "do", "does", "goes", "had", "has", "have", "is", "must", "should", "was", "were", "will",
];

/// Checks all pages that are written by hand.
pub(super) fn check(root: &Path) -> Outcome {
    prove()?;
    let mut wrong = Vec::new();
    for page in pages(root)? {
        let text = fs::read_to_string(&page).map_err(|error| format!("{}: {error}", page.display()))?;
        let name = page.strip_prefix(root).unwrap_or(&page).display();
        wrong.extend(complaints(&text).iter().map(|complaint| format!("{name}:{complaint}")));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// A check that finds no planted fault finds none of ours either.
fn prove() -> Outcome {
    let planted = "Never is this simply done in order to to please.\n";
    if complaints(planted).len() == 5 {
        return Ok(());
    }
    Err("the check of prose does not find its planted faults".into())
}

fn pages(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut pages: Vec<PathBuf> = PAGES.iter().map(|page| root.join(page)).collect();
    for folder in FOLDERS {
        for entry in fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    Ok(pages)
}

/// Complaints about a page, each with its line.
fn complaints(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, sentence) in sentences(text) {
        let words: Vec<&str> = sentence.split_whitespace().collect();
        let mut tell = |what: String| wrong.push(format!("{line}: {what}: {}", words.join(" ")));
        if words.len() > LONGEST {
            tell(format!("a sentence of {} words; make two of it", words.len()));
        }
        let plain = plain(&words);
        for (filler, instead) in FILLERS {
            if plain.contains(&format!(" {filler} ")) {
                tell(format!("`{filler}`; {instead}"));
            }
        }
        let is_opened = |opener: &&&str| {
            VERBS
                .iter()
                .any(|verb| plain.starts_with(&format!(" {opener} {verb} ")))
        };
        if let Some(opener) = OPENERS.iter().find(is_opened) {
            tell(format!("`{opener}` turns the words round; begin with the subject"));
        }
        let mut pairs = words.iter().zip(words.iter().skip(1));
        let is_twice = |(one, other): &(&&str, &&str)| one == other && one.chars().all(char::is_alphabetic);
        if let Some((twice, _)) = pairs.find(is_twice) {
            tell(format!("`{twice}` twice"));
        }
    }
    wrong
}

/// The words in small letters, without the marks around them, so that a phrase is found between blanks. A dot stays where
/// it belongs to the word.
fn plain(words: &[&str]) -> String {
    let marks: &[char] = &[',', ';', ':', '!', '?', '(', ')', '"', '*', '_', '[', ']'];
    let mut plain = String::from(" ");
    for word in words {
        let word = word.trim_matches(marks).to_lowercase();
        let is_abbreviation = word[..word.len().saturating_sub(1)].contains('.') || word == "etc.";
        plain += if is_abbreviation {
            &word
        } else {
            word.trim_end_matches('.')
        };
        plain.push(' ');
    }
    plain
}

/// The sentences of paragraphs and list items, each with the line in which its paragraph begins.
fn sentences(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut paragraph = (0, String::new());
    let mut is_code = false;
    let mut is_front = text.starts_with("---\n");
    for (index, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let is_fence = trimmed.starts_with("```");
        let is_apart =
            is_fence || is_code || is_front || trimmed.is_empty() || trimmed.starts_with(['|', '#', '<', '>']);
        is_code ^= is_fence;
        is_front &= index == 0 || line != "---";
        let item = item(trimmed);
        if is_apart || item.is_some() {
            split(&mut found, std::mem::take(&mut paragraph));
        }
        if !is_apart {
            if paragraph.1.is_empty() {
                paragraph.0 = index + 1;
            }
            paragraph.1 += item.unwrap_or(trimmed);
            paragraph.1.push(' ');
        }
    }
    split(&mut found, paragraph);
    found
}

/// The text of a list item.
fn item(line: &str) -> Option<&str> {
    let numbered = line.trim_start_matches(|character: char| character.is_ascii_digit());
    let numbered = (numbered.len() < line.len())
        .then(|| numbered.strip_prefix(". "))
        .flatten();
    line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")).or(numbered)
}

fn split(found: &mut Vec<(usize, String)>, (line, paragraph): (usize, String)) {
    let text = without_code_and_targets(&paragraph);
    let mut sentence = String::new();
    let mut words = text.split_whitespace().peekable();
    while let Some(word) = words.next() {
        sentence += word;
        sentence.push(' ');
        let next = words
            .peek()
            .and_then(|next| next.trim_start_matches(['[', '*', '(', '"']).chars().next());
        let ends = word.trim_end_matches([')', '*', '"']).ends_with(['.', '?', '!', ':']);
        let is_end = word.ends_with(';') || ends && next.is_none_or(|next| next.is_uppercase() || next == '`');
        if is_end {
            found.push((line, std::mem::take(&mut sentence)));
        }
    }
    if !sentence.is_empty() {
        found.push((line, sentence));
    }
}

/// Code between backticks becomes one word, and a link its text.
fn without_code_and_targets(paragraph: &str) -> String {
    let mut text = String::new();
    for (index, part) in paragraph.split('`').enumerate() {
        text += if index % 2 == 0 { part } else { "`code`" };
    }
    let mut parts = text.split("](");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain.push(']');
        plain += part.split_once(')').map_or(part, |(_, rest)| rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expected: &[&str]) {
        let found = complaints(text);
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn faults_are_found_at_their_lines() {
        prove().unwrap();
        check_text("One.\n\nTwo is simply\nnot so.\n", &["3: `simply`"]);
        check_text("- One.\n- Only then is it sent.\n", &["2: `only then` turns"]);
        check_text("It ends. So does the\nscan.\n", &["1: `so` turns"]);
        check_text("It is the the one.", &["`the` twice"]);
        check_text("Formats, e.g. text, don't end.", &["`e.g.`", "`don't`"]);
        check_text("1. Utilize it.", &["`utilize`"]);
    }

    #[test]
    fn long_sentences_are_counted_as_read() {
        let words = |count: usize| {
            "one other "
                .repeat(count)
                .split(' ')
                .take(count)
                .collect::<Vec<_>>()
                .join(" ")
                + " "
        };
        check_text(&words(45), &[]);
        check_text(&words(46), &["46 words"]);
        check_text(&format!("{}. The {}", words(30).trim_end(), words(30)), &[]);
        check_text(&format!("{}; {}", words(30).trim_end(), words(30)), &[]);
        check_text(&format!("{}`a b c` [d](e f g) word", words(42)), &[]);
    }

    #[test]
    fn what_is_no_prose_is_left_out() {
        check_text(
            "---\ntitle: simply\n---\n# Simply\n\n```text\nsimply\n```\n| simply |\n",
            &[],
        );
        check_text("The `simply` word, so far. So that it ends.", &[]);
    }
}
