//! Rollouts that go on or failed.

use ecs_emulator::knobs::{DeploymentRetention, Knobs, RollbackToDeleted};
use serde_json::json;

use super::{Planted, definition, world_that};
use crate::support::{Made, World, merge};

/// Rows 7 to 9: rollouts that go on or failed.
pub(crate) async fn rollout(plant: &str, knobs: &Knobs) -> Planted {
    let is_failure = matches!(
        plant,
        "failed in the middle" | "failed, remembered by the state" | "failed, on no record"
    );
    let world = world_that(knobs, |knobs| {
        if is_failure {
            knobs.rollback_to_deleted_definition = RollbackToDeleted::Fails;
        }
        if plant != "failed in the middle" && is_failure {
            knobs.deployment_retention = DeploymentRetention::None;
        }
    })
    .await;
    let mut made = match plant {
        // Launches of a daemon that is not critical need not count.
        "an image that does not start" => world.make("agent").await,
        "a minimal update, and an update whose rollback went back to it" => {
            let wanted = json!({"enable_execute_command": true, "enable_ecs_managed_tags": true});
            world.make_wanted("agent", &wanted).await
        }
        _ => world.make_special("agent").await,
    };
    match plant {
        "an update that waits" => {
            world.update(&made, |update| update.enable_execute_command(false)).await;
        }
        "an update that rolls" => {
            world.update(&made, |update| update.enable_execute_command(false)).await;
            world.until(&made, "IN_PROGRESS").await;
        }
        "an update that an alarm stops" | "an update that an alarm rolls back" => {
            world.update(&made, |update| update.enable_execute_command(false)).await;
            first_batch(&world, &made).await;
            world.alarm("high", "ALARM");
            world.until(&made, "STOP_REQUESTED").await;
            if plant.ends_with("back") {
                world.until(&made, "ROLLBACK_IN_PROGRESS").await;
            }
        }
        "an image that does not start" => {
            let broken = world.define_with("broken", "broken:1").await;
            world.image_fault("broken:*");
            let failed = world
                .update(&made, |update| update.daemon_task_definition_arn(broken))
                .await;
            world.settle();
            // A refresh of ours writes what runs into the state, so that nothing differs.
            merge(&mut made.state, &json!({"deployment_arn": failed}));
        }
        "a minimal update whose image does not start" => {
            let broken = world.define_with("broken", "broken:1").await;
            world.image_fault("broken:*");
            world
                .update_bare(&made, |update| update.daemon_task_definition_arn(broken))
                .await;
            world.settle();
        }
        "a minimal update, and an update whose rollback went back to it" => {
            world.update_bare(&made, |update| update).await;
            world.settle();
            let broken = world.define_with("broken", "broken:1").await;
            world.image_fault("broken:*");
            world
                .update(&made, |update| update.daemon_task_definition_arn(broken))
                .await;
            world.settle();
        }
        "failed in the middle" => {
            fail_half_way(&world, &mut made).await;
        }
        "failed, remembered by the state" => {
            fail_half_way(&world, &mut made).await;
            let failure = "The deployment failed: ROLLBACK_FAILED.";
            merge(&mut made.state, &json!({"rollout_failure": failure}));
        }
        "failed, on no record" => fail_half_way(&world, &mut made).await,
        other => panic!("no plant {other}"),
    }
    Planted::ours(world, &[&made])
}

/// An update of ours whose first batch runs when an alarm stops it, and whose way back is gone.
async fn fail_half_way(world: &World, made: &mut Made) {
    let next = world.define("agent").await;
    let failed = world
        .update(made, |update| update.daemon_task_definition_arn(next.clone()))
        .await;
    first_batch(world, made).await;
    world.delete_definition(&definition("agent:1")).await;
    world.alarm("high", "ALARM");
    world.settle();
    merge(
        &mut made.state,
        &json!({"daemon_task_definition_arn": next, "deployment_arn": failed}),
    );
}

/// Lets a rollout go until its first batch runs.
pub(super) async fn first_batch(world: &World, made: &Made) {
    world.until(made, "IN_PROGRESS").await;
    while running(world, made).await < 2 {
        assert!(world.emulator.next(), "the first batch never runs");
    }
}

/// Revisions that instances run.
pub(super) async fn running(world: &World, made: &Made) -> usize {
    let mut running = 0;
    // The first two readings may be stale.
    for _ in 0..3 {
        let answer = world
            .other
            .describe_daemon()
            .daemon_arn(&made.arn)
            .send()
            .await
            .unwrap();
        let revisions = answer
            .daemon
            .and_then(|daemon| daemon.current_revisions)
            .unwrap_or_default();
        let runs = |revision: &&aws_sdk_ecs::types::DaemonRevisionDetail| {
            revision
                .capacity_providers()
                .iter()
                .any(|provider| provider.running_count() > 0)
        };
        running = revisions.iter().filter(runs).count();
    }
    running
}
