//! The same life of a daemon under other answers to what AWS leaves undocumented. If the provider
//! is right only for our guesses, one of these fails.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, broken, stack};

const FLAGS: &str = "critical               = false\n  enable_execute_command = true";

const FLAGS_AND_BLOCK: &str = "critical               = false\n  enable_execute_command = true\n\n  \
    deployment_configuration {\n    drain_percent = 50\n  }";

const FLAG_NAMES: [&str; 2] = ["ecs_daemon.agent.critical", "ecs_daemon.agent.enable_execute_command"];

const ALL_NAMES: [&str; 3] = [
    "ecs_daemon.agent.critical",
    "ecs_daemon.agent.deployment_configuration.drain_percent",
    "ecs_daemon.agent.enable_execute_command",
];

const KNOB: Targets = Targets::EmulatorOnly("a knob is turned");

fn knob(text: &str, instances: u32) -> Setup {
    Setup::instances(instances).scenario(&format!("[knobs]\n{text}\n"))
}

/// Create, update, an outside update and its repair, a rollback and what follows it, destroy.
fn life(name: &'static str, text: &str) -> Outcome {
    Case::new(name, KNOB, knob(text, 2)).run(|case| {
        update_and_repair(case, FLAGS_AND_BLOCK, &ALL_NAMES)?;
        case.testbed().emulator()?.fault(&broken())?;
        case.fails(
            &stack(BROKEN, FLAGS_AND_BLOCK),
            After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]),
        )?;
        // The first revision is retained and has this content, so that it is taken again.
        case.apply(&stack(IMAGE_1, FLAGS_AND_BLOCK))?
            .expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

fn update_and_repair(case: &mut Case, settings: &str, names: &[&str]) -> Outcome {
    case.apply(&stack(IMAGE_1, ""))?;
    case.apply(&stack(IMAGE_2, settings))?
        .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
    let arn = case.testbed().daemon_arn();
    case.drifts(
        |testbed| {
            let providers = &testbed.capacity_provider_arns()[..1];
            let definition = testbed.definition_arn(2);
            testbed.other_caller().update_with_only(&arn, &definition, providers)?;
            testbed.settle()?;
            // What somebody else has just written may be seen late; here it is about what is seen.
            testbed.emulator()?.heal()
        },
        names,
    )?;
    case.apply(&stack(IMAGE_2, settings))?
        .expect_changes(&["UpdateDaemon"])?;
    Ok(())
}

#[test]
fn reads_are_stale() -> Outcome {
    life("stale-reads", "stale_reads = 2")
}

#[test]
fn empty_providers_are_omitted() -> Outcome {
    life("omit-empty", "omit_empty_providers = true")
}

#[test]
fn only_the_latest_deployment_is_kept() -> Outcome {
    life("latest-only", "deployment_retention = \"latest_only\"")
}

/// Without records of deployments neither their configuration nor their end can be read, so only
/// flags are compared and nothing is rolled back.
#[test]
fn no_deployment_is_kept() -> Outcome {
    Case::new("no-records", KNOB, knob("deployment_retention = \"none\"", 2))
        .run(|case| update_and_repair(case, FLAGS, &FLAG_NAMES))
}

#[test]
fn a_rollback_is_a_new_deployment() -> Outcome {
    life("rollback-new", "after_rollback_deployment_arn = \"new\"")
}

#[test]
fn the_newest_revision_comes_first() -> Outcome {
    life("newest-first", "current_revisions_order = \"newest_first\"")
}

#[test]
fn an_empty_fleet_takes_the_long_way() -> Outcome {
    Case::new("empty-long-way", KNOB, knob("empty_provider = \"in_progress\"", 0)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_1, FLAGS_AND_BLOCK))?
            .expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

/// ECS tells nobody which providers the daemon has, so an import cannot know them; the state of
/// who has applied them keeps them.
#[test]
fn an_empty_fleet_omits_its_providers() -> Outcome {
    Case::new("empty-omitted", KNOB, knob("omit_empty_providers = true", 0)).run(|case| {
        case.imports_without("capacity_provider_arns");
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_1, FLAGS_AND_BLOCK))?
            .expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn a_first_failure_is_a_stop() -> Outcome {
    Case::new("first-stopped", KNOB, knob("first_deployment_failure = \"stopped\"", 2)).run(|case| {
        case.testbed().emulator()?.fault(&broken())?;
        case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent (delete, create)"]),
        )?
        .expect_text("STOPPED")?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}
