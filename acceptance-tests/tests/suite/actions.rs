//! Actions, by a trigger and by `-invoke`. Terraform 1.14 or later.

use std::fs;
use std::path::Path;

use acceptance_tests::{Case, Outcome, Setup, Targets};

use crate::fixture::{IMAGE_1, broken, stack};

pub(crate) fn example(case: &Case, name: &str) -> Outcome<String> {
    let path = format!("../examples/actions/{name}/action.tf");
    let example = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path))?;
    Ok(example.replace(
        "arn:aws:ecs:us-east-1:123456789012:daemon/production/log-agent",
        &case.testbed().daemon_arn(),
    ))
}

#[test]
fn a_change_of_something_else_rolls_the_daemon_anew() -> Outcome {
    Case::new(
        "action-redeploy",
        Targets::EmulatorOnly("the other caller and the faults are the emulator's"),
        Setup::instances(2),
    )
    .run(|case| {
        let redeploy = example(case, "ecs_daemon_redeploy")?;
        let configuration = format!("{}{redeploy}", stack(IMAGE_1, ""));
        case.configure_only(&configuration)?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
        case.configure_only(&configuration.replace("input = \"2\"", "input = \"3\""))?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?
            .expect_text("Started deployment")?
            .expect_text("Deployment SUCCESSFUL")?
            .expect_changes(&["UpdateDaemon"])?;
        case.run(&["plan", "-detailed-exitcode", "-input=false"], 0)?;
        case.apply(&stack(IMAGE_1, ""))?;
        Ok(())
    })
}

#[test]
fn an_action_is_invoked_by_hand_and_fails_with_the_rollout() -> Outcome {
    Case::new(
        "action-wait",
        Targets::EmulatorOnly("the other caller and the faults are the emulator's"),
        Setup::instances(2),
    )
    .run(|case| {
        let wait = example(case, "ecs_daemon_wait_for_deployment")?;
        let invoke = "-invoke=action.ecs_daemon_wait_for_deployment.log_agent";
        let made = stack(IMAGE_1, "wait_for_deployment = false");
        case.configure_only(&format!("{made}{wait}"))?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false", invoke], 0)?
            .expect_text("Deployment SUCCESSFUL")?;
        case.testbed().emulator()?.fault(&broken())?;
        let broken = stack(crate::fixture::BROKEN, "wait_for_deployment = false");
        case.configure_only(&format!("{broken}{wait}"))?;
        case.run(&["apply", "-auto-approve", "-input=false"], 0)?;
        case.run(&["apply", "-auto-approve", "-input=false", invoke], 1)?
            .expect_text("ROLLBACK_SUCCESSFUL")?;
        case.apply(&made)?;
        Ok(())
    })
}
