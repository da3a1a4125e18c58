//! `cargo xtask figures`: how big files and functions are, and what the code has of what it should have little of.
//! Figures of two trees are compared before it is said that one is better.

mod count;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use self::count::Figures;
use crate::check::circles;
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// Folders of crates, and what is counted as their code.
const CRATES: [&str; 10] = [
    "tfplug/core",
    "tfplug/derive",
    "tfplug/server",
    "aws",
    "daemons",
    "provider",
    "drift",
    "emulator",
    "acceptance-tests",
    "xtask",
];

/// Those that nobody is sent: only their sizes count.
const TOOLS: [&str; 2] = ["acceptance-tests", "xtask"];

/// Texts of one setting of a daemon, by which its homes are found.
const SETTING: [&str; 4] = [
    "execute_command",
    "enableExecuteCommand",
    "ExecuteCommand",
    "EXECUTE_COMMAND",
];

/// Options of `cargo xtask figures`.
#[derive(Args)]
pub(crate) struct Options {
    /// Another tree to count, of this or of an earlier commit.
    #[arg(long)]
    root: Option<PathBuf>,
}

/// Prints the figures of all crates as Markdown.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let root = options.root.as_ref().unwrap_or(&workspace.root);
    say(
        "| crate | files | lines | functions: median, p90, p99, longest | files: median, p90, longest | lines of tests | files in circles |",
    );
    say("|---|---|---|---|---|---|---|");
    let mut all = Figures::default();
    let mut in_circles = 0;
    for name in CRATES.iter().filter(|name| root.join(name).is_dir()) {
        let figures = of_crate(&root.join(name))?;
        let circles = circles::of_crate(&root.join(name))?;
        say(&row(name, &figures, circles));
        in_circles += circles;
        all.add(figures, !TOOLS.contains(name));
    }
    say(&row("all", &all, in_circles));
    say("\n| in code that is released | count |\n|---|---|");
    for (what, count) in all.counts() {
        say(&format!("| {what} | {count} |"));
    }
    let (files, lines) = homes(root)?;
    say(&format!(
        "| files and lines that name one setting, `enable_execute_command` | {files}, {lines} |"
    ));
    Ok(())
}

fn row(name: &str, figures: &Figures, circles: usize) -> String {
    let spread = |sizes: &[usize], shares: &[usize]| {
        let mut sizes = sizes.to_vec();
        sizes.sort_unstable();
        let at = |share: &usize| sizes.get((sizes.len() * share / 100).min(sizes.len().saturating_sub(1)));
        let picked: Vec<String> = shares
            .iter()
            .map(|share| at(share).map_or("–".to_owned(), usize::to_string))
            .collect();
        picked.join(", ")
    };
    format!(
        "| {name} | {} | {} | {} | {} | {} | {circles} |",
        figures.files.len(),
        figures.files.iter().sum::<usize>(),
        spread(&figures.functions, &[50, 90, 99, 100]),
        spread(&figures.files, &[50, 90, 100]),
        figures.test_lines,
    )
}

fn of_crate(folder: &Path) -> Outcome<Figures> {
    let mut figures = Figures::default();
    for file in rust_files(&folder.join("src"))? {
        figures.read(&file)?;
    }
    for tests in ["tests", "benches"] {
        for file in rust_files(&folder.join(tests))? {
            figures.test_lines += fs::read_to_string(file)?.lines().count();
        }
    }
    Ok(figures)
}

/// Rust files below a folder; none if there is no such folder.
fn rust_files(folder: &Path) -> Outcome<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(found);
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.insert(path);
        }
    }
    Ok(found)
}

/// Files and lines of production code that name the setting.
fn homes(root: &Path) -> Outcome<(usize, usize)> {
    let (mut files, mut lines) = (0, 0);
    for name in ["aws", "daemons", "provider", "drift", "emulator"] {
        for file in rust_files(&root.join(name).join("src"))? {
            let text = fs::read_to_string(&file)?;
            let code = count::production(&text, &file)?;
            let found = code
                .iter()
                .filter(|line| SETTING.iter().any(|text| line.contains(text)))
                .count();
            files += usize::from(found > 0);
            lines += found;
        }
    }
    Ok((files, lines))
}
