//! Create, update, destroy: the life of a daemon when nothing goes wrong.

use acceptance_tests::{Case, Outcome, SETTINGS, Setup, Targets};

use crate::fixture::{EVERYTHING, IMAGE_1, IMAGE_2, stack};

#[test]
fn basic() -> Outcome {
    Case::new("basic", Targets::Any, Setup::instances(4)).run(|case| {
        let created = case.apply(&stack(IMAGE_1, ""))?;
        snapshot!(case, "create", created.output);
        if case.testbed().is_emulated() {
            created.expect_changes(&["RegisterDaemonTaskDefinition", "CreateDaemon"])?;
        }

        let updated = case.apply(&stack(IMAGE_2, ""))?;
        snapshot!(case, "update", updated.output);
        if case.testbed().is_emulated() {
            updated.expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        }
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert_eq!(live.task_definition_arn, case.testbed().definition_arn(2));

        let destroyed = case.destroyed()?;
        snapshot!(case, "destroy", destroyed.output);
        Ok(())
    })
}

#[test]
fn every_setting() -> Outcome {
    Case::new("every-setting", Targets::Any, Setup::instances(2)).run(|case| {
        case.apply(&stack(IMAGE_1, &EVERYTHING))?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        for setting in SETTINGS {
            assert_eq!(setting.live(&live), setting.written(), "{}", setting.name());
        }
        Ok(())
    })
}

#[test]
fn an_empty_provider() -> Outcome {
    Case::new("empty-provider", Targets::Any, Setup::instances(0)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_2, "critical = false"))?;
        Ok(())
    })
}
