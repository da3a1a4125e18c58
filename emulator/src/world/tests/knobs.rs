//! Each knob acts: the same steps under its values, side by side.

use std::num::NonZeroU32;

use serde_json::{Value, json};

use super::lab::{Lab, provider_body, text};
use crate::knobs::{
    BatchBase, BreakerCounts, Creation, DeploymentRetention, DuplicateCreate, EmptyProvider, EmptyValues, Knobs,
    ListScope, Precleared, RevisionsOrder, RollbackToDeleted, Rounding,
};
use crate::world::{ImageEffect, ImageFault, Window, WorldFault};

/// Takes the same steps in worlds that differ in one knob.
fn check<T: Copy + std::fmt::Debug>(
    set: impl Fn(&mut Knobs, T),
    steps: impl Fn(&mut Lab) -> Value,
    instances: u32,
    expected: &[(T, Value)],
) {
    for (value, answer) in expected {
        let mut knobs = Knobs::default();
        set(&mut knobs, *value);
        let mut lab = Lab::with_fleet(1, knobs, instances);
        assert_eq!(steps(&mut lab), *answer, "{value:?}");
    }
}

fn update_after(lab: &mut Lab, definition: &str, seconds: i64) -> String {
    let arn = lab.update_agent(definition);
    lab.advance(seconds);
    arn
}

fn break_image(lab: &mut Lab, image: &str) {
    let fault = ImageFault {
        image: image.into(),
        effect: ImageEffect::FailsToStart,
        after: 0,
        count: None,
    };
    lab.world.add_image_fault(fault);
}

#[test]
fn no_capacity_counts() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        lab.world.add_fault(WorldFault::NoCapacity(Window {
            provider: "fleet".to_owned(),
            after: 0,
            count: Some(4),
        }));
        let arn = lab.update_agent("agent:2");
        lab.settle();
        let deployment = lab.deployment(&arn);
        json!([deployment["status"], deployment["rollback"]["reason"]])
    };
    let reason = "The circuit breaker triggered: 3 container instances could not be launched.";
    check(
        |knobs, v| knobs.no_capacity_counts = v,
        steps,
        1,
        &[
            (false, json!(["SUCCESSFUL", null])),
            (true, json!(["ROLLBACK_SUCCESSFUL", reason])),
        ],
    );
}

#[test]
fn omit_empty_providers() {
    let steps = |lab: &mut Lab| {
        lab.provider("spare", 0);
        let mut body = lab.create_body("agent", "agent:1");
        body["capacityProviderArns"] = json!(["fleet", "spare"]);
        lab.ok("CreateDaemon", body);
        let arn = text(&lab.agent(), "deploymentArn");
        let in_daemon = lab.agent()["currentRevisions"][0]["capacityProviders"]
            .as_array()
            .unwrap()
            .len();
        let in_deployment = lab.deployment(&arn)["targetDaemonRevision"]["capacityProviders"]
            .as_array()
            .unwrap()
            .len();
        json!([in_daemon, in_deployment])
    };
    check(
        |knobs, v| knobs.omit_empty_providers = v,
        steps,
        1,
        &[(false, json!([2, 2])), (true, json!([1, 1]))],
    );
}

#[test]
fn empty_provider() {
    let steps = |lab: &mut Lab| {
        let body = lab.create_body("agent", "agent:1");
        let arn = text(&lab.ok("CreateDaemon", body), "deploymentArn");
        let mut statuses = vec![lab.deployment(&arn)["status"].take()];
        for seconds in [2, 5, 60] {
            lab.advance(seconds);
            statuses.push(lab.deployment(&arn)["status"].take());
        }
        Value::from(statuses)
    };
    let expected = [
        (
            EmptyProvider::Quick,
            json!(["PENDING", "SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL"]),
        ),
        (
            EmptyProvider::InProgress,
            json!(["PENDING", "IN_PROGRESS", "IN_PROGRESS", "SUCCESSFUL"]),
        ),
        (
            EmptyProvider::AtOnce,
            json!(["SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL", "SUCCESSFUL"]),
        ),
    ];
    check(|knobs, v| knobs.empty_provider = v, steps, 0, &expected);
}

#[test]
fn deployment_retention() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        let first = text(&lab.agent(), "deploymentArn");
        let second = update_after(lab, "agent:2", 3600);
        let third = update_after(lab, "agent:1", 91 * 24 * 3600);
        let fourth = update_after(lab, "agent:2", 0);
        let arns = json!([first, second, third, fourth]);
        let answer = lab.ok("DescribeDaemonDeployments", json!({ "daemonDeploymentArns": arns }));
        let daemon = lab.daemon("agent");
        let list = lab.ok("ListDaemonDeployments", json!({ "daemonArn": daemon }))["daemonDeployments"].take();
        let missing = answer["failures"].as_array().unwrap().len();
        let running = json!([missing, list.as_array().unwrap().len()]);
        lab.settle();
        let answer = lab.ok("DescribeDaemonDeployments", json!({ "daemonDeploymentArns": arns }));
        json!([running, answer["failures"].as_array().unwrap().len()])
    };
    let expected = [
        (DeploymentRetention::ForEver, json!([[0, 4], 0])),
        (DeploymentRetention::Days90, json!([[3, 1], 3])),
        (DeploymentRetention::LatestOnly, json!([[3, 1], 3])),
        (DeploymentRetention::None, json!([[3, 1], 4])),
    ];
    check(|knobs, v| knobs.deployment_retention = v, steps, 1, &expected);
}

#[test]
fn current_revisions_order() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        let old = lab.agent()["currentRevisions"][0]["arn"].take();
        update_after(lab, "agent:2", 170);
        let revisions = lab.agent()["currentRevisions"].take();
        assert_eq!(revisions.as_array().unwrap().len(), 2);
        (revisions[0]["arn"] == old).into()
    };
    let expected = [
        (RevisionsOrder::OldestFirst, json!(true)),
        (RevisionsOrder::NewestFirst, json!(false)),
    ];
    check(|knobs, v| knobs.current_revisions_order = v, steps, 2, &expected);
}

#[test]
fn rollback_to_deleted_definition() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        lab.ok(
            "DeleteDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "agent:1" }),
        );
        break_image(lab, "agent:2");
        let arn = lab.update_agent("agent:2");
        lab.settle();
        lab.deployment(&arn)["status"].take()
    };
    let expected = [
        (RollbackToDeleted::Allowed, json!("ROLLBACK_SUCCESSFUL")),
        (RollbackToDeleted::Fails, json!("ROLLBACK_FAILED")),
    ];
    check(|knobs, v| knobs.rollback_to_deleted_definition = v, steps, 1, &expected);
}

/// Number of instances that drain a minute after an update with that percentage.
fn draining(lab: &mut Lab, percent: f64) -> Value {
    let mut body = lab.update_body("agent", "agent:2");
    body["deploymentConfiguration"] = json!({ "drainPercent": percent });
    body["capacityProviderArns"] = json!(["fleet", "spare"]);
    lab.ok("UpdateDaemon", body);
    lab.advance(60);
    let draining = lab.ok(
        "ListContainerInstances",
        json!({ "cluster": "main", "status": "DRAINING" }),
    );
    draining["containerInstanceArns"].as_array().unwrap().len().into()
}

#[test]
fn batch_sizes() {
    let steps = |lab: &mut Lab| {
        lab.provider("spare", 4);
        lab.settled_agent();
        draining(lab, 25.0)
    };
    let rounding = [
        (Rounding::Ceil, json!(3)),
        (Rounding::Floor, json!(2)),
        (Rounding::Nearest, json!(3)),
    ];
    check(|knobs, v| knobs.batch_rounding = v, steps, 6, &rounding);
    let base = [(BatchBase::Daemon, json!(3)), (BatchBase::Provider, json!(3))];
    check(|knobs, v| knobs.batch_base = v, steps, 6, &base);
    let base = [(BatchBase::Daemon, json!(2)), (BatchBase::Provider, json!(3))];
    check(|knobs, v| knobs.batch_base = v, steps, 4, &base[..1]);
    check(
        |knobs, v| knobs.batch_base = v,
        steps,
        5,
        &[(BatchBase::Provider, json!(3)), (BatchBase::Daemon, json!(3))],
    );
    check(
        |knobs, v| knobs.batch_base = v,
        steps,
        1,
        &[(BatchBase::Provider, json!(2)), (BatchBase::Daemon, json!(2))],
    );
    check(
        |knobs, v| knobs.batch_base = v,
        steps,
        3,
        &[(BatchBase::Provider, json!(2)), (BatchBase::Daemon, json!(2))],
    );
}

#[test]
fn breaker() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        break_image(lab, "agent:2");
        let mut body = lab.update_body("agent", "agent:2");
        body["critical"] = false.into();
        let arn = text(&lab.ok("UpdateDaemon", body), "deploymentArn");
        lab.settle();
        let told = lab.deployment(&arn);
        let revisions = lab.agent()["currentRevisions"].take();
        json!([
            told["status"],
            told["circuitBreaker"]["failureCount"],
            revisions[0]["totalWithoutDaemonCount"]
        ])
    };
    let expected = [
        (BreakerCounts::EveryLaunch, json!(["ROLLBACK_SUCCESSFUL", 3, 0])),
        (BreakerCounts::CriticalOnly, json!(["SUCCESSFUL", 0, 1])),
    ];
    check(|knobs, v| knobs.breaker_counts = v, steps, 1, &expected);
    let expected = [
        (1, json!(["ROLLBACK_SUCCESSFUL", 1, 0])),
        (4, json!(["ROLLBACK_SUCCESSFUL", 4, 0])),
    ];
    check(
        |knobs, v| knobs.breaker_threshold = NonZeroU32::new(v).unwrap(),
        steps,
        1,
        &expected,
    );
}

#[test]
fn alarm_precleared() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        lab.alarm("errors", "ALARM");
        let mut body = lab.update_body("agent", "agent:2");
        body["deploymentConfiguration"] = json!({ "alarms": { "alarmNames": ["errors"], "enable": true } });
        let arn = text(&lab.ok("UpdateDaemon", body), "deploymentArn");
        lab.advance(60);
        lab.alarm("errors", "OK");
        lab.alarm("errors", "ALARM");
        lab.settle();
        lab.deployment(&arn)["status"].take()
    };
    let expected = [
        (Precleared::Counts, json!("ROLLBACK_SUCCESSFUL")),
        (Precleared::Ignored, json!("SUCCESSFUL")),
    ];
    check(|knobs, v| knobs.alarm_precleared = v, steps, 1, &expected);
}

#[test]
fn list_daemons_without_cluster() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        lab.ok("CreateCluster", json!({}));
        lab.ok("ListDaemons", json!({}))["daemonSummariesList"]
            .as_array()
            .unwrap()
            .len()
            .into()
    };
    let expected = [(ListScope::DefaultCluster, json!(0)), (ListScope::All, json!(1))];
    check(|knobs, v| knobs.list_daemons_without_cluster = v, steps, 0, &expected);
}

#[test]
fn duplicate_create() {
    let steps = |lab: &mut Lab| {
        let body = lab.create_body("agent", "agent:1");
        let first = lab.ok("CreateDaemon", body.clone());
        match lab.call("CreateDaemon", body) {
            Ok(second) => json!(first == second),
            Err(error) => error.kind.name().into(),
        }
    };
    let expected = [
        (DuplicateCreate::Refused, json!("InvalidParameterException")),
        (DuplicateCreate::ReturnsExisting, json!(true)),
    ];
    check(|knobs, v| knobs.duplicate_create = v, steps, 0, &expected);
}

#[test]
fn definition_deleted_after() {
    let steps = |lab: &mut Lab| {
        lab.settled_agent();
        let status = |lab: &mut Lab, name: &str| {
            lab.ok("DescribeDaemonTaskDefinition", json!({ "daemonTaskDefinition": name }))["daemonTaskDefinition"]
                ["status"]
                .take()
        };
        for name in ["agent:1", "agent:2"] {
            lab.ok("DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": name }));
        }
        lab.advance(90);
        let (used, unused) = (status(lab, "agent:1"), status(lab, "agent:2"));
        let daemon = lab.daemon("agent");
        lab.ok("DeleteDaemon", json!({ "daemonArn": daemon }));
        lab.advance(2 * 3600);
        json!([used, unused, status(lab, "agent:1")])
    };
    let expected = [
        (60, json!(["DELETE_IN_PROGRESS", "DELETED", "DELETED"])),
        (3600, json!(["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS", "DELETED"])),
        (0, json!(["DELETE_IN_PROGRESS", "DELETED", "DELETED"])),
    ];
    check(|knobs, v| knobs.definition_deleted_after = v, steps, 0, &expected);
}

#[test]
fn creation() {
    let steps = |lab: &mut Lab| {
        lab.advance(30);
        let cluster = lab.ok("CreateCluster", json!({ "clusterName": "new" }))["cluster"]["status"].take();
        lab.advance(30);
        let provider = lab.ok("CreateCapacityProvider", provider_body("x", "new"))["capacityProvider"]["status"].take();
        lab.settle();
        let body = json!({ "capacityProviders": ["x"] });
        let settled = lab.ok("DescribeCapacityProviders", body)["capacityProviders"][0]["status"].take();
        json!([cluster, provider, settled])
    };
    for (value, expected) in [
        (Creation::Immediate, json!(["ACTIVE", "ACTIVE", "ACTIVE"])),
        (Creation::Gradual, json!(["PROVISIONING", "PROVISIONING", "ACTIVE"])),
    ] {
        let mut lab = Lab::new(
            1,
            Knobs {
                creation: value,
                ..Knobs::default()
            },
        );
        assert_eq!(steps(&mut lab), expected, "{value:?}");
    }
}

#[test]
fn empty_values() {
    let health = json!({ "command": ["true"], "startPeriod": 0, "interval": 10 });
    let container = json!({
        "name": "main", "image": "tool:1", "stopTimeout": 0, "startTimeout": 5, "user": "",
        "environment": [{ "name": "A", "value": "" }], "healthCheck": health,
        "ulimits": [{ "name": "core", "softLimit": 0, "hardLimit": 0 }],
    });
    let steps = |lab: &mut Lab| {
        let body = json!({ "family": "tool", "containerDefinitions": [container] });
        lab.ok("RegisterDaemonTaskDefinition", body);
        let described = lab.ok(
            "DescribeDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "tool:1" }),
        );
        let described = &described["daemonTaskDefinition"]["containerDefinitions"][0];
        let members = ["stopTimeout", "startTimeout", "user", "environment", "ulimits"];
        let told: Vec<&Value> = members.iter().map(|member| &described[member]).collect();
        json!([told, described["healthCheck"]["startPeriod"], described["cpu"]])
    };
    let limits = json!([{ "name": "core", "softLimit": 0, "hardLimit": 0 }]);
    check(
        |knobs, value| knobs.empty_values = value,
        steps,
        0,
        &[
            (
                EmptyValues::Kept,
                json!([[0, 5, "", [{ "name": "A", "value": "" }], limits], 0, 0]),
            ),
            (
                EmptyValues::Dropped,
                json!([[null, 5, null, [{ "name": "A" }], limits], null, 0]),
            ),
        ],
    );
}
