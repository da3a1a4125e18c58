//! Each sentence of the guides on rollouts and on plans has its cases in `docs/dev/guides.md`, in the order of the guide. A
//! sentence that is added or changed fails here until the page names the case that holds it; that the cases exist is
//! checked by `cargo xtask check`.

#![expect(clippy::unwrap_used, reason = "a panic is a failed case")]

use std::{fs, path::Path};

const GUIDES: [&str; 2] = ["rollouts-and-rollbacks.md", "why-a-plan-shows-this.md"];
/// Sentences that say what a page is about, or what the provider does not do.
const WITHOUT_CASES: usize = 4;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).unwrap()
}

/// Paragraphs, items of lists and rows of tables, each on one line, without headings and quotations.
fn blocks(page: &str) -> Vec<String> {
    let body = page.splitn(3, "---\n").nth(2).unwrap_or(page);
    let mut blocks = vec![String::new()];
    for (index, part) in body.split("```").enumerate() {
        blocks.push(String::new());
        for line in part.lines().map(str::trim).filter(|_| index % 2 == 0) {
            let is_new = line.is_empty() || line.starts_with(['#', '|']) || line.starts_with("- ");
            if is_new {
                blocks.push(String::new());
            }
            if let Some(last) = blocks.last_mut().filter(|_| !line.starts_with('#')) {
                last.push_str(line.trim_start_matches("- "));
                last.push(' ');
            }
        }
    }
    let blocks = blocks.into_iter().map(|block| block.trim().to_owned());
    blocks.filter(|block| !block.is_empty()).collect()
}

/// The sentences of a block. Of a table the first cell of a row stands for the row; the heads of tables are none.
fn sentences(block: &str) -> Vec<String> {
    if let Some(row) = block.strip_prefix('|') {
        let cell = row.split('|').next().unwrap_or_default().trim();
        let is_head = ["change", "warning"].contains(&cell) || cell.chars().all(|char| char == '-');
        return if is_head { Vec::new() } else { vec![cell.to_owned()] };
    }
    let mut sentences = vec![String::new()];
    for word in block.split(' ') {
        let ended = sentences.last().is_some_and(|last| last.ends_with(['.', '!', '?']));
        let begins = word.starts_with(|char: char| char.is_uppercase() || char == '`' || char == '*');
        if ended && begins {
            sentences.push(String::new());
        }
        if let Some(last) = sentences.last_mut() {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    sentences
}

/// Sentence and cases of each row of a section of the page.
fn rows(page: &str, guide: &str) -> Vec<(String, String)> {
    let section = page.split("\n## ").find(|section| section.starts_with(guide)).unwrap();
    let rows = section.lines().filter_map(|line| {
        let (sentence, cases) = line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | ")?;
        Some((sentence.to_owned(), cases.to_owned()))
    });
    rows.skip(1).collect()
}

#[test]
fn every_sentence_of_the_guides_has_its_cases() {
    let page = read("docs/dev/guides.md");
    let mut without = 0;
    for guide in GUIDES {
        let text = read(&format!("docs/guides/{guide}"));
        let said: Vec<String> = blocks(&text).iter().flat_map(|block| sentences(block)).collect();
        let rows = rows(&page, guide);
        for (index, sentence) in said.iter().enumerate() {
            let held = rows.get(index).map(|(held, _)| held);
            assert_eq!(
                held,
                Some(sentence),
                "{guide}: the page does not have this sentence here"
            );
        }
        assert_eq!(
            rows.len(),
            said.len(),
            "{guide}: the page has sentences that the guide has not"
        );
        without += rows.iter().filter(|(_, cases)| !cases.contains("::")).count();
    }
    assert_eq!(without, WITHOUT_CASES, "sentences without a case");
}

#[test]
fn sentences_are_found_in_every_form() {
    let page = "---\ntitle: x\n---\n\n# Title\n\nOne\nline. `two` is\nthe next:\n\n```hcl\nNot this.\n```\n\n\
                - An item. Another.\n- The last\n\n| change | rollout |\n|---|---|\n| `a`, b | yes. No. |\n";
    let said: Vec<String> = blocks(page).iter().flat_map(|block| sentences(block)).collect();
    assert_eq!(
        said,
        [
            "One line.",
            "`two` is the next:",
            "An item.",
            "Another.",
            "The last",
            "`a`, b"
        ]
    );
}
