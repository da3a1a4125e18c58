//! The Terraform or `OpenTofu` under test, and where the binaries are.
//!
//! `cargo xtask test` obtains a CLI, builds the binaries and names both in the environment. A test
//! that is started by hand finds what an earlier run has left in the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::{env, fmt, fs};

use serde_json::Value;

use crate::failure::{Failure, Outcome, fail};

/// The version whose output is compared with snapshots; of others only exit codes and JSON are.
pub const SNAPSHOT_VERSION: (u64, u64, u64) = (1, 15, 5);

/// The program that a CLI is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    /// The original.
    Terraform,
    /// The fork.
    OpenTofu,
}

/// A CLI.
#[derive(Clone, Debug)]
pub struct Cli {
    path: PathBuf,
    program: Program,
    version: (u64, u64, u64),
}

impl Cli {
    /// The CLI that the environment names; asked once for its version.
    pub fn under_test() -> Outcome<&'static Self> {
        static FOUND: OnceLock<Result<Cli, String>> = OnceLock::new();
        let found = FOUND.get_or_init(|| Self::find().map_err(|failure| failure.to_string()));
        found.as_ref().map_err(Failure::new)
    }

    fn find() -> Outcome<Self> {
        let path = match env::var_os("TF_ACC_TERRAFORM_PATH") {
            Some(path) => PathBuf::from(path),
            None => obtained(&env::var("TF_ACC_TERRAFORM_VERSION").unwrap_or_else(|_| text(SNAPSHOT_VERSION)))?,
        };
        let output = Command::new(&path)
            .args(["version", "-json"])
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .output()?;
        let answer: Value = serde_json::from_slice(&output.stdout)?;
        let version = answer["terraform_version"].as_str().and_then(parse_version);
        let Some(version) = version else {
            return fail(format!("{} does not tell its version", path.display()));
        };
        // Both answer the same JSON; only the text names the program.
        let named = Command::new(&path)
            .arg("version")
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .output()?;
        let tofu = String::from_utf8_lossy(&named.stdout).starts_with("OpenTofu");
        let program = if tofu { Program::OpenTofu } else { Program::Terraform };
        Ok(Self { path, program, version })
    }

    /// The executable.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The command that users type.
    pub fn command(&self) -> &'static str {
        match self.program {
            Program::Terraform => "terraform",
            Program::OpenTofu => "tofu",
        }
    }

    /// The registry of sources that name none.
    pub fn registry(&self) -> &'static str {
        match self.program {
            Program::Terraform => "registry.terraform.io",
            Program::OpenTofu => "registry.opentofu.org",
        }
    }

    /// True if this is Terraform in at least this version.
    pub fn is_terraform_from(&self, major: u64, minor: u64) -> bool {
        self.program == Program::Terraform && self.version >= (major, minor, 0)
    }

    /// True if a resource is in the state file as soon as it is created. `OpenTofu` writes the file when
    /// the run ends and from time to time before.
    pub fn stores_each_resource(&self) -> bool {
        self.program == Program::Terraform
    }

    /// True if resources can be imported by identity.
    pub fn imports_by_identity(&self) -> bool {
        self.version >= (1, 12, 0)
    }

    /// True if the output of this CLI is compared with snapshots.
    pub fn takes_snapshots(&self) -> bool {
        self.program == Program::Terraform && self.version == SNAPSHOT_VERSION
    }
}

impl fmt::Display for Cli {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?} {}", self.program, text(self.version))
    }
}

/// Path of one of the binaries that are tested.
pub fn binary(name: &str) -> Outcome<PathBuf> {
    let folder = env::var_os("ECS_ACC_BINARIES").map_or_else(|| target().join("debug"), PathBuf::from);
    let path = folder.join(name);
    let found = fs::canonicalize(&path);
    found.map_err(|_| Failure::new(format!("{} is not there; `cargo xtask test` builds it", path.display())))
}

/// The program behind `cargo xtask`.
pub fn xtask() -> Outcome<PathBuf> {
    let path = env::var_os("ECS_ACC_XTASK").map_or_else(|| target().join("demo").join("xtask"), PathBuf::from);
    let found = fs::canonicalize(&path);
    found.map_err(|_| Failure::new(format!("{} is not there; `cargo xtask` builds it", path.display())))
}

/// The tests of `acceptance-tests/harness` as a program.
pub fn harness() -> Outcome<PathBuf> {
    let default = || target().join("tools/go/harness/harness.test");
    let path = env::var_os("ECS_ACC_HARNESS").map_or_else(default, PathBuf::from);
    let found = fs::canonicalize(&path);
    found.map_err(|_| {
        Failure::new(format!(
            "{} is not there; `cargo xtask tools` builds it with Go",
            path.display()
        ))
    })
}

/// Folder of what `cargo xtask package` has made.
pub fn packages() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
    env::var_os("ECS_ACC_PACKAGES").map_or_else(default, PathBuf::from)
}

fn obtained(version: &str) -> Outcome<PathBuf> {
    let path = target().join("terraform").join(version).join("terraform");
    if path.exists() {
        return Ok(path);
    }
    fail(format!(
        "{} is not there; `cargo xtask terraform {version}` obtains it",
        path.display()
    ))
}

fn target() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join("target");
    env::var_os("CARGO_TARGET_DIR").map_or_else(default, PathBuf::from)
}

fn parse_version(text: &str) -> Option<(u64, u64, u64)> {
    let release = text.split('-').next()?;
    let mut numbers = release.split('.').map(str::parse);
    let mut next = || numbers.next()?.ok();
    Some((next()?, next()?, next()?))
}

fn text((major, minor, patch): (u64, u64, u64)) -> String {
    format!("{major}.{minor}.{patch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(parse_version("1.15.5"), Some((1, 15, 5)));
        assert_eq!(parse_version("1.16.0-beta1"), Some((1, 16, 0)));
        assert_eq!(parse_version("1.16"), None);
        assert_eq!(parse_version("none"), None);
    }
}
