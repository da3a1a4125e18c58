//! Refusals of the operations of services, tasks and their definitions, with their errors; what client tokens and
//! moved tags do.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::refusals::{refusals, with};
use crate::knobs::Knobs;
use crate::world::WorldFault;
use crate::world::tests::lab::{Lab, provider_body};

/// A world with a service, a deleted one, a task of nobody, and an inactive task definition.
fn lab() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.ok("CreateCluster", json!({ "clusterName": "other" }));
    lab.ok("CreateCapacityProvider", provider_body("elsewhere", "other"));
    let group = json!({ "autoScalingGroupArn": "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:1" });
    lab.ok(
        "CreateCapacityProvider",
        json!({ "name": "scaling", "autoScalingGroupProvider": group }),
    );
    for image in ["app:1", "old:1"] {
        lab.application(image, 128);
    }
    lab.ok("DeregisterTaskDefinition", json!({ "taskDefinition": "old:1" }));
    lab.ok("CreateService", service(json!({ "serviceName": "web" })));
    lab.ok(
        "CreateService",
        service(json!({ "serviceName": "gone", "desiredCount": 0 })),
    );
    lab.ok("DeleteService", json!({ "cluster": "main", "service": "gone" }));
    lab.ok("RunTask", task(json!({ "clientToken": "once" })));
    lab.settle();
    lab
}

fn service(changes: Value) -> Value {
    with(task(json!({ "serviceName": "new", "desiredCount": 1 })), changes)
}

fn task(changes: Value) -> Value {
    let body = json!({
        "cluster": "main",
        "taskDefinition": "app",
        "capacityProviderStrategy": [{ "capacityProvider": "fleet", "weight": 1 }],
    });
    with(body, changes)
}

fn on(provider: &str) -> Value {
    json!({ "capacityProviderStrategy": [{ "capacityProvider": provider, "weight": 1 }] })
}

#[test]
fn create_service_refusals() {
    let lab = lab();
    let balancer = json!([{ "containerName": "main", "containerPort": 80 }]);
    let deployment = |configuration: Value| json!({ "deploymentConfiguration": configuration });
    let cases = [
        ("bad name", json!({ "serviceName": "a b" })),
        ("taken name", json!({ "serviceName": "web" })),
        ("unknown cluster", json!({ "cluster": "nowhere" })),
        ("no definition", json!({ "taskDefinition": null })),
        ("unknown definition", json!({ "taskDefinition": "app:9" })),
        ("definition of no number", json!({ "taskDefinition": "app:x" })),
        ("inactive definition", json!({ "taskDefinition": "old:1" })),
        ("no strategy", json!({ "capacityProviderStrategy": null })),
        ("unknown provider", on("nothing")),
        ("provider of other cluster", on("elsewhere")),
        ("scaling group", on("scaling")),
        ("Fargate", on("FARGATE")),
        (
            "no weight",
            json!({ "capacityProviderStrategy": [{ "capacityProvider": "fleet" }] }),
        ),
        (
            "launch type",
            json!({ "capacityProviderStrategy": null, "launchType": "EC2" }),
        ),
        ("launch type and strategy", json!({ "launchType": "EC2" })),
        ("negative count", json!({ "desiredCount": -1 })),
        ("too many tasks", json!({ "desiredCount": 5001 })),
        (
            "percents",
            deployment(json!({ "minimumHealthyPercent": 101, "maximumPercent": 100 })),
        ),
        ("negative percent", deployment(json!({ "minimumHealthyPercent": -1 }))),
        ("blue/green", deployment(json!({ "strategy": "BLUE_GREEN" }))),
        (
            "lifecycle hook",
            deployment(json!({ "lifecycleHooks": [{ "targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP"] }] })),
        ),
        ("load balancer", json!({ "loadBalancers": balancer })),
        (
            "placement constraints",
            json!({ "placementConstraints": [{ "type": "distinctInstance" }] }),
        ),
        ("daemon scheduling", json!({ "schedulingStrategy": "DAEMON" })),
        ("controller", json!({ "deploymentController": { "type": "EXTERNAL" } })),
        ("reserved tag", json!({ "tags": [{ "key": "aws:x", "value": "" }] })),
    ];
    let calls: Vec<_> = cases
        .into_iter()
        .map(|(what, changes)| (what, "CreateService", service(changes)))
        .collect();
    assert_snapshot!(refusals(&lab, &calls), @r"
    CreateService, bad name: InvalidParameterException: Invalid identifier: Unexpected number of separators
    CreateService, taken name: InvalidParameterException: Creation of service was not idempotent.
    CreateService, unknown cluster: ClusterNotFoundException: Cluster not found.
    CreateService, no definition: InvalidParameterException: TaskDefinition can not be blank.
    CreateService, unknown definition: ClientException: TaskDefinition not found.
    CreateService, definition of no number: ClientException: TaskDefinition not found.
    CreateService, inactive definition: ClientException: TaskDefinition is inactive
    CreateService, no strategy: UnsupportedFeatureException: The emulator does not support the launch type EC2; name a capacity provider of managed instances.
    CreateService, unknown provider: ClientException: The capacity provider nothing does not exist. Specify a valid name or ARN and try again.
    CreateService, provider of other cluster: InvalidParameterException: The capacity provider elsewhere is not associated with the cluster.
    CreateService, scaling group: UnsupportedFeatureException: The emulator does not support a capacity provider of an Auto Scaling group.
    CreateService, Fargate: UnsupportedFeatureException: The emulator does not support the capacity provider FARGATE.
    CreateService, no weight: InvalidParameterException: At least one capacity provider of a strategy needs a weight above 0.
    CreateService, launch type: UnsupportedFeatureException: The emulator does not support launch type EC2; name a capacity provider of managed instances.
    CreateService, launch type and strategy: InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.
    CreateService, negative count: InvalidParameterException: desiredCount must be between 0 and 5000.
    CreateService, too many tasks: InvalidParameterException: desiredCount must be between 0 and 5000.
    CreateService, percents: InvalidParameterException: maximumPercent must be above 0 and not below minimumHealthyPercent.
    CreateService, negative percent: InvalidParameterException: minimumHealthyPercent must not be negative.
    CreateService, blue/green: UnsupportedFeatureException: The emulator does not support a deployment strategy other than ROLLING.
    CreateService, lifecycle hook: UnsupportedFeatureException: The emulator does not support lifecycle hooks of deployments.
    CreateService, load balancer: UnsupportedFeatureException: The emulator does not support loadBalancers.
    CreateService, placement constraints: UnsupportedFeatureException: The emulator does not support placementConstraints.
    CreateService, daemon scheduling: UnsupportedFeatureException: The emulator does not support schedulingStrategy DAEMON.
    CreateService, controller: UnsupportedFeatureException: The emulator does not support a deployment controller other than ECS.
    CreateService, reserved tag: InvalidParameterException: The tag key aws:x is reserved: it begins with aws:.
    ");
}

#[test]
fn service_refusals() {
    let lab = lab();
    let named = |service: &str| json!({ "cluster": "main", "service": service });
    let mut calls = Vec::new();
    for operation in ["UpdateService", "DeleteService", "ListServiceDeployments"] {
        calls.push(("unknown", operation, named("nobody")));
        calls.push((
            "unknown cluster",
            operation,
            with(named("web"), json!({ "cluster": "nowhere" })),
        ));
    }
    let update = |changes: Value| ("UpdateService", with(named("web"), changes));
    let updates = [
        ("unknown definition", json!({ "taskDefinition": "app:9" })),
        ("inactive definition", json!({ "taskDefinition": "old:1" })),
        ("provider of other cluster", on("elsewhere")),
        ("no strategy", json!({ "capacityProviderStrategy": [] })),
        ("too many tasks", json!({ "desiredCount": 5001 })),
        (
            "placement constraints",
            json!({ "placementConstraints": [{ "type": "memberOf", "expression": "a" }] }),
        ),
        ("registries", json!({ "serviceRegistries": [{ "port": 1 }] })),
    ];
    for (what, changes) in updates {
        let (operation, body) = update(changes);
        calls.push((what, operation, body));
    }
    calls.push(("deleted", "UpdateService", named("gone")));
    calls.push(("deleted", "DeleteService", named("gone")));
    calls.push(("scaled above 0", "DeleteService", named("web")));
    calls.push(("none", "DescribeServices", json!({ "cluster": "main", "services": [] })));
    let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
    calls.push((
        "too many",
        "DescribeServices",
        json!({ "cluster": "main", "services": many }),
    ));
    calls.push((
        "unknown",
        "DescribeServices",
        json!({ "cluster": "main", "services": ["x", "arn:y"] }),
    ));
    calls.push(("unknown cluster", "ListServices", json!({ "cluster": "nowhere" })));
    calls.push((
        "bad page",
        "ListServices",
        json!({ "cluster": "main", "nextToken": "x" }),
    ));
    calls.push((
        "none",
        "DescribeServiceDeployments",
        json!({ "serviceDeploymentArns": [] }),
    ));
    calls.push((
        "unknown",
        "DescribeServiceDeployments",
        json!({ "serviceDeploymentArns": ["x"] }),
    ));
    let revisions = |arns: &[&str]| json!({ "serviceRevisionArns": arns });
    calls.push(("none", "DescribeServiceRevisions", revisions(&[])));
    calls.push(("unknown", "DescribeServiceRevisions", revisions(&["x"])));
    assert_snapshot!(refusals(&lab, &calls), @r#"
    UpdateService, unknown: ServiceNotFoundException: Service not found.
    UpdateService, unknown cluster: ClusterNotFoundException: Cluster not found.
    DeleteService, unknown: ServiceNotFoundException: Service not found.
    DeleteService, unknown cluster: ClusterNotFoundException: Cluster not found.
    ListServiceDeployments, unknown: ServiceNotFoundException: Service not found.
    ListServiceDeployments, unknown cluster: ClusterNotFoundException: Cluster not found.
    UpdateService, unknown definition: ClientException: TaskDefinition not found.
    UpdateService, inactive definition: ClientException: TaskDefinition is inactive
    UpdateService, provider of other cluster: InvalidParameterException: The capacity provider elsewhere is not associated with the cluster.
    UpdateService, no strategy: UnsupportedFeatureException: The emulator does not support the launch type EC2; name a capacity provider of managed instances.
    UpdateService, too many tasks: InvalidParameterException: desiredCount must be between 0 and 5000.
    UpdateService, placement constraints: UnsupportedFeatureException: The emulator does not support placementConstraints.
    UpdateService, registries: UnsupportedFeatureException: The emulator does not support serviceRegistries.
    UpdateService, deleted: ServiceNotActiveException: Service was not ACTIVE.
    DeleteService, deleted: ServiceNotFoundException: Service not found.
    DeleteService, scaled above 0: InvalidParameterException: The service cannot be stopped while it is scaled above 0.
    DescribeServices, none: InvalidParameterException: Services cannot be empty.
    DescribeServices, too many: InvalidParameterException: Specify at most 10 services.
    DescribeServices, unknown: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:service/main/x","reason":"MISSING"},{"arn":"arn:y","reason":"MISSING"}],"services":[]}
    ListServices, unknown cluster: ClusterNotFoundException: Cluster not found.
    ListServices, bad page: InvalidParameterException: The nextToken is not valid for this request.
    DescribeServiceDeployments, none: InvalidParameterException: Specify 1 to 20 service deployments.
    DescribeServiceDeployments, unknown: answered {"failures":[{"arn":"x","reason":"MISSING"}],"serviceDeployments":[]}
    DescribeServiceRevisions, none: InvalidParameterException: Specify 1 to 20 service revisions.
    DescribeServiceRevisions, unknown: answered {"failures":[{"arn":"x","reason":"MISSING"}],"serviceRevisions":[]}
    "#);
}

#[test]
fn task_refusals() {
    let lab = lab();
    let cases = [
        ("unknown cluster", json!({ "cluster": "nowhere" })),
        ("unknown definition", json!({ "taskDefinition": "app:9" })),
        ("inactive definition", json!({ "taskDefinition": "old:1" })),
        ("none", json!({ "count": 0 })),
        ("too many", json!({ "count": 11 })),
        ("provider of other cluster", on("elsewhere")),
        (
            "launch type",
            json!({ "capacityProviderStrategy": null, "launchType": "FARGATE" }),
        ),
        ("long starter", json!({ "startedBy": "x".repeat(129) })),
        ("volumes", json!({ "volumeConfigurations": [{ "name": "v" }] })),
        (
            "placement constraints",
            json!({ "placementConstraints": [{ "type": "distinctInstance" }] }),
        ),
        ("bad token", json!({ "clientToken": "a b" })),
        ("long token", json!({ "clientToken": "x".repeat(65) })),
        ("token of another request", json!({ "clientToken": "once", "count": 2 })),
    ];
    let mut calls: Vec<_> = cases
        .into_iter()
        .map(|(what, changes)| (what, "RunTask", task(changes)))
        .collect();
    let main = |changes: Value| with(json!({ "cluster": "main" }), changes);
    calls.push(("unknown", "StopTask", main(json!({ "task": "0" }))));
    calls.push((
        "unknown cluster",
        "StopTask",
        json!({ "cluster": "nowhere", "task": "0" }),
    ));
    calls.push(("none", "DescribeTasks", main(json!({ "tasks": [] }))));
    calls.push(("unknown", "DescribeTasks", main(json!({ "tasks": ["0", "arn:x"] }))));
    calls.push((
        "two owners",
        "ListTasks",
        main(json!({ "family": "app", "startedBy": "x" })),
    ));
    calls.push(("unknown service", "ListTasks", main(json!({ "serviceName": "nobody" }))));
    let instances = |ids: Value, status: &str| main(json!({ "containerInstances": ids, "status": status }));
    let turn = "UpdateContainerInstancesState";
    calls.push(("none", turn, instances(json!([]), "DRAINING")));
    calls.push(("unknown", turn, instances(json!(["0"]), "DRAINING")));
    calls.push(("other status", turn, instances(json!(["0"]), "REGISTERING")));
    assert_snapshot!(refusals(&lab, &calls), @r#"
    RunTask, unknown cluster: ClusterNotFoundException: Cluster not found.
    RunTask, unknown definition: ClientException: TaskDefinition not found.
    RunTask, inactive definition: ClientException: TaskDefinition is inactive
    RunTask, none: InvalidParameterException: count must be between 1 and 10.
    RunTask, too many: InvalidParameterException: count must be between 1 and 10.
    RunTask, provider of other cluster: InvalidParameterException: The capacity provider elsewhere is not associated with the cluster.
    RunTask, launch type: UnsupportedFeatureException: The emulator does not support launch type FARGATE; name a capacity provider of managed instances.
    RunTask, long starter: InvalidParameterException: startedBy has at most 128 characters.
    RunTask, volumes: UnsupportedFeatureException: The emulator does not support volumeConfigurations.
    RunTask, placement constraints: UnsupportedFeatureException: The emulator does not support placementConstraints.
    RunTask, bad token: InvalidParameterException: A client token has up to 64 printable ASCII characters without spaces.
    RunTask, long token: InvalidParameterException: A client token has up to 64 printable ASCII characters without spaces.
    RunTask, token of another request: ConflictException: The provided clientToken is already in use with a different RunTask request.
    StopTask, unknown: InvalidParameterException: The referenced task was not found.
    StopTask, unknown cluster: ClusterNotFoundException: Cluster not found.
    DescribeTasks, none: InvalidParameterException: Specify 1 to 100 tasks.
    DescribeTasks, unknown: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:task/main/0","reason":"MISSING"},{"arn":"arn:x","reason":"MISSING"}],"tasks":[]}
    ListTasks, two owners: InvalidParameterException: Specify at most one of family, serviceName, daemonName and startedBy.
    ListTasks, unknown service: ServiceNotFoundException: Service not found.
    UpdateContainerInstancesState, none: InvalidParameterException: Specify 1 to 10 container instances.
    UpdateContainerInstancesState, unknown: answered {"containerInstances":[],"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:container-instance/main/0","reason":"MISSING"}]}
    UpdateContainerInstancesState, other status: InvalidParameterException: Container instances cannot be set to REGISTERING.
    "#);
}

#[test]
fn application_definition_refusals() {
    let lab = lab();
    let container = json!([{ "name": "main", "image": "app:1" }]);
    let register = |changes: Value| with(json!({ "family": "f", "containerDefinitions": container }), changes);
    let cases = [
        ("bad family", json!({ "family": "a b" })),
        ("no containers", json!({ "containerDefinitions": [] })),
        ("EC2", json!({ "requiresCompatibilities": ["EC2"] })),
        (
            "servers of their own",
            json!({ "requiresCompatibilities": ["MANAGED_INSTANCES", "EXTERNAL"] }),
        ),
        ("bridge", json!({ "networkMode": "bridge" })),
        ("proxy", json!({ "proxyConfiguration": { "containerName": "main" } })),
        (
            "placement constraints",
            json!({ "placementConstraints": [{ "type": "memberOf", "expression": "a" }] }),
        ),
        (
            "nothing essential",
            json!({ "containerDefinitions": [{ "name": "a", "image": "b", "essential": false }] }),
        ),
        ("cpu in words", json!({ "cpu": "much" })),
    ];
    let mut calls: Vec<_> = cases
        .into_iter()
        .map(|(what, changes)| (what, "RegisterTaskDefinition", register(changes)))
        .collect();
    for operation in ["DescribeTaskDefinition", "DeregisterTaskDefinition"] {
        calls.push(("unknown", operation, json!({ "taskDefinition": "app:9" })));
        calls.push(("no number", operation, json!({ "taskDefinition": "app:x" })));
        calls.push(("unknown family", operation, json!({ "taskDefinition": "nothing" })));
    }
    calls.push(("bad page", "ListTaskDefinitions", json!({ "nextToken": "x" })));
    calls.push(("bad page", "ListTaskDefinitionFamilies", json!({ "nextToken": "x" })));
    assert_snapshot!(refusals(&lab, &calls), @r"
    RegisterTaskDefinition, bad family: ClientException: Family contains invalid characters.
    RegisterTaskDefinition, no containers: ClientException: A task definition has 1 to 10 containers.
    RegisterTaskDefinition, EC2: ClientException: The emulator runs tasks on managed instances only, not on EC2.
    RegisterTaskDefinition, servers of their own: ClientException: The emulator runs tasks on managed instances only, not on EXTERNAL.
    RegisterTaskDefinition, bridge: ClientException: Tasks on managed instances need the network mode awsvpc or host.
    RegisterTaskDefinition, proxy: ClientException: The emulator does not support proxyConfiguration.
    RegisterTaskDefinition, placement constraints: ClientException: The emulator does not support placementConstraints.
    RegisterTaskDefinition, nothing essential: ClientException: At least one container of a task definition must be essential.
    RegisterTaskDefinition, cpu in words: ClientException: Invalid 'cpu' setting for task: much is no positive number.
    DescribeTaskDefinition, unknown: ClientException: Unable to describe task definition.
    DescribeTaskDefinition, no number: InvalidParameterException: Invalid revision number. Number: x
    DescribeTaskDefinition, unknown family: ClientException: Unable to describe task definition.
    DeregisterTaskDefinition, unknown: ClientException: Unable to describe task definition.
    DeregisterTaskDefinition, no number: InvalidParameterException: Invalid revision number. Number: x
    DeregisterTaskDefinition, unknown family: ClientException: Deregistering a task definition needs its revision.
    ListTaskDefinitions, bad page: InvalidParameterException: The nextToken is not valid for this request.
    ListTaskDefinitionFamilies, bad page: InvalidParameterException: The nextToken is not valid for this request.
    ");
}

#[test]
fn a_token_runs_tasks_once() {
    let mut lab = lab();
    let body = task(json!({ "clientToken": "again", "count": 2 }));
    let arns = |answer: &Value| -> Vec<Value> {
        let tasks = answer["tasks"].as_array().unwrap();
        tasks.iter().map(|task| task["taskArn"].clone()).collect()
    };
    let first = lab.ok("RunTask", body.clone());
    lab.settle();
    let second = lab.ok("RunTask", body.clone());
    assert_eq!(arns(&first), arns(&second));
    assert_eq!(second["tasks"][0]["lastStatus"], "RUNNING", "the tasks as they are now");
    for arn in arns(&first) {
        lab.ok("StopTask", json!({ "cluster": "main", "task": arn }));
    }
    lab.advance(2 * 3600);
    assert_ne!(
        arns(&lab.ok("RunTask", body)),
        arns(&first),
        "nothing is left of the tasks"
    );
}

/// Digest of the first container of the first task that a filter of `ListTasks` finds.
fn digest(lab: &mut Lab, filter: Value) -> Value {
    let arns = lab.ok("ListTasks", with(json!({ "cluster": "main" }), filter))["taskArns"].take();
    let described = lab.ok("DescribeTasks", json!({ "cluster": "main", "tasks": arns }));
    described["tasks"][0]["containers"][0]["imageDigest"].clone()
}

#[test]
fn a_moved_tag_reaches_what_is_made_later() {
    let mut lab = lab();
    let service = || json!({ "serviceName": "web" });
    let before = digest(&mut lab, service());
    let moved = WorldFault::TagMoved {
        image: "app:*".to_owned(),
    };
    lab.world.add_fault(moved);
    let old = lab.ok("ListTasks", with(service(), json!({ "cluster": "main" })))["taskArns"][0].take();
    lab.ok("StopTask", json!({ "cluster": "main", "task": old }));
    lab.settle();
    assert_eq!(
        digest(&mut lab, service()),
        before,
        "the deployment keeps to what it has resolved"
    );
    lab.ok("RunTask", task(json!({ "startedBy": "me" })));
    let after = digest(&mut lab, json!({ "startedBy": "me" }));
    assert_ne!(after, before);
    lab.ok(
        "UpdateService",
        json!({ "cluster": "main", "service": "web", "forceNewDeployment": true }),
    );
    lab.settle();
    assert_eq!(digest(&mut lab, service()), after);
}

#[test]
fn a_moved_tag_reaches_later_revisions_of_a_daemon() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    let daemon = || json!({ "daemonName": "agent" });
    let before = digest(&mut lab, daemon());
    let moved = WorldFault::TagMoved {
        image: "agent:1".to_owned(),
    };
    let fault = lab.world.add_fault(moved);
    lab.advance(60);
    assert_eq!(digest(&mut lab, daemon()), before, "what runs stays what it is");
    lab.update_agent("agent:1");
    lab.settle();
    let after = digest(&mut lab, daemon());
    assert_ne!(
        after, before,
        "an update that changes nothing brings what the tag stands for"
    );
    let revision = lab.agent()["currentRevisions"][0]["arn"].clone();
    let described = lab.ok("DescribeDaemonRevisions", json!({ "daemonRevisionArns": [revision] }));
    assert_eq!(
        described["daemonRevisions"][0]["containerImages"][0]["imageDigest"],
        after
    );
    assert_eq!(lab.world.fault_counts(fault), Some((1, 1)));
}
