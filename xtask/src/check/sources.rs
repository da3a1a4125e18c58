//! Rules about source text: every module says why it exists, no file grows without a reason, and
//! nothing of the machine it was written on stays in the repository.

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::Outcome;

/// Lines after which a module must give a reason in its module documentation.
const LONG: usize = 800;

/// The words that the module documentation of a long file must contain.
const REASON: &str = "This file is long because";

/// Entries that hold nothing of ours.
const SKIPPED: [&str; 4] = ["target", ".git", "node_modules", "generated"];

/// Text that must not be in the repository, with the reason. Written in two halves, so that this
/// file passes its own check.
const FORBIDDEN: [(&str, &str, &str); 7] = [
    ("/wo", "rk/", "is a path of one machine"),
    ("/ro", "ot/", "is a path of one machine"),
    ("/ho", "me/", "is a path of one machine"),
    ("/Us", "ers/", "is a path of one machine"),
    ("<<<<", "<<<", "is the mark of a merge conflict"),
    ("FIX", "ME", "is a note to finish before it is committed"),
    ("DO NOT ", "COMMIT", "says so itself"),
];

/// Checks all text files below the root.
pub(crate) fn check(root: &Path) -> Outcome {
    let mut files = Vec::new();
    collect(root, &mut files)?;
    files.sort();
    let mut wrong = Vec::new();
    for file in files {
        // What is not text (images, archives) has no words to check.
        let Ok(text) = fs::read_to_string(&file) else { continue };
        let name = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        wrong.extend(complaints(&name, &text));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// Adds all files below a folder.
pub(super) fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        // In a linked work tree `.git` is a file.
        if SKIPPED.iter().any(|skipped| name == *skipped) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn complaints(name: &str, text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    if Path::new(name).extension().is_some_and(|extension| extension == "rs") {
        wrong.extend(module_complaint(name, text));
    }
    for (number, line) in text.lines().enumerate() {
        for (head, tail, reason) in FORBIDDEN {
            let word = format!("{head}{tail}");
            if line.contains(&word) {
                wrong.push(format!("{name}:{}: `{word}` {reason}", number + 1));
            }
        }
    }
    wrong
}

fn module_complaint(name: &str, text: &str) -> Option<String> {
    let first = text.lines().next().unwrap_or_default();
    let documentation = first.strip_prefix("//!").map(str::trim);
    if documentation.is_none_or(str::is_empty) {
        return Some(format!("{name}:1: a module begins with `//!` and says why it exists"));
    }
    let lines = text.lines().count();
    let reasoned = text
        .lines()
        .take_while(|line| line.starts_with("//!"))
        .any(|line| line.contains(REASON));
    (lines > LONG && !reasoned).then(|| {
        format!("{name}: {lines} lines; split it by meaning, or say in the module documentation: \"{REASON} …\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(name: &str, text: &str, expected: &[&str]) {
        let found = complaints(name, text);
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (complaint, part) in found.iter().zip(expected) {
            assert!(complaint.contains(part), "{complaint}");
        }
    }

    #[test]
    fn modules_say_why_they_exist() {
        check_text("a.rs", "//! Because.\n", &[]);
        check_text("a.rs", "//!\nfn main() {}\n", &["a.rs:1"]);
        check_text("a.rs", "fn main() {}\n", &["a.rs:1"]);
        check_text("a.py", "pass\n", &[]);
    }

    #[test]
    fn long_files_need_a_reason() {
        let body = "x\n".repeat(LONG);
        check_text("a.rs", &format!("//! Long.\n{body}"), &["801 lines"]);
        check_text(
            "a.rs",
            &format!("//! Table.\n//! {REASON} it is one table.\n{body}"),
            &[],
        );
    }

    #[test]
    fn machine_paths_are_found() {
        let path = format!("see {}{}x", "/wo", "rk/");
        check_text("a.md", &format!("fine\n{path}\n"), &["a.md:2"]);
    }
}
