//! Refusals of operations on what runs: tasks that are named, instances, deployments of services.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::refusals::{refusals, with};
use crate::knobs::Knobs;
use crate::world::tests::lab::Lab;

/// A world with a running service `web` of two tasks with a shell, one `dark` without, and the tasks of both.
fn lab() -> (Lab, Value, Value) {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.application("app:1", 128);
    let service = |name: &str, execute: bool| {
        json!({
            "cluster": "main", "serviceName": name, "taskDefinition": "app", "desiredCount": 2,
            "enableExecuteCommand": execute,
            "capacityProviderStrategy": [{ "capacityProvider": "fleet", "weight": 1 }],
        })
    };
    lab.ok("CreateService", service("web", true));
    lab.ok("CreateService", service("dark", false));
    lab.settle();
    let mut tasks = |name: &str| {
        let mut listed = lab.ok("ListTasks", json!({ "cluster": "main", "serviceName": name }));
        listed["taskArns"].take()
    };
    let (web, dark) = (tasks("web"), tasks("dark"));
    (lab, web, dark)
}

#[test]
fn there_is_no_shell() {
    let (lab, web, dark) = lab();
    let run = |task: &Value, changes: Value| {
        let body = json!({ "cluster": "main", "task": task, "command": "sh", "interactive": true });
        ("ExecuteCommand", with(body, changes))
    };
    let cases = [
        ("not interactive", run(&web[0], json!({ "interactive": false }))),
        ("unknown cluster", run(&web[0], json!({ "cluster": "nowhere" }))),
        ("unknown task", run(&json!("0"), json!({}))),
        ("not enabled", run(&dark[0], json!({}))),
        ("unknown container", run(&web[0], json!({ "container": "other" }))),
        ("all in order", run(&web[0], json!({ "container": "main" }))),
        ("the only container", run(&web[0], json!({}))),
    ];
    let calls: Vec<_> = cases
        .into_iter()
        .map(|(what, (operation, body))| (what, operation, body))
        .collect();
    assert_snapshot!(refusals(&lab, &calls), @r"
    ExecuteCommand, not interactive: InvalidParameterException: Interactive is the only mode supported currently.
    ExecuteCommand, unknown cluster: ClusterNotFoundException: Cluster not found.
    ExecuteCommand, unknown task: InvalidParameterException: The referenced task was not found.
    ExecuteCommand, not enabled: InvalidParameterException: The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.
    ExecuteCommand, unknown container: InvalidParameterException: The task has no container other.
    ExecuteCommand, all in order: TargetNotConnectedException: The emulator runs no containers: there is no shell to connect to.
    ExecuteCommand, the only container: TargetNotConnectedException: The emulator runs no containers: there is no shell to connect to.
    ");
}

#[test]
fn refusals_of_what_runs() {
    let (mut lab, ..) = lab();
    let list = json!({ "cluster": "main", "service": "web" });
    let deployments = lab.ok("ListServiceDeployments", list);
    let done = &deployments["serviceDeployments"][0]["serviceDeploymentArn"];
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }));
    let instance = &instances["containerInstanceArns"][0];
    let start = |changes: Value| {
        let body = json!({ "cluster": "main", "taskDefinition": "app", "containerInstances": [instance] });
        with(body, changes)
    };
    let big = json!({ "cpu": "65536", "memory": "512" });
    let heavy = json!({ "cpu": "256", "memory": "524288" });
    let calls = [
        ("unknown cluster", "StartTask", start(json!({ "cluster": "nowhere" }))),
        ("no instance", "StartTask", start(json!({ "containerInstances": [] }))),
        (
            "unknown instance",
            "StartTask",
            start(json!({ "containerInstances": ["0"] })),
        ),
        (
            "unknown definition",
            "StartTask",
            start(json!({ "taskDefinition": "app:9" })),
        ),
        (
            "volumes",
            "StartTask",
            start(json!({ "volumeConfigurations": [{ "name": "v" }] })),
        ),
        ("no room of CPU", "StartTask", start(json!({ "overrides": big }))),
        ("no room of memory", "StartTask", start(json!({ "overrides": heavy }))),
        (
            "unknown cluster",
            "DeregisterContainerInstance",
            json!({ "cluster": "nowhere", "containerInstance": "0" }),
        ),
        (
            "unknown",
            "DeregisterContainerInstance",
            json!({ "cluster": "main", "containerInstance": "0" }),
        ),
        (
            "with tasks",
            "DeregisterContainerInstance",
            json!({ "cluster": "main", "containerInstance": instance }),
        ),
        (
            "unknown",
            "StopServiceDeployment",
            json!({ "serviceDeploymentArn": "x" }),
        ),
        ("over", "StopServiceDeployment", json!({ "serviceDeploymentArn": done })),
        (
            "abort",
            "StopServiceDeployment",
            json!({ "serviceDeploymentArn": done, "stopType": "ABORT" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    StartTask, unknown cluster: ClusterNotFoundException: Cluster not found.
    StartTask, no instance: InvalidParameterException: Specify 1 to 10 container instances.
    StartTask, unknown instance: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:container-instance/main/0","reason":"MISSING"}],"tasks":[]}
    StartTask, unknown definition: ClientException: TaskDefinition not found.
    StartTask, volumes: UnsupportedFeatureException: The emulator does not support volumeConfigurations.
    StartTask, no room of CPU: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:container-instance/main/eabd1a4c519f850c6b0c18d50856de1e","reason":"RESOURCE:CPU"}],"tasks":[]}
    StartTask, no room of memory: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:container-instance/main/eabd1a4c519f850c6b0c18d50856de1e","reason":"RESOURCE:MEMORY"}],"tasks":[]}
    DeregisterContainerInstance, unknown cluster: ClusterNotFoundException: Cluster not found.
    DeregisterContainerInstance, unknown: ClientException: The referenced container instance was not found.
    DeregisterContainerInstance, with tasks: InvalidParameterException: Found running tasks on the instance.
    StopServiceDeployment, unknown: ServiceDeploymentNotFoundException: The specified service deployment wasn't found.
    StopServiceDeployment, over: ConflictException: The service deployment is SUCCESSFUL and cannot be stopped.
    StopServiceDeployment, abort: InvalidParameterException: The stopType ABORT is not valid: the only valid value is ROLLBACK.
    "#);
}

#[test]
fn protection_refusals() {
    let (mut lab, web, _) = lab();
    let started = lab.ok("RunTask", {
        let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
        json!({ "cluster": "main", "taskDefinition": "app", "capacityProviderStrategy": strategy })
    });
    let alone = &started["tasks"][0]["taskArn"];
    lab.settle();
    let protect = |tasks: Value, changes: Value| {
        with(
            json!({ "cluster": "main", "tasks": tasks, "protectionEnabled": true }),
            changes,
        )
    };
    let many: Vec<String> = (0..101).map(|n| n.to_string()).collect();
    let calls = [
        ("unknown cluster", "GetTaskProtection", json!({ "cluster": "nowhere" })),
        (
            "too many",
            "GetTaskProtection",
            json!({ "cluster": "main", "tasks": many }),
        ),
        (
            "no task of a service",
            "GetTaskProtection",
            json!({ "cluster": "main", "tasks": [alone, "0"] }),
        ),
        ("none", "UpdateTaskProtection", protect(json!([]), json!({}))),
        (
            "too long",
            "UpdateTaskProtection",
            protect(web.clone(), json!({ "expiresInMinutes": 2881 })),
        ),
        (
            "too short",
            "UpdateTaskProtection",
            protect(web.clone(), json!({ "expiresInMinutes": 0 })),
        ),
        (
            "no task of a service",
            "UpdateTaskProtection",
            protect(json!([alone, "arn:x"]), json!({})),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r#"
    GetTaskProtection, unknown cluster: ClusterNotFoundException: Cluster not found.
    GetTaskProtection, too many: InvalidParameterException: Specify at most 100 tasks.
    GetTaskProtection, no task of a service: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:task/main/2771bacb10aaa1b526ed2481c887c86b","detail":"Only running tasks of a service can be protected.","reason":"TASK_NOT_VALID"},{"arn":"arn:aws:ecs:eu-central-1:123456789012:task/main/0","reason":"MISSING"}],"protectedTasks":[]}
    UpdateTaskProtection, none: InvalidParameterException: Specify 1 to 10 tasks.
    UpdateTaskProtection, too long: InvalidParameterException: expiresInMinutes must be between 1 and 2880.
    UpdateTaskProtection, too short: InvalidParameterException: expiresInMinutes must be between 1 and 2880.
    UpdateTaskProtection, no task of a service: answered {"failures":[{"arn":"arn:aws:ecs:eu-central-1:123456789012:task/main/2771bacb10aaa1b526ed2481c887c86b","detail":"Only running tasks of a service can be protected.","reason":"TASK_NOT_VALID"},{"arn":"arn:x","reason":"MISSING"}],"protectedTasks":[]}
    "#);
}
