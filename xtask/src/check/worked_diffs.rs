//! Diffs that documents show as examples apply to the code, or have been applied: an example that no longer fits teaches
//! what is no longer so.

use std::fs;
use std::path::Path;

use crate::process::Outcome;

/// Folder of the documents that are looked at.
const DOCUMENTS: &str = "docs/dev";

/// The beginning of a diff in a document.
const FENCE: &str = "```diff\n";

/// Fails with every part of a diff that fits no more.
pub(super) fn check(root: &Path) -> Outcome {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root.join(DOCUMENTS))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let text = fs::read_to_string(&path)?;
            let name = path.strip_prefix(root).unwrap_or(&path).display();
            let found = diffs(&text).flat_map(|diff| complaints(diff, |file| fs::read_to_string(root.join(file)).ok()));
            wrong.extend(found.map(|complaint| format!("{name}: {complaint}")));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

fn diffs(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(FENCE).skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(diff, _)| diff))
}

/// What is wrong with a diff, which names one file in its head. The parts of a new file cannot be compared.
fn complaints(diff: &str, read: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let (head, body) = diff.split_once("@@\n").unwrap_or((diff, ""));
    let Some(file) = head.lines().find_map(|line| line.strip_prefix("+++ b/")) else {
        return vec!["a diff begins with `+++ b/` and a path, then `@@`".to_owned()];
    };
    if head.starts_with("--- /dev/null") {
        return Vec::new();
    }
    let Some(code) = read(file) else {
        return vec![format!("a diff is of {file}, which is not there")];
    };
    let code: Vec<&str> = code.lines().collect();
    let misfits = body.split("@@\n").filter(|part| {
        let (before, after) = (image(part, '-'), image(part, '+'));
        // Only added lines: before, they are nowhere, which says nothing.
        let has_place = !before.is_empty();
        !(has_place && is_in(&before, &code) || is_in(&after, &code))
    });
    misfits
        .map(|part| format!("this part of a diff fits {file} neither before nor after it:\n{part}"))
        .collect()
}

/// The lines of a part that stand in a file before (`-`) or after (`+`) the change.
fn image(part: &str, side: char) -> Vec<&str> {
    let lines = part.lines();
    lines
        .filter_map(|line| line.strip_prefix([' ', side]).or(line.is_empty().then_some("")))
        .collect()
}

fn is_in(lines: &[&str], code: &[&str]) -> bool {
    !lines.is_empty() && code.windows(lines.len()).any(|window| window == lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "a\nb\n  c\nd\n";

    fn check_diff(diff: &str, expected: &[&str]) {
        let found = complaints(diff, |file| (file == "x.rs").then(|| CODE.to_owned()));
        assert_eq!(found.len(), expected.len(), "{diff}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.contains(expected), "{found}");
        }
    }

    #[test]
    fn a_diff_applies_or_has_been_applied() {
        check_diff("+++ b/x.rs\n@@\n a\n+new\n b\n", &[]);
        check_diff("+++ b/x.rs\n@@\n a\n-b\n+B\n   c\n", &[]);
        check_diff("+++ b/x.rs\n@@\n a\n-B\n+b\n   c\n", &[]);
        check_diff("+++ b/x.rs\n@@\n+d\n", &[]);
        check_diff("--- /dev/null\n+++ b/y.rs\n@@\n+new\n", &[]);
    }

    #[test]
    fn a_diff_that_fits_no_more_is_found() {
        check_diff("+++ b/x.rs\n@@\n a\n+new\n d\n", &["+new"]);
        check_diff("+++ b/x.rs\n@@\n a\n+new\n b\n@@\n+e\n", &["+e"]);
        check_diff("+++ b/x.rs\n@@\n-e\n", &["-e"]);
        check_diff("+++ b/y.rs\n@@\n a\n", &["not there"]);
        check_diff("@@\n a\n", &["begins with"]);
        check_diff("+++ b/x.rs\n@@\n", &["neither"]);
    }

    #[test]
    fn diffs_are_found_in_a_document() {
        let text = "x\n```diff\n+one\n```\n```text\ntwo\n```\n```diff\n+three\n```\n";
        assert_eq!(diffs(text).collect::<Vec<_>>(), ["+one\n", "+three\n"]);
    }
}
