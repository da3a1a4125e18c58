//! A daemon that fails keeps no other one from being rolled out or deleted for ever.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{Lab, text};
use crate::knobs::{Concurrency, FailedFirstDeployment, Knobs};
use crate::world::{ImageEffect, ImageFault};

/// Two instances with daemon `agent`, and the critical daemon `shipper` whose first deployment has failed.
fn failed_shipper(knobs: Knobs) -> (Lab, String) {
    let mut lab = Lab::with_fleet(1, knobs, 2);
    lab.settled_agent();
    lab.register("shipper:1");
    break_image(&mut lab, "shipper:1");
    let mut body = lab.create_body("shipper", "shipper:1");
    body["critical"] = true.into();
    let deployment = text(&lab.ok("CreateDaemon", body), "deploymentArn");
    lab.settle();
    (lab, deployment)
}

fn break_image(lab: &mut Lab, image: &str) -> u64 {
    lab.world.add_image_fault(ImageFault {
        image: image.to_owned(),
        effect: ImageEffect::FailsToStart,
        after: 0,
        count: None,
    })
}

fn kept() -> Knobs {
    Knobs {
        failed_first_deployment: FailedFirstDeployment::Kept,
        ..Knobs::default()
    }
}

/// Status, reason and count of failures of a deployment two days later.
fn end(lab: &mut Lab, deployment: &str) -> String {
    lab.advance(2 * 24 * 3600);
    let told = lab.deployment(deployment);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{}: {} Failures: {}.",
        text(&told["status"]),
        text(&told["statusReason"]),
        told["circuitBreaker"]["failureCount"]
    )
}

#[test]
fn a_first_revision_that_failed_is_withdrawn() {
    let (mut lab, shipper) = failed_shipper(Knobs::default());
    assert_snapshot!(end(&mut lab, &shipper));
    let deployment = lab.update_agent("agent:2");
    assert_snapshot!(end(&mut lab, &deployment));
    assert_eq!(lab.instances(), "ACTIVE (1), ACTIVE (1)");
    // Its readers still see what it is.
    let arn = lab.daemon("shipper");
    let daemon = lab.ok("DescribeDaemon", json!({ "daemonArn": arn }))["daemon"].take();
    assert_eq!(
        daemon["currentRevisions"][0]["totalWithoutDaemonCount"], 2,
        "{daemon:#}"
    );
    // An update brings it back.
    lab.register("shipper:2");
    let body = lab.update_body("shipper", "shipper:2");
    let deployment = text(&lab.ok("UpdateDaemon", body), "deploymentArn");
    assert_snapshot!(end(&mut lab, &deployment));
    assert_eq!(lab.instances(), "ACTIVE (2), ACTIVE (2)");
}

#[test]
fn a_first_revision_that_failed_and_is_kept_ends_the_deployments_that_wait_for_it() {
    let (mut lab, shipper) = failed_shipper(kept());
    assert_snapshot!(end(&mut lab, &shipper));
    let deployment = lab.update_agent("agent:2");
    assert_snapshot!(end(&mut lab, &deployment));
    assert_eq!(
        lab.instances(),
        "ACTIVE (1), ACTIVE (1)",
        "the old ones are back in service"
    );
}

#[test]
fn a_daemon_that_breaks_later_ends_the_deployments_that_wait_for_it() {
    for concurrent_deployments in [Concurrency::Parallel, Concurrency::Serial] {
        let knobs = Knobs {
            concurrent_deployments,
            ..Knobs::default()
        };
        let mut lab = Lab::with_fleet(1, knobs, 2);
        lab.settled_agent();
        lab.register("shipper:1");
        let body = lab.create_body("shipper", "shipper:1");
        lab.ok("CreateDaemon", body);
        lab.settle();
        break_image(&mut lab, "shipper:1");
        let deployment = lab.update_agent("agent:2");
        let told = end(&mut lab, &deployment);
        assert!(told.starts_with("ROLLBACK_") && told.contains("shipper"), "{told}");
    }
}

#[test]
fn an_instance_under_repair_that_cannot_be_replaced_ends_the_deployments_that_wait_for_it() {
    let (mut lab, _) = failed_shipper(kept());
    let task = lab.ok("ListTasks", json!({ "cluster": "main" }))["taskArns"][0].take();
    lab.ok("StopTask", json!({ "cluster": "main", "task": task }));
    lab.advance(3600);
    let deployment = lab.update_agent("agent:2");
    let told = end(&mut lab, &deployment);
    assert!(told.starts_with("ROLLBACK_") && told.contains("shipper"), "{told}");
}

#[test]
fn a_deletion_ends_where_instances_cannot_be_replaced() {
    let (mut lab, _) = failed_shipper(kept());
    lab.application("app:1", 256);
    lab.service("web", "app", 2, (100, 100));
    lab.settle();
    assert_eq!(lab.instances(), "ACTIVE (3), ACTIVE (1)");
    let arn = lab.daemon("agent");
    lab.ok("DeleteDaemon", json!({ "daemonArn": arn }));
    lab.advance(2 * 24 * 3600);
    assert!(
        lab.call("DescribeDaemon", json!({ "daemonArn": arn })).is_err(),
        "it is gone"
    );
    assert_eq!(lab.described_service("web")["runningCount"], 2);
}
