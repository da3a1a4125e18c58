//! `doctor`: a permission that is missing is named, and a daemon that is not there proves that asking is allowed.

use std::sync::Arc;

use daemons::{arn::DaemonArn, aws::Aws};
use ecs_drift::{
    doctor::{Examination, Needs, Outcome, nobody},
    observe::{EcsReader, Slots},
};
use jiff::Timestamp;
use serde_json::json;

use crate::support::{REGION, World};

async fn examine(world: &World, daemon: Option<&str>, needs: Needs) -> Examination {
    let aws = Aws::from_sdk_config(world.emulator.sdk_config_as("AKIADRIFT", REGION));
    let mut examination = Examination::default();
    let account = examination.connection(&aws, Timestamp::now()).await.unwrap();
    let daemon = match daemon {
        Some(arn) => DaemonArn::parse(arn).unwrap(),
        None => nobody(&aws, &account).unwrap(),
    };
    let reader = EcsReader::new(&aws, REGION, Slots::new(1), Arc::default());
    examination.region(&reader, &daemon, needs).await;
    examination.trail(&aws, &daemon, needs).await;
    examination
}

fn deny(world: &World, operation: &str) {
    world.fault(&json!({"operation": operation, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}));
}

/// Everything but the clock, which the emulator's client in process does not tell.
fn bad(examination: &Examination) -> Vec<(&str, Outcome)> {
    let checks = examination.checks.iter().filter(|check| check.name != "clock");
    let bad = checks.filter(|check| check.outcome != Outcome::Ok);
    bad.map(|check| (check.name.as_str(), check.outcome)).collect()
}

#[tokio::test(start_paused = true)]
async fn with_every_permission_nothing_is_wrong() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    let before = world.emulator.journal().len();
    for daemon in [None, Some(made.arn.as_str())] {
        let examination = examine(&world, daemon, Needs::default()).await;
        assert_eq!(bad(&examination), []);
        assert_eq!(examination.statement(), None);
    }
    let calls = world.emulator.journal().into_iter().skip(before);
    for call in calls.filter_map(|entry| entry["operation"].as_str().map(str::to_owned)) {
        let reads = ["Describe", "List", "GetCallerIdentity", "LookupEvents"];
        assert!(reads.iter().any(|read| call.starts_with(read)), "{call}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_allowed_is_named_with_its_statement() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    deny(&world, "DescribeDaemonRevisions");
    deny(&world, "LookupEvents");
    let examination = examine(&world, Some(&made.arn), Needs::default()).await;
    let expected = [
        ("ecs:DescribeDaemonRevisions", Outcome::Failed),
        ("cloudtrail:LookupEvents", Outcome::Missing),
    ];
    assert_eq!(bad(&examination), expected);
    assert_eq!(examination.code(), 1);
    let actions = json!(["cloudtrail:LookupEvents", "ecs:DescribeDaemonRevisions"]);
    assert_eq!(examination.statement().unwrap()["Action"], actions);
    let needs = Needs {
        who: true,
        ..Needs::default()
    };
    let examination = examine(&world, None, needs).await;
    assert_eq!(
        bad(&examination).last(),
        Some(&("cloudtrail:LookupEvents", Outcome::Failed))
    );
}
