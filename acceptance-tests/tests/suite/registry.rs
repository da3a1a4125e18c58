//! Installation from a registry, as a user does it who has only a source address: both tools download, verify and lock.

use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::registry::{Registry, archive, package, sums};
use acceptance_tests::{Case, Finished, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const EMULATED: Targets = Targets::EmulatorOnly("it is about the installation");

/// A machine of somebody who has the address and nothing else.
struct Machine<'a> {
    case: &'a Case,
    registry: &'a Registry,
    folder: PathBuf,
}

impl<'a> Machine<'a> {
    fn new(case: &'a Case, registry: &'a Registry, name: &str) -> Outcome<Self> {
        let folder = case.folder().path().join(name);
        fs::create_dir_all(&folder)?;
        let source = registry.source();
        let provider =
            format!("terraform {{\n  required_providers {{\n    ecs = {{ source = \"{source}\" }}\n  }}\n}}\n");
        fs::write(folder.join("provider.tf"), provider)?;
        fs::copy(case.folder().path().join("place.tf"), folder.join("place.tf"))?;
        fs::write(folder.join("main.tf"), stack(IMAGE_1, ""))?;
        Ok(Self { case, registry, folder })
    }

    fn run(&self, arguments: &[&str]) -> Outcome<Finished> {
        let mut command = self.case.folder().command(self.case.cli().path());
        command
            .current_dir(&self.folder)
            .args(arguments)
            .env("HOME", &self.folder)
            .env("TF_CLI_CONFIG_FILE", "/dev/null")
            .env("SSL_CERT_FILE", self.registry.authority());
        let running = self.case.folder().start_other(&mut command)?;
        self.case.folder().finish(running)
    }

    fn lock_file(&self) -> PathBuf {
        self.folder.join(".terraform.lock.hcl")
    }
}

#[test]
fn an_address_is_all_that_is_needed() -> Outcome {
    Case::new("registry", EMULATED, Setup::instances(1)).run(|case| {
        let registry = Registry::start(case.folder().path())?;
        let first = Machine::new(case, &registry, "first")?;
        first
            .run(&["init", "-input=false"])?
            .expect_code(0)?
            .expect_text("signed")?;
        first
            .run(&["plan", "-input=false"])?
            .expect_code(0)?
            .expect_text("2 to add, 0 to change, 0 to destroy")?;
        let locked = fs::read_to_string(first.lock_file())?;
        assert!(locked.contains("\"h1:") && locked.contains("\"zh:"), "{locked}");
        // Another machine with this lock file gets the very same package, or none.
        let second = Machine::new(case, &registry, "second")?;
        fs::copy(first.lock_file(), second.lock_file())?;
        second
            .run(&["init", "-input=false", "-lockfile=readonly"])?
            .expect_code(0)?;
        assert_eq!(fs::read_to_string(second.lock_file())?, locked);
        Ok(())
    })
}

/// Whatever does not fit together is refused, with a reason, and nothing is installed.
fn refused(name: &'static str, spoil: impl Fn(&Registry) -> Outcome, reasons: &[&str]) -> Outcome {
    Case::new(name, EMULATED, Setup::instances(0)).run(|case| {
        let registry = Registry::start(case.folder().path())?;
        spoil(&registry)?;
        let machine = Machine::new(case, &registry, "machine")?;
        machine
            .run(&["init", "-input=false"])?
            .expect_code(1)?
            .expect_one_of(reasons)?;
        assert!(!machine.lock_file().exists());
        Ok(())
    })
}

/// Changes one byte in the middle of a file.
fn flip(path: &Path, name: &str) -> Outcome {
    let mut bytes = package(name)?;
    let middle = bytes.len() / 2;
    if let Some(byte) = bytes.get_mut(middle) {
        *byte ^= 1;
    }
    Ok(fs::write(path, bytes)?)
}

#[test]
fn a_changed_archive_is_refused() -> Outcome {
    let spoil = |registry: &Registry| flip(&registry.file(&archive()), &archive());
    refused("registry-archive", spoil, &["checksum"])
}

#[test]
fn changed_checksums_are_refused() -> Outcome {
    let spoil = |registry: &Registry| {
        let path = registry.file(&sums());
        let text = fs::read_to_string(&path)?;
        Ok(fs::write(&path, format!("{text}\n"))?)
    };
    refused("registry-sums", spoil, &["signature"])
}

#[test]
fn a_wrong_signature_is_refused() -> Outcome {
    let name = format!("{}.sig", sums());
    let spoil = |registry: &Registry| flip(&registry.file(&name), &name);
    refused("registry-signature", spoil, &["signature"])
}

#[test]
fn a_missing_platform_is_named() -> Outcome {
    let reasons = ["does not have a package available for your current platform"];
    refused("registry-platform", Registry::lose_platform, &reasons)
}
