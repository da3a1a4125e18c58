//! Circles of files inside a crate. Files form layers: no file reaches itself again over others, so that each can be
//! understood with only those below it in mind.
//!
//! A file depends on another when it names an item that stands there, whether by `use` or by a path, and whether
//! directly or by a name that a third file re-exports. Tests are left out: they stand beside what they test.

mod graph;
mod modules;
mod resolve;

use std::iter;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::graph::Graph;
use self::modules::Tree;
pub(crate) use self::modules::is_only_for_tests;
use super::edges::{list, members};
use crate::process::Outcome;

/// Checks the libraries and binaries of all members.
pub(crate) fn check(root: &Path, metadata: &Value) -> Outcome {
    let mut wrong = Vec::new();
    for (name, entry) in targets(metadata) {
        let graph = resolve::graph(&Tree::read(&entry)?);
        let circles = graph.circles();
        if !circles.is_empty() {
            let found = circles.iter().map(Vec::len).sum::<usize>();
            wrong.push(format!("{name}: {found} files stand in circles"));
            wrong.extend(circles.iter().map(|circle| told(root, &graph, circle)));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// The number of files of a crate that stand in circles.
pub(crate) fn of_crate(folder: &Path) -> Outcome<usize> {
    let mut found = 0;
    for entry in ["src/lib.rs", "src/main.rs"].map(|file| folder.join(file)) {
        if entry.exists() {
            let circles = resolve::graph(&Tree::read(&entry)?).circles();
            found += circles.iter().map(Vec::len).sum::<usize>();
        }
    }
    Ok(found)
}

/// Root files of libraries and binaries, with the name of their target.
fn targets(metadata: &Value) -> Vec<(String, PathBuf)> {
    let is_code = |target: &Value| list(&target["kind"]).any(|kind| kind == "lib" || kind == "bin");
    members(metadata)
        .into_iter()
        .flat_map(|package| list(&package["targets"]))
        .filter(|target| is_code(target))
        .filter_map(|target| Some((target["name"].as_str()?.to_owned(), target["src_path"].as_str()?.into())))
        .collect()
}

fn told(root: &Path, graph: &Graph, circle: &[PathBuf]) -> String {
    let short = |file: &Path| file.strip_prefix(root).unwrap_or(file).display().to_string();
    let edges = graph
        .inside(circle)
        .into_iter()
        .map(|(from, to, names)| format!("  {} -> {} ({})", short(from), short(to), names.join(", ")));
    let head = format!(
        "{} files form a circle; cut it at the names that fit least:",
        circle.len()
    );
    let lines: Vec<String> = iter::once(head).chain(edges).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests;
