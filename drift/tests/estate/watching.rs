//! Rollouts that are watched: many at once, to whatever end they come.

use std::{cell::RefCell, fmt::Write, time::Duration};

use daemons::{arn::DaemonArn, poll::Poll};
use ecs_drift::{
    interrupt::BySignal,
    watch::{Subject, WatchEnd, WatchEvent, Watched, Watching, watch},
};
use serde_json::json;
use tokio::sync::{Notify, watch as channel};

use crate::support::{Made, World, short};

fn subject(made: &Made) -> Subject {
    Subject::of_arn(DaemonArn::parse(&made.arn).unwrap())
}

fn name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// What happened, a line each.
fn line(event: &WatchEvent) -> String {
    let told = match event {
        WatchEvent::Progress { daemon, text, .. } => format!("{}: {text}", name(daemon)),
        WatchEvent::Superseded { daemon, by, .. } => format!("{}: superseded by {by}", name(daemon)),
        WatchEvent::Ended(Watched {
            daemon, end, reasons, ..
        }) => {
            format!("{}: {}: {}", name(daemon), end.title(), reasons.join(" "))
        }
        other => panic!("{other:?}"),
    };
    short(&told)
}

/// Watches, and answers the ends and what was told, a line each.
async fn watched_until(
    world: &World,
    subjects: Vec<Subject>,
    timeout: Option<Duration>,
    hears: &dyn Fn(&WatchEvent),
) -> (Vec<Watched>, String) {
    let (_sender, receiver) = channel::channel(false);
    let told = RefCell::new(String::new());
    let tell = |event: WatchEvent| {
        let _ = writeln!(told.borrow_mut(), "{}", line(&event));
        hears(&event);
    };
    let watching = Watching {
        concurrency: 4,
        poll: Poll::default(),
        timeout,
        interrupt: BySignal(receiver),
        tell: &tell,
    };
    let ended = watch(world, &watching, subjects).await;
    (ended, told.into_inner())
}

async fn watched(world: &World, made: &[&Made]) -> (Vec<Watched>, String) {
    let subjects = made.iter().map(|made| subject(made)).collect();
    watched_until(world, subjects, None, &|_| {}).await
}

fn jump(world: &World) {
    world
        .emulator
        .control("POST", "clock", Some(json!({"mode": "jump"})))
        .unwrap();
}

#[tokio::test(start_paused = true)]
async fn many_rollouts_are_followed_to_their_ends_at_once() {
    let world = World::new(4).await;
    let good = world
        .make_wanted(
            "good",
            &json!({"deployment_configuration": [{"drain_percent": 50.0,
        "bake_time_in_minutes": 10}]}),
        )
        .await;
    let bad = world.make("bad").await;
    let quiet = world.make("quiet").await;
    let broken = world.define_with("broken", "broken:1").await;
    world.image_fault("broken:*");
    world.update(&good, |update| update.enable_execute_command(true)).await;
    world
        .update(&bad, |update| update.daemon_task_definition_arn(broken))
        .await;
    jump(&world);
    let (ended, told) = watched(&world, &[&good, &bad, &quiet]).await;
    insta::assert_snapshot!(told);
    let ends: Vec<WatchEnd> = ended.iter().map(|watched| watched.end).collect();
    assert_eq!(ends, [WatchEnd::RolledBack, WatchEnd::Successful, WatchEnd::AtRest]);
    // Again: what failed before the watch began counts, and what succeeded is at rest.
    let (ended, _) = watched(&world, &[&good, &bad]).await;
    let ends: Vec<WatchEnd> = ended.iter().map(|watched| watched.end).collect();
    assert_eq!(ends, [WatchEnd::RolledBack, WatchEnd::AtRest]);
    assert!(
        ended[0].reasons.join(" ").contains("CannotPullContainerError"),
        "{ended:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_newer_deployment_is_followed_in_its_turn() {
    let world = World::new(4).await;
    let made = world.make("agent").await;
    let first = world.update(&made, |update| update.enable_execute_command(true)).await;
    jump(&world);
    let begun = Notify::new();
    let hears = |event: &WatchEvent| {
        if matches!(event, WatchEvent::Progress { .. }) {
            begun.notify_one();
        }
    };
    let other = async {
        begun.notified().await;
        world.update(&made, |update| update.enable_ecs_managed_tags(true)).await
    };
    let ((ended, told), second) = tokio::join!(watched_until(&world, vec![subject(&made)], None, &hears), other);
    assert_ne!(first, second);
    assert_eq!(ended[0].deployment_arn.as_deref(), Some(second.as_str()));
    assert_eq!(ended[0].end, WatchEnd::Successful, "{told}");
    assert!(told.contains("superseded by daemon-deployment/prod/agent/ID"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_watched_says_why_and_hides_no_other() {
    let world = World::new(0).await;
    let denied = world.make("denied").await;
    let going = world.make("going").await;
    let quiet = world.make("quiet").await;
    world.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*/denied", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    world.delete(&going).await;
    let mut missing = quiet.clone();
    missing.arn = quiet.arn.replace("quiet", "missing");
    let mut foreign = quiet.clone();
    foreign.arn = quiet.arn.replace("123456789012", "210987654321");
    let (ended, told) = watched(&world, &[&denied, &going, &quiet, &missing, &foreign]).await;
    let ends: Vec<(&str, WatchEnd)> = ended
        .iter()
        .map(|watched| (name(&watched.daemon), watched.end))
        .collect();
    let expected = [
        ("denied", WatchEnd::Unread),
        ("going", WatchEnd::BeingDeleted),
        ("missing", WatchEnd::Missing),
        ("quiet", WatchEnd::AtRest),
        ("quiet", WatchEnd::Unread),
    ];
    assert_eq!(ends, expected, "{told}");
    assert!(
        told.contains("`ecs:DescribeDaemon`") && told.contains("of the account 123456789012"),
        "{told}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_rollout_that_takes_too_long_goes_on() {
    let world = World::new(4).await;
    let made = world.make("agent").await;
    world.update(&made, |update| update.enable_execute_command(true)).await;
    let minute = Some(Duration::from_mins(1));
    let (ended, told) = watched_until(&world, vec![subject(&made)], minute, &|_| {}).await;
    assert_eq!(ended[0].end, WatchEnd::TimedOut, "{told}");
    assert!(ended[0].reasons[0].contains("goes on in ECS"), "{told}");
}

#[tokio::test(start_paused = true)]
async fn answers_that_are_older_than_the_source_are_read_again() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let deployment = world.update(&made, |update| update.enable_execute_command(true)).await;
    jump(&world);
    world.fault(&json!({"operation": "DescribeDaemon", "count": 2, "effect": "stale"}));
    let subject = Subject {
        deployment_arn: Some(deployment.clone()),
        ..subject(&made)
    };
    let (ended, told) = watched_until(&world, vec![subject], None, &|_| {}).await;
    assert_eq!(ended[0].deployment_arn, Some(deployment), "{told}");
    assert!(world.calls("DescribeDaemon") >= 3);
}
