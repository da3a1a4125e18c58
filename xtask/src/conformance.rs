//! The conformance suite: foreign clients from the Python package index against the emulator binary.
//!
//! Each client lives in a virtual environment of its own below the target folder, made from the list of its packages
//! and made anew when that list changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::libtest::{Tally, counted};
use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// The clients, by the name of their list of packages.
pub(crate) const CLIENTS: [&str; 2] = ["newest", "older"];

/// Installs a client and answers the Python that has it.
pub(crate) fn install(workspace: &Workspace, client: &str) -> Outcome<PathBuf> {
    let packages = folder(workspace).join(format!("{client}.txt"));
    let environment = workspace.target.join("conformance").join(client);
    let python = environment.join("bin").join("python");
    let wanted = fs::read_to_string(&packages)?;
    let installed = environment.join("packages.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    run(Command::new("python3")
        .args(["-m", "venv", "--clear"])
        .arg(&environment))?;
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--requirement",
        ])
        .arg(&packages))?;
    // Only now, so that an installation that was cut short is repeated.
    fs::write(&installed, wanted)?;
    Ok(python)
}

/// Runs the suite with a client.
pub(crate) fn test(workspace: &Workspace, binaries: &Path, python: &Path, filter: Option<&str>) -> Outcome<Tally> {
    let mut suite = Command::new(python);
    suite
        .current_dir(&workspace.root)
        .arg(folder(workspace).join("run.py"))
        .arg("--emulator")
        .arg(binaries.join("ecs-emulator"))
        .args(filter)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    counted(&mut suite)
}

fn folder(workspace: &Workspace) -> PathBuf {
    workspace.root.join("emulator").join("conformance")
}
