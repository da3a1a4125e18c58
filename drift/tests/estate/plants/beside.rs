//! Conditions that matter beside settings that differ.

use ecs_emulator::knobs::{BreakerCounts, DeploymentRetention, Knobs, RollbackToDeleted};
use serde_json::json;

use super::{
    Planted, definition,
    rollout::{first_batch, running},
    world_that,
};
use crate::configured::{configuration, in_cluster};
use crate::support::{Made, World, merge};

/// Rows 10, 11, 14, 16, 21, 23 and 24: beside what differs.
pub(crate) async fn beside(plant: &str, knobs: &Knobs) -> Planted {
    let mut world = world_that(knobs, |knobs| match plant {
        "its records expired" => knobs.deployment_retention = DeploymentRetention::None,
        "an image of no importance that does not start" => knobs.breaker_counts = BreakerCounts::CriticalOnly,
        "a failed way back after the last batch" => knobs.rollback_to_deleted_definition = RollbackToDeleted::Fails,
        _ => {}
    })
    .await;
    match plant {
        "an update overtaken in the middle" => {
            let mut made = world.make("agent").await;
            let overtaken = world.update(&made, |update| update.enable_execute_command(true)).await;
            world.until(&made, "IN_PROGRESS").await;
            world.update(&made, |update| update.enable_execute_command(true)).await;
            world.settle();
            merge(
                &mut made.state,
                &json!({"enable_execute_command": true, "deployment_arn": overtaken}),
            );
            Planted::ours(world, &[&made])
        }
        "its records expired" => {
            let made = world.make_special("agent").await;
            Planted::ours(world, &[&made])
        }
        "critical = false, which hashicorp/aws cannot hold" => {
            let wanted = json!({"critical": false});
            let made = world.make_with("agent", |create| create.critical(false), &wanted).await;
            Planted::theirs(world, &made)
        }
        "its task definition was deleted" => {
            let made = world.make("agent").await;
            world.delete_definition(&definition("agent:1")).await;
            Planted::ours(world, &[&made])
        }
        "the wanted task definition was deleted" => {
            let mut made = world.make("agent").await;
            let wanted = world.define("agent").await;
            let applied = world
                .update(&made, |update| update.daemon_task_definition_arn(wanted.clone()))
                .await;
            world.settle();
            // Somebody goes back to the first revision and cleans up the second.
            world.update(&made, |update| update).await;
            world.settle();
            world.delete_definition(&wanted).await;
            merge(
                &mut made.state,
                &json!({"daemon_task_definition_arn": wanted, "deployment_arn": applied}),
            );
            Planted::ours(world, &[&made])
        }
        "a newer revision was registered" => {
            let made = world.make("agent").await;
            world.define("agent").await;
            Planted::ours(world, &[&made])
        }
        "an image of no importance that does not start" => {
            let broken = world.define_with("broken", "broken:1").await;
            world.image_fault("broken:*");
            let attributes = json!({"daemon_task_definition_arn": broken, "critical": false});
            let create = world.make_with(
                "agent",
                |create| create.daemon_task_definition_arn(broken.clone()).critical(false),
                &attributes,
            );
            let made = create.await;
            Planted::ours(world, &[&made])
        }
        "a failed way back after the last batch" => {
            let mut made = world.make_special("agent").await;
            fail_at_the_end(&world, &mut made).await;
            Planted::ours(world, &[&made])
        }
        "no input names it" => {
            let made = world.make("agent").await;
            world.make("9-stray").await;
            world.options.unmanaged = true;
            Planted::ours(world, &[&made])
        }
        "the configuration has it, and no input names it" => {
            let made = world.make("agent").await;
            world.make("stray").await;
            let text = ["agent", "stray"].map(|name| in_cluster(name, ""));
            world.configuration = Some(configuration(&text.concat(), ""));
            Planted::ours(world, &[&made])
        }
        other => panic!("no plant {other}"),
    }
}

/// As the failure half way of a rollout, but the whole fleet runs the new revision when the alarm comes, and it bakes.
async fn fail_at_the_end(world: &World, made: &mut Made) {
    let next = world.define("agent").await;
    let failed = world
        .update(made, |update| update.daemon_task_definition_arn(next.clone()))
        .await;
    first_batch(world, made).await;
    while running(world, made).await > 1 {
        assert!(world.emulator.next(), "the last batch never runs");
    }
    world.delete_definition(&definition("agent:1")).await;
    world.alarm("high", "ALARM");
    world.settle();
    merge(&mut made.state, &json!({"deployment_arn": failed}));
}
