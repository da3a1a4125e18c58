//! Golden files for outward contracts: written by `cargo xtask generate`, compared by
//! `cargo xtask check`. Today that is the provider's schema as Terraform reports it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use serde_json::Value;

use crate::process::{Outcome, capture, say};
use crate::release;
use crate::terraform::{self, MAIN_VERSION};
use crate::workspace::Workspace;

const CONFIGURATION: &str = r#"
terraform {
  required_providers {
    ecs = {
      source = "managed-daemons/ecs"
    }
  }
}
"#;

/// Options of `cargo xtask generate`.
#[derive(Args)]
pub(crate) struct Options {
    /// Compare with the committed files instead of writing them.
    #[arg(long)]
    check: bool,
}

/// Builds the provider and writes or compares the golden files.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Outcome {
    release::build(workspace)?;
    if options.check {
        return check(workspace);
    }
    let path = golden(workspace);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(&path, schema(workspace)?)?;
    say(&format!("wrote {}", path.display()));
    Ok(())
}

/// Compares the golden files with what the release build of the provider says.
pub(crate) fn check(workspace: &Workspace) -> Outcome {
    let path = golden(workspace);
    let committed = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let current = schema(workspace)?;
    if committed == current {
        return Ok(());
    }
    let differing = committed.lines().zip(current.lines()).position(|(old, new)| old != new);
    let line = differing.unwrap_or_else(|| committed.lines().count().min(current.lines().count())) + 1;
    let stale = format!(
        "{} differs from the provider from line {line} on; if the change is meant, run `cargo xtask generate`",
        path.display()
    );
    Err(stale.into())
}

fn golden(workspace: &Workspace) -> PathBuf {
    workspace.root.join("schemas").join("provider-schema.json")
}

/// What `terraform providers schema -json` answers, indented, keys sorted. The main version of
/// Terraform is used because older ones leave identities out.
fn schema(workspace: &Workspace) -> Outcome<String> {
    let terraform = terraform::obtain(workspace, MAIN_VERSION)?;
    let plugin = release::plugin_folder(workspace)?;
    let folder = workspace.target.join("xtask").join("schema");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.tf"), CONFIGURATION)?;
    let settings = folder.join("cli.tfrc");
    fs::write(&settings, overrides(&plugin.display().to_string()))?;
    let mut command = Command::new(terraform);
    command
        .current_dir(&folder)
        .args(["providers", "schema", "-json"])
        .env("TF_CLI_CONFIG_FILE", &settings)
        .env("CHECKPOINT_DISABLE", "1");
    let schema: Value = serde_json::from_str(&capture(&mut command)?)?;
    Ok(format!("{schema:#}\n"))
}

fn overrides(folder: &str) -> String {
    let folder = Value::from(folder);
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"managed-daemons/ecs\" = {folder}\n  }}\n  direct {{}}\n}}\n"
    )
}
