//! Rollouts that do not end as planned: broken from the start, stopped by an alarm, overtaken by
//! somebody else, slower than the timeout.

use acceptance_tests::{After, Case, Outcome, Setup, Targets};

use crate::fixture::{BROKEN, IMAGE_1, IMAGE_2, agent, broken, daemon, definition, stack};

const FAULTS: Targets = Targets::EmulatorOnly("faults, alarms and the clock are controlled");

#[test]
fn a_first_rollout_fails() -> Outcome {
    Case::new("first-rollout", FAULTS, Setup::instances(4)).run(|case| {
        case.testbed().emulator()?.fault(&broken())?;
        // A failed create taints: the next plan replaces.
        let failed = case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent (delete, create)"]),
        )?;
        snapshot!(case, "errors", failed.errors);
        case.apply(&stack(IMAGE_1, ""))?.expect_changes(&[
            "DeleteDaemon",
            "RegisterDaemonTaskDefinition",
            "CreateDaemon",
        ])?;
        Ok(())
    })
}

#[test]
fn a_first_rollout_fails_and_is_kept() -> Outcome {
    Case::new("kept", FAULTS, Setup::instances(4)).run(|case| {
        case.testbed().emulator()?.fault(&broken())?;
        case.fails(
            &stack(BROKEN, ""),
            After::PlanNames(&["ecs_daemon.agent (delete, create)"]),
        )?;
        let tainted = case.plans(&stack(BROKEN, ""), &["ecs_daemon.agent (delete, create)"])?;
        snapshot!(case, "tainted", tainted.plan);
        case.run(&["untaint", "ecs_daemon.agent"], 0)?;
        // The fleet is on no single revision, which the plan does not hide.
        let planned = case.plans(&stack(BROKEN, ""), &["ecs_daemon.agent.rollout_failure"])?;
        snapshot!(case, "plan", planned.plan);
        case.apply(&stack(IMAGE_1, ""))?
            .expect_changes(&["RegisterDaemonTaskDefinition", "UpdateDaemon"])?;
        Ok(())
    })
}

#[test]
fn an_alarm_rolls_back() -> Outcome {
    Case::new("alarm", FAULTS, Setup::instances(4)).run(|case| {
        let watched = "deployment_configuration {\n    alarms {\n      alarm_names = [\"latency\"]\n      enable      = true\n    }\n  }";
        case.apply(&stack(IMAGE_1, watched))?;
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_2, watched))?;
        case.wait_for_request("UpdateDaemon")?;
        case.testbed().advance_to("IN_PROGRESS")?;
        case.testbed().emulator()?.alarm("latency", "ALARM")?;
        case.testbed().emulator()?.thaw()?;
        let failed = case.finish(
            running,
            1,
            After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]),
        )?;
        snapshot!(case, "errors", failed.errors);
        case.testbed().emulator()?.alarm("latency", "OK")?;
        case.apply(&stack(IMAGE_2, watched))?.expect_changes(&["UpdateDaemon"])?;
        Ok(())
    })
}

/// After a rollback the fleet runs the revision before; a configuration that is put back to it has
/// nothing to do.
#[test]
fn a_configuration_is_put_back_after_a_rollback() -> Outcome {
    Case::new("put-back", FAULTS, Setup::instances(4)).run(|case| {
        let broken_one = definition("broken", BROKEN, "").replace("local.name", "\"broken\"");
        let both = format!("{}{broken_one}", definition("agent", IMAGE_1, ""));
        let good = format!("{both}{}", agent(""));
        let bad = format!("{both}{}", daemon("ecs_daemon_task_definition.broken.arn", ""));
        case.testbed().emulator()?.fault(&broken())?;
        case.apply(&good)?;
        case.fails(&bad, After::PlanNames(&["ecs_daemon.agent.daemon_task_definition_arn"]))?;
        case.apply(&good)?.expect_changes(&[])?;
        Ok(())
    })
}

#[test]
fn somebody_overtakes() -> Outcome {
    Case::new("overtaken", FAULTS, Setup::instances(4)).run(|case| {
        case.apply(&stack(IMAGE_1, ""))?;
        let arn = case.testbed().daemon_arn();
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_2, ""))?;
        case.wait_for_request("UpdateDaemon")?;
        case.testbed().advance_to("IN_PROGRESS")?;
        let mut settings = case.testbed().other_caller().settings(&arn)?;
        settings.critical = false;
        case.testbed().other_caller().update(&arn, &settings)?;
        case.testbed().emulator()?.thaw()?;
        let failed = case.finish(running, 1, After::PlanNames(&["ecs_daemon.agent.critical"]))?;
        snapshot!(case, "errors", failed.errors);

        // The rollout of the other one is still under way: ours supersedes it and says so.
        let applied = case.apply(&stack(IMAGE_2, ""))?.expect_changes(&["UpdateDaemon"])?;
        snapshot!(case, "supersedes", applied.output);
        Ok(())
    })
}

#[test]
fn an_update_takes_longer_than_its_timeout() -> Outcome {
    Case::new("timeout", FAULTS, Setup::instances(4)).run(|case| {
        let limited = "timeouts {\n    update = \"3s\"\n  }";
        case.apply(&stack(IMAGE_1, limited))?;
        case.testbed().emulator()?.freeze()?;
        let running = case.start_apply(&stack(IMAGE_2, limited))?;
        // The rollout goes on in ECS, towards what is configured: nothing is left to plan.
        let failed = case.finish(running, 1, After::PlanEmpty)?;
        snapshot!(case, "errors", failed.errors);
        case.testbed().emulator()?.thaw()?;
        case.testbed().settle()?;
        case.plans_nothing()
    })
}
