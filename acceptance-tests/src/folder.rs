//! A directory in which the CLI works: configuration, an installed provider, and an environment
//! in which nothing of the user's own settings can take part.

use std::env::consts::{ARCH, OS};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::cli::{Cli, binary};
use crate::failure::{Failure, Outcome};
use crate::journal::PROVIDER_KEY;
use crate::process::{Finished, Running};
use crate::testbed::Testbed;

/// Longest time of one command on the emulator.
const LIMIT: Duration = Duration::from_mins(3);

/// Longest time of one command on a real account.
const AWS_LIMIT: Duration = Duration::from_hours(3);

/// A secret that must appear in no output, log or journal.
pub(crate) const CANARY: &str = "canary-secret-5d41402abc4b2a76";

/// Both registries, since each CLI has its own default.
pub const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

const PROVIDER: &str = r#"terraform {
  required_providers {
    ecs = {
      source  = "managed-daemons/ecs"
      version = "0.1.0"
    }
  }
}
"#;

/// A working directory of the CLI.
#[derive(Debug)]
pub struct Folder {
    cli: Cli,
    path: PathBuf,
    environment: Vec<(String, String)>,
    limit: Duration,
}

impl Folder {
    /// Prepares a directory with a configuration and runs `init` in it, from a filesystem mirror
    /// below `shared`.
    pub fn prepare(path: &Path, shared: &Path, cli: &Cli, testbed: &Testbed, configuration: &str) -> Outcome<Self> {
        fs::create_dir_all(path)?;
        let settings = install(shared)?;
        let folder = Self {
            cli: cli.clone(),
            path: path.to_owned(),
            environment: environment(testbed, &settings, shared, path)?,
            limit: if testbed.is_emulated() { LIMIT } else { AWS_LIMIT },
        };
        folder.write("provider.tf", PROVIDER)?;
        folder.write("place.tf", &locals(testbed))?;
        folder.write("main.tf", configuration)?;
        folder.run(&["init", "-input=false"])?.expect_code(0)?;
        Ok(folder)
    }

    /// Writes a file of the configuration.
    pub fn write(&self, name: &str, text: &str) -> Outcome {
        Ok(fs::write(self.path.join(name), text)?)
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Changes an environment variable of the commands to come.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs a command to its end. A secret in its output is a failure wherever it happens.
    pub fn run(&self, arguments: &[&str]) -> Outcome<Finished> {
        self.start(arguments)?.wait(self.limit).and_then(Self::kept_secret)
    }

    /// Starts a command.
    pub fn start(&self, arguments: &[&str]) -> Outcome<Running> {
        let mut command = self.command(self.cli.path());
        command.args(arguments);
        self.start_other(&mut command)
    }

    /// Another program in this directory, with what the CLI finds in its environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.path).env_clear();
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        command
    }

    /// Starts another program.
    pub fn start_other(&self, command: &mut Command) -> Outcome<Running> {
        let output = self.path.join(".output");
        fs::create_dir_all(&output)?;
        Running::start(command, &output)
    }

    /// Waits for a started command, as [`Self::run`] does.
    pub fn finish(&self, running: Running) -> Outcome<Finished> {
        running.wait(self.limit).and_then(Self::kept_secret)
    }

    /// `show -json` of the state, or of a saved plan.
    pub fn show(&self, plan: Option<&str>) -> Outcome<Value> {
        let mut arguments = vec!["show", "-json"];
        arguments.extend(plan);
        let finished = self.run(&arguments)?.expect_code(0)?;
        Ok(serde_json::from_str(&finished.stdout)?)
    }

    fn kept_secret(finished: Finished) -> Outcome<Finished> {
        if finished.stdout.contains(CANARY) || finished.stderr.contains(CANARY) {
            return Err(finished.failure("expected no secret in the output"));
        }
        Ok(finished)
    }
}

/// The mirror of the providers of a case.
fn mirror(shared: &Path) -> PathBuf {
    shared.join("mirror")
}

/// Installs another provider beside ours, for the next `init`.
pub(crate) fn install_other(shared: &Path, source: &str, version: &str, binary: &Path) -> Outcome {
    place_provider(&mirror(shared), source, version, binary)
}

/// Puts the provider into a mirror for both registries and writes a CLI configuration that knows
/// no other source, so that nothing is ever asked of a registry.
fn install(shared: &Path) -> Outcome<PathBuf> {
    let settings = shared.join("cli.tfrc");
    if settings.exists() {
        return Ok(settings);
    }
    let mirror = mirror(shared);
    place_provider(
        &mirror,
        "managed-daemons/ecs",
        "0.1.0",
        &binary("terraform-provider-ecs")?,
    )?;
    fs::write(&settings, cli_settings(&mirror)?)?;
    Ok(settings)
}

/// A CLI configuration that takes providers from this mirror only.
pub fn cli_settings(mirror: &Path) -> Outcome<String> {
    let mirror = Value::from(utf8(mirror)?);
    Ok(format!(
        "provider_installation {{\n  filesystem_mirror {{\n    path = {mirror}\n  }}\n}}\n"
    ))
}

/// Puts a provider into a mirror for both registries. A link of its own rather than a path: a build that replaces the
/// binary in the middle of a case must not change what the case has recorded in its lock file.
fn place_provider(mirror: &Path, source: &str, version: &str, binary: &Path) -> Outcome {
    let name = source.rsplit('/').next().unwrap_or(source);
    for host in HOSTS {
        let folder = mirror.join(host).join(source).join(version).join(platform());
        fs::create_dir_all(&folder)?;
        let place = folder.join(format!("terraform-provider-{name}_v{version}"));
        let linked = fs::hard_link(binary, &place);
        linked.or_else(|_| fs::copy(binary, &place).map(drop))?;
    }
    Ok(())
}

/// The platform as Go names it.
pub fn platform() -> String {
    let system = if OS == "macos" { "darwin" } else { OS };
    let machine = match ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{machine}")
}

fn environment(testbed: &Testbed, settings: &Path, shared: &Path, folder: &Path) -> Outcome<Vec<(String, String)>> {
    let home = utf8(shared)?;
    let mut variables = vec![
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
        ("AWS_REGION", testbed.region().to_owned()),
        ("CHECKPOINT_DISABLE", "1".to_owned()),
        ("HOME", home.clone()),
        ("PATH", "/usr/bin:/bin".to_owned()),
        ("TF_CLI_ARGS", "-no-color".to_owned()),
        ("TF_CLI_CONFIG_FILE", utf8(settings)?),
        ("TF_IN_AUTOMATION", "1".to_owned()),
        // A CLI lives for a moment, and collecting its garbage is a tenth of its time.
        ("GOGC", "off".to_owned()),
        ("GOMEMLIMIT", "1GiB".to_owned()),
        ("TMPDIR", home),
    ];
    if let Ok(level) = std::env::var("TF_ACC_LOG") {
        variables.push(("TF_LOG", level));
        variables.push(("TF_LOG_PATH", utf8(&folder.join("terraform.log"))?));
    }
    if let Ok(emulator) = testbed.emulator() {
        variables.extend([
            ("AWS_ACCESS_KEY_ID", PROVIDER_KEY.to_owned()),
            ("AWS_ENDPOINT_URL_ECS", emulator.endpoint()),
            ("AWS_ENDPOINT_URL_STS", emulator.endpoint()),
            ("AWS_SECRET_ACCESS_KEY", CANARY.to_owned()),
            ("TF_ECS_POLL_INTERVAL", "20ms".to_owned()),
        ]);
    } else {
        let ours = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
        let known = |name: &'static str| std::env::var(name).ok().map(|value| (name, value));
        variables.extend(ours.into_iter().filter_map(known));
    }
    Ok(variables
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

/// The locals that every configuration of a case may refer to.
fn locals(testbed: &Testbed) -> String {
    let providers = Value::from(testbed.capacity_provider_arns().to_vec());
    format!(
        "locals {{\n  name                   = {}\n  cluster_arn            = {}\n  capacity_provider_arns = {providers}\n  \
         first                  = [local.capacity_provider_arns[0]]\n}}\n",
        Value::from(testbed.name()),
        Value::from(testbed.cluster_arn()),
    )
}

fn utf8(path: &Path) -> Outcome<String> {
    let text = path.to_str().map(ToOwned::to_owned);
    text.ok_or_else(|| Failure::new(format!("{} is no UTF-8", path.display())))
}
