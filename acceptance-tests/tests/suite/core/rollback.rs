//! A rollout that ECS rolls back is a failed apply that tells the reason, and the next plan tries
//! again.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, broken, stack};

#[test]
fn an_update_is_rolled_back() -> Outcome {
    let targets = Targets::EmulatorOnly("a fault breaks the image");
    Case::new("an-update-is-rolled-back", targets, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.testbed().emulator()?.fault(&broken())?;

        let failed = case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]),
        )?;
        snapshot!(case, "errors", failed.errors);
        failed.expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        let again = case.plans(&stack(BROKEN, ""), &["ecs_daemon.agent.daemon_task_definition_arn"])?;
        snapshot!(case, "plan", again.plan);
        // The state says what runs, which is the revision before.
        let agent = case.state_of("ecs_daemon.agent")?;
        assert_eq!(agent["daemon_task_definition_arn"], case.testbed().definition_arn(1));

        case.apply(&stack(IMAGE_2, ""))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert_eq!(live.task_definition_arn, case.testbed().definition_arn(3));
        Ok(())
    })
}
