//! The deletion of application task definitions: what is refused, what stays as long as something needs it, what is gone.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::refusals::refusals;
use crate::knobs::Knobs;
use crate::world::tests::lab::Lab;

/// A world in which a service uses `app:1`, nothing uses `old:1`, and both are deregistered.
fn lab() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    for image in ["app:1", "old:1", "new:1"] {
        lab.application(image, 128);
    }
    let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
    lab.ok(
        "CreateService",
        json!({
            "cluster": "main", "serviceName": "web", "taskDefinition": "app", "desiredCount": 1,
            "capacityProviderStrategy": strategy,
        }),
    );
    lab.settle();
    for named in ["app:1", "old:1"] {
        lab.ok("DeregisterTaskDefinition", json!({ "taskDefinition": named }));
    }
    lab
}

fn status(lab: &mut Lab, named: &str) -> String {
    match lab.call("DescribeTaskDefinition", json!({ "taskDefinition": named })) {
        Ok(described) => described["taskDefinition"]["status"].as_str().unwrap().to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn refusals_of_deletions() {
    let lab = lab();
    let delete = |named: &[&str]| json!({ "taskDefinitions": named });
    let eleven = ["old:1"; 11];
    let calls = [
        ("none", "DeleteTaskDefinitions", delete(&[])),
        ("too many", "DeleteTaskDefinitions", delete(&eleven)),
        ("no revision", "DeleteTaskDefinitions", delete(&["old"])),
        (
            "unknown and active",
            "DeleteTaskDefinitions",
            delete(&["old:7", "arn:x:1", "new:1"]),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    DeleteTaskDefinitions, none: InvalidParameterException: Specify 1 to 10 task definitions.
    DeleteTaskDefinitions, too many: InvalidParameterException: Specify 1 to 10 task definitions.
    DeleteTaskDefinitions, no revision: InvalidParameterException: Specify the revision of the task definition old.
    DeleteTaskDefinitions, unknown and active: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:task-definition/old:7","reason":"MISSING"},{"arn":"arn:x:1","reason":"MISSING"},{"arn":"arn:aws:ecs:eu-central-1:123456789012:task-definition/new:1","detail":"Deregister the task definition before you delete it.","reason":"ACTIVE"}],"taskDefinitions":[]}
    "#);
}

#[test]
fn a_definition_goes_when_nothing_needs_it() {
    let mut lab = lab();
    let deleted = lab.ok(
        "DeleteTaskDefinitions",
        json!({ "taskDefinitions": ["app:1", "old:1"] }),
    );
    let statuses: Vec<&Value> = deleted["taskDefinitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["status"])
        .collect();
    assert_eq!(statuses, ["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS"]);
    let listed = lab.ok("ListTaskDefinitions", json!({ "status": "DELETE_IN_PROGRESS" }));
    assert_eq!(listed["taskDefinitionArns"].as_array().map(Vec::len), Some(2));
    let scaled = lab.ok(
        "UpdateService",
        json!({ "cluster": "main", "service": "web", "desiredCount": 2 }),
    );
    assert_eq!(scaled["service"]["desiredCount"], 2, "a service goes on using it");
    lab.advance(2 * 3600);
    let families = |lab: &mut Lab| lab.ok("ListTaskDefinitionFamilies", json!({}))["families"].take();
    assert_eq!(families(&mut lab), json!(["app", "new"]));
    assert_snapshot!(status(&mut lab, "old:1"), @r"ClientException: Unable to describe task definition.");
    assert_eq!(status(&mut lab, "app:1"), "DELETE_IN_PROGRESS", "the service needs it");
    let again = lab.ok(
        "DeleteTaskDefinitions",
        json!({ "taskDefinitions": ["old:1", "app:1"] }),
    );
    assert_eq!(again["failures"][0]["reason"], "MISSING");
    let force = json!({ "cluster": "main", "service": "web", "force": true });
    lab.ok("DeleteService", force);
    lab.settle();
    assert_eq!(
        status(&mut lab, "app:1"),
        "DELETE_IN_PROGRESS",
        "stopped tasks are still described"
    );
    lab.advance(3 * 3600);
    assert_snapshot!(status(&mut lab, "app:1"), @r"ClientException: Unable to describe task definition.");
    lab.application("app:2", 128);
    let listed = lab.ok("ListTaskDefinitions", json!({ "familyPrefix": "app" }));
    assert_eq!(
        listed["taskDefinitionArns"],
        json!([lab.arn("task-definition/app:2")]),
        "no number comes twice"
    );
}
