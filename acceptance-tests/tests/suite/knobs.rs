//! The same life of a daemon under other answers to what AWS leaves undocumented. If the provider
//! is right only for our guesses, one of these fails.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};
use serde_json::json;

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

/// Create, update, an outside update and its repair, a rollback and what follows it, destroy.
fn life(name: &'static str, knobs: &str, settings: &str, names: &[&str]) -> Outcome {
    let setup = Setup::instances(2).scenario(&format!("[knobs]\n{knobs}\n"));
    let targets = Targets::EmulatorOnly("a knob is turned");
    Case::new(name, targets, setup).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_2, settings))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        let arn = case.place().daemon_arn();
        case.drifts(
            |place| {
                let providers = &place.capacity_provider_arns()[..1];
                let definition = place.definition_arn(2);
                place.outside().update_with_only(&arn, &definition, providers)?;
                place.settle()?;
                place
                    .emulator()?
                    .control()
                    .post("consistency", &json!({"heal": true}))?;
                Ok(())
            },
            names,
        )?;
        case.apply(&stack(IMAGE_2, settings))?
            .expect_changes(&["UpdateDaemon"])?;

        case.place().emulator()?.fault(&broken())?;
        case.fails(
            &stack(BROKEN, settings),
            After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]),
        )?;
        case.apply(&stack(IMAGE_1, settings))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn reads_are_stale() -> Outcome {
    life("stale-reads", "stale_reads = 2", FLAGS_AND_BLOCK, &ALL_NAMES)
}

#[test]
fn empty_providers_are_omitted() -> Outcome {
    life("omit-empty", "omit_empty_providers = true", FLAGS_AND_BLOCK, &ALL_NAMES)
}

#[test]
fn only_the_latest_deployment_is_kept() -> Outcome {
    life(
        "latest-only",
        "deployment_retention = \"latest_only\"",
        FLAGS_AND_BLOCK,
        &ALL_NAMES,
    )
}

/// Without records of deployments their configuration cannot be read, so only flags are compared.
#[test]
fn no_deployment_is_kept() -> Outcome {
    life("no-records", "deployment_retention = \"none\"", FLAGS, &FLAG_NAMES)
}

#[test]
fn a_rollback_is_a_new_deployment() -> Outcome {
    life(
        "rollback-new",
        "after_rollback_deployment_arn = \"new\"",
        FLAGS_AND_BLOCK,
        &ALL_NAMES,
    )
}

#[test]
fn the_newest_revision_comes_first() -> Outcome {
    life(
        "newest-first",
        "current_revisions_order = \"newest_first\"",
        FLAGS_AND_BLOCK,
        &ALL_NAMES,
    )
}

#[test]
fn an_empty_fleet_takes_the_long_way() -> Outcome {
    let setup =
        Setup::instances(0).scenario("[knobs]\nempty_provider = \"in_progress\"\nomit_empty_providers = true\n");
    Case::new("empty-long-way", Targets::EmulatorOnly("a knob is turned"), setup).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        case.apply(&stack(IMAGE_1, FLAGS_AND_BLOCK))?
            .expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn a_first_failure_is_a_stop() -> Outcome {
    let setup = Setup::instances(2).scenario("[knobs]\nfirst_deployment_failure = \"stopped\"\n");
    Case::new("first-stopped", Targets::EmulatorOnly("a knob is turned"), setup).run(|case| {
        case.place().emulator()?.fault(&broken())?;
        case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent (delete, create)"]),
        )?
        .expect_text("STOPPED")?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}
