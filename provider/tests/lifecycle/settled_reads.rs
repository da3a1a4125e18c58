//! A daemon at rest is read by its description and its tags alone, and whatever changes about it or its state is seen.

use daemons::settings::{Setting, Settings};
use serde_json::Value as Json;
use terraform_provider_ecs::daemon::values::{settings_of, value_of};
use tfplug_core::Value;
use tfplug_server::driver::Stored;

use crate::support::{DAEMON, World, arn, expect_no_error, unproven};

/// The calls that describe the deployment and the revision of a daemon.
const WHOLE: [&str; 2] = ["DescribeDaemonDeployments", "DescribeDaemonRevisions"];

async fn at_rest() -> (World, Stored) {
    let world = World::new(1).await;
    let stored = world.settled(&Stored::nothing(), world.daemon(Value::Null)).await;
    (world, stored)
}

/// The state after a refresh, and the numbers of calls of each kind.
async fn refreshed(world: &World, stored: &Stored) -> (Stored, [usize; 4]) {
    let counts =
        || ["DescribeDaemon", "ListTagsForResource", WHOLE[0], WHOLE[1]].map(|operation| world.count(operation));
    let before = counts();
    let outcome = world.refresh(stored).await;
    expect_no_error(&outcome.diagnostics);
    let after = counts();
    let calls = std::array::from_fn(|index| after[index] - before[index]);
    (outcome.stored, calls)
}

async fn send(world: &World, stored: &Stored, settings: &Settings) {
    let daemon = stored.state.get("arn").as_str().unwrap();
    let update = settings.clone().update_request(daemon);
    update.send_with(&world.other).await.unwrap();
}

fn proof(stored: &Stored) -> Option<Json> {
    let private: Json = serde_json::from_slice(&stored.private).unwrap();
    private.get("settled").cloned()
}

#[tokio::test(start_paused = true)]
async fn a_daemon_at_rest_takes_two_calls() {
    let (world, stored) = at_rest().await;
    assert_eq!(refreshed(&world, &stored).await, (stored.clone(), [1, 1, 0, 0]));
    let imported = world
        .driver
        .import(DAEMON, stored.state.get("arn").as_str().unwrap())
        .await;
    expect_no_error(&imported.diagnostics);
    let (again, calls) = refreshed(&world, &imported.stored).await;
    assert_eq!((again, calls), (imported.stored, [1, 1, 0, 0]), "imported");
    let changed = world.daemon(Value::object([("critical", false.into())]));
    let updated = world.settled(&stored, changed).await;
    assert_eq!(refreshed(&world, &updated).await, (updated, [1, 1, 0, 0]), "updated");
}

/// Private state that changes alone would be a change to `plan -refresh-only`.
#[tokio::test(start_paused = true)]
async fn a_proof_that_the_state_lacks_comes_with_the_next_other_change() {
    let (world, stored) = at_rest().await;
    let earlier = unproven(&stored);
    assert_eq!(refreshed(&world, &earlier).await, (earlier.clone(), [1, 1, 1, 1]));
    let settings = settings_of(&stored.state).unwrap();
    send(&world, &stored, &settings).await;
    world.settle();
    let (seen, _) = refreshed(&world, &earlier).await;
    assert!(proof(&seen).is_some_and(|proof| Some(proof) != self::proof(&stored)));
    assert_eq!(refreshed(&world, &seen).await, (seen, [1, 1, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn a_rollout_under_way_proves_nothing() {
    let (world, stored) = at_rest().await;
    send(&world, &stored, &settings_of(&stored.state).unwrap()).await;
    let (rolling, _) = refreshed(&world, &stored).await;
    assert_eq!(proof(&rolling), None);
    world.settle();
    assert_eq!(refreshed(&world, &rolling).await, (rolling.clone(), [1, 1, 1, 1]));
}

#[tokio::test(start_paused = true)]
async fn a_rollback_proves_nothing() {
    let (mut world, stored) = at_rest().await;
    world.define("agent:2").await;
    world.image_fault("agent:2");
    let broken = Settings {
        daemon_task_definition_arn: world.definition_arn(),
        ..settings_of(&stored.state).unwrap()
    };
    send(&world, &stored, &broken).await;
    world.settle();
    let (back, _) = refreshed(&world, &stored).await;
    assert_ne!(back.state.get("deployment_arn"), stored.state.get("deployment_arn"));
    assert_eq!(settings_of(&back.state).unwrap(), settings_of(&stored.state).unwrap());
    assert_eq!(proof(&back), None);
}

/// A value of each setting that a state of a daemon with defaults does not have.
fn another(setting: Setting) -> Value {
    let sample: Json = serde_json::from_str(include_str!("../../../daemons/src/settings/sample.json")).unwrap();
    let mut settings = Settings::unknown();
    match setting {
        Setting::TaskDefinition => settings.daemon_task_definition_arn = arn("daemon-task-definition/agent:9"),
        Setting::CapacityProviders => settings.capacity_provider_arns = [arn("capacity-provider/other")].into(),
        optional => {
            let value = optional.path().iter().fold(&sample, |here, name| match here {
                Json::Array(blocks) => &blocks[0][*name],
                _ => &here[*name],
            });
            optional.write(&optional.parse(value).unwrap(), &mut settings);
        }
    }
    value_of(&settings).get(setting.path()[0]).clone()
}

#[tokio::test(start_paused = true)]
async fn a_state_that_was_edited_is_not_believed() {
    let (world, stored) = at_rest().await;
    for setting in Setting::ALL {
        let mut edited = stored.clone();
        let attribute = setting.path()[0];
        edited.state.insert(attribute, another(setting));
        assert_ne!(edited, stored, "{}", setting.name());
        let (seen, calls) = refreshed(&world, &edited).await;
        assert_eq!(calls, [1, 1, 1, 1], "{}", setting.name());
        assert_eq!(
            settings_of(&seen.state).unwrap(),
            settings_of(&stored.state).unwrap(),
            "{}",
            setting.name()
        );
    }
    // An object put together of two.
    let mut other = world.daemon(Value::object([("critical", false.into())]));
    other.insert("name", "other".into());
    let other = world.settled(&Stored::nothing(), other).await;
    let mixed = Stored {
        private: other.private.clone(),
        ..stored.clone()
    };
    let (seen, calls) = refreshed(&world, &mixed).await;
    assert_eq!(seen.state, stored.state);
    assert!(calls[2] > 0 && calls[3] > 0, "{calls:?}");
}
