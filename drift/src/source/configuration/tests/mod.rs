//! Places of settings and values of expressions, by what they are of.

mod evaluated;
mod files;
mod moves;
mod places;
mod reading;
mod terragrunt;
mod values;

use std::{fs, path::Path};

use super::*;
use crate::report::{Cause, SourceRef, golden};

const ROOT: &str = r#"# Daemons
module "a" {
  source   = "./agents"
  for_each = toset(["x.y"])
}

module "far" { source = "registry/x/y" }

resource "ecs_daemon" "solo" {
  name     = "sölo"
  /* ü */ critical = false

  deployment_configuration {
    drain_percent = 10
    dynamic "alarms" {
      for_each = [1]
      content {
        enable = true
      }
    }
  }
}
"#;
const INNER: &str = "resource \"ecs_daemon\" \"agent\" {\n  count = 2\n  propagate_tags = \"DAEMON\"\n}\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("agents")).unwrap();
    fs::write(folder.path().join("main.tf"), ROOT).unwrap();
    fs::write(folder.path().join("agents/daemon.tf"), INNER).unwrap();
    folder
}

fn place(configuration: &Configuration, address: &str, setting: Option<&str>) -> Option<(String, u32, u32)> {
    let mut finding = golden::finding(Cause::ChangedOutside);
    finding.location = None;
    finding.setting = setting.map(str::to_owned);
    finding.source = Some(SourceRef {
        input: "state".to_owned(),
        address: address.to_owned(),
        resource_type: "ecs_daemon".to_owned(),
    });
    configuration.locate(std::slice::from_mut(&mut finding));
    let location = finding.location?;
    let name = location.file.rsplit('/').next().unwrap_or_default().to_owned();
    Some((name, location.line, location.column?))
}

fn given(root: Option<&Path>) -> Given {
    Given {
        root: root.map(Path::to_path_buf),
        ..Given::default()
    }
}

/// The setting of the daemon at an address as it is written: a value with its origin, nothing, or a reason.
fn written(configuration: &Configuration, address: &str, setting: &str) -> String {
    let path: Vec<&str> = setting.split('.').collect();
    let address = address::Address::parse(address).unwrap();
    let declared = configuration.declared(&address, &mut declared::Scopes::new());
    match declared.map(|declared| declared.written(&path).1) {
        Ok(declared::Written::Known(known)) => {
            let mark = if known.is_sensitive { " (sensitive)" } else { "" };
            let origin = known.origin.as_deref().unwrap_or("here");
            let origin = origin.rsplit('/').next().unwrap_or_default().trim_matches('`');
            format!("{} from {origin}{mark}", known.value)
        }
        Ok(declared::Written::Absent) => "absent".to_owned(),
        Ok(declared::Written::Unknown(unknown)) | Err(unknown) => unknown.0.to_owned(),
    }
}

/// A daemon of the root module whose `propagate_tags` is an expression.
fn daemons(expressions: &[(&str, &str)]) -> String {
    let blocks = expressions.iter().map(|(name, expression)| {
        format!("resource \"ecs_daemon\" \"{name}\" {{\n  propagate_tags = {expression}\n}}\n")
    });
    blocks.collect()
}

/// Expects a setting of the daemon at an address to be written so.
fn check(configuration: &Configuration, address: &str, setting: &str, expected: &str) {
    assert_eq!(
        written(configuration, address, setting),
        expected,
        "{address} {setting}"
    );
}

/// Writes daemons with these expressions into a root module, behind other text, and expects what each of them is. A case
/// is name, expression and expectation.
fn check_expressions(folder: &Path, text: &str, given: &Given, cases: &[(&str, &str, &str)]) -> Configuration {
    let blocks: Vec<(&str, &str)> = cases.iter().map(|(name, expression, _)| (*name, *expression)).collect();
    fs::write(folder.join("main.tf"), format!("{text}{}", daemons(&blocks))).unwrap();
    let configuration = Configuration::read(folder, given).unwrap();
    assert_eq!(configuration.warnings, []);
    for (name, _, expected) in cases {
        check(
            &configuration,
            &format!("ecs_daemon.{name}"),
            "propagate_tags",
            expected,
        );
    }
    configuration
}
