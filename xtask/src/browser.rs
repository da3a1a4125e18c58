//! The emulator's page in a browser: Chromium, driven by a library from the Python package index.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::libtest::Tally;
use crate::process::{Outcome, run, say};
use crate::python;
use crate::workspace::Workspace;

/// Folder of the cases.
const CASES: &str = "emulator/page-tests";

/// Names that the program has.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Debian's package.
const PACKAGE: &str = "chromium";

/// The browser that the environment names or that is on PATH; in CI, which nobody else uses, Debian's is installed.
pub(crate) fn obtain() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("ECS_ACC_CHROMIUM") {
        return Some(path.into());
    }
    if let Some(found) = on_path() {
        return Some(found);
    }
    std::env::var_os("CI")?;
    let install = || run(Command::new("apt-get").args(["install", "--yes", "-qq", "--no-install-recommends", PACKAGE]));
    // Lists of packages that are old, or not there yet, name what is no longer served.
    let installed = install().or_else(|_| {
        run(Command::new("apt-get").args(["update", "-qq"]))?;
        install()
    });
    if let Err(failure) = installed {
        say(&format!("Chromium cannot be installed: {failure}"));
    }
    on_path()
}

fn on_path() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let places = std::env::split_paths(&folders).flat_map(|folder| NAMES.map(|name| folder.join(name)));
    let mut found = places.filter(|path| path.is_file());
    found.next()
}

/// Installs what drives the browser and answers the Python that has it.
pub(crate) fn install(workspace: &Workspace) -> Outcome<PathBuf> {
    python::install(workspace, &format!("{CASES}/packages.txt"))
}

/// Runs the cases.
pub(crate) fn test(
    workspace: &Workspace,
    binaries: &Path,
    python: &Path,
    browser: &Path,
    filter: Option<&str>,
) -> Outcome<Tally> {
    let places = [
        ("ECS_ACC_EMULATOR", binaries.join("ecs-emulator")),
        ("ECS_ACC_CHROMIUM", browser.to_owned()),
    ];
    python::test(workspace, python, CASES, &places, filter)
}
