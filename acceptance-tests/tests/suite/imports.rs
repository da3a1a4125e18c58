//! Import by the command, by a block and by identity. That every case can be imported at its end is
//! an invariant; here is what users do with it.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

const EMULATED: Targets = Targets::EmulatorOnly("the journal is read");

const ADDRESSES: [&str; 2] = ["ecs_daemon.agent", "ecs_daemon_task_definition.agent"];

/// Applies a configuration and forgets it.
fn forgotten(case: &mut Case, configuration: &str) -> Outcome<[String; 2]> {
    case.apply(configuration)?;
    case.run(&["state", "rm", ADDRESSES[0], ADDRESSES[1]], 0)?;
    Ok([case.testbed().daemon_arn(), case.testbed().definition_arn(1)])
}

#[test]
fn by_the_command() -> Outcome {
    Case::new("import-command", EMULATED, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        let arns = forgotten(case, &configuration)?;
        for (address, arn) in ADDRESSES.into_iter().zip(&arns) {
            case.run(&["import", "-input=false", address, arn], 0)?;
        }
        case.apply(&configuration)?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn by_a_block() -> Outcome {
    Case::new("import-block", EMULATED, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        let arns = forgotten(case, &configuration)?;
        let blocks = blocks(|index| format!("id = \"{}\"", arns[index]));
        case.folder().write("blocks.tf", &blocks)?;
        let applied = case.apply(&configuration)?.expect_changes(&[])?;
        snapshot!(case, "block", applied.output);
        Ok(())
    })
}

#[test]
fn by_identity() -> Outcome {
    Case::new("import-identity", EMULATED, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        let arns = forgotten(case, &configuration)?;
        let blocks = blocks(|index| format!("identity = {{\n    arn = \"{}\"\n  }}", arns[index]));
        case.folder().write("blocks.tf", &blocks)?;
        case.apply(&configuration)?.expect_changes(&[])?;
        Ok(())
    })
}

/// A block written out at its defaults is not in the imported state, so the plan after the import
/// has an update in place, which calls nothing.
#[test]
fn of_a_block_at_its_defaults() -> Outcome {
    Case::new("import-defaults", EMULATED, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "deployment_configuration {\n    drain_percent = 25\n  }");
        let arns = forgotten(case, &configuration)?;
        for (address, arn) in ADDRESSES.into_iter().zip(&arns) {
            case.run(&["import", "-input=false", address, arn], 0)?;
        }
        let planned = case.plans(&configuration, &["ecs_daemon.agent.deployment_configuration"])?;
        snapshot!(case, "plan", planned.plan);
        case.apply_then(&configuration, &[], After::PlanEmpty)?
            .expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn of_what_is_not_there() -> Outcome {
    Case::new("import-nothing", Targets::Any, Setup::instances(0)).run(|case| {
        case.configure_only(&stack(IMAGE_1, ""))?;
        let arn = case.testbed().daemon_arn();
        let missing = case.run(&["import", "-input=false", "ecs_daemon.agent", &arn], 1)?;
        snapshot!(case, "missing", missing.errors);
        let wrong = case.run(&["import", "-input=false", "ecs_daemon.agent", "agent"], 1)?;
        snapshot!(case, "wrong", wrong.errors);
        Ok(())
    })
}

#[test]
fn of_a_daemon_being_deleted() -> Outcome {
    Case::new("import-deleting", EMULATED, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        let [arn, definition] = forgotten(case, &configuration)?;
        case.testbed().other_caller().delete(&arn)?;
        let refused = case.run(&["import", "-input=false", "ecs_daemon.agent", &arn], 1)?;
        snapshot!(case, "deleting", refused.errors);
        case.testbed().settle()?;
        case.run(&["import", "-input=false", ADDRESSES[1], &definition], 0)?;
        Ok(())
    })
}

fn blocks(argument: impl Fn(usize) -> String) -> String {
    let block = |(index, address)| format!("\nimport {{\n  to = {address}\n  {}\n}}\n", argument(index));
    ADDRESSES.iter().enumerate().map(block).collect()
}
