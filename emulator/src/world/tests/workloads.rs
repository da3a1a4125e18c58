//! Services and their tasks on a fleet: room, rolling moves, what the percentages allow.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{Lab, provider_body};
use crate::knobs::{Knobs, StandaloneTasks};
use crate::world::{ImageEffect, ImageFault};

impl Lab {
    /// Registers an application of that image and CPU, in the family before the colon.
    pub(crate) fn application(&mut self, image: &str, cpu: u32) {
        let family = image.split(':').next().unwrap_or(image);
        let body = json!({
            "family": family,
            "cpu": cpu.to_string(),
            "memory": "512",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["MANAGED_INSTANCES"],
            "containerDefinitions": [{ "name": "main", "image": image }],
        });
        self.ok("RegisterTaskDefinition", body);
    }

    /// Creates a service on provider `fleet` with so many tasks and those percentages.
    pub(crate) fn service(&mut self, name: &str, family: &str, desired: u32, percents: (u32, u32)) {
        let body = json!({
            "cluster": "main",
            "serviceName": name,
            "taskDefinition": family,
            "desiredCount": desired,
            "capacityProviderStrategy": [{ "capacityProvider": "fleet", "weight": 1 }],
            "deploymentConfiguration": { "minimumHealthyPercent": percents.0, "maximumPercent": percents.1 },
        });
        self.ok("CreateService", body);
    }

    pub(crate) fn described_service(&mut self, name: &str) -> Value {
        let body = json!({ "cluster": "main", "services": [name] });
        self.ok("DescribeServices", body)["services"][0].take()
    }

    /// Statuses and task counts of the instances, oldest first.
    pub(crate) fn instances(&mut self) -> String {
        let arns = self.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
        if arns.as_array().is_some_and(Vec::is_empty) {
            return "none".to_owned();
        }
        let body = json!({ "cluster": "main", "containerInstances": arns, "include": ["CONTAINER_INSTANCE_HEALTH"] });
        let instances = self.ok("DescribeContainerInstances", body)["containerInstances"].take();
        let each = instances.as_array().unwrap().iter().map(|each| {
            let health = each["healthStatus"]["overallStatus"].as_str().unwrap();
            let health = if health == "OK" {
                String::new()
            } else {
                format!(" {health}")
            };
            let (status, tasks) = (each["status"].as_str().unwrap(), &each["runningTasksCount"]);
            format!("{status}{health} ({tasks})")
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

fn running(lab: &mut Lab, name: &str) -> u64 {
    lab.described_service(name)["runningCount"].as_u64().unwrap()
}

#[test]
fn instances_appear_for_tasks_and_go_when_idle() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    lab.settled_agent();
    lab.application("app:1", 768);
    lab.service("web", "app", 3, (100, 200));
    lab.settle();
    // The smallest machine has one vCPU, on which a second task of 768 units finds no room.
    assert_eq!(lab.instances(), "ACTIVE (2), ACTIVE (2), ACTIVE (2)");
    assert_eq!(running(&mut lab, "web"), 3);
    let body = json!({ "cluster": "main", "service": "web", "desiredCount": 1 });
    lab.ok("UpdateService", body);
    lab.settle();
    assert_eq!(lab.instances(), "ACTIVE (2), ACTIVE (1), ACTIVE (1)");
    lab.advance(300 + 120);
    assert_eq!(lab.instances(), "ACTIVE (2)");
}

#[test]
fn scale_in_follows_the_provider() {
    for (given, left) in [(json!(-1), "ACTIVE (1)"), (json!(0), "none"), (json!(null), "none")] {
        let mut lab = Lab::new(1, Knobs::default());
        let mut body = provider_body("fleet", "main");
        body["managedInstancesProvider"]["infrastructureOptimization"] = json!({ "scaleInAfter": given });
        lab.ok("CreateCapacityProvider", body);
        lab.register("agent:1");
        lab.settled_agent();
        lab.application("app:1", 512);
        lab.service("web", "app", 1, (100, 200));
        lab.settle();
        let body = json!({ "cluster": "main", "service": "web", "force": true });
        lab.ok("DeleteService", body);
        lab.advance(900);
        assert_eq!(lab.instances(), left, "{given}");
    }
}

/// Rolls the daemon over an instance with two tasks, and tells the fewest and most running tasks and how it ended.
fn roll(percents: (u32, u32)) -> String {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.application("app:1", 256);
    lab.service("web", "app", 2, percents);
    lab.settle();
    let arn = lab.update_agent("agent:2");
    let end = lab.world.now_ms() + 2 * 3_600_000;
    let (mut fewest, mut most) = (u64::MAX, 0);
    while lab.world.next_event_ms().is_some_and(|at| at <= end) {
        lab.world.advance_to_next_event();
        let now = running(&mut lab, "web");
        (fewest, most) = (fewest.min(now), most.max(now));
    }
    let status = lab.deployment(&arn)["status"].as_str().unwrap().to_owned();
    format!(
        "{percents:?}: {fewest} to {most} tasks run, {status}, {}",
        lab.instances()
    )
}

#[test]
fn tasks_move_as_the_percentages_allow() {
    let told: Vec<String> = [(100, 200), (50, 100), (0, 100), (100, 150), (100, 100)]
        .map(roll)
        .into();
    assert_snapshot!(told.join("\n"), @r"
    (100, 200): 2 to 4 tasks run, SUCCESSFUL, ACTIVE (3)
    (50, 100): 1 to 2 tasks run, SUCCESSFUL, ACTIVE (3)
    (0, 100): 0 to 2 tasks run, SUCCESSFUL, ACTIVE (3)
    (100, 150): 2 to 3 tasks run, SUCCESSFUL, ACTIVE (3)
    (100, 100): 2 to 2 tasks run, IN_PROGRESS, DRAINING (3), ACTIVE (1)
    ");
}

#[test]
fn a_new_revision_of_a_service_replaces_its_tasks() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    lab.settled_agent();
    lab.application("app:1", 128);
    lab.service("web", "app", 4, (50, 100));
    lab.settle();
    lab.application("app:2", 128);
    let body = json!({ "cluster": "main", "service": "web", "taskDefinition": "app" });
    lab.ok("UpdateService", body);
    let mut fewest = 4;
    let end = lab.world.now_ms() + 600_000;
    while lab.world.next_event_ms().is_some_and(|at| at <= end) {
        lab.world.advance_to_next_event();
        fewest = fewest.min(running(&mut lab, "web"));
    }
    assert_eq!(fewest, 2);
    let service = lab.described_service("web");
    let deployments = service["deployments"].as_array().unwrap();
    assert_eq!(deployments.len(), 1, "{deployments:?}");
    assert_eq!(deployments[0]["rolloutState"], "COMPLETED");
    assert!(deployments[0]["taskDefinition"].as_str().unwrap().ends_with("app:2"));
    let list = lab.ok("ListServiceDeployments", json!({ "cluster": "main", "service": "web" }));
    let arns: Vec<&Value> = list["serviceDeployments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["serviceDeploymentArn"])
        .collect();
    assert_eq!(arns.len(), 2);
    let described = lab.ok("DescribeServiceDeployments", json!({ "serviceDeploymentArns": arns }));
    let statuses: Vec<&Value> = described["serviceDeployments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| &each["status"])
        .collect();
    assert_eq!(statuses, ["SUCCESSFUL", "SUCCESSFUL"]);
}

#[test]
fn the_circuit_breaker_of_a_service_sends_it_back() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.application("app:1", 128);
    lab.service("web", "app", 1, (100, 200));
    lab.settle();
    lab.application("app:2", 128);
    lab.world.add_image_fault(ImageFault {
        image: "app:2".to_owned(),
        effect: ImageEffect::FailsToStart,
        after: 0,
        count: None,
    });
    let breaker = json!({ "enable": true, "rollback": true });
    let body = json!({
        "cluster": "main",
        "service": "web",
        "taskDefinition": "app:2",
        "deploymentConfiguration": { "deploymentCircuitBreaker": breaker },
    });
    lab.ok("UpdateService", body);
    lab.advance(600);
    let service = lab.described_service("web");
    assert!(
        service["taskDefinition"].as_str().unwrap().ends_with("app:1"),
        "{service}"
    );
    assert_eq!(service["runningCount"], 1);
}

#[test]
fn standalone_tasks_block_a_drain_or_are_stopped() {
    for (knob, expected) in [
        (StandaloneTasks::Block, "IN_PROGRESS, DRAINING (2), ACTIVE (1)"),
        (StandaloneTasks::Stopped, "SUCCESSFUL, ACTIVE (1)"),
    ] {
        let knobs = Knobs {
            standalone_tasks: knob,
            ..Knobs::default()
        };
        let mut lab = Lab::with_fleet(1, knobs, 1);
        lab.settled_agent();
        lab.application("job:1", 256);
        let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
        let body = json!({ "cluster": "main", "taskDefinition": "job", "capacityProviderStrategy": strategy });
        let task = lab.ok("RunTask", body)["tasks"][0]["taskArn"].take();
        lab.settle();
        let arn = lab.update_agent("agent:2");
        lab.advance(3600);
        let status = lab.deployment(&arn)["status"].as_str().unwrap().to_owned();
        assert_eq!(format!("{status}, {}", lab.instances()), expected, "{knob:?}");
        if knob == StandaloneTasks::Block {
            lab.ok("StopTask", json!({ "cluster": "main", "task": task }));
            lab.settle();
            assert_eq!(lab.deployment(&arn)["status"], "SUCCESSFUL");
        }
    }
}

#[test]
fn deletion_of_a_daemon_lets_tasks_move_first() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.application("app:1", 256);
    lab.service("web", "app", 1, (100, 200));
    lab.settle();
    let agent = json!({ "daemonArn": lab.daemon("agent") });
    lab.ok("DeleteDaemon", agent.clone());
    let end = lab.world.now_ms() + 600_000;
    while lab.world.next_event_ms().is_some_and(|at| at <= end) {
        lab.world.advance_to_next_event();
        assert!(running(&mut lab, "web") >= 1, "the application is never down");
    }
    assert_eq!(lab.instances(), "ACTIVE (1)");
    assert_eq!(
        lab.call("DescribeDaemon", agent).unwrap_err().kind.name(),
        "DaemonNotFoundException"
    );
}

#[test]
fn a_user_may_drain_and_put_back() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    lab.settled_agent();
    lab.application("app:1", 256);
    lab.service("web", "app", 1, (100, 200));
    lab.settle();
    let arns = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let state = |status: &str| json!({ "cluster": "main", "containerInstances": arns, "status": status });
    lab.ok("UpdateContainerInstancesState", state("DRAINING"));
    assert_eq!(lab.instances(), "DRAINING (2)");
    lab.ok("UpdateContainerInstancesState", state("ACTIVE"));
    assert_eq!(lab.instances(), "ACTIVE (2)");
    lab.ok("UpdateContainerInstancesState", state("DRAINING"));
    lab.settle();
    assert_eq!(lab.instances(), "ACTIVE (2)");
    assert_eq!(running(&mut lab, "web"), 1);
    let gone = lab.ok("UpdateContainerInstancesState", state("DRAINING"));
    assert_eq!(gone["failures"][0]["reason"], "MISSING");
}
