//! Instances that lose or never get a critical daemon, and instances that become old.

use insta::assert_snapshot;
use serde_json::json;

use super::lab::{Lab, provider_body};
use crate::knobs::Knobs;
use crate::world::{ImageEffect, ImageFault};

/// A fleet of one instance with the daemon and an application that has one task.
fn lab_with_application() -> Lab {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.application("app:1", 256);
    lab.service("web", "app", 1, (100, 200));
    lab.settle();
    lab.events.clear();
    lab
}

fn stop_daemon(lab: &mut Lab) {
    let tasks = lab.ok("ListTasks", json!({ "cluster": "main", "daemonName": "agent" }))["taskArns"].take();
    lab.ok("StopTask", json!({ "cluster": "main", "task": tasks[0] }));
}

#[test]
fn an_instance_that_loses_a_critical_daemon_is_replaced() {
    let mut lab = lab_with_application();
    stop_daemon(&mut lab);
    assert_eq!(lab.instances(), "DRAINING IMPAIRED (1)");
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 task of agent STOPPED
    0:00 instance DRAINING
    0:00 instance LAUNCHING
    0:01 task of service:web PROVISIONING
    1:06 instance REGISTERING
    1:06 task of agent PENDING
    1:13 task of agent RUNNING
    1:28 instance ACTIVE
    1:28 task of service:web PENDING
    1:32 task of service:web RUNNING
    2:52 task of service:web STOPPING
    2:52 instance DEREGISTERING
    3:21 task of service:web STOPPED
    3:22 web SERVICE_STEADY_STATE
    4:04 instance TERMINATED
    ");
    assert_eq!(lab.instances(), "ACTIVE (2)");
}

#[test]
fn without_auto_repair_it_stays_impaired() {
    let mut lab = Lab::new(1, Knobs::default());
    let mut body = provider_body("fleet", "main");
    body["managedInstancesProvider"]["autoRepairConfiguration"] = json!({ "actionsStatus": "DISABLED" });
    lab.ok("CreateCapacityProvider", body);
    let scope = lab.scope.clone();
    lab.world.add_instances(&scope, "fleet", 1, false).unwrap();
    lab.register("agent:1");
    lab.register("agent:2");
    lab.settled_agent();
    stop_daemon(&mut lab);
    lab.settle();
    assert_eq!(lab.instances(), "ACTIVE IMPAIRED (0)");
    lab.update_agent("agent:2");
    lab.settle();
    assert_eq!(lab.instances(), "ACTIVE (1)");
}

#[test]
fn a_daemon_that_is_not_critical_is_only_counted() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let mut body = lab.create_body("agent", "agent:1");
    body["critical"] = false.into();
    lab.ok("CreateDaemon", body);
    lab.settle();
    lab.world.add_image_fault(ImageFault {
        image: "agent:1".to_owned(),
        effect: ImageEffect::FailsToStart,
        after: 0,
        count: None,
    });
    stop_daemon(&mut lab);
    lab.advance(600);
    assert_eq!(lab.instances(), "ACTIVE (0)");
    let revision = lab.agent()["currentRevisions"][0].take();
    assert_eq!(
        (&revision["totalRunningCount"], &revision["totalWithoutDaemonCount"]),
        (&json!(0), &json!(1))
    );
}

#[test]
fn a_broken_critical_daemon_bricks_an_empty_provider() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    let fault = lab.world.add_image_fault(ImageFault {
        image: "agent:1".to_owned(),
        effect: ImageEffect::FailsToStart,
        after: 0,
        count: None,
    });
    lab.settled_agent();
    let deployment = lab.agent()["deploymentArn"].as_str().unwrap().to_owned();
    assert_eq!(lab.deployment(&deployment)["status"], "SUCCESSFUL");
    lab.application("app:1", 256);
    lab.service("web", "app", 1, (100, 200));
    lab.advance(490);
    assert_eq!(lab.instances(), "REGISTRATION_FAILED IMPAIRED (0)");
    lab.advance(3 * 3600);
    let impaired = lab
        .events
        .iter()
        .filter(|event| event.kind() == "daemon_task_start_impaired");
    assert!(impaired.count() > 20, "the events repeat");
    let tasks = lab.ok("ListTasks", json!({ "cluster": "main", "serviceName": "web" }))["taskArns"].take();
    let tasks = lab.ok("DescribeTasks", json!({ "cluster": "main", "tasks": tasks }))["tasks"].take();
    let statuses: Vec<_> = tasks
        .as_array()
        .unwrap()
        .iter()
        .map(|task| &task["lastStatus"])
        .collect();
    assert_eq!(statuses, ["PROVISIONING"]);
    assert!(
        lab.world.settle(lab.world.now_ms() + 60_000),
        "nothing is under way that a client could wait for"
    );
    lab.world.remove_image_fault(fault);
    lab.advance(3 * 3600);
    assert_eq!(lab.instances(), "ACTIVE (2)");
    assert_eq!(lab.described_service("web")["runningCount"], 1);
}

#[test]
fn old_machines_are_drained_and_replaced() {
    let mut lab = lab_with_application();
    lab.advance(14 * 24 * 3600 + 2 * 3600);
    assert_eq!(lab.instances(), "ACTIVE (2)");
    let drained = lab
        .events
        .iter()
        .filter(|event| event.kind() == "instance" && event.detail()["status"] == "DRAINING");
    assert_eq!(drained.count(), 1);
}

#[test]
fn an_old_machine_ends_even_if_it_never_gets_empty() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.application("job:1", 256);
    let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
    let body = json!({ "cluster": "main", "taskDefinition": "job", "capacityProviderStrategy": strategy });
    lab.ok("RunTask", body);
    lab.advance(20 * 24 * 3600);
    assert_eq!(lab.instances(), "DRAINING (2), ACTIVE (1)");
    lab.advance(24 * 3600 + 7200);
    assert_eq!(lab.instances(), "ACTIVE (1)");
}

/// The last day is that of the machine, whatever made it drain.
#[test]
fn a_machine_that_was_drained_by_hand_or_by_a_rollout_ends_too() {
    for by_hand in [true, false] {
        let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
        lab.settled_agent();
        lab.application("job:1", 256);
        let strategy = json!([{ "capacityProvider": "fleet", "weight": 1 }]);
        let body = json!({ "cluster": "main", "taskDefinition": "job", "capacityProviderStrategy": strategy });
        lab.ok("RunTask", body);
        lab.settle();
        let deployment = if by_hand {
            let instances =
                lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
            let body = json!({ "cluster": "main", "containerInstances": instances, "status": "DRAINING" });
            lab.ok("UpdateContainerInstancesState", body);
            None
        } else {
            lab.register("agent:2");
            Some(lab.update_agent("agent:2"))
        };
        lab.advance(20 * 24 * 3600);
        assert!(lab.instances().contains("DRAINING"), "{by_hand}: {}", lab.instances());
        lab.advance(2 * 24 * 3600);
        assert!(!lab.instances().contains("DRAINING"), "{by_hand}: {}", lab.instances());
        if let Some(deployment) = deployment {
            assert_eq!(lab.deployment(&deployment)["status"], "SUCCESSFUL");
        }
    }
}

/// Draining may be off, or later than the end: the machine ends all the same.
#[test]
fn the_end_of_a_machine_does_not_depend_on_when_it_is_drained() {
    for instance_drain_age_days in [0, 10] {
        let knobs = Knobs {
            instance_drain_age_days,
            instance_end_age_days: 5,
            ..Knobs::default()
        };
        let mut lab = Lab::with_fleet(1, knobs, 1);
        lab.settled_agent();
        let before = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
        lab.advance(4 * 24 * 3600);
        let now = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
        assert_eq!(now, before, "{instance_drain_age_days}");
        lab.advance(24 * 3600 + 7200);
        let now = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
        assert_ne!(now, before, "{instance_drain_age_days}");
        assert_eq!(lab.instances(), "ACTIVE (1)", "{instance_drain_age_days}");
    }
}
