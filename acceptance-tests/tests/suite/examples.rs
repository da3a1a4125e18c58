//! The examples of the documentation do what they show.

use std::fs;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, IMAGE_2, stack};

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
        let mut resources = String::new();
        for name in ["minimal", "resource", "complete"] {
            for resource in ["ecs_daemon", "ecs_daemon_task_definition"] {
                resources += &text(&format!("resources/{resource}/{name}.tf"))?;
            }
        }
        case.plans(
            &resources,
            &[
                "ecs_daemon.complete (create)",
                "ecs_daemon.example (create)",
                "ecs_daemon.minimal (create)",
                "ecs_daemon_task_definition.complete (create)",
                "ecs_daemon_task_definition.example (create)",
                "ecs_daemon_task_definition.minimal (create)",
            ],
        )?;
        Ok(())
    })
}

/// The examples of data sources, as the case has things.
pub(crate) fn data_sources(case: &Case) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    for folder in fs::read_dir(example("data-sources"))? {
        let example = fs::read_to_string(folder?.path().join("data-source.tf"))?;
        let example = example
            .replace(
                "arn:aws:ecs:us-east-1:123456789012:cluster/production",
                case.testbed().cluster_arn(),
            )
            .replace(
                "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent",
                &case.testbed().daemon_arn(),
            )
            .replace("\"log-agent\"", "local.name")
            .replace("\"log-\"", "local.name")
            .replace("\"*-agent\"", "local.name");
        found.push(example);
    }
    Ok(found)
}

/// Each reads what the case has made, under the names of the example.
#[test]
fn the_data_sources_can_be_read() -> Outcome {
    Case::new("example-data-sources", Targets::Any, Setup::instances(1)).run(|case| {
        let made = stack(IMAGE_1, "");
        case.apply(&made)?;
        for example in data_sources(case)? {
            // Terraform ends a refresh with code 2 where nothing but the values of outputs could differ, so the
            // invariants of a step do not hold here; a second plan is empty.
            case.configure_only(&format!("{made}{example}"))?;
            case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
            case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        }
        case.apply(&made)?;
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

/// The module against a real rollout; its own tests with a mocked provider are below.
#[test]
fn the_module_can_be_applied() -> Outcome {
    Case::new("example-module", Targets::Any, Setup::instances(2)).run(|case| {
        let module = |image: &str| -> Outcome<String> {
            let source = fs::canonicalize(example("modules/daemon"))?;
            Ok(format!(
                "module \"daemon\" {{\n  source = \"{}\"\n  name = local.name\n  cluster_arn = local.cluster_arn\n  \
                 capacity_provider_arns = local.first\n  containers = {{ agent = {{ image = \"{image}\" }} }}\n  \
                 deployment = {{ alarm_names = [\"latency\"] }}\n  tags = {{ team = \"a\" }}\n}}\n",
                source.display()
            ))
        };
        case.configure_only(&module(IMAGE_1)?)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&module(IMAGE_1)?)?;
        case.apply(&module(IMAGE_2)?)?;
        Ok(())
    })
}

#[test]
fn the_tests_of_the_module_pass() -> Outcome {
    Case::new("example-module-tests", Targets::Any, Setup::instances(0)).run(|case| {
        let source = example("modules/daemon");
        for name in ["main.tf", "outputs.tf", "variables.tf"] {
            case.folder().write(name, &text(&format!("modules/daemon/{name}"))?)?;
        }
        fs::create_dir_all(case.folder().path().join("tests"))?;
        for file in fs::read_dir(source.join("tests"))? {
            let file = file?;
            // Those of a folder below need an emulator: `module_guide.rs` runs them.
            if file.file_type()?.is_dir() {
                continue;
            }
            let name = format!("tests/{}", file.file_name().to_string_lossy());
            case.folder().write(&name, &text(&format!("modules/daemon/{name}"))?)?;
        }
        case.run(&["test"], 0)?.expect_text("4 passed, 0 failed.")?;
        // The variables of the module have no values outside of its tests.
        for name in ["outputs.tf", "variables.tf"] {
            fs::remove_file(case.folder().path().join(name))?;
        }
        case.configure_only("")
    })
}

#[test]
fn the_examples_are_formatted() -> Outcome {
    Case::new("example-format", Targets::Any, Setup::instances(0)).run(|case| {
        let all = fs::canonicalize(example(""))?;
        let all = all.to_string_lossy();
        case.run(&["fmt", "-check", "-recursive", "-diff", &all], 0)?;
        Ok(())
    })
}

/// What no emulator can play as a whole is shown as it is linted.
#[test]
fn the_guide_to_an_account_shows_the_files() -> Outcome {
    let guide = text("../docs/guides/platform-from-an-empty-account.md")?;
    let mut files = 0;
    for entry in fs::read_dir(example("account"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let block = format!(
            "```terraform\n# {name}\n{}\n```\n",
            text(&format!("account/{name}"))?.trim_end()
        );
        assert!(
            guide.contains(&block),
            "the guide shows another {name} than examples/account"
        );
        files += 1;
    }
    assert_eq!(guide.matches("```terraform").count(), files, "each block is a file");
    Ok(())
}

/// The start of the guide for beginners.
#[test]
fn the_stack_can_be_applied_to_the_fleet_of_the_guide() -> Outcome {
    let fleet = text("emulator/fleet.toml")?;
    let guide = text("../docs/guides/getting-started.md")?;
    let (_, inventory) = fleet.split_once('\n').unwrap_or_default();
    assert!(
        guide.contains(inventory),
        "the guide shows another fleet than examples/emulator/fleet.toml"
    );
    let targets = Targets::EmulatorOnly("the fleet is a scenario");
    Case::new("example-fleet", targets, Setup::instances(0).scenario(&fleet)).run(|case| {
        let source = fs::canonicalize(example("stack"))?;
        let module = format!(
            "module \"stack\" {{\n  source = \"{}\"\n  \
             cluster_arn = \"arn:aws:ecs:us-east-1:123456789012:cluster/production\"\n  \
             capacity_provider_arns = [\"arn:aws:ecs:us-east-1:123456789012:capacity-provider/managed\"]\n}}\n",
            source.display()
        );
        case.configure_only(&module)?;
        case.run(&["init", "-input=false"], 0)?;
        case.apply(&module)?;
        Ok(())
    })
}
