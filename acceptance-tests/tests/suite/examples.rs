//! The examples of the documentation do what they show.

use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets};

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples").join(path)
}

fn text(path: &str) -> Outcome<String> {
    let path = example(path);
    fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

#[test]
fn the_stack_can_be_applied() -> Outcome {
    Case::new("example-stack", Targets::Any, Setup::instances(2)).run(|case| {
        let source = fs::canonicalize(example("stack"))?;
        let module = format!(
            "module \"stack\" {{\n  source = \"{}\"\n  cluster_arn = local.cluster_arn\n  \
             capacity_provider_arns = local.first\n  name = local.name\n}}\n",
            source.display()
        );
        case.configure_only(&module)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&module)?;
        Ok(())
    })
}

#[test]
fn the_resources_can_be_planned() -> Outcome {
    Case::new("example-resources", Targets::Any, Setup::instances(0)).run(|case| {
        let resources = format!(
            "{}{}",
            text("resources/ecs_daemon/resource.tf")?,
            text("resources/ecs_daemon_task_definition/resource.tf")?
        );
        case.plans(
            &resources,
            &[
                "ecs_daemon.example (create)",
                "ecs_daemon_task_definition.example (create)",
            ],
        )?;
        Ok(())
    })
}

#[test]
fn the_provider_block_is_valid() -> Outcome {
    Case::new("example-provider", Targets::Any, Setup::instances(0)).run(|case| {
        let provider = text("provider/provider.tf")?;
        // What is required stands in the case's own file already, with a version of its own.
        let (_, block) = provider
            .split_once("provider \"ecs\"")
            .ok_or_else(|| Failure::new("the example has no provider block"))?;
        case.configure_only(&format!("provider \"ecs\"{block}"))?;
        case.run(&["validate"], 0)?;
        Ok(())
    })
}

#[test]
fn the_import_blocks_are_valid() -> Outcome {
    Case::new("example-imports", Targets::Any, Setup::instances(0)).run(|case| {
        let resources = format!(
            "{}{}",
            text("resources/ecs_daemon/resource.tf")?,
            text("resources/ecs_daemon_task_definition/resource.tf")?
        );
        for how in ["import-by-string-id.tf", "import-by-identity.tf"] {
            let daemon = text(&format!("resources/ecs_daemon/{how}"))?;
            let definition = text(&format!("resources/ecs_daemon_task_definition/{how}"))?;
            case.configure_only(&format!("{resources}{daemon}{definition}"))?;
            case.run(&["validate"], 0)?;
        }
        Ok(())
    })
}
