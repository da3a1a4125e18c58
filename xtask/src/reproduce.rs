//! Two builds of one commit, from nothing and in two places: whoever builds a release anew has to get the bytes that were
//! published, or nobody can tell what is in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::binaries::{self, RELEASED};
use crate::process::{Outcome, run, say};
use crate::workspace::{Workspace, cargo};

/// Names of the places; their lengths differ, as those of two machines do.
const PLACES: [&str; 2] = ["one", "another-place"];
/// Settings of cargo that say where crates come from.
const SETTINGS: [&str; 2] = ["config.toml", "config"];

fn build(workspace: &Workspace, name: &str) -> Outcome<PathBuf> {
    let place = workspace.target.join("reproduce").join(name);
    if place.exists() {
        fs::remove_dir_all(&place)?;
    }
    let (root, target, home) = (place.join("source"), place.join("target"), place.join("cargo"));
    fs::create_dir_all(&home)?;
    let present = binaries::cargo_home()?;
    for settings in SETTINGS
        .iter()
        .map(|name| present.join(name))
        .filter(|path| path.is_file())
    {
        if let Some(name) = settings.file_name() {
            fs::copy(&settings, home.join(name))?;
        }
    }
    run(Command::new("git")
        .args(["clone", "--quiet"])
        .arg(&workspace.root)
        .arg(&root))?;
    let mut cargo = cargo(&root);
    cargo.env("CARGO_HOME", &home).env("CARGO_TARGET_DIR", &target);
    let release = target.join("release");
    binaries::release_by(cargo, &binaries::places_of(root, target, home), &binaries::RELEASED)?;
    Ok(release)
}

/// Builds twice and compares.
pub(crate) fn compare(workspace: &Workspace) -> Outcome {
    let [one, other] = PLACES.map(|name| build(workspace, name));
    let (one, other) = (one?, other?);
    let mut different = Vec::new();
    for name in RELEASED {
        match difference(&one.join(name), &other.join(name))? {
            None => say(&format!("{name}: the same bytes")),
            Some(how) => different.push(format!("{name}: {how}")),
        }
    }
    if different.is_empty() {
        return Ok(());
    }
    Err(format!("two builds of one commit differ:\n{}", different.join("\n")).into())
}

fn difference(one: &Path, other: &Path) -> Outcome<Option<String>> {
    let (first, second) = (fs::read(one)?, fs::read(other)?);
    if first == second {
        return Ok(None);
    }
    let at = first.iter().zip(&second).position(|(one, other)| one != other);
    let at = at.unwrap_or_else(|| first.len().min(second.len()));
    Ok(Some(format!(
        "{} and {} bytes, of which the first that differ are at {at}: {} and {}",
        first.len(),
        second.len(),
        one.display(),
        other.display()
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_differs_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let check = |first: &str, second: &str, expected: Option<&str>| {
            fs::write(&one, first).unwrap();
            fs::write(&other, second).unwrap();
            let found = difference(&one, &other).unwrap();
            let found = found.map(|found| found.split(": ").next().unwrap().to_owned());
            assert_eq!(found.as_deref(), expected);
        };
        check("same", "same", None);
        check(
            "same",
            "some",
            Some("4 and 4 bytes, of which the first that differ are at 1"),
        );
        check(
            "same",
            "sam",
            Some("4 and 3 bytes, of which the first that differ are at 3"),
        );
    }
}
