//! A name that is taken: nothing is created, and the diagnostic holds the import block that solves
//! it, ready to paste.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, daemon_of_another, stack};

#[test]
fn an_existing_daemon_is_not_taken_over() -> Outcome {
    let targets = Targets::EmulatorOnly("the journal is read");
    Case::new("existing-name", targets, Setup::instances(1)).run(|case| {
        let arn = daemon_of_another(case.testbed())?;
        let configuration = stack(IMAGE_1, "");
        let failed = case.fails(&configuration, After::PlanNames(&["ecs_daemon.agent (create)"]))?;
        snapshot!(case, "errors", failed.errors);
        failed.expect_changes(&["RegisterDaemonTaskDefinition"])?;

        let block = format!("import {{\n  to = ecs_daemon.agent\n  id = \"{arn}\"\n}}\n");
        case.folder().write("blocks.tf", &block)?;
        case.apply(&configuration)?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}
