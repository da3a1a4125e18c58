//! Plants, which bring about each row of the procedure: calls, faults and time of the emulator, and the settings that
//! the source wants meanwhile. Nothing that a scan reads is made up.
//!
//! The clock stands still unless a plant moves it, so that a scan meets the very moment that was planted. A case that
//! looks closer at a row takes the row's plant; what only one case needs is set up there.

mod absent;
mod beside;
mod cause;
mod rollout;

pub(crate) use absent::absent;
pub(crate) use beside::beside;
pub(crate) use cause::cause;
pub(crate) use rollout::rollout;

use aws_sdk_ecs::types::Tag;
use ecs_drift::report::Report;
use ecs_emulator::{ClockMode, knobs::Knobs};
use serde_json::{Value as Json, json};

use crate::support::{Made, REGION, World, arn, hashicorp, merge, state};

/// A world with something planted, and the sources to scan it against.
pub(crate) struct Planted {
    pub(crate) world: World,
    pub(crate) documents: Vec<Json>,
    /// The daemon that it is about, as the source wants it; the first if there are several.
    pub(crate) made: Made,
}

impl Planted {
    fn ours(world: World, made: &[&Made]) -> Self {
        let states: Vec<&Json> = made.iter().map(|made| &made.state).collect();
        Self {
            world,
            documents: vec![state("ecs_daemon", &states)],
            made: made[0].clone(),
        }
    }

    fn theirs(world: World, made: &Made) -> Self {
        Self {
            world,
            documents: vec![hashicorp(made)],
            made: made.clone(),
        }
    }

    pub(crate) async fn scan(&self) -> Report {
        self.world.scan_documents(&self.documents).await
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

pub(crate) fn denied(operation: &str) -> Json {
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
