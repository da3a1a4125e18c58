//! Absence, unknown values, nulls, waits and guards: what a user of any version meets at the edges.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, agent, broken, daemon, definition, stack};

const CONTROLLED: Targets = Targets::EmulatorOnly("faults, the clock and the journal are needed");
const NOT_WAITING: &str = "wait_for_deployment = false";

/// A rollout that was not awaited is awaited by whatever apply comes next.
#[test]
fn a_wait_that_is_switched_on_late() -> Outcome {
    Case::new("late-wait", CONTROLLED, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.testbed().emulator()?.freeze()?;
        case.apply(&stack(IMAGE_2, NOT_WAITING))?;
        let running = case.start_apply(&stack(IMAGE_2, ""))?;
        case.wait_for_another("DescribeDaemonDeployments")?;
        case.testbed().emulator()?.thaw()?;
        case.finish(running, 0, After::PlanEmpty)?.expect_changes(&[])?;

        // The truth of a broken one is a failure.
        case.testbed().emulator()?.fault(&broken())?;
        case.testbed().emulator()?.freeze()?;
        case.apply(&stack(BROKEN, NOT_WAITING))?;
        let running = case.start_apply(&stack(BROKEN, "timeouts {\n    update = \"3h\"\n  }"))?;
        case.wait_for_another("DescribeDaemonDeployments")?;
        case.testbed().emulator()?.thaw()?;
        let wanted = After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]);
        case.finish(running, 1, wanted)?
            .expect_text("Rollout of daemon agent failed")?;

        // Back to what runs: the revision is still there, and nothing is rolled.
        case.apply(&stack(IMAGE_2, ""))?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn a_configuration_that_is_put_back_takes_its_revision() -> Outcome {
    Case::new("put-back-revision", CONTROLLED, Setup::instances(2)).run(|case| {
        case.testbed().emulator()?.fault(&broken())?;
        case.apply(&stack(IMAGE_1, ""))?;
        case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]),
        )?;
        let planned = case.plans(
            &stack(IMAGE_1, ""),
            &[
                "ecs_daemon_task_definition.agent.arn",
                "ecs_daemon_task_definition.agent.container_definition.image",
                "ecs_daemon_task_definition.agent.retained_revision_arns",
                "ecs_daemon_task_definition.agent.revision",
            ],
        )?;
        snapshot!(case, "plan", planned.plan);
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&[])?;
        // At any other time the daemon is rolled to the revision.
        case.apply(&stack(IMAGE_2, ""))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn null_members() -> Outcome {
    Case::new("null-members", Targets::Any, Setup::instances(1)).run(|case| {
        let alarms = "deployment_configuration {\n    alarms {\n      alarm_names = [\"a\", null]\n    }\n  }";
        case.plan_fails(&stack(IMAGE_1, alarms))?
            .expect_text("Element 1 of `deployment_configuration[0].alarms[0].alarm_names` is null")?;
        let providers = agent("").replace("= local.first", "= [null]");
        let refused = case.plan_fails(&format!("{}{providers}", definition("agent", IMAGE_1, "")))?;
        refused.expect_text("An element of `capacity_provider_arns` is null")?;
        case.apply(&stack(IMAGE_1, "tags = { owner = null, team = \"a\" }"))?;
        case.apply(&stack(
            IMAGE_1,
            "tags = { owner = null, team = \"b\" }\n  triggers = { a = null }",
        ))?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}

/// Refused before anything is planned, at the place where they stand.
#[test]
fn names_and_numbers_that_nothing_can_be_done_with() -> Outcome {
    Case::new("unusable-values", Targets::Any, Setup::instances(1)).run(|case| {
        let names = "deployment_configuration {\n    alarms {\n      alarm_names = [\"a\", \"a\", \"\"]\n    }\n  }";
        case.plan_fails(&stack(IMAGE_1, names))?
            .expect_text("The element `a` is given more than once")?
            .expect_text("Element 2: The value `` has 0 characters")?;
        let infinite = "deployment_configuration {\n    drain_percent = 1 / 0\n  }";
        case.plan_fails(&stack(IMAGE_1, infinite))?
            .expect_text("the number is infinite. Give the argument a finite number")?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}

/// Zero and empty text are sent, plan empty afterwards, and are told from nothing.
#[test]
fn zero_and_empty_values() -> Outcome {
    Case::new("zero-values", CONTROLLED, Setup::instances(1)).run(|case| {
        let empty = "memory_reservation = 256\n    stop_timeout       = 0\n\n    environment {\n      name  = \"A\"\n      value = \"\"\n    }";
        let written = stack(IMAGE_1, "").replace("memory_reservation = 256", empty);
        case.apply(&written)?;
        case.apply(&stack(IMAGE_1, ""))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        Ok(())
    })
}

/// A value of `default_tags` that is known after apply holds up neither a new stack nor an existing one.
#[test]
fn default_tags_that_are_known_after_apply() -> Outcome {
    Case::new("late-default-tags", CONTROLLED, Setup::instances(1)).run(|case| {
        let with_stamp = |number: u32| {
            format!(
                "resource \"terraform_data\" \"stamp\" {{\n  input            = \"v{number}\"\n  triggers_replace = {number}\n}}\n\
                 provider \"ecs\" {{\n  default_tags {{\n    tags = {{ stamp = terraform_data.stamp.output, owner = \"x\" }}\n  }}\n}}\n{}",
                stack(IMAGE_1, "")
            )
        };
        for number in [1, 2] {
            case.has_default_tags(serde_json::json!({"owner": "x", "stamp": format!("v{number}")}));
            case.apply(&with_stamp(number))?;
            let tags = case.state_of("ecs_daemon.agent")?["tags_all"].take();
            assert_eq!(tags, serde_json::json!({"owner": "x", "stamp": format!("v{number}")}));
        }
        case.has_default_tags(serde_json::Value::Null);
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}

#[test]
fn guards_and_places() -> Outcome {
    Case::new("guards-and-places", CONTROLLED, Setup::instances(1)).run(|case| {
        let rest = stack(IMAGE_1, "");
        let refused = [
            (
                "allowed_account_ids = [null]",
                "An element of `allowed_account_ids` is null",
            ),
            (
                "allowed_account_ids = []",
                "`allowed_account_ids` is set and holds no account id",
            ),
            (
                "forbidden_account_ids = toset([null])",
                "An element of `forbidden_account_ids` is null",
            ),
            (
                "shared_config_files = [null]",
                "Element 0 of `shared_config_files` is null",
            ),
            (
                "ignore_tags {\n    key_prefixes = [\"\"]\n  }",
                "An element of `ignore_tags[0].key_prefixes` is null or empty",
            ),
            (
                "region = \"mars-north-1\"",
                "No partition of AWS has a region `mars-north-1`",
            ),
        ];
        for (argument, text) in refused {
            case.plan_fails(&format!("provider \"ecs\" {{\n  {argument}\n}}\n{rest}"))?
                .expect_text(text)?;
        }
        case.plan_fails(&stack(IMAGE_1, "region = \"\""))?
            .expect_text("`` is not valid: expected the name of a region")?;
        let arn = case.testbed().daemon_arn();
        let place = arn.split(":daemon/").next().unwrap_or_default();
        let arn = format!("{place}:daemon-task-definition/agent:01");
        case.plan_fails(&daemon(&format!("\"{arn}\""), ""))?
            .expect_text("is not the ARN of a daemon task definition with its revision")?;
        let again = agent("depends_on = [ecs_daemon.agent]").replace("\"agent\" {", "\"again\" {");
        case.fails(
            &format!("{rest}{again}"),
            After::PlanNames(&["ecs_daemon.again (create)"]),
        )?
        .expect_text("This run has created it")?;
        case.apply(&rest)?;
        Ok(())
    })
}
