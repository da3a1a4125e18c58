//! What one of the two CLIs has and the other refuses, each tried on both. The guide "Terraform and `OpenTofu`" has the
//! table.

use std::fs;

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, agent, definition, stack};

const EMULATED: Targets = Targets::EmulatorOnly("it is about the CLI");

/// State and plans are encrypted with a passphrase.
const ENCRYPTION: &str = r#"
terraform {
  encryption {
    key_provider "pbkdf2" "passphrase" {
      passphrase = "a passphrase of some length"
    }
    method "aes_gcm" "passphrase" {
      keys = key_provider.pbkdf2.passphrase
    }
    state {
      method   = method.aes_gcm.passphrase
      enforced = true
    }
    plan {
      method   = method.aes_gcm.passphrase
      enforced = true
    }
  }
}
"#;

#[test]
fn state_and_plan_are_encrypted_by_opentofu() -> Outcome {
    Case::new("encrypted", EMULATED, Setup::instances(1)).run(|case| {
        let encrypted = format!("{ENCRYPTION}{}", stack(IMAGE_1, ""));
        if case.cli().is_terraform_from(0, 0) {
            case.plan_fails(&encrypted)?
                .expect_text("Blocks of type \"encryption\" are not expected here")?;
            // The checks at the end need a configuration that the CLI reads.
            return case.configure_only("");
        }
        case.apply(&encrypted)?;
        let state = fs::read_to_string(case.folder().path().join("terraform.tfstate"))?;
        assert!(state.contains("\"encrypted_data\""), "{state}");
        assert!(!state.contains("ecs_daemon"), "{state}");
        // A saved plan goes the same way and is applied.
        let changed = encrypted.replace("local.first", "local.capacity_provider_arns");
        case.configure_only(&changed)?;
        case.run(&["plan", "-input=false", "-out=saved.bin"], 0)?;
        case.run(&["apply", "-input=false", "saved.bin"], 0)?
            .expect_changes(&["UpdateDaemon"])?;
        case.apply(&changed)?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn a_daemon_is_switched_off_by_enabled_on_opentofu() -> Outcome {
    Case::new("enabled", EMULATED, Setup::instances(1)).run(|case| {
        let on = stack(IMAGE_1, "lifecycle {\n    enabled = true\n  }");
        if case.cli().is_terraform_from(0, 0) {
            case.plan_fails(&on)?
                .expect_text("An argument named \"enabled\" is not expected here")?;
            // The checks at the end need a configuration that the CLI reads.
            return case.configure_only("");
        }
        case.apply(&on)?;
        case.apply(&on.replace("enabled = true", "enabled = false"))?
            .expect_changes(&["DeleteDaemon"])?;
        Ok(())
    })
}

#[test]
fn a_daemon_is_left_out_by_exclude_on_opentofu() -> Outcome {
    Case::new("exclude", EMULATED, Setup::instances(1)).run(|case| {
        case.configure_only(&stack(IMAGE_1, ""))?;
        let apply = ["apply", "-auto-approve", "-input=false", "-exclude=ecs_daemon.agent"];
        if case.cli().is_terraform_from(0, 0) {
            case.run(&apply, 1)?.expect_text("-exclude")?;
            // The checks at the end need a configuration that the CLI reads.
            return case.configure_only("");
        }
        case.run(&apply, 0)?.expect_changes(&["RegisterDaemonTaskDefinition"])?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&["CreateDaemon"])?;
        Ok(())
    })
}

#[test]
fn one_provider_block_serves_several_regions_on_opentofu() -> Outcome {
    Case::new("provider-for-each", EMULATED, Setup::instances(0)).run(|case| {
        let providers = r#"
locals {
  regions = toset(["us-west-2", "eu-west-1"])
}

provider "ecs" {
  alias    = "by_region"
  for_each = local.regions
  region   = each.value
}
"#;
        let definition = definition(
            "agent",
            IMAGE_1,
            "for_each = local.regions\n  provider = ecs.by_region[each.key]",
        );
        let configuration = format!("{providers}{definition}");
        if case.cli().is_terraform_from(0, 0) {
            case.plan_fails(&configuration)?.expect_text("for_each")?;
            // The checks at the end need a configuration that the CLI reads.
            return case.configure_only("");
        }
        case.apply(&configuration)?
            .expect_changes(&["RegisterDaemonTaskDefinition", "RegisterDaemonTaskDefinition"])?;
        for region in ["us-west-2", "eu-west-1"] {
            let state = case.state_of(&format!("ecs_daemon_task_definition.agent[\"{region}\"]"))?;
            assert_eq!(state["region"], region);
        }
        // A provider stays until what it manages is gone.
        case.apply(providers)?;
        Ok(())
    })
}

#[test]
fn the_source_of_a_module_is_a_variable_on_opentofu() -> Outcome {
    Case::new("early-evaluation", EMULATED, Setup::instances(0)).run(|case| {
        let module = case.folder().path().join("fleet");
        fs::create_dir(&module)?;
        let block =
            "terraform {\n  required_providers {\n    ecs = {\n      source = \"managed-daemons/ecs\"\n    }\n  }\n}\n";
        let locals = "locals {\n  name = \"agent\"\n}\n";
        fs::write(
            module.join("main.tf"),
            format!("{block}{locals}{}", definition("agent", IMAGE_1, "")),
        )?;
        let source = format!("{}/${{var.which}}", case.folder().path().display());
        let variable = "variable \"which\" {\n  default = \"fleet\"\n}\n";
        case.configure_only(&format!(
            "{variable}\nmodule \"agent\" {{\n  source = \"{source}\"\n}}\n"
        ))?;
        if case.cli().is_terraform_from(0, 0) {
            case.run(&["init", "-input=false"], 1)?.expect_text("source")?;
            // The checks at the end need a configuration that the CLI reads.
            return case.configure_only("");
        }
        case.run(&["init", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_changes(&["RegisterDaemonTaskDefinition"])?;
        Ok(())
    })
}

#[test]
fn actions_and_lists_are_of_terraform() -> Outcome {
    Case::new("terraform-only", EMULATED, Setup::instances(0)).run(|case| {
        let action = "action \"ecs_daemon_redeploy\" \"again\" {\n  config {\n    daemon_arn = \"x\"\n  }\n}\n";
        let known = case.cli().is_terraform_from(1, 14);
        let refusal = if known {
            "daemon_arn"
        } else {
            "Blocks of type \"action\" are not expected here"
        };
        case.plan_fails(&format!("{}{action}", agent("")))?
            .expect_text(refusal)?;
        case.configure_only("")?;
        // A command that a CLI does not know ends with the list of those that it knows.
        case.run(&["query", "-help"], i32::from(!known))?;
        Ok(())
    })
}
