//! The emulator's kit for Python: a wheel with the program and fixtures of pytest, built and tried in an environment of
//! its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::binaries::{self, executable};
use crate::libtest::{Tally, counted};
use crate::process::{Outcome, run as run_process, say};
use crate::python;
use crate::workspace::Workspace;

/// Folder of the kit.
const KIT: &str = "kits/python";

/// The program that the wheel carries, by the variable that names it.
const BINARY: &str = "ECS_EMULATOR_BINARY";

/// The program itself.
const PROGRAM: &str = "ecs-emulator";

/// Options of `cargo xtask kit`.
#[derive(Args)]
pub(crate) struct Options {
    /// Folder with an emulator that is built already, for example target/demo after `cargo xtask demo`; without it a
    /// release of the emulator is built.
    #[arg(long)]
    binaries: Option<PathBuf>,
}

/// Builds the wheel with the program, and prints where it is.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let binaries = binaries::given(workspace, options.binaries.as_deref(), &[PROGRAM])?;
    let python = install(workspace)?;
    say(&format!("\n{}", wheel(workspace, &python, &binaries)?.display()));
    Ok(())
}

/// Installs what the wheel is built and tried with, and answers the Python that has it.
pub(crate) fn install(workspace: &Workspace) -> Outcome<PathBuf> {
    python::install(workspace, &format!("{KIT}/tests/packages.txt"))
}

/// Builds the wheel and answers where it is.
pub(crate) fn wheel(workspace: &Workspace, python: &Path, binaries: &Path) -> Outcome<PathBuf> {
    let folder = workspace.target.join("wheels");
    // A wheel of another version or machine must not be taken for this one.
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut build = python::pip(python, "wheel");
    build
        .args(["--no-deps", "--no-build-isolation", "--wheel-dir"])
        .arg(&folder)
        .arg(workspace.root.join(KIT))
        .env(BINARY, binaries.join(executable(PROGRAM)));
    run_process(&mut build)?;
    let mut wheels = fs::read_dir(&folder)?.flatten().map(|entry| entry.path());
    Ok(wheels.next().ok_or("no wheel was built")?)
}

/// Installs a wheel, checks its types, and runs its suite, which knows nothing of this checkout.
pub(crate) fn test(workspace: &Workspace, python: &Path, wheel: &Path, filter: Option<&str>) -> Outcome<Tally> {
    let mut install = python::pip(python, "install");
    run_process(install.args(["--no-deps", "--force-reinstall"]).arg(wheel))?;
    let kit = workspace.root.join(KIT);
    let cache = workspace.target.join("mypy");
    let mut types = Command::new(python);
    types.current_dir(&kit).args(["-m", "mypy", "--cache-dir"]).arg(cache);
    run_process(types.args(["src", "tests"]))?;
    let mut suite = Command::new(python);
    suite
        .current_dir(kit.join("tests"))
        .args(["-m", "pytest", "-p", "no:cacheprovider", "--quiet"])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    if let Some(filter) = filter {
        suite.args(["-k", filter]);
    }
    counted(&mut suite)
}
