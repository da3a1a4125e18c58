//! Causes of differences.

use aws_sdk_ecs::{
    operation::create_daemon::builders::CreateDaemonFluentBuilder,
    types::{DaemonDeploymentConfiguration, Tag},
};
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::json;

use super::{Planted, definition, world_that};
use crate::{
    configured::{absorbed, configuration, resource},
    plan_documents::known_after_apply,
    support::{Made, World, arn, merge, plan},
};

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
        "a change that a refresh took into the state, beside the configuration" => return absorbed_beside(world).await,
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
        "tags changed" | "tags changed, and a plan that knows its tags only after its apply" => {
            let wanted = json!({"tags_all": {"team": "platform", "keep": "1"}});
            let tag = |key: &str, value: &str| Tag::builder().key(key).value(value).build();
            let create =
                |create: CreateDaemonFluentBuilder| create.tags(tag("team", "platform")).tags(tag("keep", "1"));
            world.make_with("agent", create, &wanted).await
        }
        "another value" => world.make("agent").await,
        _ => world.make_special("agent").await,
    };
    let (change, unknown) = match plant.split_once(", and a plan that knows its ") {
        Some((change, rest)) if rest.starts_with("tags") => (change, Some("tags_all")),
        Some((change, _)) => (change, Some("daemon_task_definition_arn")),
        None => (plant, None),
    };
    changed(change, &world, &made).await;
    world.settle();
    if let Some(unknown) = unknown {
        let live = match unknown {
            "tags_all" => json!({"team": "search", "keep": "1", "extra": "x"}),
            _ => json!(definition("other:1")),
        };
        let documents = vec![known_after_apply(&made, unknown, &live)];
        return Planted { world, documents, made };
    }
    Planted::ours(world, &[&made])
}

/// Makes the change that somebody made to a daemon.
async fn changed(plant: &str, world: &World, made: &Made) {
    match plant {
        "a minimal update" | "a minimal update of one setting" | "a minimal update, on no record but the latest" => {
            world.update_bare(made, |update| update).await;
        }
        "a minimal update that repeats one part of deploymentConfiguration" => {
            let repeated = DaemonDeploymentConfiguration::builder().drain_percent(50.0).build();
            world
                .update_bare(made, |update| update.deployment_configuration(repeated))
                .await;
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

/// A state that has what is live, and a configuration that has not.
async fn absorbed_beside(mut world: World) -> Planted {
    let (_, refreshed) = absorbed(&world).await;
    world.configuration = Some(configuration(&resource("enable_execute_command = true\n"), ""));
    Planted::ours(world, &[&refreshed])
}

/// A plan whose refresh saw what is live.
async fn pending(world: World) -> Planted {
    let made = world.make("agent").await;
    let mut after = made.state.clone();
    merge(&mut after, &json!({"critical": false}));
    let documents = vec![plan(&made.state, &after, &json!({}))];
    Planted { world, documents, made }
}
