//! Daemons that are not there, or not the same any more.

use std::time::Duration;

use aws_sdk_ecs::types::Tag;
use ecs_emulator::knobs::{DeploymentRetention, Knobs};
use serde_json::json;

use super::{Planted, definition, denied, world, world_that};
use crate::configured::{configuration, in_cluster};
use crate::plan_documents::create;
use crate::support::{Made, World, arn, merge, special};

/// Rows 1 to 6: what is not there, or not the same any more.
pub(crate) async fn absent(plant: &str, knobs: &Knobs) -> Planted {
    let mut world = if plant == "re-created, its past expired" {
        world_that(knobs, |knobs| knobs.deployment_retention = DeploymentRetention::Days90).await
    } else {
        world(knobs).await
    };
    if plant.starts_with("deleted and created with other settings") {
        return made_anew(world).await;
    }
    if plant.ends_with("which a later call changed again") {
        return changed_after_creation(world).await;
    }
    if plant.ends_with("without its tags") {
        return made_anew_without_tags(world).await;
    }
    if plant.ends_with("ListTagsForResource is denied") {
        return without_tags(world).await;
    }
    let made = world.make("agent").await;
    match plant {
        "credentials of another account" => world = world.scanned_by("210987654321"),
        "DescribeDaemon is denied" => world.fault(&denied("DescribeDaemon")),
        "deleted, and a refresh took that into the state, beside the configuration" => {
            let other = world.make("other").await;
            world.delete(&made).await;
            world.settle();
            let text = ["agent", "other"].map(|name| in_cluster(name, ""));
            world.configuration = Some(configuration(&text.concat(), ""));
            return Planted::ours(world, &[&other]);
        }
        "deleted, and a refresh took that into the state, so that a plan creates it" => {
            world.delete(&made).await;
            world.settle();
            let documents = vec![create(&made)];
            return Planted { world, documents, made };
        }
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

/// A daemon that somebody deleted and created without what is optional.
async fn made_anew_without_tags(world: World) -> Planted {
    let tag = Tag::builder().key("team").value("platform").build();
    let wanted = json!({"tags_all": {"team": "platform"}});
    let made = world.make_with("agent", |create| create.tags(tag), &wanted).await;
    world.delete(&made).await;
    world.settle();
    world.make("agent").await;
    Planted::ours(world, &[&made])
}

/// A daemon that somebody deleted and created with another drain percentage, and that somebody else changed later.
async fn changed_after_creation(world: World) -> Planted {
    let with_drain = |percent: u32| {
        let mut settings = special();
        settings["deployment_configuration"][0]["drain_percent"] = json!(percent);
        settings
    };
    let made = world.make_wanted("agent", &with_drain(35)).await;
    world.delete(&made).await;
    world.settle();
    let mut created = world.make_wanted("agent", &with_drain(30)).await;
    created.state["deployment_configuration"][0]["drain_percent"] = json!(70);
    world.update(&created, |update| update).await;
    world.settle();
    Planted::ours(world, &[&made])
}

/// A daemon that a bare call reset, and whose tags may not be read.
async fn without_tags(world: World) -> Planted {
    let made = world.make_special("agent").await;
    world.update_bare(&made, |update| update).await;
    world.settle();
    world.fault(&denied("ListTagsForResource"));
    Planted::ours(world, &[&made])
}

/// A daemon that somebody deleted and created without settings, and the state of the new one.
pub(crate) async fn made_anew(mut world: World) -> Planted {
    let wanted = json!({"enable_execute_command": true});
    let made = world.make_wanted("agent", &wanted).await;
    world.delete(&made).await;
    world.settle();
    let refreshed = world.make("agent").await;
    let text = in_cluster("agent", "  enable_execute_command = true\n");
    world.configuration = Some(configuration(&text, ""));
    Planted::ours(world, &[&refreshed])
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
