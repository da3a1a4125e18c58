//! States of hashicorp/aws and hashicorp/awscc that `moved` blocks bring to our types. Stand-ins of those providers write
//! and read them, since a client wants the schema of every provider that a state names.

use std::path::Path;

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, stack};

const STAND_IN: &str = env!("CARGO_BIN_EXE_stand-in");

/// A provider to move from: its name, a version of its own, and the configuration that puts the objects into its state.
struct Old {
    name: &'static str,
    version: &'static str,
    configuration: fn(&str, &str) -> String,
}

const AWS: Old = Old {
    name: "aws",
    version: "6.62.0",
    configuration: |daemon, definition| {
        format!(
            r#"
resource "aws_ecs_daemon" "agent" {{
  arn                        = "{daemon}"
  name                       = local.name
  cluster_arn                = local.cluster_arn
  daemon_task_definition_arn = "{definition}"
  capacity_provider_arns     = local.first
}}

resource "aws_ecs_daemon_task_definition" "agent" {{
  arn    = "{definition}"
  family = local.name
  cpu    = "256"
  memory = "512"
}}
"#
        )
    },
};

const AWSCC: Old = Old {
    name: "awscc",
    version: "1.99.0",
    configuration: |daemon, definition| {
        format!(
            r#"
resource "awscc_ecs_daemon" "agent" {{
  daemon_arn  = "{daemon}"
  daemon_name = local.name
}}

resource "awscc_ecs_daemon_task_definition" "agent" {{
  daemon_task_definition_arn = "{definition}"
  family                     = local.name
}}
"#
        )
    },
};

/// Objects of ours are forgotten, put into a state of the old provider, and moved from there: nothing is to change.
fn moved(case: &mut Case, old: &Old) -> Outcome {
    let configuration = stack(IMAGE_1, "");
    case.apply(&configuration)?;
    case.run(
        &["state", "rm", "ecs_daemon.agent", "ecs_daemon_task_definition.agent"],
        0,
    )?;
    let [daemon, definition] = [case.testbed().daemon_arn(), case.testbed().definition_arn(1)];
    case.install(&format!("hashicorp/{}", old.name), old.version, Path::new(STAND_IN))?;
    let required = format!(
        "terraform {{\n  required_providers {{\n    {0} = {{\n      source  = \"hashicorp/{0}\"\n      version = \"{1}\"\n    }}\n  }}\n}}\n",
        old.name, old.version
    );
    case.folder().write("old_override.tf", &required)?;
    case.run(&["init", "-input=false"], 0)?;
    case.folder()
        .write("main.tf", &(old.configuration)(&daemon, &definition))?;
    case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
    let moves = ["daemon", "daemon_task_definition"].map(|kind| {
        format!(
            "\nmoved {{\n  from = {}_ecs_{kind}.agent\n  to   = ecs_{kind}.agent\n}}\n",
            old.name
        )
    });
    let applied = case
        .apply(&format!("{configuration}{}", moves.concat()))?
        .expect_changes(&[])?;
    snapshot!(case, "moved", applied.output);
    let state = case.state_of("ecs_daemon.agent")?;
    assert_eq!(state["arn"], daemon.as_str());
    Ok(())
}

#[test]
fn from_hashicorp_aws() -> Outcome {
    Case::new(
        "moved-aws",
        Targets::EmulatorOnly("its state is forgotten"),
        Setup::instances(1),
    )
    .run(|case| moved(case, &AWS))
}

#[test]
fn from_hashicorp_awscc() -> Outcome {
    Case::new(
        "moved-awscc",
        Targets::EmulatorOnly("its state is forgotten"),
        Setup::instances(1),
    )
    .run(|case| moved(case, &AWSCC))
}
