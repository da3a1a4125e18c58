//! Deletion: destroy waits until the instances are drained, and a daemon that somebody deletes is
//! seen while it goes and after it went.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, daemon_of_another, stack};

const EMULATED: Targets = Targets::EmulatorOnly("the journal is read");

#[test]
fn destroy_waits_until_the_daemon_is_gone() -> Outcome {
    Case::new("destroy-waits", EMULATED, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.testbed().emulator()?.freeze()?;
        let mut running = case.start_destroy()?;
        case.wait_for_request("DeleteDaemon")?;
        assert!(!running.ended()?, "destroy ended while the daemon is being drained");
        case.testbed().emulator()?.thaw()?;
        let destroyed = case.finish_destroy(running, 0)?;
        let journal = destroyed.journal.entries();
        let gone = journal
            .iter()
            .position(|entry| entry.operation == "DescribeDaemon" && entry.refused);
        let definition = journal
            .iter()
            .position(|entry| entry.operation == "DeleteDaemonTaskDefinition");
        assert!(gone.is_some() && gone < definition, "{gone:?} {definition:?}");
        Ok(())
    })
}

#[test]
fn deleted_outside() -> Outcome {
    Case::new("deleted-outside", Targets::Any, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        case.drifts_in_two_ways(
            |testbed| {
                testbed.other_caller().delete(&arn)?;
                testbed.settle()
            },
            After::PlanNames(&["ecs_daemon.agent (create)"]),
            &["ecs_daemon.agent (delete)"],
        )?;
        let applied = case.apply(&configuration)?;
        if case.testbed().is_emulated() {
            applied.expect_changes(&["CreateDaemon"])?;
        }
        Ok(())
    })
}

#[test]
fn being_deleted_outside() -> Outcome {
    Case::new("being-deleted", EMULATED, Setup::instances(4)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        let drifted = case.drifts_in_two_ways(
            |testbed| testbed.other_caller().delete(&arn),
            After::PlanNames(&["ecs_daemon.agent (delete, create)"]),
            &["ecs_daemon.agent.status"],
        )?;
        snapshot!(case, "plan", drifted.plan);
        // The deletion is under way already: the replacement waits for its end and asks for no other.
        case.apply(&configuration)?.expect_changes(&["CreateDaemon"])?;
        Ok(())
    })
}

#[test]
fn the_predecessor_is_waited_for() -> Outcome {
    Case::new("predecessor", EMULATED, Setup::instances(4)).run(|case| {
        let testbed = case.testbed();
        let arn = daemon_of_another(testbed)?;
        testbed.other_caller().delete(&arn)?;
        case.apply(&stack(IMAGE_1, ""))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "CreateDaemon"])?;
        Ok(())
    })
}
