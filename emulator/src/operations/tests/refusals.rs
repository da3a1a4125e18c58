//! Refusals of operations, with their errors; what a refused call leaves as it was.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::knobs::Knobs;
use crate::world::tests::lab::{Lab, provider_body};

/// A world with all kinds of things that calls can get wrong.
fn lab() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.ok("CreateCluster", json!({ "clusterName": "other" }));
    lab.ok("CreateCapacityProvider", provider_body("elsewhere", "other"));
    let group = json!({ "autoScalingGroupArn": "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1" });
    lab.ok(
        "CreateCapacityProvider",
        json!({ "name": "scaling", "autoScalingGroupProvider": group }),
    );
    lab.register("gone:1");
    lab.ok(
        "DeleteDaemonTaskDefinition",
        json!({ "daemonTaskDefinition": "gone:1" }),
    );
    lab.settled_agent();
    lab
}

/// Makes each call on its own copy of the world and lists what it answers.
pub(in crate::operations) fn refusals(lab: &Lab, calls: &[(&str, &str, Value)]) -> String {
    let mut lines = Vec::new();
    for (what, operation, body) in calls {
        let mut copy = lab.clone();
        let before = format!("{:#}", copy.world.view(None));
        match copy.call(operation, body.clone()) {
            Ok(answer) => lines.push(format!("{operation}, {what}: answered {answer}")),
            Err(error) => {
                assert_eq!(
                    before,
                    format!("{:#}", copy.world.view(None)),
                    "{operation}, {what}: nothing has changed"
                );
                lines.push(format!("{operation}, {what}: {error}"));
            }
        }
    }
    lines.join("\n")
}

/// A body with some members replaced; null takes one away.
pub(in crate::operations) fn with(mut body: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else {
        panic!("changes are an object")
    };
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
        (
            "long name",
            "CreateDaemon",
            create(json!({ "daemonName": "a".repeat(256) })),
        ),
        ("taken name", "CreateDaemon", create(json!({ "daemonName": "agent" }))),
        (
            "unknown cluster",
            "CreateDaemon",
            create(json!({ "clusterArn": "nowhere" })),
        ),
        ("no cluster", "CreateDaemon", create(json!({ "clusterArn": null }))),
        (
            "unknown definition",
            "CreateDaemon",
            create(json!({ "daemonTaskDefinitionArn": lab.definition("agent:9") })),
        ),
        (
            "no revision",
            "CreateDaemon",
            create(json!({ "daemonTaskDefinitionArn": lab.definition("agent") })),
        ),
        (
            "definition being deleted",
            "CreateDaemon",
            create(json!({ "daemonTaskDefinitionArn": lab.definition("gone:1") })),
        ),
        (
            "no providers",
            "CreateDaemon",
            create(json!({ "capacityProviderArns": [] })),
        ),
        (
            "unknown provider",
            "CreateDaemon",
            create(json!({ "capacityProviderArns": ["nothing"] })),
        ),
        (
            "scaling group",
            "CreateDaemon",
            create(json!({ "capacityProviderArns": ["scaling"] })),
        ),
        (
            "provider of other cluster",
            "CreateDaemon",
            create(json!({ "capacityProviderArns": ["elsewhere"] })),
        ),
        (
            "drain percent",
            "CreateDaemon",
            create(json!({ "deploymentConfiguration": { "drainPercent": 100.5 } })),
        ),
        (
            "bake time",
            "CreateDaemon",
            create(json!({ "deploymentConfiguration": { "bakeTimeInMinutes": 1441 } })),
        ),
        (
            "reserved tag",
            "CreateDaemon",
            create(json!({ "tags": [{ "key": "aws:x", "value": "" }] })),
        ),
        (
            "repeated tag",
            "CreateDaemon",
            create(json!({ "tags": [{ "key": "x" }, { "key": "x" }] })),
        ),
        ("too many tags", "CreateDaemon", create(json!({ "tags": many }))),
        ("bad token", "CreateDaemon", create(json!({ "clientToken": "a b" }))),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    CreateDaemon, bad name: InvalidParameterException: A daemon name has up to 255 letters, digits, hyphens and underscores.
    CreateDaemon, long name: InvalidParameterException: A daemon name has up to 255 letters, digits, hyphens and underscores.
    CreateDaemon, taken name: InvalidParameterException: A daemon named agent already exists in the cluster.
    CreateDaemon, unknown cluster: ClusterNotFoundException: Cluster not found.
    CreateDaemon, no cluster: ClusterNotFoundException: Cluster not found.
    CreateDaemon, unknown definition: ClientException: The specified daemon task definition was not found.
    CreateDaemon, no revision: InvalidParameterException: The daemon task definition needs its revision.
    CreateDaemon, definition being deleted: ClientException: The daemon task definition arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/gone:1 is not in an ACTIVE state.
    CreateDaemon, no providers: InvalidParameterException: A daemon needs at least one capacity provider.
    CreateDaemon, unknown provider: ClientException: The capacity provider nothing does not exist. Specify a valid name or ARN and try again.
    CreateDaemon, scaling group: InvalidParameterException: The capacity provider scaling does not have managed instances.
    CreateDaemon, provider of other cluster: InvalidParameterException: The capacity provider elsewhere does not belong to cluster main.
    CreateDaemon, drain percent: InvalidParameterException: drainPercent must be between 0.0 and 100.0.
    CreateDaemon, bake time: InvalidParameterException: bakeTimeInMinutes must be between 0 and 1440.
    CreateDaemon, reserved tag: InvalidParameterException: The tag key aws:x is reserved: it begins with aws:.
    CreateDaemon, repeated tag: InvalidParameterException: The tag key x is given twice.
    CreateDaemon, too many tags: InvalidParameterException: A resource has at most 50 tags.
    CreateDaemon, bad token: InvalidParameterException: A client token has up to 36 printable ASCII characters without spaces.
    ");
}

#[test]
fn daemon_refusals() {
    let mut lab = lab();
    let unknown = lab.arn("daemon/main/nobody");
    let update = |lab: &Lab, changes: Value| with(lab.update_body("agent", "agent:1"), changes);
    let mut calls = Vec::new();
    for operation in ["DescribeDaemon", "DeleteDaemon", "ListDaemonDeployments"] {
        calls.push(("unknown", operation, json!({ "daemonArn": unknown })));
        calls.push((
            "no cluster",
            operation,
            json!({ "daemonArn": lab.arn("daemon/nowhere/agent") }),
        ));
        calls.push(("no ARN", operation, json!({ "daemonArn": "agent" })));
    }
    calls.push(("unknown", "UpdateDaemon", update(&lab, json!({ "daemonArn": unknown }))));
    calls.push((
        "no providers",
        "UpdateDaemon",
        update(&lab, json!({ "capacityProviderArns": [] })),
    ));
    calls.push((
        "bad page",
        "ListDaemons",
        json!({ "clusterArn": "main", "nextToken": "x" }),
    ));
    calls.push((
        "bad page size",
        "ListDaemons",
        json!({ "clusterArn": "main", "maxResults": 101 }),
    ));
    calls.push(("unknown cluster", "ListDaemons", json!({ "clusterArn": "nowhere" })));
    calls.push((
        "no ARNs",
        "DescribeDaemonDeployments",
        json!({ "daemonDeploymentArns": [] }),
    ));
    calls.push((
        "unknown ARN",
        "DescribeDaemonDeployments",
        json!({ "daemonDeploymentArns": ["x"] }),
    ));
    calls.push((
        "unknown ARN",
        "DescribeDaemonRevisions",
        json!({ "daemonRevisionArns": ["x"] }),
    ));
    assert_snapshot!(refusals(&lab, &calls), @r#"
    DescribeDaemon, unknown: DaemonNotFoundException: The specified daemon wasn't found.
    DescribeDaemon, no cluster: ClusterNotFoundException: Cluster not found.
    DescribeDaemon, no ARN: InvalidParameterException: agent is not an ARN of a daemon here.
    DeleteDaemon, unknown: DaemonNotFoundException: The specified daemon wasn't found.
    DeleteDaemon, no cluster: ClusterNotFoundException: Cluster not found.
    DeleteDaemon, no ARN: InvalidParameterException: agent is not an ARN of a daemon here.
    ListDaemonDeployments, unknown: ClientException: The specified daemon was not found.
    ListDaemonDeployments, no cluster: ClusterNotFoundException: Cluster not found.
    ListDaemonDeployments, no ARN: InvalidParameterException: agent is not an ARN of a daemon here.
    UpdateDaemon, unknown: DaemonNotFoundException: The specified daemon wasn't found.
    UpdateDaemon, no providers: InvalidParameterException: A daemon needs at least one capacity provider.
    ListDaemons, bad page: InvalidParameterException: The nextToken is not valid for this request.
    ListDaemons, bad page size: InvalidParameterException: maxResults must be between 1 and 100.
    ListDaemons, unknown cluster: ClusterNotFoundException: Cluster not found.
    DescribeDaemonDeployments, no ARNs: InvalidParameterException: daemonDeploymentArns must have 1 to 20 ARNs.
    DescribeDaemonDeployments, unknown ARN: answered {"daemonDeployments":[],"failures":[{"arn":"x","reason":"MISSING"}]}
    DescribeDaemonRevisions, unknown ARN: answered {"daemonRevisions":[],"failures":[{"arn":"x","reason":"MISSING"}]}
    "#);
    let agent = json!({ "daemonArn": lab.daemon("agent") });
    lab.ok("DeleteDaemon", agent.clone());
    let calls = [
        ("while deleted", "DeleteDaemon", agent.clone()),
        ("while deleted", "UpdateDaemon", update(&lab, json!({}))),
        ("while deleted", "CreateDaemon", lab.create_body("agent", "agent:1")),
        (
            "of a daemon being deleted",
            "DeleteCapacityProvider",
            json!({ "capacityProvider": "fleet" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    DeleteDaemon, while deleted: InvalidParameterException: The daemon deployment deletion is ongoing.
    UpdateDaemon, while deleted: DaemonNotActiveException: The specified daemon isn't active. Use CreateDaemon to create it again.
    CreateDaemon, while deleted: ClientException: A daemon named agent is being deleted.
    DeleteCapacityProvider, of a daemon being deleted: ClientException: Cannot delete capacity provider. Daemon services are still associated with this capacity provider.
    ");
    lab.settle();
    assert_snapshot!(refusals(&lab, &[("after deletion", "DescribeDaemon", agent)]), @"DescribeDaemon, after deletion: DaemonNotFoundException: The specified daemon wasn't found.");
}

#[test]
fn task_definition_refusals() {
    let lab = lab();
    let container = |changes: Value| with(json!({ "name": "main", "image": "agent:1" }), changes);
    let of = |changes: Value| {
        with(
            json!({ "family": "f", "containerDefinitions": [container(json!({}))] }),
            changes,
        )
    };
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
        (
            "repeated name",
            register,
            of(json!({ "containerDefinitions": [container(json!({})), container(json!({}))] })),
        ),
        (
            "unknown volume",
            register,
            one(json!({ "mountPoints": [{ "sourceVolume": "v" }] })),
        ),
        (
            "unknown dependency",
            register,
            one(json!({ "dependsOn": [{ "containerName": "x", "condition": "START" }] })),
        ),
        (
            "itself",
            register,
            one(json!({ "dependsOn": [{ "containerName": "main", "condition": "START" }] })),
        ),
        ("interval", register, health(json!({ "interval": 4 }))),
        ("empty command", register, health(json!({ "command": [] }))),
        (
            "restart period",
            register,
            one(json!({ "restartPolicy": { "enabled": true, "restartAttemptPeriod": 59 } })),
        ),
        (
            "repeated volume",
            register,
            of(json!({ "volumes": [{ "name": "v" }, { "name": "v" }] })),
        ),
        (
            "host and log driver",
            register,
            volume(json!({ "host": {}, "logDriverVolumeConfiguration": { "driver": "json-file" } })),
        ),
        (
            "other log driver",
            register,
            volume(json!({ "logDriverVolumeConfiguration": { "driver": "awslogs" } })),
        ),
        (
            "unknown",
            "DescribeDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "nothing:1" }),
        ),
        (
            "not active",
            "DescribeDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "gone" }),
        ),
        (
            "no number",
            "DescribeDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "agent:x" }),
        ),
        (
            "unknown",
            "DeleteDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "nothing:1" }),
        ),
        (
            "no revision",
            "DeleteDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "agent" }),
        ),
        (
            "again",
            "DeleteDaemonTaskDefinition",
            json!({ "daemonTaskDefinition": "gone:1" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    RegisterDaemonTaskDefinition, bad family: ClientException: Family contains invalid characters.
    RegisterDaemonTaskDefinition, no containers: ClientException: A daemon task definition has 1 to 10 containers.
    RegisterDaemonTaskDefinition, cpu in words: ClientException: Invalid 'cpu' setting for task: 1 vCPU is no positive number.
    RegisterDaemonTaskDefinition, memory of none: ClientException: Invalid 'memory' setting for task: 0 is no positive number.
    RegisterDaemonTaskDefinition, nothing essential: ClientException: At least one container of a daemon task definition must be essential.
    RegisterDaemonTaskDefinition, no container name: ClientException: A container needs a name of letters, digits, hyphens and underscores.
    RegisterDaemonTaskDefinition, repeated name: ClientException: The container name main is used twice.
    RegisterDaemonTaskDefinition, unknown volume: ClientException: Container main: there is no volume "v" to mount.
    RegisterDaemonTaskDefinition, unknown dependency: ClientException: Container main: it cannot depend on a container "x".
    RegisterDaemonTaskDefinition, itself: ClientException: Container main: it cannot depend on a container "main".
    RegisterDaemonTaskDefinition, interval: ClientException: Container main: interval must be between 5 and 300.
    RegisterDaemonTaskDefinition, empty command: ClientException: Container main: the health check needs a command.
    RegisterDaemonTaskDefinition, restart period: ClientException: Container main: restartAttemptPeriod must be between 60 and 1800.
    RegisterDaemonTaskDefinition, repeated volume: ClientException: The volume name v is used twice.
    RegisterDaemonTaskDefinition, host and log driver: ClientException: Volume v: host and logDriverVolumeConfiguration exclude each other.
    RegisterDaemonTaskDefinition, other log driver: ClientException: Volume v: the log driver awslogs is not supported, only json-file is.
    DescribeDaemonTaskDefinition, unknown: ClientException: The specified daemon task definition was not found.
    DescribeDaemonTaskDefinition, not active: ClientException: The specified daemon task definition was not found.
    DescribeDaemonTaskDefinition, no number: InvalidParameterException: agent:x does not name a daemon task definition here.
    DeleteDaemonTaskDefinition, unknown: ClientException: The specified daemon task definition was not found.
    DeleteDaemonTaskDefinition, no revision: InvalidParameterException: Specify the revision of the daemon task definition.
    DeleteDaemonTaskDefinition, again: ClientException: The daemon task definition arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/gone:1 is being deleted.
    "#);
}

#[test]
fn resource_refusals() {
    let lab = lab();
    let both = json!({ "name": "x", "managedInstancesProvider": {}, "autoScalingGroupProvider": {} });
    let calls = [
        ("bad name", "CreateCluster", json!({ "clusterName": "a b" })),
        (
            "provider of other",
            "CreateCluster",
            json!({ "clusterName": "x", "capacityProviders": ["fleet"] }),
        ),
        ("with provider", "DeleteCluster", json!({ "cluster": "main" })),
        ("unknown", "DeleteCluster", json!({ "cluster": "nowhere" })),
        ("taken", "CreateCapacityProvider", provider_body("fleet", "main")),
        ("reserved", "CreateCapacityProvider", provider_body("AWSome", "main")),
        (
            "no cluster",
            "CreateCapacityProvider",
            with(provider_body("x", "main"), json!({ "cluster": null })),
        ),
        (
            "unknown cluster",
            "CreateCapacityProvider",
            provider_body("x", "nowhere"),
        ),
        ("both kinds", "CreateCapacityProvider", both),
        (
            "in use",
            "DeleteCapacityProvider",
            json!({ "capacityProvider": "fleet" }),
        ),
        (
            "other cluster",
            "DeleteCapacityProvider",
            json!({ "capacityProvider": "fleet", "cluster": "other" }),
        ),
        (
            "unknown",
            "DeleteCapacityProvider",
            json!({ "capacityProvider": "nothing" }),
        ),
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
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    CreateCluster, bad name: InvalidParameterException: A cluster name has up to 255 letters, digits, hyphens and underscores.
    CreateCluster, provider of other: InvalidParameterException: The capacity provider fleet belongs to another cluster.
    DeleteCluster, with provider: ClientException: The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster.
    DeleteCluster, unknown: ClusterNotFoundException: Cluster not found.
    CreateCapacityProvider, taken: ClientException: The specified capacity provider fleet already exists.
    CreateCapacityProvider, reserved: InvalidParameterException: The specified capacity provider name must not begin with aws, ecs or fargate.
    CreateCapacityProvider, no cluster: InvalidParameterException: A capacity provider of managed instances needs a cluster.
    CreateCapacityProvider, unknown cluster: ClusterNotFoundException: Cluster not found.
    CreateCapacityProvider, both kinds: InvalidParameterException: Specify exactly one of managedInstancesProvider and autoScalingGroupProvider.
    DeleteCapacityProvider, in use: ClientException: Cannot delete capacity provider. Daemon services are still associated with this capacity provider.
    DeleteCapacityProvider, other cluster: ClientException: The capacity provider fleet does not exist in cluster other.
    DeleteCapacityProvider, unknown: ClientException: The capacity provider nothing does not exist. Specify a valid name or ARN and try again.
    UpdateCapacityProvider, unknown: ClientException: The capacity provider nothing does not exist. Specify a valid name or ARN and try again.
    PutClusterCapacityProviders, in use: ResourceInUseException: The specified capacity provider is in use and cannot be removed.
    PutClusterCapacityProviders, foreign strategy: InvalidParameterException: The capacity provider scaling is not associated with the cluster.
    "#);
}

#[test]
fn tag_and_fleet_refusals() {
    let mut lab = lab();
    let many: Vec<Value> = (0..50).map(|n| json!({ "key": n.to_string(), "value": "" })).collect();
    let agent = lab.daemon("agent");
    lab.ok("TagResource", json!({ "resourceArn": agent, "tags": many }));
    let tag = |key: &str| json!([{ "key": key, "value": "" }]);
    let calls = [
        (
            "unknown",
            "TagResource",
            json!({ "resourceArn": lab.arn("cluster/nowhere"), "tags": tag("x") }),
        ),
        (
            "reserved",
            "TagResource",
            json!({ "resourceArn": agent, "tags": tag("AWS:x") }),
        ),
        (
            "one too many",
            "TagResource",
            json!({ "resourceArn": agent, "tags": tag("x") }),
        ),
        (
            "reserved",
            "UntagResource",
            json!({ "resourceArn": agent, "tagKeys": ["aws:x"] }),
        ),
        (
            "unknown",
            "ListTagsForResource",
            json!({ "resourceArn": lab.arn("cluster/nowhere") }),
        ),
        ("unknown cluster", "ListTasks", json!({ "cluster": "nowhere" })),
        (
            "services",
            "ListTasks",
            json!({ "cluster": "main", "serviceName": "app" }),
        ),
        (
            "filter",
            "ListContainerInstances",
            json!({ "cluster": "main", "filter": "x" }),
        ),
        ("nothing", "DescribeTasks", json!({ "cluster": "main", "tasks": [] })),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    TagResource, unknown: ResourceNotFoundException: The specified resource wasn't found.
    TagResource, reserved: InvalidParameterException: The tag key AWS:x is reserved: it begins with aws:.
    TagResource, one too many: LimitExceededException: The resource would have more than 50 tags.
    UntagResource, reserved: InvalidParameterException: The tag key aws:x is reserved: it begins with aws:.
    ListTagsForResource, unknown: ClientException: The specified resource was not found: arn:aws:ecs:eu-central-1:123456789012:cluster/nowhere.
    ListTasks, unknown cluster: ClusterNotFoundException: Cluster not found.
    ListTasks, services: ServiceNotFoundException: Service not found.
    ListContainerInstances, filter: InvalidParameterException: The emulator does not know the cluster query language of the filter member.
    DescribeTasks, nothing: InvalidParameterException: Specify 1 to 100 tasks.
    "#);
}

#[test]
fn too_much_at_once_refusals() {
    let lab = lab();
    let many = vec!["x"; 101];
    let calls = [
        (
            "too many",
            "DescribeCapacityProviders",
            json!({ "capacityProviders": many }),
        ),
        ("too many", "DescribeClusters", json!({ "clusters": many })),
        (
            "too many",
            "DescribeContainerInstances",
            json!({ "cluster": "main", "containerInstances": many }),
        ),
        (
            "nothing",
            "DescribeDaemonRevisions",
            json!({ "daemonRevisionArns": [] }),
        ),
        ("long page", "ListClusters", json!({ "maxResults": 101 })),
        (
            "token of another list",
            "ListDaemonTaskDefinitions",
            json!({ "nextToken": "x" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    DescribeCapacityProviders, too many: InvalidParameterException: Specify at most 100 capacity providers.
    DescribeClusters, too many: InvalidParameterException: Specify at most 100 clusters.
    DescribeContainerInstances, too many: InvalidParameterException: Specify 1 to 100 container instances.
    DescribeDaemonRevisions, nothing: InvalidParameterException: daemonRevisionArns must have 1 to 20 ARNs.
    ListClusters, long page: InvalidParameterException: maxResults must be between 1 and 100.
    ListDaemonTaskDefinitions, token of another list: InvalidParameterException: The nextToken is not valid for this request.
    ");
}
