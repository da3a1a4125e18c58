//! The demo behind `cargo xtask demo`: a fleet, a rollout, somebody who changes things behind
//! Terraform's back, and what Terraform then knows. It drives the same binaries through the same
//! harness as the acceptance tests; virtual time runs faster than the clock on the wall.

mod fleet;
mod late;
mod screen;
mod stage;

use std::process::ExitCode;

use acceptance_tests::{Cli, Outcome};

use crate::late::Late;
use crate::screen::Screen;
use crate::stage::Stage;

fn main() -> ExitCode {
    // Without a CLI the demo ends with the reason when it sets the stage.
    let screen = Screen::new(Cli::under_test().map_or("terraform", Cli::command));
    match play(&screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            screen.problem(&failure.to_string());
            ExitCode::FAILURE
        }
    }
}

fn play(screen: &Screen) -> Outcome {
    let drift = Late::from_environment();
    let mut stage = Stage::set(screen)?;
    screen.tell("Twelve instances on an emulated cluster. One sign each: 1 2 the revision that runs there, . no");
    screen.tell("daemon, d draining, + starting. Times are virtual: ten minutes of the fleet take six seconds.");

    screen.scene("1. A daemon for the fleet");
    screen.tell("A log agent for twelve managed instances. Apply waits until every instance runs it.");
    stage.plan_in_short()?;
    stage.apply()?;

    screen.scene("2. A new image");
    screen.tell("Apply rolls it out in batches of half the fleet: drain, replace, go on.");
    stage.image("public.ecr.aws/aws-observability/aws-for-fluent-bit:2.33.0");
    stage.plan()?;
    stage.apply()?;

    screen.scene("3. Somebody runs `aws ecs update-daemon`");
    screen.tell("They send only what the command demands. ECS resets every other setting to its default and rolls");
    screen.tell("that out, too. CloudFormation and hashicorp/aws cannot see it.");
    stage.update_leaving_out_the_rest()?;

    screen.scene("4. A scheduled job finds it and names the cause; the next plan names each setting");
    drift.wait(|| screen.tell("Wait for the build of ecs-drift, which began when the first scene did."))?;
    stage.scan()?;
    stage.plan()?;

    screen.scene("5. The repair: the same job plans it, and once that is reviewed, carries out that very plan");
    stage.plan_repair()?;
    screen.tell("One whole UpdateDaemon, waited for and read again. An apply of Terraform would do the same.");
    stage.apply_repair()?;
    screen.tell("And the plan of Terraform after it:");
    stage.plan()?;

    screen.scene("6. Destroy");
    screen.tell("It returns when the instances are drained and the daemon is gone, not before.");
    stage.destroy()?;
    stage.end()
}
