//! `cargo xtask package`: the files of a release, for the platform of this machine, by the program that makes releases.
//!
//! goreleaser runs with `.goreleaser.yml` as the release workflow runs it, as a snapshot that publishes nothing. What it
//! writes is what registries and mirrors serve, so that an installation can be tested and a private mirror be filled from
//! a checkout. What differs is in files of its own:
//!
//! | module | what |
//! |---|---|
//! | `clone` | git as goreleaser needs it: with a remote and the tag of the version |
//! | `derived` | the configuration: one target, built by plain cargo, since no compiler for others is here |
//! | `key` | the signature is by a key of an hour, unless `GPG_FINGERPRINT` names one |
//! | `platform` | names of platforms |

mod clone;
mod derived;
mod key;
pub(crate) mod platform;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::binaries::PROVIDER;
use crate::go::{self, Program};
use crate::kit;
use crate::process::{Outcome, run as run_process, say};
use crate::tools;
use crate::workspace::Workspace;

/// Builds, packs, signs.
const GORELEASER: Program = Program::tool(
    "goreleaser",
    "xtask/tools/goreleaser",
    "github.com/goreleaser/goreleaser/v2",
);

/// Manifest of the registry, in the root of the repository.
const MANIFEST: &str = "terraform-registry-manifest.json";

/// Folder that goreleaser writes.
const DIST: &str = "dist";

/// Public half of the key of an hour, beside the files that it has signed.
const PUBLIC_KEY: &str = "signing-key.asc";

/// Builds and packs.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let folder = pack(workspace)?;
    say("");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Outcome<_>>()?;
    files.retain(|file| file.is_file());
    files.sort();
    for file in files {
        say(&format!(
            "  {:>9} bytes  {}",
            fs::metadata(&file)?.len(),
            file.display()
        ));
    }
    Ok(())
}

/// Makes the files of a release and answers where they are.
pub(crate) fn pack(workspace: &Workspace) -> Outcome<PathBuf> {
    let goreleaser = go::obtain(workspace, &GORELEASER)?;
    let tools = tools::cargo_tools(workspace)?;
    let configuration = derived::write(workspace)?;
    let version = workspace.version()?;
    let folder = workspace.root.join(DIST);
    let key = key::Key::obtain()?;
    let mut command = std::process::Command::new(goreleaser);
    command
        .current_dir(&workspace.root)
        .args(["release", "--snapshot", "--clean", "--config"])
        .arg(configuration)
        .env("GIT_DIR", clone::tagged(workspace, version)?)
        .env("GIT_WORK_TREE", &workspace.root)
        .env("PATH", first_on_path(&tools)?);
    key.name_to(&mut command);
    run_process(&mut command)?;
    key.publish(&folder.join(PUBLIC_KEY))?;
    add_commands(workspace, version, &key)?;
    // A release uploads it from where it is.
    let manifest = folder.join(format!("{PROVIDER}_{version}_manifest.json"));
    fs::copy(workspace.root.join(MANIFEST), &manifest).map_err(|error| format!("{MANIFEST}: {error}"))?;
    Ok(folder)
}

/// The emulator's wheel, and the checksums of the commands with their signatures. What the wheel is built with is here already.
fn add_commands(workspace: &Workspace, version: &str, key: &key::Key) -> Outcome {
    let mut command = std::process::Command::new(workspace.root.join(".ci").join("release-commands"));
    command
        .current_dir(&workspace.root)
        .arg(version)
        .env("PYTHON", kit::install(workspace)?)
        .env("WHEEL", "--no-build-isolation");
    key.name_to(&mut command);
    run_process(&mut command)
}

fn first_on_path(folder: &Path) -> Outcome<OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(all)?)
}
