//! `terraform query`: existing objects, and the configuration that imports them. Terraform 1.14 or later.

use std::fs;
use std::path::Path;

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::daemon_of_another;

fn example(name: &str) -> Outcome<String> {
    let path = format!("../examples/list-resources/{name}/list-resource.tfquery.hcl");
    Ok(fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?)
}

/// The examples as the case has things.
pub(crate) fn lists(case: &Case) -> Outcome<String> {
    let both = format!("{}\n{}", example("ecs_daemon")?, example("ecs_daemon_task_definition")?);
    Ok(both
        .replace(
            "arn:aws:ecs:us-east-1:123456789012:cluster/production",
            case.testbed().cluster_arn(),
        )
        .replace("\"*-agent\"", &format!("\"{}\"", case.testbed().name()))
        .replace("\"log-\"", "\"elsewhere\""))
}

/// A daemon that somebody else has made is found, written as configuration, imported, and then nothing is to be changed.
#[test]
fn what_it_finds_is_imported_without_a_change() -> Outcome {
    Case::new(
        "query",
        Targets::EmulatorOnly("the other caller and the faults are the emulator's"),
        Setup::instances(2),
    )
    .run(|case| {
        daemon_of_another(case.testbed())?;
        case.configure_only("")?;
        case.folder().write("found.tfquery.hcl", &lists(case)?)?;
        case.run(&["query"], 0)?
            .expect_text("list.ecs_daemon.agents")?
            .expect_text("list.ecs_daemon_task_definition.log_agents")?;
        case.run(&["query", "-generate-config-out=generated.tf"], 0)?;
        fs::remove_file(case.folder().path().join("found.tfquery.hcl"))?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("2 imported, 0 added, 0 changed, 0 destroyed")?
            .expect_changes(&[])?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        fs::remove_file(case.folder().path().join("generated.tf"))?;
        Ok(())
    })
}
