//! Obtains the foreign programs that the acceptance suite runs against: an STS (moto, from the Python
//! package index) and a proxy (tinyproxy, from Debian). They are used for tests only and never shipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{Outcome, capture, run as run_process, say};
use crate::workspace::Workspace;

/// Version of moto, and what its server needs beside it for STS alone.
const MOTO: [&str; 3] = ["moto==5.2.5", "flask", "flask-cors"];

/// Debian's package that holds nothing but the program.
const TINYPROXY: &str = "tinyproxy-bin";

/// The programs.
pub(crate) struct Tools {
    /// moto's server.
    pub(crate) moto: PathBuf,
    /// tinyproxy.
    pub(crate) tinyproxy: PathBuf,
}

/// Prints where the programs are.
pub(crate) fn run(workspace: &Workspace) -> Outcome {
    let tools = obtain(workspace)?;
    say(&tools.moto.display().to_string());
    say(&tools.tinyproxy.display().to_string());
    Ok(())
}

/// The programs: those that the environment names, or downloaded on first use.
pub(crate) fn obtain(workspace: &Workspace) -> Outcome<Tools> {
    let folder = workspace.target.join("tools");
    Ok(Tools {
        moto: named("ECS_ACC_MOTO", &folder.join("moto"), "bin/moto_server", install_moto)?,
        tinyproxy: named(
            "ECS_ACC_TINYPROXY",
            &folder.join("tinyproxy"),
            "usr/bin/tinyproxy",
            install_tinyproxy,
        )?,
    })
}

fn named(variable: &str, folder: &Path, program: &str, install: fn(&Path) -> Outcome) -> Outcome<PathBuf> {
    if let Some(path) = std::env::var_os(variable) {
        return Ok(path.into());
    }
    let path = folder.join(program);
    if !path.exists() {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        install(folder).map_err(|failure| {
            format!(
                "{} cannot be obtained ({variable} names one of your own): {failure}",
                path.display()
            )
        })?;
    }
    Ok(path)
}

/// A virtual environment cannot be moved, so the program, which pip writes last, is the sign that all
/// of it is there.
fn install_moto(folder: &Path) -> Outcome {
    run_process(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
    run_process(
        Command::new(folder.join("bin").join("python3"))
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(MOTO),
    )
}

/// Unpacks the package without installing it, which needs no rights.
fn install_tinyproxy(folder: &Path) -> Outcome {
    run_process(
        Command::new("apt-get")
            .args(["download", "-qq", TINYPROXY])
            .current_dir(folder),
    )?;
    let archive = fs::read_dir(folder)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .ok_or("apt-get has downloaded nothing")?;
    capture(Command::new("dpkg-deb").arg("--extract").arg(archive).arg(folder))?;
    Ok(())
}
