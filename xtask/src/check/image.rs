//! The image of the emulator: hadolint's rules, and that it adds the archive which a release has. No Docker runs here.

use std::fs;

use serde_json::Value;

use super::linters::{Linter, of_python};
use super::yaml;
use crate::process::Outcome;
use crate::workspace::Workspace;

/// How the image is built.
const DOCKERFILE: &str = "kits/docker/Dockerfile";

/// Checks the file.
pub(super) fn check(workspace: &Workspace) -> Outcome {
    let dockerfile = fs::read_to_string(workspace.root.join(DOCKERFILE))?;
    let releases = yaml::read(&workspace.root.join(".goreleaser.yml"))?;
    yaml::verdict(DOCKERFILE, complaints(&dockerfile, &releases))?;
    let linter = Linter {
        program: of_python(workspace, "hadolint")?,
        arguments: &["--no-color", DOCKERFILE],
        planted: &[(DOCKERFILE, "FROM scratch\nCMD /ecs-emulator --listen 127.0.0.1:8080\n")],
        complaint: "DL3025",
    };
    linter.check(workspace, &[""])
}

fn complaints(dockerfile: &str, releases: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let archives = releases["archives"].as_array();
    let emulator = archives
        .into_iter()
        .flatten()
        .find(|archive| archive["id"] == "emulator");
    let name = emulator.and_then(|archive| archive["name_template"].as_str());
    let name = name.unwrap_or_default().replace("{{ .Version }}", "${VERSION}");
    let name = name
        .replace("{{ .Os }}", "linux")
        .replace("{{ .Arch }}", "${TARGETARCH}");
    if !dockerfile.contains(&format!("\nADD {name}.tar.gz /\n")) {
        wrong.push(format!(
            "`ADD` does not name the archive of the release: {name}.tar.gz, unpacked into /"
        ));
    }
    for (instruction, why) in [
        ("FROM scratch", "nothing is in the image but the program"),
        (
            "USER 65532:65532",
            "the user is not root, as a number, since no file has names",
        ),
        ("HEALTHCHECK ", "the image knows whether the emulator answers"),
    ] {
        if !dockerfile.lines().any(|line| line.starts_with(instruction)) {
            wrong.push(format!("`{instruction}` is missing: {why}"));
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(from: &str, to: &str) -> Vec<String> {
        let dockerfile = include_str!("../../../kits/docker/Dockerfile");
        assert!(dockerfile.contains(from), "{from}");
        let releases = yaml::parse(include_str!("../../../.goreleaser.yml")).unwrap();
        complaints(&dockerfile.replace(from, to), &releases)
    }

    #[test]
    fn the_committed_file_keeps_the_rules() {
        assert_eq!(found("FROM", "FROM"), Vec::<String>::new());
    }

    #[test]
    fn mistakes_are_found() {
        let check = |from: &str, to: &str, expected: &str| {
            let found = found(from, to);
            assert!(found.iter().any(|complaint| complaint.contains(expected)), "{found:?}");
        };
        check("_linux_", "_Linux_", "archive of the release");
        check("scratch", "debian:13", "nothing is in the image");
        check("65532:65532", "root", "not root");
        check("HEALTHCHECK", "# HEALTHCHECK", "whether the emulator answers");
    }
}
