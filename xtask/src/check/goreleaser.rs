//! Rules of the registries that `.goreleaser.yml` and the manifest have to keep. A mistake here would
//! show at the first release only, and a published version cannot be changed.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::yaml;
use crate::binaries::{PROVIDER, RELEASED};
use crate::process::Outcome;

const CONFIGURATION: &str = ".goreleaser.yml";
/// The step after it, with wheels and checksums.
const COMMANDS: &str = ".ci/release-commands";
const MANIFEST: &str = "terraform-registry-manifest.json";

/// Name of the binary in the archive of the provider.
const BINARY: &str = "{{ .ProjectName }}_v{{ .Version }}";
/// Names of what belongs to a version.
const ARCHIVE: &str = "{{ .ProjectName }}_{{ .Version }}_{{ .Os }}_{{ .Arch }}";
/// Time of what is packed.
const COMMITTED: &str = "{{ .CommitDate }}";
const MANIFEST_NAME: &str = "{{ .ProjectName }}_{{ .Version }}_manifest.json";
const SUMS: &str = "{{ .ProjectName }}_{{ .Version }}_SHA256SUMS";

/// Checks both files.
pub(super) fn check(root: &Path) -> Outcome {
    let configuration = yaml::read(&root.join(CONFIGURATION))?;
    let manifest = yaml::read(&root.join(MANIFEST))?;
    let mut wrong = complaints(&configuration, &manifest);
    let commands = std::fs::read_to_string(root.join(COMMANDS))?;
    wrong.extend(without_wheel(&configuration, &commands));
    if let Some(tool) = build(&configuration, "provider")["tool"].as_str()
        && !root.join(tool).is_file()
    {
        wrong.push(format!("the tool {tool} is not there"));
    }
    yaml::verdict(CONFIGURATION, wrong)
}

fn complaints(configuration: &Value, manifest: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut rule = |holds: bool, text: &str| {
        if !holds {
            wrong.push(text.to_owned());
        }
    };
    rule(configuration["version"] == 2, "the format is version 2");
    rule(
        configuration["project_name"] == PROVIDER,
        "the project is called like the provider, archives are named after it",
    );
    rule(
        manifest["version"] == 1 && manifest["metadata"]["protocol_versions"] == serde_json::json!(["6.0"]),
        "the manifest names protocol 6.0: without it registries assume 5.0",
    );
    builds(configuration, &mut rule);
    archives(configuration, &mut rule);
    release(configuration, &mut rule);
    wrong
}

/// Targets of the emulator that the script with the wheels does not know, and those that it cannot be built for.
fn without_wheel(configuration: &Value, script: &str) -> Vec<String> {
    let targets = list(&build(configuration, "emulator")["targets"]).map(text);
    let unknown = targets.filter(|target| !script.contains(&format!("  {target}) ")) || target.contains("windows"));
    unknown
        .map(|target| format!("{COMMANDS} has no wheel for the emulator's target {target}"))
        .collect()
}

/// The way a rule is stated: what must hold, and the sentence if it does not.
type Rule<'a> = &'a mut dyn FnMut(bool, &str);

fn builds(configuration: &Value, rule: Rule<'_>) {
    for binary in RELEASED {
        let (bin, package) = (format!("--bin={binary}"), format!("--package={binary}"));
        let built = list(&configuration["builds"]).any(|build| has(&build["flags"], &bin));
        let together = list(&configuration["builds"]).all(|build| has(&build["flags"], &package));
        rule(
            together,
            &format!("each build names {binary}, so that all have the features that were tested"),
        );
        rule(built, &format!("{binary} is in a release"));
    }
    let provider = build(configuration, "provider");
    let versioned = format!("RELEASE_BINARY={BINARY}");
    rule(
        provider["binary"] == BINARY,
        "the provider's binary carries `_v` and the version",
    );
    rule(
        has(&provider["env"], &versioned),
        "the tool is told the name of the binary by RELEASE_BINARY",
    );
    for build in list(&configuration["builds"]) {
        let id = build["id"].as_str().unwrap_or("?");
        let package = list(&build["flags"]).any(|flag| text(flag).starts_with("--package="));
        rule(
            build["builder"] == "rust",
            &format!("build {id} uses the builder for Rust"),
        );
        rule(
            package,
            &format!("build {id} names its package as `--package=NAME`: the builder insists in a workspace"),
        );
        rule(
            has(&build["flags"], "--locked"),
            &format!("build {id} builds what is locked"),
        );
        let id = text(&build["id"]);
        let archived = list(&configuration["archives"]).any(|archive| archive["ids"] == serde_json::json!([id]));
        rule(archived, &format!("build {id} has an archive of its own"));
        let mut platforms = BTreeSet::new();
        for target in list(&build["targets"]).map(text) {
            rule(
                platforms.insert(platform(target)),
                &format!("build {id} has a second target for the platform of {target}: one archive name for two"),
            );
            rule(
                !target.contains("-linux-gnu"),
                &format!("build {id} is static on Linux, so {target} must be musl"),
            );
        }
    }
}

fn archives(configuration: &Value, rule: Rule<'_>) {
    let provider = find(&configuration["archives"], "provider");
    rule(
        provider["formats"] == serde_json::json!(["zip"]),
        "the provider's archive is a zip",
    );
    rule(
        provider["name_template"] == ARCHIVE,
        "the provider's archive is called PROJECT_VERSION_OS_ARCH",
    );
    rule(
        provider["ids"] == serde_json::json!(["provider"]),
        "the provider's archive holds the provider only",
    );
    let confusing = list(&provider["files"]).any(|file| base(source(file)).starts_with(PROVIDER));
    for archive in list(&configuration["archives"]) {
        let id = text(&archive["id"]);
        let dated = list(&archive["files"]).all(|file| text(&file["info"]["mtime"]) == COMMITTED);
        rule(
            dated && text(&archive["builds_info"]["mtime"]) == COMMITTED,
            &format!("the files of archive {id} have the time of the commit: else two builds differ"),
        );
    }
    rule(
        !confusing,
        "no other file in the provider's archive begins with its name: the CLI would start it",
    );
    rule(
        list(&provider["files"]).any(|file| source(file) == "LICENSE"),
        "the provider's archive holds the license",
    );
    for other in list(&configuration["archives"]).filter(|archive| archive["id"] != "provider") {
        let (id, name) = (text(&other["id"]), text(&other["name_template"]));
        let apart = !name.starts_with(PROVIDER) && !name.starts_with("{{ .ProjectName }}");
        rule(
            apart && !has(&other["formats"], "zip"),
            &format!("archive {id} has another name and format than the provider's, or registries take it for one"),
        );
    }
}

fn release(configuration: &Value, rule: Rule<'_>) {
    let checksum = &configuration["checksum"];
    rule(checksum["name_template"] == SUMS, "checksums are in SHA256SUMS");
    rule(checksum["algorithm"] == "sha256", "checksums are SHA-256");
    rule(has_manifest(checksum), "the manifest has a checksum");
    rule(
        list(&configuration["sboms"]).all(|bill| !has(&checksum["ids"], text(&bill["id"]))),
        "no bill of materials has the id of an archive: the registries' checksums would list it",
    );
    rule(
        has_manifest(&configuration["release"]),
        "the manifest is part of the release",
    );
    rule(
        configuration["release"]["draft"] == true,
        "the release is a draft until the workflow publishes it",
    );
    let signed = list(&configuration["signs"]).any(|sign| {
        sign["artifacts"] == "checksum" && has(&sign["args"], "--detach-sign") && !has(&sign["args"], "--armor")
    });
    rule(signed, "checksums have a detached binary signature");
}

fn has_manifest(section: &Value) -> bool {
    list(&section["extra_files"]).any(|file| file["glob"] == MANIFEST && file["name_template"] == MANIFEST_NAME)
}

fn build<'a>(configuration: &'a Value, id: &str) -> &'a Value {
    find(&configuration["builds"], id)
}

fn find<'a>(section: &'a Value, id: &str) -> &'a Value {
    list(section).find(|entry| entry["id"] == id).unwrap_or(&Value::Null)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn has(value: &Value, text: &str) -> bool {
    list(value).any(|entry| entry == text)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Path of a file of an archive, with or without more about it.
fn source(file: &Value) -> &str {
    file.as_str().unwrap_or_else(|| text(&file["src"]))
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Machine and system of a target: what an archive is named after.
fn platform(target: &str) -> (&str, &str) {
    let mut parts = target.split('-');
    let machine = parts.next().unwrap_or_default();
    (machine, parts.nth(1).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(pointer: &str, value: Value) -> Vec<String> {
        let mut configuration = yaml::parse(include_str!("../../../.goreleaser.yml")).unwrap();
        let manifest = yaml::parse(include_str!("../../../terraform-registry-manifest.json")).unwrap();
        if !pointer.is_empty() {
            *configuration.pointer_mut(pointer).unwrap() = value;
        }
        complaints(&configuration, &manifest)
    }

    fn check(pointer: &str, value: Value, expected: &str) {
        let found = found(pointer, value);
        assert!(
            found.iter().any(|complaint| complaint.contains(expected)),
            "{pointer}: {found:?}"
        );
    }

    #[test]
    fn the_committed_file_keeps_the_rules() {
        assert_eq!(found("", Value::Null), Vec::<String>::new());
    }

    #[test]
    fn mistakes_are_found() {
        check("/builds/0/binary", json!("terraform-provider-ecs"), "carries `_v`");
        check("/builds/0/env", json!([]), "RELEASE_BINARY");
        check(
            "/builds/0/flags",
            json!(["--locked", "--package", "ecs"]),
            "--package=NAME",
        );
        check(
            "/builds/1/flags",
            json!(["--locked", "--package=ecs-emulator"]),
            "each build names ecs-drift",
        );
        check("/builds/1/flags", json!(["--package=x"]), "what is locked");
        check("/builds/0/targets/0", json!("x86_64-unknown-linux-gnu"), "must be musl");
        check(
            "/builds/0/targets/1",
            json!("x86_64-unknown-linux-musl"),
            "a second target",
        );
        check(
            "/builds/2/flags",
            json!(["--locked", "--package=x"]),
            "ecs-drift is in a release",
        );
        check(
            "/archives/2/ids",
            json!(["emulator"]),
            "reconciler has an archive of its own",
        );
        check("/archives/0/formats", json!(["tar.gz"]), "is a zip");
        check("/archives/0/name_template", json!("{{ .ProjectName }}"), "is called");
        check(
            "/archives/0/files",
            json!(["LICENSE", {"src": "docs/terraform-provider-ecs.md"}]),
            "would start it",
        );
        check(
            "/archives/1/files/0",
            json!("LICENSE"),
            "archive emulator have the time",
        );
        check("/archives/2/builds_info", json!({}), "archive reconciler have the time");
        check("/archives/1/formats", json!(["zip"]), "registries take it");
        check("/archives/1/name_template", json!(ARCHIVE), "registries take it");
        check("/checksum/extra_files", json!([]), "has a checksum");
        check("/release/extra_files", json!([]), "part of the release");
        check("/sboms/0/id", json!("provider"), "registries' checksums");
        check("/release/draft", json!(false), "a draft");
        check("/signs", json!([]), "signature");
    }

    #[test]
    fn each_target_of_the_emulator_has_a_wheel() {
        let mut configuration = yaml::parse(include_str!("../../../.goreleaser.yml")).unwrap();
        let script = include_str!("../../../.ci/release-commands");
        assert_eq!(without_wheel(&configuration, script), Vec::<String>::new());
        for target in ["x86_64-pc-windows-gnu", "s390x-unknown-linux-musl"] {
            configuration["builds"][1]["targets"] = json!([target]);
            let found = without_wheel(&configuration, script);
            assert!(found[0].contains(target) && found.len() == 1, "{found:?}");
        }
    }

    /// The stand-in for cargo, with a cargo that only leaves a file where the real one would.
    #[cfg(unix)]
    fn stand_in(command: &str, target: &str, built: &str) -> Result<(String, Vec<String>), String> {
        use std::os::unix::fs::PermissionsExt;
        use std::process::Command;

        let folder = tempfile::tempdir().unwrap();
        let fake = folder.path().join("bin/cargo");
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::fs::write(&fake, "#!/bin/sh\necho \"$*\" >arguments\n").unwrap();
        std::fs::set_permissions(&fake, std::fs::Permissions::from_mode(0o755)).unwrap();
        let file = folder.path().join("target").join(built);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "binary").unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.ci/release-cargo");
        let output = Command::new(script)
            .args([command, &format!("--target={target}"), "--locked", "--bin=program"])
            .current_dir(folder.path())
            .env_remove("CARGO_TARGET_DIR")
            .env("PATH", format!("{}:/usr/bin:/bin", folder.path().join("bin").display()))
            .env("RELEASE_BINARY", "program_v1.2.3")
            .output()
            .unwrap();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let arguments = std::fs::read_to_string(folder.path().join("arguments")).unwrap();
        let release = folder.path().join("target").join(target).join("release");
        let names = std::fs::read_dir(release).unwrap();
        let mut names: Vec<String> = names
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        Ok((arguments.trim().to_owned(), names))
    }

    #[cfg(unix)]
    #[test]
    fn the_stand_in_for_cargo_gives_the_binary_its_name() {
        let check = |command: &str, target: &str, built: &str, arguments: &str, names: &[&str]| {
            let found = stand_in(command, target, built).unwrap();
            assert_eq!(
                (found.0.as_str(), found.1),
                (arguments, names.iter().map(|&name| name.to_owned()).collect())
            );
        };
        let (musl, windows, gnu) = (
            "x86_64-unknown-linux-musl",
            "x86_64-pc-windows-gnu",
            "x86_64-unknown-linux-gnu",
        );
        check(
            "zigbuild",
            musl,
            &format!("{musl}/release/program"),
            &format!("zigbuild --target={musl} --locked --bin=program"),
            &["program", "program_v1.2.3"],
        );
        check(
            "zigbuild",
            windows,
            &format!("{windows}/release/program.exe"),
            &format!("zigbuild --target={windows} --locked --bin=program"),
            &["program.exe", "program_v1.2.3.exe"],
        );
        // The build of this machine is that of all other tasks.
        check(
            "build",
            gnu,
            "release/program",
            "build --locked --bin=program",
            &["program_v1.2.3"],
        );
        assert!(stand_in("zigbuild", windows, &format!("{windows}/release/program")).is_err());
    }
}
