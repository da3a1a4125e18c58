//! The install section of the guide, as a new user follows it: an empty home, no settings of the CLI, no registry.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;
use std::{env, io};

use acceptance_tests::{Case, Finished, Outcome, Setup, Targets, binary, fail, xtask};

use crate::fixture::{IMAGE_1, stack};

const EMULATED: Targets = Targets::EmulatorOnly("it is about the installation");

/// `cargo xtask install` in this home. Cargo itself keeps its own.
fn install(case: &Case, home: &Path, arguments: &[&str]) -> Outcome<Finished> {
    let provider = binary("terraform-provider-ecs")?;
    let binaries = provider.parent().unwrap_or(&provider);
    let own = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let cargo_home = env::var_os("CARGO_HOME").unwrap_or_else(|| own.join(".cargo").into());
    let rustup_home = env::var_os("RUSTUP_HOME").unwrap_or_else(|| own.join(".rustup").into());
    let mut command = Command::new(xtask()?);
    command
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .arg("install")
        .arg("--binaries")
        .arg(binaries)
        .args(arguments)
        .env_remove("TF_CLI_CONFIG_FILE")
        .env("HOME", home)
        .env("CARGO_HOME", cargo_home)
        .env("RUSTUP_HOME", rustup_home)
        .env("CARGO_INSTALL_ROOT", home.join(".local"));
    let running = case.folder().start_other(&mut command)?;
    case.folder().finish(running)
}

/// Files below a folder.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

/// The block for the configuration, and what is printed after it.
fn required_providers(printed: &str) -> Outcome<(String, String)> {
    let from_block = printed.find("terraform {").map(|start| &printed[start..]);
    match from_block.and_then(|text| text.split_once("\n}\n")) {
        Some((block, rest)) => Ok((format!("{block}\n}}\n"), rest.to_owned())),
        None => fail(format!("no block in:\n{printed}")),
    }
}

#[test]
fn in_a_fresh_home() -> Outcome {
    Case::new("install", EMULATED, Setup::instances(1)).run(|case| {
        let home = case.folder().path().join("home");
        fs::create_dir(&home)?;
        let installed = install(case, &home, &["--drift", "--emulator"])?.expect_code(0)?;
        let (block, hints) = required_providers(&installed.stdout)?;
        assert!(hints.contains("is not on PATH"), "{hints}");
        case.folder().write("provider.tf", &block)?;
        case.set("HOME", &home.display().to_string());
        case.set("TF_CLI_CONFIG_FILE", "/dev/null");
        fs::remove_dir_all(case.folder().path().join(".terraform"))?;
        fs::remove_file(case.folder().path().join(".terraform.lock.hcl"))?;
        case.run(&["init", "-input=false"], 0)?;
        let create = ["ecs_daemon.agent (create)", "ecs_daemon_task_definition.agent (create)"];
        case.plans(&stack(IMAGE_1, ""), &create)?;
        for command in ["ecs-drift", "ecs-emulator"] {
            let running = case.folder().start_other(
                case.folder()
                    .command(&home.join(".local/bin").join(command))
                    .arg("--version"),
            )?;
            running.wait(Duration::from_secs(20))?.expect_code(0)?;
        }
        install(case, &home, &["--drift", "--emulator", "--remove"])?.expect_code(0)?;
        let left = files(&home)?;
        let ours = left.iter().filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("terraform-provider-ecs") || name.starts_with("ecs-")
        });
        assert_eq!(ours.count(), 0, "{left:?}");
        // The end of every case runs the CLI once more.
        install(case, &home, &[])?.expect_code(0)?;
        Ok(())
    })
}
