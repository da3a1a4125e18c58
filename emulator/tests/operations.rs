//! Every emulated operation over the wire form, so that no answer can break the service model: the emulator refuses to
//! send one that does. An operation without a case fails here, and so does one that the foreign clients of
//! `emulator/conformance` never call or that docs/emulator-fidelity.md does not name.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside of them"
)]

mod support;

use std::collections::BTreeSet;
use std::path::Path;

use std::time::Duration;

use ecs_emulator::Emulator;
use ecs_emulator::model::Model;
use serde_json::{Value, json};
use support::{REGION, arn, call, fleet, send};

fn settle(emulator: &Emulator) {
    assert!(emulator.settle(Duration::from_hours(2)), "the world comes to rest");
}

fn tags() -> Value {
    json!([{"key": "team", "value": "a"}])
}

fn clusters_and_capacity_providers() -> Emulator {
    let emulator = fleet(0);
    let call = |operation: &str, body: Value| call(&emulator, operation, &body);
    let provider = json!({
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/r",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/p",
            "networkConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]},
            "instanceRequirements": {"vCpuCount": {"min": 2, "max": 4}, "memoryMiB": {"min": 4096, "max": 8192}},
        },
        "infrastructureOptimization": {"scaleInAfter": 60},
        "propagateTags": "CAPACITY_PROVIDER",
    });
    let settings = json!([{"name": "containerInsights", "value": "enabled"}]);
    call(
        "CreateCluster",
        json!({"clusterName": "second", "tags": tags(), "settings": settings}),
    );
    let more = json!({"name": "more", "cluster": "second", "managedInstancesProvider": provider});
    let mut create = more.clone();
    create["tags"] = tags();
    call("CreateCapacityProvider", create);
    call("UpdateCapacityProvider", more);
    let strategy = json!([{"capacityProvider": "more", "weight": 1}]);
    let put = json!({"cluster": "second", "capacityProviders": ["more"], "defaultCapacityProviderStrategy": strategy});
    call("PutClusterCapacityProviders", put);
    let described = call(
        "DescribeCapacityProviders",
        json!({"capacityProviders": ["more"], "include": ["TAGS"]}),
    );
    assert_eq!(described["capacityProviders"][0]["tags"], tags());
    let include = ["TAGS", "SETTINGS", "CONFIGURATIONS"];
    let described = call(
        "DescribeClusters",
        json!({"clusters": ["second", "none"], "include": include}),
    );
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    assert!(
        call("ListClusters", json!({"maxResults": 1}))["nextToken"].is_string(),
        "there are two clusters"
    );
    let settings =
        |value: &str| json!({"cluster": "second", "settings": [{"name": "containerInsights", "value": value}]});
    let mut update = settings("enhanced");
    update["serviceConnectDefaults"] = json!({"namespace": "apps"});
    let updated = call("UpdateCluster", update)["cluster"].clone();
    assert_eq!(
        updated["settings"],
        json!([{"name": "containerInsights", "value": "enhanced"}])
    );
    let updated = call("UpdateClusterSettings", settings("disabled"))["cluster"].clone();
    assert_eq!(updated["settings"][0]["value"], "disabled");
    assert_eq!(
        updated["serviceConnectDefaults"]["namespace"], "apps",
        "what is left out stays"
    );
    let inside = call("ListServicesByNamespace", json!({"namespace": "apps"}));
    assert_eq!(inside, json!({"serviceArns": []}));
    call("DeleteCapacityProvider", json!({"capacityProvider": "more"}));
    settle(&emulator);
    call("DeleteCluster", json!({"cluster": "second"}));
    emulator
}

/// Registers two revisions of `agent`, the first and whole form of the API's members.
fn register(emulator: &Emulator) {
    for image in ["agent:1", "agent:2"] {
        let container = json!({
            "name": "agent", "image": image, "essential": true, "memoryReservation": 256,
            "environment": [{"name": "A", "value": "b"}],
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
            "healthCheck": {"command": ["CMD", "true"]},
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
            "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}},
            "restartPolicy": {"enabled": true},
        });
        let definition = json!({
            "family": "agent", "cpu": "256", "memory": "512", "tags": tags(), "pidMode": "shared",
            "executionRoleArn": "arn:aws:iam::123456789012:role/e",
            "volumes": [{"name": "data", "host": {"sourcePath": "/data"}}],
            "containerDefinitions": [container],
        });
        call(emulator, "RegisterDaemonTaskDefinition", &definition);
    }
}

fn task_definitions() -> Emulator {
    let emulator = fleet(0);
    register(&emulator);
    let definition = json!({"daemonTaskDefinition": arn("daemon-task-definition/agent:1")});
    let described = call(&emulator, "DescribeDaemonTaskDefinition", &definition);
    assert_eq!(
        described["daemonTaskDefinition"]["containerDefinitions"][0]["image"],
        "agent:1"
    );
    let listed = call(
        &emulator,
        "ListDaemonTaskDefinitions",
        &json!({"family": "agent", "sort": "DESC"}),
    );
    assert_eq!(
        listed["daemonTaskDefinitions"][0]["arn"],
        arn("daemon-task-definition/agent:2")
    );
    call(&emulator, "DeleteDaemonTaskDefinition", &definition);
    // The knob `definition_deleted_after` has an hour.
    emulator.advance(Duration::from_hours(2));
    let described = call(&emulator, "DescribeDaemonTaskDefinition", &definition);
    assert_eq!(described["daemonTaskDefinition"]["status"], "DELETED");
    emulator
}

fn daemons() -> Emulator {
    let emulator = fleet(2);
    let call = |operation: &str, body: Value| call(&emulator, operation, &body);
    register(&emulator);
    let (daemon, providers) = (arn("daemon/prod/agent"), json!([arn("capacity-provider/fleet")]));
    let alarms = json!({"alarmNames": ["a"], "enable": true});
    let created = call(
        "CreateDaemon",
        json!({
            "daemonName": "agent", "clusterArn": arn("cluster/prod"), "capacityProviderArns": providers,
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
            "tags": tags(), "propagateTags": "DAEMON", "enableECSManagedTags": true,
            "deploymentConfiguration": {"drainPercent": 50.0, "bakeTimeInMinutes": 1, "alarms": alarms},
        }),
    );
    let deployments = json!([created["deploymentArn"], arn("daemon-deployment/prod/agent/none")]);
    let described = call(
        "DescribeDaemonDeployments",
        json!({"daemonDeploymentArns": deployments}),
    );
    assert_eq!(described["failures"][0]["reason"], "MISSING");
    settle(&emulator);
    let described = call("DescribeDaemon", json!({"daemonArn": daemon}));
    let revision = &described["daemon"]["currentRevisions"][0]["arn"];
    let revisions = call("DescribeDaemonRevisions", json!({"daemonRevisionArns": [revision]}));
    assert_eq!(revisions["daemonRevisions"][0]["propagateTags"], "DAEMON");
    call(
        "ListDaemons",
        json!({"clusterArn": arn("cluster/prod"), "capacityProviderArns": providers}),
    );
    let listed = call(
        "ListDaemonDeployments",
        json!({"daemonArn": daemon, "status": ["SUCCESSFUL"]}),
    );
    assert_eq!(
        listed["daemonDeployments"][0]["daemonDeploymentArn"],
        created["deploymentArn"]
    );
    let definition = arn("daemon-task-definition/agent:2");
    call(
        "UpdateDaemon",
        json!({"daemonArn": daemon, "daemonTaskDefinitionArn": definition, "capacityProviderArns": providers}),
    );
    settle(&emulator);
    call(
        "TagResource",
        json!({"resourceArn": daemon, "tags": [{"key": "b", "value": "c"}]}),
    );
    call("UntagResource", json!({"resourceArn": daemon, "tagKeys": ["team"]}));
    let listed = call("ListTagsForResource", json!({"resourceArn": daemon}));
    assert_eq!(listed["tags"], json!([{"key": "b", "value": "c"}]));
    call("DeleteDaemon", json!({"daemonArn": daemon}));
    settle(&emulator);
    let (status, gone) = send(&emulator, REGION, "DescribeDaemon", &json!({"daemonArn": daemon}));
    assert_eq!((status, &gone["__type"]), (400, &json!("DaemonNotFoundException")));
    emulator
}

fn instances_and_tasks() -> Emulator {
    let emulator = fleet(2);
    let call = |operation: &str, body: Value| call(&emulator, operation, &body);
    register(&emulator);
    call(
        "CreateDaemon",
        json!({
            "daemonName": "agent", "clusterArn": arn("cluster/prod"),
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
            "capacityProviderArns": [arn("capacity-provider/fleet")],
        }),
    );
    settle(&emulator);
    let instances = &call("ListContainerInstances", json!({"cluster": "prod"}))["containerInstanceArns"];
    let include = ["TAGS", "CONTAINER_INSTANCE_HEALTH"];
    let request = json!({"cluster": "prod", "containerInstances": instances, "include": include});
    let described = call("DescribeContainerInstances", request);
    assert_eq!(described["containerInstances"][0]["runningTasksCount"], 1);
    let attribute = json!({"name": "stack", "value": "blue", "targetId": instances[0]});
    let put = call("PutAttributes", json!({"cluster": "prod", "attributes": [attribute]}));
    assert_eq!(put["attributes"], json!([attribute]));
    let list = json!({"cluster": "prod", "targetType": "container-instance", "attributeName": "stack", "attributeValue": "blue"});
    assert_eq!(call("ListAttributes", list)["attributes"], json!([attribute]));
    let described = call(
        "DescribeContainerInstances",
        json!({"cluster": "prod", "containerInstances": [instances[0]]}),
    );
    assert_eq!(
        described["containerInstances"][0]["attributes"],
        json!([{"name": "stack", "value": "blue"}])
    );
    let delete = json!({"cluster": "prod", "attributes": [{"name": "stack", "targetId": instances[0]}]});
    assert_eq!(call("DeleteAttributes", delete)["attributes"], json!([attribute]));
    let endpoint = call(
        "DiscoverPollEndpoint",
        json!({"cluster": "prod", "containerInstance": instances[0]}),
    );
    assert_eq!(
        endpoint["endpoint"],
        format!("https://ecs-a-1.{REGION}.emulator.invalid/")
    );
    let tasks = &call("ListTasks", json!({"cluster": "prod", "daemonName": "agent"}))["taskArns"];
    assert_eq!(tasks.as_array().map(Vec::len), Some(2), "one task on each instance");
    let described = call(
        "DescribeTasks",
        json!({"cluster": "prod", "tasks": tasks, "include": ["TAGS"]}),
    );
    assert_eq!(described["tasks"][0]["lastStatus"], "RUNNING");
    emulator
}

fn services_tasks_and_their_definitions() -> Emulator {
    let emulator = fleet(1);
    let call = |operation: &str, body: Value| call(&emulator, operation, &body);
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc", "tags": tags(),
        "requiresCompatibilities": ["EC2", "FARGATE", "MANAGED_INSTANCES"],
        "containerDefinitions": [{"name": "app", "image": "app:1", "portMappings": [{"containerPort": 80}]}],
    });
    call("RegisterTaskDefinition", definition.clone());
    call("RegisterTaskDefinition", definition);
    let described = call(
        "DescribeTaskDefinition",
        json!({"taskDefinition": "app", "include": ["TAGS"]}),
    );
    assert_eq!(described["taskDefinition"]["revision"], 2);
    assert_eq!(described["tags"], tags());
    call("DeregisterTaskDefinition", json!({"taskDefinition": "app:1"}));
    let inactive = call(
        "ListTaskDefinitions",
        json!({"familyPrefix": "app", "status": "INACTIVE"}),
    );
    assert_eq!(inactive["taskDefinitionArns"], json!([arn("task-definition/app:1")]));
    assert_eq!(
        call("ListTaskDefinitionFamilies", json!({}))["families"],
        json!(["app"])
    );
    let strategy = json!([{"capacityProvider": "fleet", "weight": 1}]);
    call(
        "CreateService",
        json!({
            "cluster": "prod", "serviceName": "web", "taskDefinition": "app", "desiredCount": 2,
            "capacityProviderStrategy": strategy, "enableECSManagedTags": true, "propagateTags": "SERVICE",
            "tags": tags(),
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        }),
    );
    let run = json!({"cluster": "prod", "taskDefinition": "app", "capacityProviderStrategy": strategy, "count": 1});
    let task = call("RunTask", run)["tasks"][0]["taskArn"].clone();
    settle(&emulator);
    assert_eq!(
        call("ListServices", json!({"cluster": "prod"}))["serviceArns"],
        json!([arn("service/prod/web")])
    );
    let filters = json!({"cluster": "prod", "serviceName": "web", "launchType": "MANAGED_INSTANCES"});
    let tasks = call("ListTasks", filters)["taskArns"].clone();
    let request = json!({"cluster": "prod", "tasks": tasks, "include": ["TAGS"]});
    let described = call("DescribeTasks", request)["tasks"].clone();
    assert_eq!(described[1]["group"], "service:web");
    assert_eq!(described[1]["tags"].as_array().map(Vec::len), Some(3));
    let started = call(
        "ListTasks",
        json!({"cluster": "prod", "startedBy": described[0]["startedBy"]}),
    );
    assert_eq!(started["taskArns"], tasks);
    let family = call("ListTasks", json!({"cluster": "prod", "family": "app"}));
    assert_eq!(family["taskArns"].as_array().map(Vec::len), Some(3));
    let protect = json!({"cluster": "prod", "tasks": tasks, "protectionEnabled": true, "expiresInMinutes": 1});
    let protected = call("UpdateTaskProtection", protect);
    assert_eq!(protected["protectedTasks"].as_array().map(Vec::len), Some(2));
    let asked = call("GetTaskProtection", json!({"cluster": "prod"}));
    assert_eq!(asked["protectedTasks"], protected["protectedTasks"]);
    let stopped = call("StopTask", json!({"cluster": "prod", "task": task}));
    assert_eq!(stopped["task"]["desiredStatus"], "STOPPED");
    let list = call("ListServiceDeployments", json!({"cluster": "prod", "service": "web"}));
    let deployment = list["serviceDeployments"][0]["serviceDeploymentArn"].clone();
    let described = call(
        "DescribeServiceDeployments",
        json!({"serviceDeploymentArns": [deployment]}),
    );
    assert_eq!(described["serviceDeployments"][0]["status"], "SUCCESSFUL");
    let revision = described["serviceDeployments"][0]["targetServiceRevision"]["arn"].clone();
    let revisions = call("DescribeServiceRevisions", json!({"serviceRevisionArns": [revision]}));
    let revision = &revisions["serviceRevisions"][0];
    assert_eq!(revision["taskDefinition"], arn("task-definition/app:2"));
    assert_eq!(revision["containerImages"][0]["image"], "app:1");
    call(
        "UpdateService",
        json!({"cluster": "prod", "service": "web", "forceNewDeployment": true}),
    );
    let list = call("ListServiceDeployments", json!({"cluster": "prod", "service": "web"}));
    let under_way = json!({"serviceDeploymentArn": list["serviceDeployments"][0]["serviceDeploymentArn"]});
    assert_eq!(call("StopServiceDeployment", under_way.clone()), under_way);
    let instances = call("ListContainerInstances", json!({"cluster": "prod"}))["containerInstanceArns"].clone();
    let drain = json!({"cluster": "prod", "containerInstances": instances, "status": "DRAINING"});
    assert_eq!(
        call("UpdateContainerInstancesState", drain)["containerInstances"][0]["status"],
        "DRAINING"
    );
    settle(&emulator);
    let described = call(
        "DescribeServices",
        json!({"cluster": "prod", "services": ["web"], "include": ["TAGS"]}),
    );
    assert_eq!(described["services"][0]["runningCount"], 2);
    assert_eq!(
        described["services"][0]["deployments"].as_array().map(Vec::len),
        Some(1)
    );
    call(
        "DeleteService",
        json!({"cluster": "prod", "service": "web", "force": true}),
    );
    settle(&emulator);
    let described = call("DescribeServices", json!({"cluster": "prod", "services": ["web"]}));
    assert_eq!(described["services"][0]["status"], "INACTIVE");
    let instances = call("ListContainerInstances", json!({"cluster": "prod"}))["containerInstanceArns"].clone();
    let start = json!({"cluster": "prod", "taskDefinition": "app", "containerInstances": [instances[0]]});
    assert_eq!(
        call("StartTask", start)["tasks"][0]["containerInstanceArn"],
        instances[0]
    );
    let gone = json!({"cluster": "prod", "containerInstance": instances[0], "force": true});
    assert_eq!(
        call("DeregisterContainerInstance", gone)["containerInstance"]["status"],
        "INACTIVE"
    );
    let deleted = call("DeleteTaskDefinitions", json!({"taskDefinitions": ["app:1", "app:2"]}));
    assert_eq!(deleted["taskDefinitions"][0]["status"], "DELETE_IN_PROGRESS");
    assert_eq!(deleted["failures"][0]["arn"], arn("task-definition/app:2"));
    emulator
}

fn account_settings() -> Emulator {
    let emulator = fleet(0);
    let call = |operation: &str, body: Value| call(&emulator, operation, &body);
    let put = json!({"name": "containerInsights", "value": "enhanced"});
    let made = call("PutAccountSettingDefault", put);
    assert_eq!(made["setting"]["principalArn"], "arn:aws:iam::123456789012:root");
    let made = call(
        "PutAccountSetting",
        json!({"name": "awsvpcTrunking", "value": "enabled"}),
    );
    let ours = json!("arn:aws:iam::123456789012:user/emulator");
    assert_eq!(made["setting"]["principalArn"], ours);
    let listed = call("ListAccountSettings", json!({}));
    assert_eq!(listed["settings"], json!([made["setting"]]));
    let effective = json!({"effectiveSettings": true, "name": "containerInsights"});
    let listed = call("ListAccountSettings", effective);
    assert_eq!(listed["settings"][0]["value"], "enhanced");
    assert_eq!(listed["settings"][0]["principalArn"], ours);
    let deleted = call("DeleteAccountSetting", json!({"name": "awsvpcTrunking"}));
    assert_eq!(deleted["setting"], made["setting"]);
    emulator
}

/// The cases, each a test; each answers the emulator that it was played on.
macro_rules! cases {
    ($($case:ident),+ $(,)?) => {
        const CASES: &[fn() -> Emulator] = &[$($case),+];
        mod cases {
            $(#[test] fn $case() { super::$case(); })+
        }
    };
}

cases!(
    account_settings,
    clusters_and_capacity_providers,
    task_definitions,
    daemons,
    instances_and_tasks,
    services_tasks_and_their_definitions,
);

/// The operations that the emulator has: all of the model that are not refused as unsupported.
fn emulated() -> BTreeSet<String> {
    let emulator = fleet(0);
    let is_emulated =
        |name: &&str| send(&emulator, REGION, name, &json!({})).1["__type"] != "UnsupportedFeatureException";
    let model = Model::embedded().expect("the committed extract parses");
    let emulated: BTreeSet<String> = model.operation_names().filter(is_emulated).map(str::to_owned).collect();
    assert!(emulated.contains("ListDaemons"), "{emulated:?}");
    emulated
}

#[test]
fn every_operation_is_answered_in_a_case() {
    let journals = CASES.iter().flat_map(|case| case().journal());
    let answered: BTreeSet<String> = journals
        .filter(|entry| entry["status"] == 200)
        .filter_map(|entry| Some(entry["operation"].as_str()?.to_owned()))
        .collect();
    let left: Vec<_> = emulated().difference(&answered).cloned().collect();
    // There is no container to run anything in; its refusals have a test of their own.
    assert_eq!(left, ["ExecuteCommand"], "add a call of each other to a case above");
}

/// A file of this crate or of the repository.
fn text(path: &Path) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The words of a text, `list_daemons` and `list-daemons` being one each.
fn words(text: &str) -> BTreeSet<String> {
    let is_inside = |character: char| character.is_ascii_alphanumeric() || "_-".contains(character);
    text.split(|character| !is_inside(character))
        .map(str::to_owned)
        .collect()
}

/// A name with its words in lower case and this between them: `ListDaemons` is `list_daemons`.
fn spelled(name: &str, separator: char) -> String {
    let mut spelled = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !spelled.is_empty() {
            spelled.push(separator);
        }
        spelled.push(character.to_ascii_lowercase());
    }
    spelled
}

#[test]
fn every_operation_is_called_by_a_foreign_client() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let files = std::fs::read_dir(folder).expect("the cases are there");
    let files = files.map(|file| file.expect("the folder can be read").path());
    let cases = files.filter(|file| file.extension().is_some_and(|extension| extension == "py"));
    let said: BTreeSet<String> = cases.flat_map(|file| words(&text(&file))).collect();
    let is_called = |name: &String| {
        ['_', '-']
            .iter()
            .any(|separator| said.contains(&spelled(name, *separator)))
    };
    let left: Vec<_> = emulated().into_iter().filter(|name| !is_called(name)).collect();
    assert!(left.is_empty(), "call each in emulator/conformance: {left:?}");
}

#[test]
fn every_operation_stands_in_the_page_about_fidelity() {
    let page = words(&text(Path::new("../docs/emulator-fidelity.md")));
    let left: Vec<_> = emulated().difference(&page).cloned().collect();
    assert!(
        left.is_empty(),
        "name each under \"Operations\" of docs/emulator-fidelity.md, with what is assumed of it: {left:?}"
    );
}

#[test]
fn modelled_operations_that_are_not_emulated_say_so() {
    let emulator = fleet(0);
    let (status, answer) = send(&emulator, REGION, "CreateTaskSet", &json!({}));
    assert_eq!(
        (status, &answer["__type"]),
        (400, &json!("UnsupportedFeatureException")),
        "{answer}"
    );
}
