//! The binaries that tasks run, built for three purposes. Each build names the same packages together, so that cargo
//! resolves the same features and compiles the AWS SDK once for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// The parts of a release. Each package is called like its binary.
pub(crate) const RELEASED: [&str; 3] = [PROVIDER, "ecs-emulator", "ecs-drift"];

/// File name of the provider's executable.
pub(crate) const PROVIDER: &str = "terraform-provider-ecs";

/// A test program of each crate with a binary: cargo builds a crate's binaries for its integration tests.
const TESTS_WITH_BINARIES: [&str; 4] = ["lifecycle", "socket", "trouble", "suite"];

/// Builds what users get, optimised over all crates, and answers the folder.
pub(crate) fn release(workspace: &Workspace) -> Outcome<PathBuf> {
    release_by(workspace.cargo(), &places(workspace)?)?;
    Ok(workspace.release())
}

/// The same by a cargo that stands in another place.
pub(crate) fn release_by(mut cargo: Command, places: &Places) -> Outcome {
    // As `.ci/release-cargo` has them: with other flags cargo would build everything again.
    let flags = places
        .each_ref()
        .map(|(place, name)| format!("--remap-path-prefix={}={name}", place.display()));
    cargo.args(["build", "--release", "--locked", "--bins"]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    run(cargo.args(RELEASED.map(|package| format!("--package={package}"))))
}

/// The places that source files have on a machine, and what binaries call them.
pub(crate) type Places = [(PathBuf, &'static str); 3];

/// The places on this machine.
pub(crate) fn places(workspace: &Workspace) -> Outcome<Places> {
    Ok(places_of(
        workspace.root.clone(),
        workspace.target.clone(),
        cargo_home()?,
    ))
}

/// The places of a checkout, a target folder and a home of cargo.
pub(crate) fn places_of(root: PathBuf, target: PathBuf, home: PathBuf) -> Places {
    [(root, "/source"), (target, "/target"), (home, "/cargo")]
}

/// The folder in which cargo keeps its settings and what it has downloaded.
pub(crate) fn cargo_home() -> Outcome<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    Ok(home.ok_or("cargo has no home: set CARGO_HOME")?)
}

/// Builds, as fast as it goes, the released binaries and the demo, and answers the folder.
pub(crate) fn demo(workspace: &Workspace) -> Outcome<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args([
        "build",
        "--profile=demo",
        "--locked",
        "--bin=demo",
        "--package=acceptance-tests",
    ]);
    for package in RELEASED {
        cargo
            .arg(format!("--bin={package}"))
            .arg(format!("--package={package}"));
    }
    run(&mut cargo)?;
    Ok(workspace.target.join("demo"))
}

/// Builds the binaries as tests do, and answers the folder. Who runs tests has most of it already; a build of its own
/// would have other features and compile the AWS SDK again.
pub(crate) fn tested(workspace: &Workspace) -> Outcome<PathBuf> {
    let mut cargo = workspace.cargo();
    cargo.args(["test", "--workspace", "--locked", "--no-run"]);
    for name in TESTS_WITH_BINARIES {
        cargo.args(["--test", name]);
    }
    run(&mut cargo)?;
    Ok(workspace.target.join("debug"))
}

/// A folder that holds the provider's executable and nothing else, as `dev_overrides` wants it:
/// beside it in cargo's folder lies a dependency file whose name Terraform could take for it.
pub(crate) fn plugin_folder(workspace: &Workspace, binaries: &Path) -> Outcome<PathBuf> {
    let folder = workspace.target.join("xtask").join("plugin");
    std::fs::create_dir_all(&folder)?;
    replace_link(&binaries.join(PROVIDER), &folder.join(PROVIDER))?;
    Ok(folder)
}

fn replace_link(original: &Path, link: &Path) -> Outcome {
    if link.exists() {
        std::fs::remove_file(link)?;
    }
    std::fs::hard_link(original, link)
        .or_else(|_| std::fs::copy(original, link).map(|_| ()))
        .map_err(|error| format!("{} cannot be put at {}: {error}", original.display(), link.display()))?;
    Ok(())
}
