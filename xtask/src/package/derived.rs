//! `.goreleaser.yml` for this machine alone. The real one builds for five platforms with a cross compiler, which needs
//! standard libraries and an SDK that a machine for tests does not have.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use crate::process::{Outcome, capture};
use crate::workspace::Workspace;

/// The configuration of releases.
const CONFIGURATION: &str = ".goreleaser.yml";

/// Writes the derived configuration and answers its path.
pub(super) fn write(workspace: &Workspace) -> Outcome<PathBuf> {
    let text = fs::read_to_string(workspace.root.join(CONFIGURATION))?;
    let configuration: Value = serde_norway::from_str(&text).map_err(|error| format!("{CONFIGURATION}: {error}"))?;
    let path = workspace.target.join("xtask").join("goreleaser.json");
    fs::create_dir_all(workspace.target.join("xtask"))?;
    fs::write(&path, derived(configuration, &host()?).to_string())?;
    Ok(path)
}

/// The one step: this machine's target, and the command of cargo that needs nothing else.
fn derived(mut configuration: Value, target: &str) -> Value {
    for build in configuration["builds"].as_array_mut().into_iter().flatten() {
        build["targets"] = json!([target]);
        build["command"] = json!("build");
    }
    configuration
}

/// The target of the compiler's own machine.
fn host() -> Outcome<String> {
    let said = capture(Command::new("rustc").arg("-vV"))?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.ok_or("rustc does not name its host")?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_target_and_command_changes() {
        let build = |target: &str, command: &str| {
            json!({
                "project_name": "p",
                "builds": [{"id": "a", "targets": [target], "command": command, "flags": ["--locked"]}],
            })
        };
        let real = build("x86_64-unknown-linux-musl", "zigbuild");
        assert_eq!(derived(real, "here"), build("here", "build"));
    }
}
