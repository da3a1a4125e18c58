//! Room on machines that are not in service yet while daemons come and grow: nothing is overcommitted.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::invariants;
use super::lab::{Lab, provider_body};
use crate::knobs::{FailedFirstDeployment, Knobs};

/// An empty provider on which a service of four tasks of 256 CPU units waits for its first machine, 20 seconds later.
fn waiting() -> Lab {
    let mut lab = Lab::new(1, Knobs::default());
    lab.provider("fleet", 0);
    lab.register_sized("agent:1", 256);
    lab.register_sized("agent:2", 700);
    lab.register_sized("agent:3", 3000);
    lab.application("app:1", 256);
    lab.service("web", "app", 4, (100, 200));
    lab.advance(20);
    lab
}

/// Plays until the world is at rest, with a look after every event. Answers the machines: registered CPU, and what tasks
/// of daemons and services take of it.
fn rest(lab: &mut Lab) -> String {
    for _ in 0..5000 {
        let violations = invariants::check(&lab.world);
        assert!(violations.is_empty(), "{violations:#?} in {:#}", lab.world.view(None));
        if lab.world.pending() == 0 {
            break;
        }
        lab.world.advance_to_next_event();
    }
    lab.collect();
    let listed = lab.ok("ListContainerInstances", json!({ "cluster": "main" }))["containerInstanceArns"].take();
    let body = json!({ "cluster": "main", "containerInstances": listed });
    let described = lab.ok("DescribeContainerInstances", body)["containerInstances"].take();
    let cpu = |instance: &Value, member: &str| {
        let resources = instance[member].as_array().unwrap().iter();
        let mut cpu = resources.filter(|each| each["name"] == "CPU");
        cpu.next().unwrap()["integerValue"].as_i64().unwrap()
    };
    let each = described.as_array().unwrap().iter().map(|instance| {
        let (all, left) = (
            cpu(instance, "registeredResources"),
            cpu(instance, "remainingResources"),
        );
        let (status, tasks) = (instance["status"].as_str().unwrap(), &instance["runningTasksCount"]);
        format!("{status}: {} of {all}, {tasks} tasks", all - left)
    });
    each.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_daemon_that_comes_while_the_machine_boots_takes_its_room() {
    let mut lab = waiting();
    let body = lab.create_body("agent", "agent:1");
    lab.ok("CreateDaemon", body);
    assert_snapshot!(rest(&mut lab));
}

#[test]
fn a_daemon_that_grows_while_the_machine_boots_or_registers_takes_its_room() {
    for wait in [30, 240, 258] {
        let mut lab = waiting();
        let body = lab.create_body("agent", "agent:1");
        lab.ok("CreateDaemon", body);
        lab.advance(wait);
        lab.update_agent("agent:2");
        assert_snapshot!(format!("grown_after_{wait}"), rest(&mut lab));
    }
}

#[test]
fn a_machine_that_daemons_outgrow_before_it_is_in_service_is_replaced_by_a_bigger_one() {
    for wait in [30, 240, 258] {
        let mut lab = waiting();
        let body = lab.create_body("agent", "agent:1");
        lab.ok("CreateDaemon", body);
        lab.advance(wait);
        let deployment = lab.update_agent("agent:3");
        assert_snapshot!(format!("outgrown_after_{wait}"), rest(&mut lab));
        assert_eq!(lab.deployment(&deployment)["status"], "SUCCESSFUL");
    }
}

#[test]
fn a_daemon_for_which_no_machine_is_big_enough_fails() {
    let knobs = Knobs {
        failed_first_deployment: FailedFirstDeployment::Kept,
        ..Knobs::default()
    };
    let mut lab = Lab::new(1, knobs);
    let mut body = provider_body("small", "main");
    body["managedInstancesProvider"]["instanceLaunchTemplate"]["instanceRequirements"] =
        json!({ "vCpuCount": { "min": 1, "max": 1 }, "memoryMiB": { "min": 1024 } });
    lab.ok("CreateCapacityProvider", body);
    let scope = lab.scope.clone();
    lab.world.add_instances(&scope, "small", 1, false).unwrap();
    lab.register_sized("agent:1", 3000);
    let mut body = lab.create_body("agent", "agent:1");
    body["capacityProviderArns"] = json!([lab.arn("capacity-provider/small")]);
    let deployment = lab.ok("CreateDaemon", body)["deploymentArn"].take();
    assert_snapshot!(rest(&mut lab));
    let deployment = lab.deployment(deployment.as_str().unwrap());
    assert_eq!(deployment["status"], "ROLLBACK_FAILED", "{deployment:#}");
    let refused = lab.world.add_instances(&scope, "small", 1, false).unwrap_err();
    assert_snapshot!(refused.message);
}
