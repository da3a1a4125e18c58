//! Task definitions: a change registers a revision in place, older ones stay as rollback targets
//! until destroy.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};
use serde_json::json;

use crate::fixture::{IMAGE_1, IMAGE_2, agent, definition, stack};

const EMULATED: Targets = Targets::EmulatorOnly("the journal is read");

fn statuses(case: &Case, revisions: u32) -> Outcome<Vec<Option<String>>> {
    let other_caller = case.testbed().other_caller();
    let status = |revision| other_caller.definition_status(&case.testbed().definition_arn(revision));
    (1..=revisions).map(status).collect()
}

#[test]
fn in_place_kept_and_destroyed() -> Outcome {
    Case::new("in-place", EMULATED, Setup::instances(1)).run(|case| {
        for image in [IMAGE_1, IMAGE_2, "public.ecr.aws/nginx/nginx:1.29"] {
            case.apply(&stack(image, ""))?;
        }
        let state = case.state_of("ecs_daemon_task_definition.agent")?;
        let testbed = case.testbed();
        assert_eq!(state["arn"], testbed.definition_arn(3));
        assert_eq!(
            state["retained_revision_arns"],
            json!([testbed.definition_arn(1), testbed.definition_arn(2)])
        );
        assert_eq!(statuses(case, 3)?, vec![Some("ACTIVE".to_owned()); 3]);

        let destroyed = case.destroyed()?;
        assert_eq!(destroyed.journal.of("DeleteDaemonTaskDefinition").len(), 3);
        Ok(())
    })
}

#[test]
fn skip_destroy_keeps_all() -> Outcome {
    Case::new("skip-destroy", EMULATED, Setup::instances(0)).run(|case| {
        for image in [IMAGE_1, IMAGE_2] {
            case.apply(&definition("agent", image, "skip_destroy = true"))?;
        }
        for revision in [1, 2] {
            let arn = case.testbed().definition_arn(revision);
            case.leaves_behind(arn);
        }
        let destroyed = case.destroyed()?;
        assert!(
            destroyed.journal.changes().is_empty(),
            "{:?}",
            destroyed.journal.changes()
        );
        Ok(())
    })
}

#[test]
fn skip_destroy_alone_registers_nothing() -> Outcome {
    Case::new("skip-destroy-alone", EMULATED, Setup::instances(1)).run(|case| {
        let with = |more: &str| format!("{}{}", definition("agent", IMAGE_1, more), agent(""));
        case.apply(&with(""))?;
        case.apply(&with("skip_destroy = true"))?.expect_changes(&[])?;
        case.apply(&with("skip_destroy = false"))?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn another_family_is_in_place_too() -> Outcome {
    Case::new("family", EMULATED, Setup::instances(1)).run(|case| {
        let other = format!(
            "{}{}",
            definition("agent", IMAGE_1, "").replace("local.name", "\"${local.name}-2\""),
            agent("")
        );
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&other)?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        let state = case.state_of("ecs_daemon_task_definition.agent")?;
        assert_eq!(
            state["retained_revision_arns"],
            json!([case.testbed().definition_arn(1)])
        );
        Ok(())
    })
}

#[test]
fn deleted_outside() -> Outcome {
    Case::new("definition-deleted", EMULATED, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        let drifted = case.drifts_in_two_ways(
            |testbed| testbed.other_caller().delete_definition(&testbed.definition_arn(1)),
            After::PlanNames(&[
                "ecs_daemon.agent.daemon_task_definition_arn",
                "ecs_daemon_task_definition.agent.arn",
                "ecs_daemon_task_definition.agent.revision",
                "ecs_daemon_task_definition.agent.status",
            ]),
            &["ecs_daemon_task_definition.agent.status"],
        )?;
        snapshot!(case, "plan", drifted.plan);
        case.apply(&configuration)?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        Ok(())
    })
}
