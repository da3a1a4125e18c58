//! `kill -9` of Terraform and the provider in the middle: "no orphan" means nothing that the next
//! run does not name.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, IMAGE_2, stack};

const FROZEN: Targets = Targets::EmulatorOnly("the clock stands still until the crash");

#[test]
fn in_update() -> Outcome {
    Case::new("crash-update", FROZEN, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let changed = stack(IMAGE_1, "critical = false");
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&changed)?;
        case.wait_for_request("UpdateDaemon")?;
        running.kill()?;
        case.testbed().emulator()?.thaw()?;
        // What was sent is being rolled out, and the next run waits for it instead of sending it again.
        case.apply(&changed)?.expect_changes(&[])?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert!(!live.critical);
        Ok(())
    })
}

#[test]
fn in_create() -> Outcome {
    Case::new("crash-create", FROZEN, Setup::instances(4)).run(|case| {
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_1, ""))?;
        case.wait_for_request("CreateDaemon")?;
        running.kill()?;
        case.testbed().emulator()?.thaw()?;
        case.testbed().settle()?;
        // The daemon was not stored, so it is in the way, by name and with the block that imports it.
        let arn = case.testbed().daemon_arn();
        let named = case
            .fails(&stack(IMAGE_1, ""), After::PlanNames(&["ecs_daemon.agent (create)"]))?
            .expect_text(&format!("id = \"{arn}\""))?;
        // Nor was its task definition, where the state is written late: it is registered again, and the one before named.
        let stored = case.cli().stores_each_resource();
        if stored {
            named.expect_changes(&[])?;
        } else {
            let left = format!(
                "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/{}:1",
                case.testbed().name()
            );
            named
                .expect_text(&format!("{left} has the content that was registered now"))?
                .expect_changes(&["RegisterDaemonTaskDefinition"])?;
            case.leaves_behind(left);
        }
        let block = format!("import {{\n  to = ecs_daemon.agent\n  id = \"{arn}\"\n}}\n");
        case.folder().write("blocks.tf", &block)?;
        let changes: &[&str] = if stored { &[] } else { &["UpdateDaemon"] };
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(changes)?;
        Ok(())
    })
}

#[test]
fn in_delete() -> Outcome {
    Case::new("crash-delete", FROZEN, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_2, ""))?;
        case.testbed().emulator()?.freeze()?;
        let running = case.start_destroy()?;
        case.wait_for_request("DeleteDaemon")?;
        running.kill()?;
        case.testbed().emulator()?.thaw()?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        Ok(())
    })
}
