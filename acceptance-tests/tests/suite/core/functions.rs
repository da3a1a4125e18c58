//! Functions of the provider, each by its example.

use std::fs;
use std::path::Path;

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets};

/// The result that an example promises in its first line.
fn promised(example: &str) -> Option<&str> {
    let first = example.lines().next()?.strip_prefix("# ")?;
    (first.starts_with('"') || first.parse::<u32>().is_ok()).then_some(first)
}

#[test]
fn each_computes_what_its_example_says() -> Outcome {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/functions");
    Case::new("functions", Targets::Any, Setup::instances(0)).run(|case| {
        let mut computed = 0;
        for function in fs::read_dir(&folder)? {
            let path = function?.path().join("function.tf");
            let example = fs::read_to_string(&path)?;
            let Some(promised) = promised(&example) else { continue };
            case.configure_only(&example)?;
            case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
            let promised = case.normalised(promised)?;
            case.run(&["output"], 0)?.expect_text(&format!("= {promised}"))?;
            computed += 1;
        }
        if computed < 8 {
            return Err(Failure::new(format!("only {computed} examples promise a result")));
        }
        Ok(())
    })
}

#[test]
fn a_task_definition_comes_from_the_json_of_the_cli() -> Outcome {
    let path = "../examples/functions/daemon_task_definition_from_json/function.tf";
    let example = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?;
    Case::new("function-from-json", Targets::Any, Setup::instances(0)).run(|case| {
        case.apply(&example.replace("\"log-agent\"", "local.name"))?;
        Ok(())
    })
}

#[test]
fn an_error_names_the_argument() -> Outcome {
    Case::new("function-errors", Targets::Any, Setup::instances(0)).run(|case| {
        let output = |call: &str| format!("output \"x\" {{\n  value = provider::ecs::{call}\n}}\n");
        let failed = case.plan_fails(&output("daemon_arn_parse(\"agent\")"))?;
        failed.expect_text("expected")?.expect_text("daemon/CLUSTER/NAME")?;
        let failed = case.plan_fails(&output("daemon_task_definition_from_json(\"{\\\"network\\\": 1}\")"))?;
        failed.expect_text("network")?;
        Ok(())
    })
}
