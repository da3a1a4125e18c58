//! Test programs: built with the whole workspace selected, so that dependencies keep their features, and run one by one,
//! so that only those take time that a change is about.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::nearest::{Kind, Nearest, Target};
use crate::process::{Outcome, capture, run as run_process, say};
use crate::workspace::Workspace;

/// A program as cargo built it.
#[derive(Debug, PartialEq, Eq)]
struct Built {
    name: String,
    is_test: bool,
    manifest: PathBuf,
    program: PathBuf,
}

/// Builds and runs what is nearest, and the targets that are wanted as well.
pub(super) fn run(workspace: &Workspace, nearest: &Nearest, also: &[String], all: bool) -> Outcome {
    let mut selected: BTreeSet<String> = nearest.targets.keys().map(selection).collect();
    selected.extend(also.iter().map(|name| format!("--test={name}")));
    if selected.is_empty() {
        return Ok(());
    }
    let mut cargo = workspace.cargo();
    cargo.args([
        "test",
        "--quiet",
        "--workspace",
        "--locked",
        "--no-run",
        "--message-format=json-render-diagnostics",
    ]);
    let messages = capture(cargo.args(&selected))?;
    for built in messages.lines().filter_map(built) {
        let folder = built.manifest.parent().unwrap_or(&workspace.root);
        let wanted = nearest.targets.iter().find(|(target, _)| {
            let is_test = target.kind == Kind::Test;
            built.name == target.name && built.is_test == is_test && folder == workspace.root.join(&target.folder)
        });
        let is_also = built.is_test && also.contains(&built.name);
        if wanted.is_none() && !is_also {
            continue;
        }
        let mut program = Command::new(&built.program);
        program
            .current_dir(folder)
            .env("CARGO_MANIFEST_DIR", folder)
            .arg("--quiet");
        if let Some((_, modules)) = wanted
            && !all
        {
            program.args(modules);
        }
        say("");
        run_process(&mut program)?;
    }
    Ok(())
}

/// How cargo is asked for a target. Libraries cannot be named one by one while the whole workspace is selected.
fn selection(target: &Target) -> String {
    match target.kind {
        Kind::Library => "--lib".to_owned(),
        Kind::Binary => format!("--bin={}", target.name),
        Kind::Test => format!("--test={}", target.name),
    }
}

/// The program of a message of cargo.
fn built(message: &str) -> Option<Built> {
    let message: Value = serde_json::from_str(message).ok()?;
    let is_for_tests = message["profile"]["test"] == true;
    let target = &message["target"];
    is_for_tests.then_some(())?;
    Some(Built {
        name: target["name"].as_str()?.to_owned(),
        is_test: target["kind"][0] == "test",
        manifest: message["manifest_path"].as_str()?.into(),
        program: message["executable"].as_str()?.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_from_other_messages() {
        let message = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","manifest_path":"/r/a/Cargo.toml","target":{{"kind":["test"],"name":"estate"}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
        };
        let expected = Built {
            name: "estate".to_owned(),
            is_test: true,
            manifest: "/r/a/Cargo.toml".into(),
            program: "/t/estate-1".into(),
        };
        assert_eq!(built(&message(true, "\"/t/estate-1\"")), Some(expected));
        // A binary that tests run, a library, and what is no message of a build.
        assert_eq!(built(&message(false, "\"/t/estate\"")), None);
        assert_eq!(built(&message(true, "null")), None);
        assert_eq!(built(r#"{"reason":"build-finished"}"#), None);
        assert_eq!(built("warning: text"), None);
    }
}
