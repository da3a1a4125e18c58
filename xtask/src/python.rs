//! Suites in Python: foreign programs and libraries from the Python package index that hold what we make against what
//! they know.
//!
//! Each list of packages has a virtual environment of its own below the target folder, made anew when the list changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::libtest::{Tally, counted};
use crate::process::{Outcome, run};
use crate::workspace::Workspace;

/// Installs a list of packages, named from the root on, and answers the Python that has them.
pub(crate) fn install(workspace: &Workspace, packages: &str) -> Outcome<PathBuf> {
    let packages = workspace.root.join(packages);
    // Folder and list, since lists of several suites have the same name.
    let name = packages.with_extension("");
    let name = name.strip_prefix(&workspace.root)?.to_string_lossy().replace('/', "-");
    let environment = workspace.target.join("python").join(name);
    let python = environment.join("bin").join("python");
    let wanted = fs::read_to_string(&packages)?;
    let installed = environment.join("packages.txt");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    let list = packages.display().to_string();
    environment_with(&environment, &["--requirement", &list])?;
    // Only now, so that an installation that was cut short is repeated.
    fs::write(&installed, wanted)?;
    Ok(python)
}

/// Makes a virtual environment anew and has pip install this into it.
pub(crate) fn environment_with(folder: &Path, packages: &[&str]) -> Outcome {
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(folder))?;
    run(pip(&folder.join("bin").join("python3"), "install").args(packages))
}

/// Downloads one package without installing it; `how` are options of pip.
pub(crate) fn download(package: &str, how: &[&str], folder: &Path) -> Outcome {
    run(pip(Path::new("python3"), "download")
        .arg("--no-deps")
        .args(how)
        .arg("--dest")
        .arg(folder)
        .arg(package))
}

/// A command of pip.
pub(crate) fn pip(python: &Path, command: &str) -> Command {
    let mut pip = Command::new(python);
    pip.args(["-m", "pip", command, "--quiet", "--disable-pip-version-check"]);
    pip
}

/// Runs the cases of a folder, which find programs and files in these variables.
pub(crate) fn test(
    workspace: &Workspace,
    python: &Path,
    folder: &str,
    places: &[(&str, PathBuf)],
    filter: Option<&str>,
) -> Outcome<Tally> {
    let mut suite = Command::new(python);
    suite
        .current_dir(&workspace.root)
        .arg(workspace.root.join("xtask").join("cases.py"))
        .arg(folder)
        .args(filter)
        .envs(places.iter().map(|(variable, place)| (variable, place)))
        .env("PYTHONDONTWRITEBYTECODE", "1");
    counted(&mut suite)
}
