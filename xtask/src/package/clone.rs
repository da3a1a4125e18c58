//! A clone without a work tree, tagged with the version. goreleaser takes names and dates from git, and without a remote or
//! a tag it takes none and calls everything 0.0.0. The repository itself is not to get a tag by a test.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::process::{Outcome, capture};
use crate::workspace::Workspace;

/// Makes the clone anew and answers its folder.
pub(super) fn tagged(workspace: &Workspace, version: &str) -> Outcome<PathBuf> {
    let folder = workspace.target.join("xtask").join("release.git");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let git = || Command::new("git");
    capture(
        git()
            .args(["clone", "--quiet", "--bare"])
            .arg(&workspace.root)
            .arg(&folder),
    )?;
    capture(
        git()
            .arg("--git-dir")
            .arg(&folder)
            .args(["tag", "--force", &format!("v{version}")]),
    )?;
    Ok(folder)
}
