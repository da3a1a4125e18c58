//! Faults of the service through a real Terraform: what passes is survived, and what was executed
//! although its answer was lost is not done again. The in-process tests do this with every call.

use acceptance_tests::{Case, Outcome, Setup, Targets};
use serde_json::json;

use crate::fixture::{IMAGE_1, IMAGE_2, stack};

const TARGETS: Targets = Targets::EmulatorOnly("faults");

/// Calls that change something, each failing in a way that leaves open whether it was executed.
#[test]
fn lost_answers() -> Outcome {
    Case::new("lost-answers", TARGETS, Setup::instances(2)).run(|case| {
        for operation in [
            "RegisterDaemonTaskDefinition",
            "CreateDaemon",
            "UpdateDaemon",
            "DeleteDaemon",
        ] {
            case.testbed()
                .emulator()?
                .fault(&json!({"operation": operation, "effect": "lost_reply", "must_fire": true}))?;
        }
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_2, ""))?;
        assert_eq!(case.state_of("ecs_daemon_task_definition.agent")?["revision"], 2);
        let arn = case.testbed().daemon_arn();
        assert_eq!(case.testbed().other_caller().deployments(&arn)?, 2);
        case.destroyed()?;
        Ok(())
    })
}

#[test]
fn throttling_and_server_errors_on_every_operation() -> Outcome {
    Case::new("throttled", TARGETS, Setup::instances(2)).run(|case| {
        for effect in ["throttle", "server_error"] {
            for operation in ["Describe*", "List*", "Register*", "Create*", "Update*", "Tag*"] {
                case.testbed()
                    .emulator()?
                    .fault(&json!({"operation": operation, "effect": effect, "count": 2}))?;
            }
        }
        case.apply(&stack(IMAGE_1, "tags = { team = \"a\" }"))?;
        case.apply(&stack(IMAGE_2, "tags = { team = \"b\" }"))?;
        assert_eq!(
            case.testbed()
                .other_caller()
                .deployments(&case.testbed().daemon_arn())?,
            2
        );
        Ok(())
    })
}

/// A call that does not pass ends with the operation, the resource and what to do.
#[test]
fn a_refusal_names_the_action_that_is_missing() -> Outcome {
    Case::new("access-denied", TARGETS, Setup::instances(1)).run(|case| {
        let configuration = stack(IMAGE_1, "");
        case.apply(&configuration)?;
        // A daemon that is as it came to rest is read by its description alone, any other one whole.
        let arn = case.testbed().daemon_arn();
        case.testbed().other_caller().update_leaving_out_the_rest(&arn)?;
        case.testbed().settle()?;
        for operation in [
            "DescribeDaemon",
            "DescribeDaemonDeployments",
            "DescribeDaemonRevisions",
            "ListTagsForResource",
        ] {
            let denied =
                json!({"error": {"type": "AccessDeniedException", "message": "not authorized", "status": 400}});
            case.testbed()
                .emulator()?
                .fault(&json!({"operation": operation, "resource": "*:daemon*/acc/*", "effect": denied, "count": 8}))?;
            let failed = case.plan_fails(&configuration)?;
            failed.expect_text(&format!("ecs:{operation}"))?;
            case.testbed().emulator()?.control().delete("faults")?;
        }
        case.apply(&configuration)?;
        Ok(())
    })
}
