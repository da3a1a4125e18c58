//! The guide for users of a vendor's module: the fork takes over what `aws_ecs_daemon` has in the state of a module,
//! nothing is sent, and from then on changes are rolled out and seen.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Finished, Outcome, Setup, Targets, binary, fail};

use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, broken};

const STAND_IN: &str = env!("CARGO_BIN_EXE_stand-in");
const FORK: &str = "examples/modules/vendor-fork";
const GUIDE: &str = "docs/guides/switching-a-vendor-module.md";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Outcome<String> {
    fs::read_to_string(root().join(path)).map_err(|error| Failure::new(format!("{path}: {error}")))
}

/// The provider that the old state belongs to is needed as long as the move has not been applied.
const REQUIRED: &str = r#"terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.62.0"
    }
  }
}
"#;

/// The vendor's module as far as its state matters, with the arguments of the stand-in.
const OLD: &str = r#"
terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "name" {}
variable "cluster_arn" {}
variable "capacity_provider_arns" {}
variable "daemon" {}
variable "definition" {}

resource "aws_ecs_daemon_task_definition" "agent" {
  arn    = var.definition
  family = var.name
}

resource "aws_ecs_daemon" "agent" {
  count = 1

  arn                        = var.daemon
  name                       = var.name
  cluster_arn                = var.cluster_arn
  daemon_task_definition_arn = aws_ecs_daemon_task_definition.agent.arn
  capacity_provider_arns     = var.capacity_provider_arns

  deployment_configuration {
    drain_percent        = 50
    bake_time_in_minutes = 0
  }
}
"#;

const PLACE: &str = "name = local.name\n  cluster_arn = local.cluster_arn\n  capacity_provider_arns = local.first";

/// Every construct at once: a sensitive value among the variables, and null wherever the module allows it.
fn fork(image: &str, more: &str) -> Outcome<String> {
    let source = fs::canonicalize(root().join(FORK))?;
    Ok(format!(
        r#"
variable "token" {{
  type      = string
  sensitive = true
  default   = "a-token"
}}

module "agent" {{
  source = "{}"
  {PLACE}
  image = "{image}"

  environment = [
    {{ name = "AGENT_TOKEN", value = var.token }},
    {{ name = "AGENT_LOG_LEVEL", value = "debug" }},
  ]

  capabilities = ["SYS_PTRACE"]

  health_check = {{
    command = ["CMD-SHELL", "agent health"]
    retries = 3
  }}

  log_configuration = {{
    log_driver = "awslogs"
  }}

  volumes = [
    {{ name = "proc", host_path = "/proc", container_path = "/host/proc" }},
    {{ name = "scratch", container_path = "/scratch", read_only = false }},
  ]

  deployment_configuration = {{
    drain_percent = 50
  }}
  {more}
}}
"#,
        source.display()
    ))
}

/// Forgets the objects and puts them into a state of `aws_ecs_daemon`, below the same module.
fn as_the_vendor_has_it(case: &mut Case) -> Outcome {
    let ours = [
        "module.agent.ecs_daemon.agent",
        "module.agent.ecs_daemon_task_definition.agent",
    ];
    case.run(&["state", "rm", ours[0], ours[1]], 0)?;
    case.install("hashicorp/aws", "6.62.0", Path::new(STAND_IN))?;
    case.folder().write("aws_override.tf", REQUIRED)?;
    let old = case.folder().path().join("old");
    fs::create_dir_all(&old)?;
    fs::write(old.join("main.tf"), OLD)?;
    let [daemon, definition] = [case.testbed().daemon_arn(), case.testbed().definition_arn(1)];
    case.folder().write(
        "main.tf",
        &format!(
            "module \"agent\" {{\n  source = \"./old\"\n  {PLACE}\n  daemon = \"{daemon}\"\n  definition = \"{definition}\"\n}}\n"
        ),
    )?;
    case.run(&["init", "-input=false"], 0)?;
    case.run(&["apply", "-input=false", "-auto-approve"], 0)?;
    Ok(())
}

#[test]
fn the_fork_takes_over_and_sends_nothing() -> Outcome {
    let targets = Targets::EmulatorOnly("its state is forgotten");
    Case::new("vendor-fork", targets, Setup::instances(2)).run(|case| {
        let first = fork(IMAGE_1, "")?;
        case.configure_only(&first)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&first)?;
        as_the_vendor_has_it(case)?;
        case.configure_only(&first)?;
        case.run(&["init", "-input=false"], 0)?;
        let switched = case.apply(&first)?.expect_changes(&[])?;
        snapshot!(case, "switched", switched.output);
        let changes = ["RegisterDaemonTaskDefinition", "UpdateDaemon"];
        case.apply(&fork(IMAGE_2, "")?)?.expect_changes(&changes)?;
        // What the vendor's module could not set.
        case.apply(&fork(IMAGE_2, "critical = false")?)?
            .expect_changes(&["UpdateDaemon"])?;
        let arn = case.testbed().daemon_arn();
        assert!(!case.testbed().other_caller().settings(&arn)?.critical);
        Ok(())
    })
}

/// The command of the guide for those who do not switch.
fn watched(case: &Case) -> Outcome<Finished> {
    let guide = read(GUIDE)?;
    let command = guide
        .lines()
        .map(str::trim)
        .find(|line| line.contains("ecs-drift watch -"));
    let Some(command) = command else {
        return fail(format!("{GUIDE} shows no watch"));
    };
    let programs = case.folder().path().join(".programs");
    if !programs.exists() {
        fs::create_dir_all(&programs)?;
        symlink(case.cli().path(), programs.join("terraform"))?;
        symlink(binary("ecs-drift")?, programs.join("ecs-drift"))?;
    }
    let mut shell = case.folder().command(Path::new("/bin/sh"));
    shell
        .args(["-c", command])
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()));
    case.folder().finish(case.folder().start_other(&mut shell)?)
}

#[test]
fn without_a_switch_the_watch_tells_a_rollback() -> Outcome {
    let targets = Targets::EmulatorOnly("its state is forgotten");
    Case::new("vendor-unswitched", targets, Setup::instances(2)).run(|case| {
        let fork = fork(IMAGE_1, "")?;
        case.configure_only(&fork)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&fork)?;
        as_the_vendor_has_it(case)?;
        watched(case)?.expect_code(0)?;
        let testbed = case.testbed();
        testbed.emulator()?.fault(&broken())?;
        let definition = testbed.other_caller().register("elsewhere", BROKEN)?;
        let providers = &testbed.capacity_provider_arns()[..1];
        let arn = testbed.daemon_arn();
        testbed.other_caller().update_with_only(&arn, &definition, providers)?;
        testbed.settle()?;
        let told = watched(case)?.expect_code(2)?;
        if !told.stderr.contains("rolled back") {
            return Err(told.failure("expected a rollback on the error output"));
        }
        // The switch repairs what the other caller has reset.
        case.configure_only(&fork)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&fork)?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

/// The blocks that a reader copies are those of the module, indented as a part of a list.
#[test]
fn the_guide_shows_the_fork() -> Outcome {
    let guide = read(GUIDE)?;
    for name in ["moved.tf", "versions.tf"] {
        let content = read(&format!("{FORK}/{name}"))?;
        let shown = format!("```terraform\n# {name}\n{}\n```", content.trim_end());
        let flush: Vec<&str> = guide
            .lines()
            .map(|line| line.strip_prefix("   ").unwrap_or(line))
            .collect();
        assert!(
            flush.join("\n").contains(&shown),
            "{GUIDE} does not show {name} of {FORK}"
        );
    }
    Ok(())
}
