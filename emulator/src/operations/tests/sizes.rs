//! Sizes that make no sense, overrides of tasks, names of revisions, and tags of container instances.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::knobs::Knobs;
use crate::world::tests::lab::Lab;

fn told(lab: &mut Lab, operation: &str, body: Value) -> String {
    match lab.call(operation, body) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn sizes_of_containers() {
    let mut lab = Lab::new(1, Knobs::default());
    let mut answers = Vec::new();
    for operation in ["RegisterDaemonTaskDefinition", "RegisterTaskDefinition"] {
        let mut check = |container: Value| {
            let mut members = json!({ "name": "main", "image": "i", "memory": 100 });
            for (name, value) in container.as_object().unwrap() {
                members[name] = value.clone();
            }
            let body = json!({ "family": "sized", "cpu": "256", "memory": "512", "containerDefinitions": [members] });
            told(&mut lab, operation, body)
        };
        let cases = [
            json!({ "cpu": 128, "memory": 512, "memoryReservation": 512 }),
            json!({ "cpu": -1 }),
            json!({ "memory": 513 }),
            json!({ "memoryReservation": 101 }),
        ];
        answers.push(cases.map(&mut check).join("\n"));
    }
    assert_eq!(answers[0], answers[1]);
    assert_snapshot!(answers[0], @r"
    accepted
    ClientException: Invalid 'cpu' setting for container 'main': -1 is negative.
    ClientException: Invalid 'memory' setting for container 'main': 513 MiB are more than the 512 MiB of the task.
    ClientException: Invalid 'memoryReservation' setting for container 'main': 101 MiB are more than its memory of 100 MiB.
    ");
}

#[test]
fn overrides_of_a_task() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.application("app:1", 256);
    let body = |overrides: Value| {
        json!({
            "cluster": "main",
            "taskDefinition": "app",
            "capacityProviderStrategy": [{ "capacityProvider": "fleet", "weight": 1 }],
            "overrides": overrides,
        })
    };
    let unknown = body(json!({ "containerOverrides": [{ "name": "other" }] }));
    assert_snapshot!(told(&mut lab, "RunTask", unknown), @"InvalidParameterException: Override for container named other is not a container in the TaskDefinition.");
    let negative = body(json!({ "cpu": "-5" }));
    assert_snapshot!(told(&mut lab, "RunTask", negative), @"ClientException: Invalid 'cpu' setting for task: -5 is no positive number.");
    let crowded = body(json!({ "containerOverrides": [{ "name": "main", "memory": 513 }] }));
    assert_snapshot!(told(&mut lab, "RunTask", crowded), @"ClientException: Invalid 'memory' setting for container 'main': 513 MiB are more than the 512 MiB of the task.");
    // With its own 256 units the task would fit on the machine of the fleet.
    let big = body(json!({ "cpu": "3000", "containerOverrides": [{ "name": "main", "cpu": 10 }] }));
    let task = lab.ok("RunTask", big)["tasks"][0].take();
    assert_eq!((&task["cpu"], &task["memory"]), (&json!("3000"), &json!("512")));
    lab.settle();
    let listed = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let body = json!({ "cluster": "main", "containerInstances": listed });
    let machines = lab.ok("DescribeContainerInstances", body)["containerInstances"].take();
    let left: Vec<_> = machines
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["remainingResources"][0]["integerValue"])
        .collect();
    assert_eq!(
        left,
        [&json!(1024), &json!(1096)],
        "a machine of 4,096 units was ordered"
    );
}

#[test]
fn sizes_of_applications_may_have_units() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    for (cpu, memory, expected) in [
        ("1 vCPU", "1 GB", Some(("1024", "1024"))),
        (".5 vcpu", "0.5GB", Some(("512", "512"))),
        ("256", "512", Some(("256", "512"))),
        ("0 vCPU", "1 GB", None),
        ("1 GB", "1 vCPU", None),
        ("0.0001 vCPU", "1 GB", None),
        ("inf vCPU", "1 GB", None),
        ("-1", "1 GB", None),
    ] {
        let body = json!({
            "family": "sized", "cpu": cpu, "memory": memory, "networkMode": "host",
            "containerDefinitions": [{ "name": "main", "image": "app:1" }],
        });
        let answer = lab
            .call("RegisterTaskDefinition", body)
            .map(|mut answer| answer["taskDefinition"].take());
        let found = answer
            .as_ref()
            .ok()
            .map(|definition| (&definition["cpu"], &definition["memory"]));
        let expected = expected.map(|(cpu, memory)| (json!(cpu), json!(memory)));
        assert_eq!(
            found,
            expected.as_ref().map(|(cpu, memory)| (cpu, memory)),
            "{cpu}, {memory}: {answer:?}"
        );
    }
}

#[test]
fn revisions_have_one_spelling() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    lab.application("app:1", 256);
    for revision in ["01", "+1", "1 ", "", "0x1"] {
        for (operation, member, family) in [
            ("DescribeDaemonTaskDefinition", "daemonTaskDefinition", "agent"),
            ("DescribeTaskDefinition", "taskDefinition", "app"),
        ] {
            let body = json!({ member: format!("{family}:{revision}") });
            assert!(lab.call(operation, body).is_err(), "{family}:{revision}");
        }
        let arn = lab.arn(&format!("daemon-task-definition/agent:{revision}"));
        assert!(
            lab.call("ListTagsForResource", json!({ "resourceArn": arn })).is_err(),
            "{arn}"
        );
    }
}

#[test]
fn container_instances_carry_tags() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let arn = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"][0].take();
    let tags = json!([{ "key": "team", "value": "a" }, { "key": "zone", "value": "b" }]);
    lab.ok("TagResource", json!({ "resourceArn": arn, "tags": tags }));
    lab.ok("UntagResource", json!({ "resourceArn": arn, "tagKeys": ["zone"] }));
    let tags = lab.ok("ListTagsForResource", json!({ "resourceArn": arn }))["tags"].take();
    assert_eq!(tags[2], json!({ "key": "team", "value": "a" }), "{tags}");
    let body = json!({ "cluster": "main", "containerInstances": [arn], "include": ["TAGS"] });
    assert_eq!(
        lab.ok("DescribeContainerInstances", body)["containerInstances"][0]["tags"],
        tags
    );
    let other = lab.arn("container-instance/main/0");
    let error = lab.call("TagResource", json!({ "resourceArn": other, "tags": [{ "key": "a" }] }));
    assert_snapshot!(error.unwrap_err(), @"ResourceNotFoundException: The specified resource wasn't found.");
}
