//! The binaries that tasks run, built for three purposes. Each build names the same packages together, so that cargo
//! resolves the same features and compiles the AWS SDK once for it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// The parts of a release. Each package is called like its binary.
pub(crate) const RELEASED: [&str; 3] = [PROVIDER, "ecs-emulator", DRIFT];

/// File name of the provider's executable.
pub(crate) const PROVIDER: &str = "terraform-provider-ecs";

/// File name of the reconciler, which is the longest to build and which the demo needs last.
const DRIFT: &str = "ecs-drift";

/// A test program of each crate with a binary: cargo builds a crate's binaries for its integration tests.
const TESTS_WITH_BINARIES: [&str; 4] = ["lifecycle", "socket", "trouble", "suite"];

/// Builds what users get, optimised over all crates, and answers the folder.
pub(crate) fn release(workspace: &Workspace) -> Outcome<PathBuf> {
    release_by(workspace.cargo(), &places(workspace)?, &RELEASED)?;
    Ok(workspace.release())
}

/// The folder that has these binaries: what a user has built already, or a release of them and no others.
pub(crate) fn given(workspace: &Workspace, built: Option<&Path>, names: &[&str]) -> Outcome<PathBuf> {
    if let Some(folder) = built {
        return built_already(&workspace.target, folder, names);
    }
    release_by(workspace.cargo(), &places(workspace)?, names)?;
    Ok(workspace.release())
}

fn built_already(target: &Path, folder: &Path, names: &[&str]) -> Outcome<PathBuf> {
    let missing = names.iter().filter(|name| !folder.join(executable(name)).is_file());
    let missing: Vec<&str> = missing.copied().collect();
    if missing.is_empty() {
        return Ok(folder.canonicalize()?);
    }
    let is_demo = std::path::absolute(folder).is_ok_and(|folder| folder == target.join("demo"));
    let build = if is_demo {
        "`cargo xtask demo` builds all three there"
    } else {
        "name a folder that has it, for example target/demo after `cargo xtask demo`"
    };
    let (folder, missing) = (folder.display(), missing.join(" and no "));
    Err(format!("--binaries: {folder} has no {missing}: {build}. Without --binaries a release is built.").into())
}

/// File name of a program on this machine.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Builds these binaries by a cargo that may stand in another place.
pub(crate) fn release_by(mut cargo: Command, places: &Places, names: &[&str]) -> Outcome {
    // As `.ci/release-cargo` has them: with other flags cargo would build everything again.
    let flags = places
        .each_ref()
        .map(|(place, name)| format!("--remap-path-prefix={}={name}", place.display()));
    cargo.args(["build", "--release", "--locked"]);
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    cargo.args(names.iter().map(|name| format!("--bin={name}")));
    // All packages, also where one binary is wanted: otherwise the next build of all would have other features.
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
    run(&mut fast(workspace, &[&RELEASED[..], &["demo"]].concat()))?;
    Ok(workspace.target.join("demo"))
}

/// Builds what the demo begins with, and answers the folder and the build of what it needs later.
pub(crate) fn demo_in_two(workspace: &Workspace) -> Outcome<(PathBuf, Command)> {
    let opening = RELEASED.iter().filter(|name| **name != DRIFT);
    run(&mut fast(
        workspace,
        &opening.copied().chain(["demo"]).collect::<Vec<_>>(),
    ))?;
    Ok((workspace.target.join("demo"), fast(workspace, &[DRIFT])))
}

/// A build of some of the binaries of the demo; the packages are always all of them.
fn fast(workspace: &Workspace, names: &[&str]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["build", "--profile=demo", "--locked", "--package=acceptance-tests"]);
    cargo.args(RELEASED.map(|package| format!("--package={package}")));
    cargo.args(names.iter().map(|name| format!("--bin={name}")));
    cargo
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

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;

    use super::*;
    use crate::process::capture;

    /// The crates of packages with the features that they are compiled with.
    fn crates(packages: &[&str]) -> BTreeMap<String, BTreeSet<String>> {
        let workspace = Workspace::find().unwrap();
        let mut cargo = workspace.cargo();
        cargo.args([
            "tree",
            "--locked",
            "--prefix=none",
            "--edges=normal,build",
            "--format={p}|{f}",
        ]);
        cargo.args(packages.iter().map(|package| format!("--package={package}")));
        let mut crates: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for line in capture(&mut cargo).unwrap().lines() {
            if let Some((name, features)) = line.trim_end_matches(" (*)").split_once('|') {
                let own = crates.entry(name.to_owned()).or_default();
                own.insert(features.to_owned());
            }
        }
        crates
    }

    /// Cargo compiles a crate again for other features, and whoever runs the demo for the first time waits for it.
    #[test]
    fn xtask_and_the_demo_share_their_crates() {
        let of_demo = crates(&[&RELEASED[..], &["acceptance-tests"]].concat());
        let twice: Vec<String> = crates(&["xtask"])
            .into_iter()
            .filter_map(|(name, features)| {
                let other = of_demo.get(&name)?;
                (!features.is_subset(other)).then(|| format!("{name}: {features:?} for xtask, {other:?} for the demo"))
            })
            .collect();
        assert!(
            twice.is_empty(),
            "name the features of the demo in xtask/Cargo.toml:\n{}",
            twice.join("\n")
        );
    }

    #[test]
    fn a_folder_without_a_binary_is_named_with_the_command_that_builds_it() {
        let target = tempfile::tempdir().unwrap();
        let target = target.path().canonicalize().unwrap();
        let demo = target.join("demo");
        let refusal = |folder: &Path| {
            let names = [PROVIDER, "ecs-emulator"];
            let refused = built_already(&target, folder, &names).unwrap_err().to_string();
            refused.replace(&folder.display().to_string(), "FOLDER")
        };
        assert_eq!(
            refusal(&target),
            "--binaries: FOLDER has no terraform-provider-ecs and no ecs-emulator: name a folder that has it, for example \
             target/demo after `cargo xtask demo`. Without --binaries a release is built."
        );
        fs::create_dir(&demo).unwrap();
        fs::write(demo.join(executable(PROVIDER)), "").unwrap();
        assert_eq!(
            refusal(&demo),
            "--binaries: FOLDER has no ecs-emulator: `cargo xtask demo` builds all three there. Without --binaries a \
             release is built."
        );
        assert_eq!(built_already(&target, &demo, &[PROVIDER]).unwrap(), demo);
    }
}
