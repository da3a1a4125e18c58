//! How each row of the procedure comes about: calls, faults and time of the emulator, and what the source
//! wants meanwhile. Nothing that a scan reads is made up.
//!
//! The clock stands still unless a plant moves it, so that a scan meets the very moment that was planted.

use aws_sdk_ecs::types::Tag;
use ecs_emulator::{
    ClockMode,
    knobs::{BreakerCounts, DeploymentRetention, Knobs, RollbackToDeleted},
};
use serde_json::{Value as Json, json};
use std::time::Duration;

use crate::support::{Made, REGION, World, arn, hashicorp, merge, state};

/// A world with something planted, and the sources to scan it against.
pub(crate) struct Planted {
    pub(crate) world: World,
    pub(crate) documents: Vec<Json>,
}

impl Planted {
    fn ours(world: World, made: &[&Made]) -> Self {
        let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
        let documents = vec![state("ecs_daemon", &states)];
        Self { world, documents }
    }

    fn theirs(world: World, made: &Made) -> Self {
        let documents = vec![hashicorp(made)];
        Self { world, documents }
    }
}

async fn world(knobs: &Knobs) -> World {
    let spare = format!("[[capacity_provider]]\nname = 'spare'\ncluster = 'old'\ninstances = 0\nregion = '{REGION}'\n");
    World::with_clock(4, knobs.clone(), ClockMode::Manual, &spare).await
}

async fn world_that(knobs: &Knobs, change: impl FnOnce(&mut Knobs)) -> World {
    let mut knobs = knobs.clone();
    change(&mut knobs);
    world(&knobs).await
}

fn definition(name: &str) -> String {
    arn(&format!("daemon-task-definition/{name}"))
}

fn denied(operation: &str) -> Json {
    json!({"operation": operation, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}})
}

/// Nothing that anybody has to know: daemons at their defaults and far from them, with tags, in several clusters and
/// after a rollout.
pub(crate) async fn clean(knobs: &Knobs) -> Planted {
    let world = world(knobs).await;
    let tag = Tag::builder().key("team").value("platform").build();
    let tags = json!({"tags_all": {"team": "platform"}});
    let empty = |create: aws_sdk_ecs::operation::create_daemon::builders::CreateDaemonFluentBuilder| {
        create.capacity_provider_arns(arn("capacity-provider/empty"))
    };
    let providers = json!({"capacity_provider_arns": [arn("capacity-provider/empty"), arn("capacity-provider/fleet")]});
    let mut made = [
        world.make("plain").await,
        world.make_special("special").await,
        world.make_with("tagged", |create| create.tags(tag), &tags).await,
        world.make_with("wide", empty, &providers).await,
    ];
    let updated = world.update(&made[0], |update| update.critical(false)).await;
    world.settle();
    merge(
        &mut made[0].state,
        &json!({"critical": false, "deployment_arn": updated}),
    );
    Planted::ours(world, &made.iter().collect::<Vec<_>>())
}

/// Rows 1 to 6: what is not there, or not the same any more.
pub(crate) async fn absent(plant: &str, knobs: &Knobs) -> Planted {
    let mut world = if plant == "re-created, its past expired" {
        world_that(knobs, |knobs| knobs.deployment_retention = DeploymentRetention::Days90).await
    } else {
        world(knobs).await
    };
    let made = world.make("agent").await;
    match plant {
        "credentials of another account" => world = world.scanned_by("210987654321"),
        "DescribeDaemon is denied" => world.fault(&denied("DescribeDaemon")),
        "its cluster was deleted" => return deleted_cluster(world).await,
        "deleted" => {
            world.delete(&made).await;
            world.settle();
        }
        "deleted a moment ago" => world.delete(&made).await,
        "deleted and created" => {
            world.delete(&made).await;
            world.settle();
            world.make("agent").await;
        }
        "re-created, its past expired" => {
            world.delete(&made).await;
            world.settle();
            world.emulator.advance(Duration::from_hours(91 * 24));
            world.make("agent").await;
        }
        other => panic!("no plant {other}"),
    }
    Planted::ours(world, &[&made])
}

/// Two daemons of a cluster that somebody took away with them.
async fn deleted_cluster(world: World) -> Planted {
    let mut made = Vec::new();
    for name in ["one", "two"] {
        let create = world
            .other
            .create_daemon()
            .daemon_name(name)
            .cluster_arn(arn("cluster/old"));
        let create = create.daemon_task_definition_arn(definition("agent:1"));
        let answer = create
            .capacity_provider_arns(arn("capacity-provider/spare"))
            .send()
            .await
            .unwrap();
        let mut copy = world.make(&format!("template-{name}")).await;
        let daemon = answer.daemon_arn.unwrap();
        merge(
            &mut copy.state,
            &json!({"arn": daemon, "name": name, "cluster_arn": arn("cluster/old"), "deployment_arn": answer.deployment_arn,
                    "capacity_provider_arns": [arn("capacity-provider/spare")]}),
        );
        made.push(Made {
            arn: daemon,
            state: copy.state,
        });
    }
    for each in &made {
        world.delete(each).await;
    }
    world.settle();
    let call = world.other.delete_capacity_provider();
    call.capacity_provider(arn("capacity-provider/spare"))
        .send()
        .await
        .unwrap();
    world.settle();
    world.other.delete_cluster().cluster("old").send().await.unwrap();
    world.settle();
    Planted::ours(world, &[&made[0], &made[1]])
}

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
async fn first_batch(world: &World, made: &Made) {
    world.until(made, "IN_PROGRESS").await;
    while running(world, made).await < 2 {
        assert!(world.emulator.next(), "the first batch never runs");
    }
}

/// Revisions that instances run.
async fn running(world: &World, made: &Made) -> usize {
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
        other => panic!("no plant {other}"),
    }
}

/// As [`fail_half_way`], but the whole fleet runs the new revision when the alarm comes, and it bakes.
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

/// Rows 13, 15, 17 to 20 and 22: causes of differences.
pub(crate) async fn cause(plant: &str, knobs: &Knobs) -> Planted {
    let world = world_that(knobs, |knobs| {
        if plant.ends_with("on no record but the latest") {
            knobs.deployment_retention = DeploymentRetention::LatestOnly;
        }
    })
    .await;
    match plant {
        "a plan about to change it" => return pending(world).await,
        "a rollout of ours that failed" => {
            let mut made = world.make("agent").await;
            let broken = world.define_with("agent", "broken:1").await;
            world.image_fault("broken:*");
            let failed = world
                .update(&made, |update| update.daemon_task_definition_arn(broken.clone()))
                .await;
            world.settle();
            merge(
                &mut made.state,
                &json!({"daemon_task_definition_arn": broken, "deployment_arn": failed}),
            );
            return Planted::ours(world, &[&made]);
        }
        "a flag that hashicorp/aws never sent" => {
            let mut made = world.make("agent").await;
            merge(&mut made.state, &json!({"enable_execute_command": true}));
            return Planted::theirs(world, &made);
        }
        "a state edited by hand" => {
            let mut made = world.make("agent").await;
            merge(&mut made.state, &json!({"enable_execute_command": true}));
            return Planted::ours(world, &[&made]);
        }
        _ => {}
    }
    let made = match plant {
        "a minimal update of one setting" => {
            let wanted = json!({"enable_execute_command": true});
            world
                .make_with("agent", |create| create.enable_execute_command(true), &wanted)
                .await
        }
        "tags changed" => {
            let wanted = json!({"tags_all": {"team": "platform"}});
            let tag = Tag::builder().key("team").value("platform").build();
            world.make_with("agent", |create| create.tags(tag), &wanted).await
        }
        "another value" => world.make("agent").await,
        _ => world.make_special("agent").await,
    };
    changed(plant, &world, &made).await;
    world.settle();
    Planted::ours(world, &[&made])
}

/// What somebody did to a daemon.
async fn changed(plant: &str, world: &World, made: &Made) {
    match plant {
        "a minimal update" | "a minimal update of one setting" | "a minimal update, on no record but the latest" => {
            world.update_bare(made, |update| update).await;
        }
        "one setting back at its default, others kept" => {
            world.update(made, |update| update.critical(true)).await;
        }
        "another value" => {
            world.update(made, |update| update.enable_execute_command(true)).await;
        }
        "a provider without instances" => {
            let providers = |update: aws_sdk_ecs::operation::update_daemon::builders::UpdateDaemonInputBuilder| {
                update.capacity_provider_arns(arn("capacity-provider/empty"))
            };
            world.update(made, providers).await;
        }
        "a newer revision" => {
            let newer = world.define("agent").await;
            world
                .update(made, |update| update.daemon_task_definition_arn(newer))
                .await;
        }
        "another family" => {
            let other = world.define("other").await;
            world
                .update(made, |update| update.daemon_task_definition_arn(other))
                .await;
        }
        "tags changed" => {
            let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
            let call = world.other.tag_resource().resource_arn(&made.arn);
            let call = call.tags(tag("team", "search")).tags(tag("extra", "x"));
            call.send().await.unwrap();
        }
        other => panic!("no plant {other}"),
    }
}

/// A plan whose refresh saw what is live.
async fn pending(world: World) -> Planted {
    let made = world.make("agent").await;
    let mut after = made.state.clone();
    merge(&mut after, &json!({"critical": false}));
    let plan = json!({
        "format_version": "1.2", "terraform_version": "1.15.5", "planned_values": {},
        "resource_changes": [{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "change": {"actions": ["update"], "before": made.state, "after": after, "after_unknown": {},
                       "before_sensitive": {}, "after_sensitive": {}}}],
    });
    Planted {
        world,
        documents: vec![plan],
    }
}
