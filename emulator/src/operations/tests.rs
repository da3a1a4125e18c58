//! What operations refuse, and with which error; what a refused call leaves as it was.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::knobs::Knobs;
use crate::world::testing::{Lab, provider_body};

/// A world with all kinds of things that calls can get wrong.
fn lab() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.ok("CreateCluster", json!({ "clusterName": "other" }));
    lab.ok("CreateCapacityProvider", provider_body("elsewhere", "other"));
    let group = json!({ "autoScalingGroupArn": "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1" });
    lab.ok("CreateCapacityProvider", json!({ "name": "scaling", "autoScalingGroupProvider": group }));
    lab.register("gone:1");
    lab.ok("DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": "gone:1" }));
    lab.settled_agent();
    lab
}

/// Makes each call on its own copy of the world and lists what it answers.
fn refusals(lab: &Lab, calls: &[(&str, &str, Value)]) -> String {
    let mut lines = Vec::new();
    for (what, operation, body) in calls {
        let mut copy = lab.clone();
        let before = format!("{:#}", copy.world.view(None));
        match copy.call(operation, body.clone()) {
            Ok(answer) => lines.push(format!("{operation}, {what}: answered {answer}")),
            Err(error) => {
                assert_eq!(before, format!("{:#}", copy.world.view(None)), "{operation}, {what}: nothing has changed");
                lines.push(format!("{operation}, {what}: {error}"));
            }
        }
    }
    lines.join("\n")
}

/// A body with some members replaced; null takes one away.
fn with(mut body: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("changes are an object") };
    for (member, value) in changes {
        body[member] = value;
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    body
}

#[test]
fn create_daemon_refusals() {
    let lab = lab();
    let create = |changes: Value| with(lab.create_body("new", "agent:1"), changes);
    let many: Vec<Value> = (0..51).map(|n| json!({ "key": n.to_string(), "value": "" })).collect();
    let calls = [
        ("bad name", "CreateDaemon", create(json!({ "daemonName": "a b" }))),
        ("long name", "CreateDaemon", create(json!({ "daemonName": "a".repeat(256) }))),
        ("taken name", "CreateDaemon", create(json!({ "daemonName": "agent" }))),
        ("unknown cluster", "CreateDaemon", create(json!({ "clusterArn": "nowhere" }))),
        ("no cluster", "CreateDaemon", create(json!({ "clusterArn": null }))),
        ("unknown definition", "CreateDaemon", create(json!({ "daemonTaskDefinitionArn": lab.definition("agent:9") }))),
        ("no revision", "CreateDaemon", create(json!({ "daemonTaskDefinitionArn": lab.definition("agent") }))),
        ("definition being deleted", "CreateDaemon", create(json!({ "daemonTaskDefinitionArn": lab.definition("gone:1") }))),
        ("no providers", "CreateDaemon", create(json!({ "capacityProviderArns": [] }))),
        ("unknown provider", "CreateDaemon", create(json!({ "capacityProviderArns": ["nothing"] }))),
        ("scaling group", "CreateDaemon", create(json!({ "capacityProviderArns": ["scaling"] }))),
        ("provider of other cluster", "CreateDaemon", create(json!({ "capacityProviderArns": ["elsewhere"] }))),
        ("drain percent", "CreateDaemon", create(json!({ "deploymentConfiguration": { "drainPercent": 100.5 } }))),
        ("bake time", "CreateDaemon", create(json!({ "deploymentConfiguration": { "bakeTimeInMinutes": 1441 } }))),
        ("reserved tag", "CreateDaemon", create(json!({ "tags": [{ "key": "aws:x", "value": "" }] }))),
        ("repeated tag", "CreateDaemon", create(json!({ "tags": [{ "key": "x" }, { "key": "x" }] }))),
        ("too many tags", "CreateDaemon", create(json!({ "tags": many }))),
        ("bad token", "CreateDaemon", create(json!({ "clientToken": "a b" }))),
    ];
    assert_snapshot!(refusals(&lab, &calls), @"");
}

#[test]
fn daemon_refusals() {
    let mut lab = lab();
    let unknown = lab.arn("daemon/main/nobody");
    let update = |lab: &Lab, changes: Value| with(lab.update_body("agent", "agent:1"), changes);
    let mut calls = Vec::new();
    for operation in ["DescribeDaemon", "DeleteDaemon", "ListDaemonDeployments"] {
        calls.push(("unknown", operation, json!({ "daemonArn": unknown })));
        calls.push(("no cluster", operation, json!({ "daemonArn": lab.arn("daemon/nowhere/agent") })));
        calls.push(("no ARN", operation, json!({ "daemonArn": "agent" })));
    }
    calls.push(("unknown", "UpdateDaemon", update(&lab, json!({ "daemonArn": unknown }))));
    calls.push(("no providers", "UpdateDaemon", update(&lab, json!({ "capacityProviderArns": [] }))));
    calls.push(("bad page", "ListDaemons", json!({ "clusterArn": "main", "nextToken": "x" })));
    calls.push(("bad page size", "ListDaemons", json!({ "clusterArn": "main", "maxResults": 101 })));
    calls.push(("unknown cluster", "ListDaemons", json!({ "clusterArn": "nowhere" })));
    calls.push(("no ARNs", "DescribeDaemonDeployments", json!({ "daemonDeploymentArns": [] })));
    calls.push(("unknown ARN", "DescribeDaemonDeployments", json!({ "daemonDeploymentArns": ["x"] })));
    calls.push(("unknown ARN", "DescribeDaemonRevisions", json!({ "daemonRevisionArns": ["x"] })));
    assert_snapshot!(refusals(&lab, &calls), @"");
    let agent = json!({ "daemonArn": lab.daemon("agent") });
    lab.ok("DeleteDaemon", agent.clone());
    let calls = [
        ("while deleted", "DeleteDaemon", agent.clone()),
        ("while deleted", "UpdateDaemon", update(&lab, json!({}))),
        ("while deleted", "CreateDaemon", lab.create_body("agent", "agent:1")),
        ("of a daemon being deleted", "DeleteCapacityProvider", json!({ "capacityProvider": "fleet" })),
    ];
    assert_snapshot!(refusals(&lab, &calls), @"");
    lab.settle();
    assert_snapshot!(refusals(&lab, &[("after deletion", "DescribeDaemon", agent)]), @"");
}

#[test]
fn task_definition_refusals() {
    let lab = lab();
    let container = |changes: Value| with(json!({ "name": "main", "image": "agent:1" }), changes);
    let of = |changes: Value| with(json!({ "family": "f", "containerDefinitions": [container(json!({}))] }), changes);
    let one = |changes: Value| of(json!({ "containerDefinitions": [container(changes)] }));
    let volume = |changes: Value| of(json!({ "volumes": [with(json!({ "name": "v" }), changes)] }));
    let register = "RegisterDaemonTaskDefinition";
    let health = |check: Value| one(json!({ "healthCheck": with(json!({ "command": ["CMD", "true"] }), check) }));
    let calls = [
        ("bad family", register, of(json!({ "family": "a b" }))),
        ("no containers", register, of(json!({ "containerDefinitions": [] }))),
        ("cpu in words", register, of(json!({ "cpu": "1 vCPU" }))),
        ("memory of none", register, of(json!({ "memory": "0" }))),
        ("nothing essential", register, one(json!({ "essential": false }))),
        ("no container name", register, one(json!({ "name": null }))),
        ("repeated name", register, of(json!({ "containerDefinitions": [container(json!({})), container(json!({}))] }))),
        ("unknown volume", register, one(json!({ "mountPoints": [{ "sourceVolume": "v" }] }))),
        ("unknown dependency", register, one(json!({ "dependsOn": [{ "containerName": "x", "condition": "START" }] }))),
        ("itself", register, one(json!({ "dependsOn": [{ "containerName": "main", "condition": "START" }] }))),
        ("interval", register, health(json!({ "interval": 4 }))),
        ("empty command", register, health(json!({ "command": [] }))),
        ("restart period", register, one(json!({ "restartPolicy": { "enabled": true, "restartAttemptPeriod": 59 } }))),
        ("repeated volume", register, of(json!({ "volumes": [{ "name": "v" }, { "name": "v" }] }))),
        (
            "host and log driver",
            register,
            volume(json!({ "host": {}, "logDriverVolumeConfiguration": { "driver": "json-file" } })),
        ),
        ("other log driver", register, volume(json!({ "logDriverVolumeConfiguration": { "driver": "awslogs" } }))),
        ("unknown", "DescribeDaemonTaskDefinition", json!({ "daemonTaskDefinition": "nothing:1" })),
        ("not active", "DescribeDaemonTaskDefinition", json!({ "daemonTaskDefinition": "gone" })),
        ("no number", "DescribeDaemonTaskDefinition", json!({ "daemonTaskDefinition": "agent:x" })),
        ("unknown", "DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": "nothing:1" })),
        ("no revision", "DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": "agent" })),
        ("again", "DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": "gone:1" })),
    ];
    assert_snapshot!(refusals(&lab, &calls), @"");
}

#[test]
fn resource_refusals() {
    let mut lab = lab();
    let many: Vec<Value> = (0..50).map(|n| json!({ "key": n.to_string(), "value": "" })).collect();
    let agent = lab.daemon("agent");
    lab.ok("TagResource", json!({ "resourceArn": agent, "tags": many }));
    let tag = |key: &str| json!([{ "key": key, "value": "" }]);
    let both = json!({ "name": "x", "managedInstancesProvider": {}, "autoScalingGroupProvider": {} });
    let calls = [
        ("bad name", "CreateCluster", json!({ "clusterName": "a b" })),
        ("with provider", "DeleteCluster", json!({ "cluster": "main" })),
        ("unknown", "DeleteCluster", json!({ "cluster": "nowhere" })),
        ("taken", "CreateCapacityProvider", provider_body("fleet", "main")),
        ("reserved", "CreateCapacityProvider", provider_body("awesome", "main")),
        ("reserved", "CreateCapacityProvider", provider_body("AWSome", "main")),
        ("no cluster", "CreateCapacityProvider", with(provider_body("x", "main"), json!({ "cluster": null }))),
        ("unknown cluster", "CreateCapacityProvider", provider_body("x", "nowhere")),
        ("both kinds", "CreateCapacityProvider", both),
        ("in use", "DeleteCapacityProvider", json!({ "capacityProvider": "fleet" })),
        ("other cluster", "DeleteCapacityProvider", json!({ "capacityProvider": "fleet", "cluster": "other" })),
        ("unknown", "DeleteCapacityProvider", json!({ "capacityProvider": "nothing" })),
        ("unknown", "UpdateCapacityProvider", json!({ "name": "nothing" })),
        (
            "in use",
            "PutClusterCapacityProviders",
            json!({ "cluster": "main", "capacityProviders": [], "defaultCapacityProviderStrategy": [] }),
        ),
        (
            "foreign strategy",
            "PutClusterCapacityProviders",
            json!({
                "cluster": "main",
                "capacityProviders": ["fleet"],
                "defaultCapacityProviderStrategy": [{ "capacityProvider": "scaling" }],
            }),
        ),
        ("unknown", "TagResource", json!({ "resourceArn": lab.arn("cluster/nowhere"), "tags": tag("x") })),
        ("reserved", "TagResource", json!({ "resourceArn": agent, "tags": tag("AWS:x") })),
        ("one too many", "TagResource", json!({ "resourceArn": agent, "tags": tag("x") })),
        ("reserved", "UntagResource", json!({ "resourceArn": agent, "tagKeys": ["aws:x"] })),
        ("unknown", "ListTagsForResource", json!({ "resourceArn": lab.arn("cluster/nowhere") })),
        ("unknown cluster", "ListTasks", json!({ "cluster": "nowhere" })),
        ("services", "ListTasks", json!({ "cluster": "main", "serviceName": "app" })),
        ("filter", "ListContainerInstances", json!({ "cluster": "main", "filter": "x" })),
        ("nothing", "DescribeTasks", json!({ "cluster": "main", "tasks": [] })),
    ];
    assert_snapshot!(refusals(&lab, &calls), @"");
}
