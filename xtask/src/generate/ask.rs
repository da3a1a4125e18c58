//! Answers of programs from which files are generated.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::binaries;
use crate::process::{Outcome, capture};
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

/// The answer of `terraform providers schema -json`, keys sorted. The main version of Terraform is
/// used because older ones leave identities out.
pub(super) fn provider_schema(workspace: &Workspace, binaries: &Path) -> Outcome<Value> {
    let terraform = terraform::obtain(workspace, MAIN_VERSION)?;
    let plugin = binaries::plugin_folder(workspace, binaries)?;
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
    Ok(serde_json::from_str(&capture(&mut command)?)?)
}

fn overrides(folder: &str) -> String {
    let folder = Value::from(folder);
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"managed-daemons/ecs\" = {folder}\n  }}\n  direct {{}}\n}}\n"
    )
}
