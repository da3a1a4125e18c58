//! A provider of somebody else, written with tfplug, on real clients: an ephemeral resource and a write-only argument,
//! which the provider of ECS has none of. It is the example `gate` of tfplug.

use std::{fs, path::Path};

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const STAND_IN: &str = env!("CARGO_BIN_EXE_stand-in");

const REQUIRED: &str = r#"
terraform {
  required_providers {
    gate = {
      source  = "acme/gate"
      version = "0.1.0"
    }
  }
}
"#;

/// The door is made after the pass had to be renewed.
const DOOR: &str = r#"
provider "gate" {
  folder = "${path.module}/gate"
}

ephemeral "gate_pass" "ann" {
  holder    = "Ann"
  valid_for = 1
}

resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "sleep 3"
  }
}

resource "gate_door" "north" {
  depends_on = [terraform_data.slow]
  name       = "north"
  code       = ephemeral.gate_pass.ann.code
}
"#;

#[test]
fn a_pass_lives_for_a_run_and_stands_in_no_state() -> Outcome {
    let targets = Targets::EmulatorOnly("it is about tfplug");
    Case::new("tfplug-gate", targets, Setup::instances(1)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.install("acme/gate", "0.1.0", Path::new(STAND_IN))?;
        let gate = case.folder().path().join("gate");
        fs::create_dir(&gate)?;
        case.folder().write("gate_override.tf", REQUIRED)?;
        case.folder().write("gate.tf", DOOR)?;
        case.run(&["init", "-input=false"], 0)?;
        let log = || fs::read_to_string(gate.join("log"));

        case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
        let applied = log()?;
        // The plan has a pass of its own.
        let last = applied.rsplit("pass of Ann opened\n").next().unwrap_or_default();
        assert!(
            applied.starts_with("pass of Ann opened\npass of Ann closed\n"),
            "{applied}"
        );
        assert!(last.starts_with("pass of Ann renewed\n"), "{applied}");
        assert!(last.contains("door north opened by Ann\n"), "{applied}");
        assert!(last.ends_with("pass of Ann closed\n"), "{applied}");
        assert_eq!(fs::read_dir(&gate)?.count(), 1, "a pass was left: {applied}");
        let state = case.state_of("gate_door.north")?;
        assert!(state["code"].is_null() && state["name"] == "north", "{state}");

        case.run(&["plan", "-input=false", "-detailed-exitcode"], 0)?;
        assert_eq!(log()?.matches("opened\n").count(), 3);
        assert_eq!(log()?.matches("closed\n").count(), 3);

        case.folder().write("gate.tf", DOOR_GONE)?;
        case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
        assert!(log()?.ends_with("door north closed\n"), "{}", log()?);
        for file in ["gate_override.tf", "gate.tf"] {
            fs::remove_file(case.folder().path().join(file))?;
        }
        Ok(())
    })
}

/// The provider without anything of it.
const DOOR_GONE: &str = r#"
provider "gate" {
  folder = "${path.module}/gate"
}
"#;
