//! Create, update, destroy: the life of a daemon when nothing goes wrong.

use acceptance_tests::{Case, Outcome, Setup, Targets};

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
        case.apply(&stack(IMAGE_1, EVERYTHING))?;
        let live = case.testbed().other_caller().settings(&case.testbed().daemon_arn())?;
        assert!((live.drain_percent - 50.0).abs() < f64::EPSILON);
        assert_eq!(live.bake_time_in_minutes, 5);
        assert_eq!(live.alarm_names, ["latency", "errors"]);
        assert!(live.alarms_enabled && live.enable_ecs_managed_tags && live.enable_execute_command);
        assert_eq!(live.propagate_tags, "DAEMON");
        assert!(!live.critical);
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
