//! `cargo xtask generate`: the files of the repository that are derived from code, written anew or,
//! with `--check`, compared with what is committed.
//!
//! Each artefact is a module with one function and one line in [`ARTEFACTS`]; writing, comparing and
//! finding what is left over is the same for all.

mod ask;
mod control_reference;
mod docs;
mod drift_schemas;
mod emulator_page;
mod file;
mod provider_schema;
pub(crate) mod public_api;
mod scenario_schema;
mod sources;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use self::file::{File, difference, write};
use self::sources::Sources;
use crate::binaries;
use crate::process::{Outcome, say};
use crate::workspace::Workspace;

/// Everything that is generated.
const ARTEFACTS: &[Artefact] = &[
    Artefact::new(provider_schema::files),
    Artefact::new(docs::files).owning(docs::OWNED),
    Artefact::new(scenario_schema::files),
    Artefact::new(control_reference::files),
    Artefact::new(drift_schemas::files),
    Artefact::new(emulator_page::files),
    Artefact::new(public_api::files),
];

/// Something that is generated.
struct Artefact {
    /// Makes the files.
    files: fn(&Sources<'_>) -> Outcome<Vec<File>>,
    /// Folders that hold nothing else, so that a file which is made no more is found.
    owns: &'static [&'static str],
}

impl Artefact {
    const fn new(files: fn(&Sources<'_>) -> Outcome<Vec<File>>) -> Self {
        Self { files, owns: &[] }
    }

    const fn owning(mut self, folders: &'static [&'static str]) -> Self {
        self.owns = folders;
        self
    }
}

/// Options of `cargo xtask generate`.
#[derive(Args)]
pub(crate) struct Options {
    /// Compare with the committed files instead of writing them.
    #[arg(long)]
    check: bool,
    /// Folder of binaries that are built already; without it they are built.
    #[arg(long)]
    binaries: Option<PathBuf>,
}

/// Writes or compares all files.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let binaries = match &options.binaries {
        Some(folder) => fs::canonicalize(folder)?,
        None => binaries::demo(workspace)?,
    };
    if options.check {
        return check(workspace, &binaries);
    }
    let sources = Sources::new(workspace, &binaries);
    for artefact in ARTEFACTS {
        let files = (artefact.files)(&sources)?;
        for file in &files {
            write(&workspace.root, file)?;
        }
        for path in left_over(&workspace.root, artefact, &files)? {
            fs::remove_file(workspace.root.join(&path))?;
            say(&format!("removed {}", path.display()));
        }
    }
    Ok(())
}

/// Compares all files with what these binaries say.
pub(crate) fn check(workspace: &Workspace, binaries: &Path) -> Outcome {
    let sources = Sources::new(workspace, binaries);
    let mut stale = Vec::new();
    for artefact in ARTEFACTS {
        let files = (artefact.files)(&sources)?;
        stale.extend(files.iter().filter_map(|file| difference(&workspace.root, file)));
        let left = left_over(&workspace.root, artefact, &files)?;
        stale.extend(
            left.iter()
                .map(|path| format!("{} is not generated any more", path.display())),
        );
    }
    if stale.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nIf the change is meant, run `cargo xtask generate`.",
        stale.join("\n")
    )
    .into())
}

/// Files of the artefact's own folders that it does not make.
fn left_over(root: &Path, artefact: &Artefact, files: &[File]) -> Outcome<Vec<PathBuf>> {
    let made: BTreeSet<&Path> = files.iter().map(|file| file.path.as_path()).collect();
    let mut left = Vec::new();
    for folder in artefact.owns {
        let Ok(entries) = fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = Path::new(folder).join(entry?.file_name());
            if !made.contains(path.as_path()) {
                left.push(path);
            }
        }
    }
    left.sort();
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File {
            path: path.into(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn what_is_stale_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, &file("made/one.md", "a\nb\n")).unwrap();
        write(root, &file("made/old.md", "")).unwrap();
        let found = |path: &str, text: &str| difference(root, &file(path, text));
        assert_eq!(found("made/one.md", "a\nb\n"), None);
        assert_eq!(
            found("made/one.md", "a\nc\n").as_deref(),
            Some("made/one.md differs from line 2 on")
        );
        assert_eq!(
            found("made/one.md", "a\nb\nc\n").as_deref(),
            Some("made/one.md differs from line 3 on")
        );
        assert!(found("made/two.md", "").is_some());

        let artefact = Artefact::new(|_| Ok(Vec::new())).owning(&["made"]);
        let left = left_over(root, &artefact, &[file("made/one.md", "")]).unwrap();
        assert_eq!(left, [PathBuf::from("made/old.md")]);
    }
}
