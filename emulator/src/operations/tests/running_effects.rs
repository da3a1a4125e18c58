//! Effects of operations on what runs: protected tasks stay, deployments go back, machines go, tasks start in their place.

use serde_json::{Value, json};

use crate::knobs::Knobs;
use crate::world::tests::lab::Lab;

/// A world with `app:1` and `app:2` and the service `web` with so many tasks of the first.
fn lab(instances: u32, desired: u32) -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), instances);
    lab.application("app:1", 128);
    lab.service("web", "app", desired, (100, 200));
    lab.settle();
    lab.application("app:2", 128);
    lab
}

/// ARNs of the tasks of `web` that are to run.
fn tasks(lab: &mut Lab) -> Vec<String> {
    let listed = lab.ok("ListTasks", json!({ "cluster": "main", "serviceName": "web" }));
    let arns = listed["taskArns"].as_array().unwrap().iter();
    arns.map(|arn| arn.as_str().unwrap().to_owned()).collect()
}

fn protect(lab: &mut Lab, task: &str, minutes: u32) {
    let body = json!({
        "cluster": "main", "tasks": [task], "protectionEnabled": true, "expiresInMinutes": minutes,
    });
    let answer = lab.ok("UpdateTaskProtection", body);
    assert_eq!(answer["protectedTasks"][0]["protectionEnabled"], true, "{answer}");
}

/// True if a task is protected, and when that ends in seconds from now.
fn protection(lab: &mut Lab, task: &str) -> (bool, Option<i64>) {
    let answer = lab.ok("GetTaskProtection", json!({ "cluster": "main", "tasks": [task] }));
    let found = &answer["protectedTasks"][0];
    #[expect(clippy::cast_possible_truncation, reason = "whole seconds of this century")]
    let ends = found["expirationDate"]
        .as_f64()
        .map(|at| at as i64 - lab.world.now_ms() / 1000);
    (found["protectionEnabled"] == true, ends)
}

fn update(lab: &mut Lab, changes: &Value) {
    let mut body = json!({ "cluster": "main", "service": "web" });
    for (member, value) in changes.as_object().unwrap() {
        body[member] = value.clone();
    }
    lab.ok("UpdateService", body);
}

#[test]
fn a_protected_task_outlives_a_scale_in_until_its_protection_ends() {
    let mut lab = lab(1, 2);
    let all = tasks(&mut lab);
    // The scheduler would stop the youngest first.
    let youngest = all.last().unwrap().clone();
    protect(&mut lab, &youngest, 30);
    assert_eq!(protection(&mut lab, &youngest), (true, Some(1800)));
    update(&mut lab, &json!({ "desiredCount": 0 }));
    lab.advance(600);
    assert_eq!(tasks(&mut lab), std::slice::from_ref(&youngest));
    lab.settle();
    assert!(
        tasks(&mut lab).is_empty(),
        "the world comes to rest when the protection is over"
    );
}

#[test]
fn a_deployment_waits_for_protected_tasks_and_an_end_of_protection_lets_it_go_on() {
    let mut lab = lab(1, 1);
    let old = tasks(&mut lab)[0].clone();
    protect(&mut lab, &old, 2880);
    update(&mut lab, &json!({ "taskDefinition": "app:2" }));
    lab.advance(1800);
    assert!(tasks(&mut lab).contains(&old));
    assert_eq!(tasks(&mut lab).len(), 2, "its successor runs beside it");
    let body = json!({ "cluster": "main", "tasks": [old], "protectionEnabled": false });
    lab.ok("UpdateTaskProtection", body);
    assert_eq!(protection(&mut lab, &old), (false, None));
    lab.advance(120);
    assert!(!tasks(&mut lab).contains(&old));
}

#[test]
fn a_drained_machine_keeps_a_protected_task() {
    let mut lab = lab(1, 1);
    let task = tasks(&mut lab)[0].clone();
    protect(&mut lab, &task, 60);
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let body = json!({ "cluster": "main", "containerInstances": instances, "status": "DRAINING" });
    lab.ok("UpdateContainerInstancesState", body);
    lab.advance(3000);
    assert!(tasks(&mut lab).contains(&task), "within the hour");
    lab.settle();
    assert!(!tasks(&mut lab).contains(&task), "after it the machine goes");
    let now = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    assert_ne!(now, instances);
}

#[test]
fn a_deleted_service_protects_nothing() {
    let mut lab = lab(1, 1);
    let task = tasks(&mut lab)[0].clone();
    protect(&mut lab, &task, 2880);
    lab.ok(
        "DeleteService",
        json!({ "cluster": "main", "service": "web", "force": true }),
    );
    lab.advance(120);
    assert!(tasks(&mut lab).is_empty());
}

#[test]
fn a_deployment_that_is_stopped_goes_back() {
    let mut lab = lab(1, 2);
    update(&mut lab, &json!({ "taskDefinition": "app:2" }));
    lab.advance(3);
    let list = json!({ "cluster": "main", "service": "web" });
    let under_way = lab.ok("ListServiceDeployments", list.clone())["serviceDeployments"][0].take();
    assert_eq!(under_way["status"], "IN_PROGRESS");
    let stop = json!({ "serviceDeploymentArn": under_way["serviceDeploymentArn"] });
    let answer = lab.ok("StopServiceDeployment", stop.clone());
    assert_eq!(answer, stop);
    lab.settle();
    let after = lab.ok("ListServiceDeployments", list)["serviceDeployments"].take();
    let statuses: Vec<&Value> = after.as_array().unwrap().iter().map(|each| &each["status"]).collect();
    assert_eq!(statuses, ["SUCCESSFUL", "STOPPED", "SUCCESSFUL"]);
    assert_eq!(after[1]["statusReason"], "Service deployment stopped by user.");
    let services = json!({ "cluster": "main", "services": ["web"] });
    let service = lab.ok("DescribeServices", services)["services"][0].take();
    assert_eq!(service["taskDefinition"], lab.arn("task-definition/app:1"));
    assert_eq!(service["runningCount"], 2);
}

#[test]
fn a_machine_that_is_deregistered_is_gone_and_its_tasks_start_elsewhere() {
    let mut lab = lab(1, 2);
    let before = tasks(&mut lab);
    let list = json!({ "cluster": "main" });
    let instance = lab.ok("ListContainerInstances", list.clone())["containerInstanceArns"][0].take();
    let body = json!({ "cluster": "main", "containerInstance": instance, "force": true });
    let gone = lab.ok("DeregisterContainerInstance", body)["containerInstance"].take();
    assert_eq!(gone["status"], "INACTIVE");
    assert_eq!(
        lab.ok("ListContainerInstances", list)["containerInstanceArns"],
        json!([])
    );
    lab.settle();
    let after = tasks(&mut lab);
    assert_eq!(after.len(), 2);
    assert!(after.iter().all(|task| !before.contains(task)));
}

#[test]
fn a_rollout_ends_although_a_machine_is_taken_from_it() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 4);
    lab.settled_agent();
    let deployment = lab.update_agent("agent:2");
    lab.advance(90);
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    for instance in instances.as_array().unwrap() {
        // Whatever it is doing: one that registers stays.
        let body = json!({ "cluster": "main", "containerInstance": instance, "force": true });
        let _ = lab.call("DeregisterContainerInstance", body);
    }
    lab.settle();
    assert_eq!(lab.deployment(&deployment)["status"], "SUCCESSFUL");
}

#[test]
fn a_task_starts_on_the_machine_that_is_named() {
    let mut lab = lab(2, 1);
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let body = json!({
        "cluster": "main", "taskDefinition": "app", "containerInstances": instances, "startedBy": "somebody",
        "tags": [{ "key": "a", "value": "b" }],
    });
    let started = lab.ok("StartTask", body)["tasks"].take();
    lab.settle();
    let arns: Vec<&Value> = started
        .as_array()
        .unwrap()
        .iter()
        .map(|task| &task["taskArn"])
        .collect();
    let body = json!({ "cluster": "main", "tasks": arns, "include": ["TAGS"] });
    let tasks = lab.ok("DescribeTasks", body)["tasks"].take();
    for (n, task) in tasks.as_array().unwrap().iter().enumerate() {
        assert_eq!(task["lastStatus"], "RUNNING");
        assert_eq!(task["containerInstanceArn"], instances[n]);
        assert_eq!(task["startedBy"], "somebody");
        assert_eq!(task["tags"][0]["value"], "b");
    }
    assert_eq!(tasks.as_array().map(Vec::len), Some(2));
}
