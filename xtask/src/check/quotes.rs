//! Quotations of Terraform's output in the guides are what Terraform prints: each quotation is found
//! in one of the acceptance suite's snapshots, blanks and line ends aside, `…` standing for anything.

use std::fs;
use std::path::Path;

use crate::process::Outcome;

/// Guides whose quotations come from the suite.
const GUIDES: [&str; 2] = [
    "docs/guides/rollouts-and-rollbacks.md",
    "docs/guides/why-a-plan-shows-this.md",
];

/// The folder of the snapshots.
const SUITE: &str = "acceptance-tests/tests/suite";

/// The beginning of a quotation of output.
const FENCE: &str = "```text\n";

/// Checks all quotations.
pub(super) fn check(root: &Path) -> Outcome {
    let mut snapshots = Vec::new();
    collect(&root.join(SUITE), &mut snapshots)?;
    let mut wrong = Vec::new();
    for guide in GUIDES {
        let text = fs::read_to_string(root.join(guide)).map_err(|error| format!("{guide}: {error}"))?;
        for quotation in quotations(&text) {
            if !snapshots.iter().any(|snapshot| is_quoted(quotation, snapshot)) {
                wrong.push(format!("{guide}: no snapshot has this output:\n{quotation}"));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

fn collect(folder: &Path, snapshots: &mut Vec<String>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, snapshots)?;
        } else if path.extension().is_some_and(|extension| extension == "snap") {
            snapshots.push(words(&fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

fn quotations(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(FENCE).skip(1);
    parts.filter_map(|part| part.split_once("```").map(|(quotation, _)| quotation))
}

/// True if all parts of a quotation are in a snapshot, in their order. Each line is a part of its own,
/// because a quotation may leave lines out.
fn is_quoted(quotation: &str, snapshot: &str) -> bool {
    let mut rest = snapshot;
    let parts = quotation.lines().flat_map(|line| line.split('…')).map(words);
    parts.filter(|part| !part.is_empty()).all(|part| {
        let found = rest.find(&part);
        if let Some(position) = found {
            rest = &rest[position + part.len()..];
        }
        found.is_some()
    })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOT: &str = "~ a = 1 -> 2 ~ arn = \"arn:x:1\" -> null # (3 hidden) Error: it failed";

    fn check(quotation: &str, expected: bool) {
        assert_eq!(is_quoted(quotation, SNAPSHOT), expected, "{quotation}");
    }

    #[test]
    fn quotations_are_found_or_not() {
        check("  ~ a   = 1 -> 2\n  ~ arn = \"arn:…\" -> null\n", true);
        check("~ a = 1 -> 2\n\nError: it\nfailed", true);
        check("~ a = 1 -> 3", false);
        check("Error: it failed\n~ a = 1 -> 2", false);
        let text = "x\n```text\none\n```\n```console\n$ two\n```\n```text\nthree\n```\n";
        assert_eq!(quotations(text).collect::<Vec<_>>(), ["one\n", "three\n"]);
    }
}
