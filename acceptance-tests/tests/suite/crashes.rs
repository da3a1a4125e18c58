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
        case.place().emulator()?.freeze()?;
        let running = case.start_apply(&changed)?;
        case.wait_for_request("UpdateDaemon")?;
        running.kill()?;
        case.place().emulator()?.thaw()?;
        // What was sent is being rolled out, and the next run waits for it instead of sending it again.
        case.apply(&changed)?.expect_changes(&[])?;
        let live = case.place().other_caller().settings(&case.place().daemon_arn())?;
        assert!(!live.critical);
        Ok(())
    })
}

#[test]
fn in_create() -> Outcome {
    Case::new("crash-create", FROZEN, Setup::instances(4)).run(|case| {
        case.place().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_1, ""))?;
        case.wait_for_request("CreateDaemon")?;
        running.kill()?;
        case.place().emulator()?.thaw()?;
        case.place().settle()?;
        // Nothing was stored, so the daemon is in the way, by name and with the block that imports it.
        let arn = case.place().daemon_arn();
        case.fails(&stack(IMAGE_1, ""), After::PlanNames(&["ecs_daemon.agent (create)"]))?
            .expect_text(&format!("id = \"{arn}\""))?
            .expect_changes(&[])?;
        let block = format!("import {{\n  to = ecs_daemon.agent\n  id = \"{arn}\"\n}}\n");
        case.folder().write("blocks.tf", &block)?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn in_delete() -> Outcome {
    Case::new("crash-delete", FROZEN, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_2, ""))?;
        case.place().emulator()?.freeze()?;
        let running = case.start_destroy()?;
        case.wait_for_request("DeleteDaemon")?;
        running.kill()?;
        case.place().emulator()?.thaw()?;
        case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        Ok(())
    })
}
