//! Files that no `mod` line names. The compiler passes over them without a word, so that code and tests in them do
//! not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use super::edges::{list, members};
use super::sources::collect;
use crate::process::Outcome;

/// Checks the files of all members.
pub(crate) fn check(root: &Path, metadata: &Value) -> Outcome {
    let mut wrong = Vec::new();
    for package in members(metadata) {
        let entries = list(&package["targets"]).filter_map(|target| target["src_path"].as_str());
        let entries: BTreeSet<PathBuf> = entries.map(PathBuf::from).collect();
        let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
        let files = rust_files(manifest.parent().unwrap_or(root))?;
        wrong.extend(orphans(&files, &entries).into_iter().map(|file| {
            let file = file.strip_prefix(root).unwrap_or(file);
            format!(
                "{}: no `mod` line names this file, so that it is not compiled; add the line or delete the file",
                file.display()
            )
        }));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(wrong.join("\n").into())
}

/// The files of a folder, with their text.
fn rust_files(folder: &Path) -> Outcome<BTreeMap<PathBuf, String>> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok((file, text))
    };
    files.into_iter().map(read).collect()
}

/// Files that neither are entries of a target nor are named by another file.
fn orphans<'a>(files: &'a BTreeMap<PathBuf, String>, entries: &BTreeSet<PathBuf>) -> Vec<&'a Path> {
    let pointed_at: BTreeSet<PathBuf> = files.iter().flat_map(|(file, text)| with_path(file, text)).collect();
    let is_named = |file: &Path| {
        let (home, name) = place(file);
        let line = format!("mod {name};");
        let beside = entries.iter().filter(|entry| entry.parent() == Some(home));
        let parents = [home.with_extension("rs"), home.join("mod.rs")];
        let mut texts = parents.iter().chain(beside).filter_map(|parent| files.get(parent));
        texts.any(|text| text.lines().any(|each| is_module_line(each, &line)))
    };
    let known = |file: &&PathBuf| entries.contains(*file) || pointed_at.contains(*file) || is_named(file);
    files.keys().filter(|file| !known(file)).map(PathBuf::as_path).collect()
}

/// True for `mod name;`, with or without a visibility before it.
fn is_module_line(line: &str, wanted: &str) -> bool {
    let before = line.trim().strip_suffix(wanted);
    before.is_some_and(|before| before.is_empty() || (before.starts_with("pub") && before.ends_with([' ', ')'])))
}

/// The folder whose module names a file, and the name.
fn place(file: &Path) -> (&Path, String) {
    let is_folder = file.file_stem().is_some_and(|stem| stem == "mod");
    let file = if is_folder { file.parent().unwrap_or(file) } else { file };
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    (file.parent().unwrap_or(file), name)
}

/// Files that a file names by `#[path = "…"]`.
fn with_path(file: &Path, text: &str) -> Vec<PathBuf> {
    let paths = text.lines().filter_map(|line| line.trim().strip_prefix("#[path = \""));
    let folder = file.parent().unwrap_or(file);
    paths
        .filter_map(|rest| rest.split('"').next())
        .map(|path| plain(&folder.join(path)))
        .collect()
}

/// A path without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_without_a_module_line_are_found() {
        let files = [
            ("/c/src/lib.rs", "mod a;\npub(crate) mod b;\n// mod lost;\n"),
            ("/c/src/a.rs", "mod deep;"),
            ("/c/src/a/deep.rs", ""),
            ("/c/src/a/forgotten.rs", ""),
            ("/c/src/b/mod.rs", "#[path = \"../../toy/far.rs\"]\nmod far;"),
            ("/c/src/lost.rs", "mod kept;"),
            ("/c/src/lost/kept.rs", ""),
            ("/c/tests/flow.rs", "mod support;"),
            ("/c/tests/support/mod.rs", ""),
            ("/c/toy/far.rs", ""),
        ];
        let files = files.map(|(file, text)| (PathBuf::from(file), text.to_owned())).into();
        let entries = ["/c/src/lib.rs", "/c/tests/flow.rs"].map(PathBuf::from).into();
        let found = orphans(&files, &entries);
        assert_eq!(found, ["/c/src/a/forgotten.rs", "/c/src/lost.rs"].map(Path::new));
    }
}
