//! The reason for this provider: an `UpdateDaemon` of somebody else that leaves settings out resets
//! them, and the next plan says so, setting by setting.

use acceptance_tests::{Case, Outcome, SETTINGS, Setup, Targets};

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

#[test]
fn everything_was_reset() -> Outcome {
    Case::new("everything-was-reset", Targets::Any, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        let wanted = case.testbed().other_caller().settings(&arn)?;

        let names: Vec<String> = SETTINGS
            .iter()
            .map(|setting| format!("ecs_daemon.agent.{}", setting.name()))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let drifted = case.drifts(
            |testbed| {
                testbed.other_caller().update_leaving_out_the_rest(&arn)?;
                testbed.settle()
            },
            &names,
        )?;
        snapshot!(case, "plan", drifted.plan);

        let repaired = case.apply(&configuration)?;
        if case.testbed().is_emulated() {
            repaired.expect_changes(&["UpdateDaemon"])?;
        }
        assert_eq!(case.testbed().other_caller().settings(&arn)?, wanted);
        Ok(())
    })
}

#[test]
fn another_revision_runs() -> Outcome {
    Case::new("another-revision-runs", Targets::Any, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        let family = format!("{}-other", case.testbed().name());
        let other = case.testbed().other_caller().register(&family, IMAGE_1)?;
        case.drifts(
            |testbed| {
                let mut settings = testbed.other_caller().settings(&arn)?;
                settings.task_definition_arn.clone_from(&other);
                testbed.other_caller().update(&arn, &settings)?;
                testbed.settle()
            },
            &["ecs_daemon.agent.daemon_task_definition_arn"],
        )?;
        case.apply(&configuration)?;
        let live = case.testbed().other_caller().settings(&arn)?;
        assert_eq!(live.task_definition_arn, case.testbed().definition_arn(1));
        case.testbed().other_caller().delete_definition(&other)
    })
}
