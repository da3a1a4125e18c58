//! The AWS SDKs for JavaScript and Go as foreign clients of the emulator. Each has its own reading of the service's model,
//! and both are pinned by lock files. Where a machine has no Node.js or no Go, its client is left out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::go::{self, Program};
use crate::libtest::{Tally, counted};
use crate::process::{Outcome, capture, run};
use crate::workspace::Workspace;

/// The cases in JavaScript, with the lock file of what they import.
const JAVASCRIPT: &str = "emulator/conformance/javascript";

/// The first version of Node.js that the SDK runs on.
const NODE: u32 = 20;

/// The cases in Go.
const GO: Program = Program::tests("conformance", "emulator/conformance/go");

/// The variable in which the cases find the emulator.
const EMULATOR: &str = "ECS_ACC_EMULATOR";

/// True if this machine has a Node.js that is new enough, and npm.
pub(crate) fn has_node() -> bool {
    let version = |program: &str| capture(Command::new(program).arg("--version")).ok();
    version("node").is_some_and(|version| major(&version) >= Some(NODE)) && version("npm").is_some()
}

/// The first number of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// Installs the SDK for JavaScript, and answers the folder that has it and the cases.
pub(crate) fn install_javascript(workspace: &Workspace) -> Outcome<PathBuf> {
    let (source, folder) = (
        workspace.root.join(JAVASCRIPT),
        workspace.target.join("tools").join("javascript"),
    );
    fs::create_dir_all(&folder)?;
    let mut wanted = String::new();
    for entry in fs::read_dir(&source)? {
        let path = entry?.path();
        let (Some(name), true) = (path.file_name(), path.is_file()) else {
            continue;
        };
        // Beside the packages, where imports are looked for.
        fs::copy(&path, folder.join(name))?;
        if name == "package-lock.json" {
            wanted = fs::read_to_string(&path)?;
        }
    }
    let installed = folder.join("installed");
    if fs::read_to_string(&installed).is_ok_and(|installed| installed == wanted) {
        return Ok(folder);
    }
    run(Command::new("npm")
        .args(["ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder))?;
    // Only now, so that an installation that was cut short is repeated.
    fs::write(&installed, wanted)?;
    Ok(folder)
}

/// Runs the cases in JavaScript.
pub(crate) fn test_javascript(binaries: &Path, folder: &Path, filter: Option<&str>) -> Outcome<Tally> {
    let mut node = Command::new("node");
    node.current_dir(folder)
        .arg("--test-reporter=./reporter.js")
        .args(filter.map(|filter| format!("--test-name-pattern={filter}")))
        .arg("cases.js");
    counted(in_peace(&mut node, binaries))
}

/// Builds the cases in Go, and answers where they are.
pub(crate) fn build_go(workspace: &Workspace) -> Outcome<PathBuf> {
    go::obtain(workspace, &GO)
}

/// Runs the cases in Go.
pub(crate) fn test_go(binaries: &Path, cases: &Path, filter: Option<&str>) -> Outcome<Tally> {
    let mut suite = Command::new(cases);
    suite
        .arg("-test.v")
        .args(filter.map(|filter| format!("-test.run=(?i){filter}")));
    counted(in_peace(&mut suite, binaries))
}

/// Names the emulator to cases, and lets no proxy or setting of the machine take part.
fn in_peace<'a>(command: &'a mut Command, binaries: &Path) -> &'a mut Command {
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "AWS_PROFILE"] {
        command.env_remove(name);
    }
    command.env(EMULATOR, binaries.join("ecs-emulator"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_read() {
        for (text, expected) in [("v20.20.2\n", Some(20)), ("v8.1", Some(8)), ("20", None), ("vx", None)] {
            assert_eq!(major(text), expected, "{text}");
        }
        assert!(major("v9.0.0") < Some(NODE) && major("nonsense") < Some(NODE));
    }
}
