//! `doctor`: a permission that is missing is named, and a daemon that is not there proves no more than it can.

use std::{collections::BTreeSet, fs, sync::Arc};

use aws::Aws;
use daemons::arn::DaemonArn;
use ecs_drift::{
    doctor::{Examination, Needs, Outcome, Subject, nobody},
    observe::{EcsReader, Slots},
};
use jiff::Timestamp;
use serde_json::{Value as Json, json};

use crate::support::{REGION, World};

async fn examine(world: &World, daemon: Option<&str>, needs: Needs) -> Examination {
    let aws = Aws::from_sdk_config(world.emulator.sdk_config_as("AKIADRIFT", REGION));
    let mut examination = Examination::default();
    let account = examination.connection(&aws, Timestamp::now()).await.unwrap();
    // The emulator's time is another one than this machine's.
    examination.checks.retain(|check| check.name != "clock");
    let subject = match daemon {
        Some(arn) => Subject {
            daemon: DaemonArn::parse(arn).unwrap(),
            is_named: true,
        },
        None => nobody(&aws, &account).unwrap(),
    };
    let reader = EcsReader::new(&aws, REGION, Slots::new(1), Arc::default());
    examination.region(&reader, &subject, needs).await;
    examination.trail(&aws, &subject.daemon, needs).await;
    examination
}

fn deny(world: &World, operation: &str) {
    world.fault(&json!({"operation": operation, "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}));
}

fn bad(examination: &Examination) -> Vec<(&str, Outcome)> {
    let checks = examination.checks.iter();
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
    deny(&world, "ListTasks");
    deny(&world, "DescribeTasks");
    let examination = examine(&world, Some(&made.arn), Needs::default()).await;
    let expected = [
        ("ecs:DescribeDaemonRevisions", Outcome::Failed),
        ("ecs:ListTasks", Outcome::Missing),
        ("ecs:DescribeTasks", Outcome::Missing),
        ("cloudtrail:LookupEvents", Outcome::Missing),
    ];
    assert_eq!(bad(&examination), expected);
    assert_eq!(examination.code(), 1);
    let actions = [
        "cloudtrail:LookupEvents",
        "ecs:DescribeDaemonRevisions",
        "ecs:DescribeTasks",
        "ecs:ListTasks",
    ];
    assert_eq!(examination.statement().unwrap().action, actions);
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

/// The policy of the guide has what doctor tries, and nothing else.
#[tokio::test(start_paused = true)]
async fn the_policy_of_the_guide_is_what_is_tried() {
    let world = World::new(0).await;
    let examination = examine(&world, None, Needs::default()).await;
    let names = examination.checks.iter().map(|check| check.name.clone());
    let tried: BTreeSet<String> = names.filter(|name| name.contains(':')).collect();
    assert_eq!(allowed_by("nightly-drift-check"), tried);
}

/// The actions of the policy in a guide.
pub(crate) fn allowed_by(guide: &str) -> BTreeSet<String> {
    let path = format!("{}/../docs/guides/{guide}.md", env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(path).unwrap();
    let (policy, _) = guide.split_once("```json\n").unwrap().1.split_once("```").unwrap();
    let policy: Json = serde_json::from_str(policy).unwrap();
    let mut allowed = BTreeSet::new();
    for statement in policy["Statement"].as_array().unwrap() {
        let one = statement["Action"].as_str().map(str::to_owned);
        let several = statement["Action"].as_array().into_iter().flatten();
        allowed.extend(one);
        allowed.extend(several.map(|action| action.as_str().unwrap().to_owned()));
    }
    allowed
}

/// No scan depends on the reasons of a failed rollout.
#[tokio::test(start_paused = true)]
async fn without_the_reasons_of_a_rollout_a_scan_can_work() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    deny(&world, "ListTasks");
    deny(&world, "DescribeTasks");
    let examination = examine(&world, Some(&made.arn), Needs::default()).await;
    let expected = [
        ("ecs:ListTasks", Outcome::Missing),
        ("ecs:DescribeTasks", Outcome::Missing),
    ];
    assert_eq!((bad(&examination), examination.code()), (expected.to_vec(), 0));
}

/// A policy for the ARNs of one cluster refuses the daemon that is not there, and allows the scan.
#[tokio::test(start_paused = true)]
async fn a_policy_for_certain_daemons_is_not_called_missing() {
    let world = World::new(0).await;
    let made = world.make("agent").await;
    for operation in ["DescribeDaemon", "ListDaemonDeployments", "ListTagsForResource"] {
        world.fault(
            &json!({"operation": operation, "resource": "*:daemon/ecs-drift-doctor/*", "count": null, "effect": {"error": {
            "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
        );
    }
    let examination = examine(&world, None, Needs::default()).await;
    let unknown = [
        ("ecs:DescribeDaemon", Outcome::Unknown),
        ("ecs:ListDaemonDeployments", Outcome::Unknown),
        ("ecs:ListTagsForResource", Outcome::Unknown),
    ];
    assert_eq!(bad(&examination), unknown);
    assert_eq!(examination.code(), 4);
    assert!(examination.may_be_allowed());
    let examination = examine(&world, Some(&made.arn), Needs::default()).await;
    assert_eq!(bad(&examination), []);
    assert_eq!(examination.statement(), None);
}
