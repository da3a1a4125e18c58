//! Ctrl-C while ECS is at work: Terraform ends soon, nothing is tainted or undone, and the next run
//! goes on from what really is.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, IMAGE_2, stack};

const FROZEN: Targets = Targets::EmulatorOnly("the clock stands still until the interrupt");

#[test]
fn in_create() -> Outcome {
    Case::new("interrupted-create", FROZEN, Setup::instances(4)).run(|case| {
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_1, ""))?;
        case.wait_for_request("CreateDaemon")?;
        case.testbed().advance_to("IN_PROGRESS")?;
        case.wait_for_another("DescribeDaemonDeployments")?;
        running.interrupt()?;
        let interrupted = case.finish(running, 1, After::PlanEmpty)?;
        snapshot!(case, "create", interrupted.output);
        case.testbed().emulator()?.thaw()?;
        case.testbed().settle()?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn in_update() -> Outcome {
    Case::new("interrupted-update", FROZEN, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_2, ""))?;
        case.wait_for_request("UpdateDaemon")?;
        case.testbed().advance_to("IN_PROGRESS")?;
        case.wait_for_another("DescribeDaemonDeployments")?;
        running.interrupt()?;
        let interrupted = case.finish(running, 1, After::PlanEmpty)?;
        snapshot!(case, "update", interrupted.output);
        case.testbed().emulator()?.thaw()?;
        case.testbed().settle()?;
        case.apply(&stack(IMAGE_2, ""))?.expect_changes(&[])?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert_eq!(live.task_definition_arn, case.testbed().definition_arn(2));
        Ok(())
    })
}

#[test]
fn in_delete() -> Outcome {
    Case::new("interrupted-delete", FROZEN, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.testbed().emulator()?.freeze()?;
        let running = case.start_destroy()?;
        case.wait_for_request("DeleteDaemon")?;
        running.interrupt()?;
        // The configuration still has the daemon, and one that is being deleted is replaced.
        let interrupted = case.finish_destroy(running, 1)?;
        snapshot!(case, "delete", interrupted.errors);
        case.testbed().emulator()?.thaw()?;
        let destroyed = case.run(&["destroy", "-auto-approve", "-input=false"], 0)?;
        assert_eq!(
            destroyed.journal.of("DescribeDaemon").last().map(|entry| entry.refused),
            Some(true)
        );
        Ok(())
    })
}
