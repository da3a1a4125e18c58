//! Places: the root of the workspace, the target folder, cargo itself.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::process::{Outcome, capture};

/// The places that tasks need, as absolute paths.
pub(crate) struct Workspace {
    /// The folder that holds the workspace's `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// The answer of `cargo metadata`, dependencies resolved.
    pub(crate) metadata: Value,
}

impl Workspace {
    /// Asks cargo, so that configuration such as `CARGO_TARGET_DIR` is honoured.
    pub(crate) fn find() -> Outcome<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let here = manifest.map_or_else(std::env::current_dir, Ok)?;
        let metadata = capture(cargo(&here).args(["metadata", "--format-version=1", "--locked"]))?;
        let metadata: Value = serde_json::from_str(&metadata)?;
        let place = |name: &str| metadata[name].as_str().map(PathBuf::from);
        let root = place("workspace_root").ok_or("cargo metadata names no workspace root")?;
        let target = place("target_directory").ok_or("cargo metadata names no target folder")?;
        Ok(Self { root, target, metadata })
    }

    /// Cargo, started in the root of the workspace.
    pub(crate) fn cargo(&self) -> Command {
        cargo(&self.root)
    }

    /// The version of all members.
    pub(crate) fn version(&self) -> Outcome<&str> {
        let packages = self.metadata["packages"].as_array();
        let ours = packages
            .into_iter()
            .flatten()
            .find(|package| package["name"] == env!("CARGO_PKG_NAME"));
        let version = ours.and_then(|package| package["version"].as_str());
        Ok(version.ok_or("cargo metadata names no version of this package")?)
    }

    /// The folder of release binaries.
    pub(crate) fn release(&self) -> PathBuf {
        self.target.join("release")
    }
}

/// Cargo, started in a folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.current_dir(folder);
    // These describe the xtask package itself; a nested cargo would see a changed environment and
    // rebuild crates whose build scripts watch it.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG_") {
            command.env_remove(name);
        }
    }
    command
        .env_remove("CARGO_MANIFEST_DIR")
        .env_remove("CARGO_MANIFEST_PATH");
    command
}
