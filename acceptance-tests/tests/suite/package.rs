//! The output of `cargo xtask package` is what a registry or a mirror serves: Terraform installs it,
//! keeps its hashes and runs it.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::registry::{archive, manifest, package, sums};
use acceptance_tests::{Case, Failure, HOSTS, Outcome, Setup, Targets, binary, cli_settings, packages};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::archives::Unpacked;
use crate::fixture::{IMAGE_1, stack};

const EMULATED: Targets = Targets::EmulatorOnly("it is about the installation");

fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The hash that the lock file keeps of a provider's files, from the files themselves: of their
/// hashes and names, sorted by name. What stands beside program and license is as the archive has it.
fn expected_hash() -> Outcome<String> {
    let license = Path::new(env!("CARGO_MANIFEST_DIR")).join("../LICENSE");
    let unpacked = Unpacked::of(&archive())?;
    let files = BTreeMap::from([
        ("LICENSE", read(&license)?),
        ("README.md", unpacked.text("README.md")?.into_bytes()),
        ("main.tf", unpacked.text("main.tf")?.into_bytes()),
        (
            "terraform-provider-ecs_v0.1.0",
            read(&binary("terraform-provider-ecs")?)?,
        ),
    ]);
    let lines: String = files.iter().fold(String::new(), |mut lines, (name, bytes)| {
        let _ = writeln!(lines, "{}  {name}", hex(bytes));
        lines
    });
    Ok(format!("h1:{}", BASE64_STANDARD.encode(Sha256::digest(lines))))
}

/// A mirror with the archive as it was packed, for both registries.
fn mirror(folder: &Path) -> Outcome<PathBuf> {
    for host in HOSTS {
        let place = folder.join(host).join("managed-daemons/ecs");
        fs::create_dir_all(&place)?;
        fs::write(place.join(archive()), package(&archive())?)?;
    }
    Ok(folder.to_owned())
}

/// Makes the case install from a mirror of packages instead of the harness's own.
fn install_from_packages(case: &mut Case) -> Outcome {
    let mirror = mirror(&case.folder().path().join("packed"))?;
    case.folder().write("packed.tfrc", &cli_settings(&mirror)?)?;
    let settings = case.folder().path().join("packed.tfrc").display().to_string();
    case.set("TF_CLI_CONFIG_FILE", &settings);
    fs::remove_dir_all(case.folder().path().join(".terraform"))?;
    fs::remove_file(case.folder().path().join(".terraform.lock.hcl"))?;
    Ok(())
}

fn lock_file(case: &Case) -> Outcome<String> {
    Ok(fs::read_to_string(case.folder().path().join(".terraform.lock.hcl"))?)
}

#[test]
fn it_installs_and_runs() -> Outcome {
    Case::new("package", EMULATED, Setup::instances(1)).run(|case| {
        install_from_packages(case)?;
        case.run(&["init", "-input=false"], 0)?;
        let expected = expected_hash()?;
        let locked = lock_file(case)?;
        assert!(locked.contains(&expected), "{expected} is not in\n{locked}");
        case.apply(&stack(IMAGE_1, ""))?;
        // Another directory, with the lock file of this one, takes the very same package.
        fs::remove_dir_all(case.folder().path().join(".terraform"))?;
        case.run(&["init", "-input=false", "-lockfile=readonly"], 0)?;
        Ok(())
    })
}

/// A lock file that was written from a registry knows the checksum of the archive instead; the client
/// verifies it against the very archive of the mirror, and refuses another one.
#[test]
fn the_published_checksum_is_verified() -> Outcome {
    Case::new("package-checksum", EMULATED, Setup::instances(0)).run(|case| {
        install_from_packages(case)?;
        case.run(&["init", "-input=false"], 0)?;
        let (written, own) = (lock_file(case)?, expected_hash()?);
        let published = format!("zh:{}", hex(&package(&archive())?));
        for (hash, code) in [(published.as_str(), 0), (&format!("zh:{}", hex(b"another")), 1)] {
            let lock = written.replace(&own, hash);
            assert_ne!(lock, written);
            case.folder().write(".terraform.lock.hcl", &lock)?;
            fs::remove_dir_all(case.folder().path().join(".terraform"))?;
            case.run(&["init", "-input=false"], code)?;
            assert_eq!(lock_file(case)?.contains(&own), code == 0);
        }
        case.folder().write(".terraform.lock.hcl", &written)?;
        case.run(&["init", "-input=false"], 0)?;
        Ok(())
    })
}

#[test]
fn checksums_are_those_of_the_files() -> Outcome {
    let listed = String::from_utf8_lossy(&package(&sums())?).into_owned();
    let mut expected = Vec::new();
    for name in [archive(), manifest()] {
        expected.push(format!("{}  {name}", hex(&package(&name)?)));
    }
    // The order of the lines is the packager's, and no reader depends on it.
    let mut listed: Vec<&str> = listed.lines().collect();
    listed.sort_unstable();
    expected.sort_unstable();
    assert_eq!(listed, expected);
    let manifest: serde_json::Value = serde_json::from_slice(&package(&manifest())?)?;
    assert_eq!(manifest["metadata"]["protocol_versions"], serde_json::json!(["6.0"]));
    Ok(())
}

/// What the actions verify, signed as the provider's are, and the wheel for Python.
#[test]
fn the_commands_have_checksums_and_the_emulator_a_wheel() -> Outcome {
    let keyring = tempfile::tempdir()?;
    let gpg = |arguments: &[&str], files: &[PathBuf]| {
        let mut command = std::process::Command::new("gpg");
        command.arg("--batch").arg("--homedir").arg(keyring.path());
        command.args(arguments).args(files).output()
    };
    let key = gpg(&["--import"], &[packages().join("signing-key.asc")])?;
    assert!(key.status.success(), "{key:?}");
    for (command, kinds) in [
        ("ecs-drift", &[".tar.gz", ".spdx.json"][..]),
        ("ecs-emulator", &[".tar.gz", ".whl", ".spdx.json"]),
    ] {
        let listed = String::from_utf8_lossy(&package(&format!("{command}_0.1.0_SHA256SUMS"))?).into_owned();
        let lines: Vec<&str> = listed.lines().collect();
        assert_eq!(lines.len(), kinds.len(), "{listed}");
        for (line, kind) in lines.iter().zip(kinds) {
            let name = line.split_once("  ").map_or("", |(_, name)| name);
            assert!(name.ends_with(kind), "{listed}");
            assert_eq!(*line, format!("{}  {name}", hex(&package(name)?)));
        }
        let files = [".sig", ""].map(|end| packages().join(format!("{command}_0.1.0_SHA256SUMS{end}")));
        let verified = gpg(&["--verify"], &files)?;
        assert!(verified.status.success(), "{verified:?}");
    }
    Ok(())
}

/// The bill of materials of a program names what it is made of, and nothing of the other programs.
#[test]
fn the_bills_of_materials_name_the_dependencies() -> Outcome {
    let own = [
        "terraform-provider-ecs",
        "ecs-emulator",
        "ecs-drift",
        "xtask",
        "acceptance-tests",
    ];
    for (program, parts) in [
        ("terraform-provider-ecs", ["aws-sdk-ecs", "rustls", "tonic"]),
        ("ecs-emulator", ["tokio", "ciborium", "hyper"]),
        ("ecs-drift", ["aws-sdk-ecs", "hcl-edit", "toml_edit"]),
    ] {
        let bill: serde_json::Value = serde_json::from_slice(&package(&format!("{program}_0.1.0.spdx.json"))?)?;
        let packages = bill["packages"].as_array().map_or(&[][..], Vec::as_slice);
        let has = |name: &str| packages.iter().any(|package| package["name"] == name);
        for name in parts {
            assert!(has(name), "{name} is not in the bill of {program}");
        }
        for name in own.into_iter().filter(|name| *name != program) {
            assert!(!has(name), "{name} is in the bill of {program}");
        }
    }
    Ok(())
}
