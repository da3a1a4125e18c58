//! Failed rollouts from the outside: what stops them, and how the fleet gets back.

use insta::assert_snapshot;
use serde_json::json;

use super::lab::{Lab, text};
use super::timelines::{summary, update_with, way};
use crate::knobs::{AfterRollback, FirstDeploymentFailure, Knobs};
use crate::world::{ImageEffect, ImageFault};

fn break_image(lab: &mut Lab, image: &str, effect: ImageEffect, count: Option<u32>) {
    lab.world.add_image_fault(ImageFault {
        image: image.to_owned(),
        effect,
        after: 0,
        count,
    });
}

#[test]
fn a_broken_image_is_rolled_back() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 4);
    lab.settled_agent();
    break_image(&mut lab, "agent:2", ImageEffect::FailsToStart, None);
    let arn = update_with(&mut lab, "agent:2", json!({ "drainPercent": 50.0 }));
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 2 begins, 2 drain
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    1:40 instance REGISTERING
    1:40 task of agent PENDING
    1:41 instance REGISTERING
    1:41 task of agent PENDING
    1:46 task of agent STOPPED
    1:48 task of agent STOPPED
    1:58 task of agent PENDING
    1:59 task of agent PENDING
    2:06 task of agent STOPPED
    2:06 agent breaker 3/3
    2:06 agent STOP_REQUESTED: The circuit breaker triggered: 3 daemon tasks failed to run.
    2:06 task of agent PENDING
    2:06 task of agent STOPPED
    2:06 task of agent PENDING
    2:08 agent ROLLBACK_IN_PROGRESS: The circuit breaker triggered: 3 daemon tasks failed to run. The deployment is rolled back.
    2:13 task of agent RUNNING
    2:14 task of agent RUNNING
    2:27 instance ACTIVE
    2:28 instance ACTIVE
    3:51 task of agent STOPPED
    3:51 instance DEREGISTERING
    3:56 task of agent STOPPED
    3:56 instance DEREGISTERING
    5:05 instance TERMINATED ×2
    5:05 agent ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    ");
    assert_snapshot!(way(&mut lab, &arn), @r#"
    ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    target agent:2, sources [agent:1]
    breaker {"failureCount":3,"status":"TRIGGERED","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback to agent:1: The circuit breaker triggered: 3 daemon tasks failed to run.
    "#);
    assert_eq!(lab.agent()["deploymentArn"], arn.as_str());
}

#[test]
fn a_rollback_may_leave_a_deployment_of_its_own() {
    let knobs = Knobs {
        after_rollback_deployment_arn: AfterRollback::New,
        ..Knobs::default()
    };
    let mut lab = Lab::with_fleet(1, knobs, 1);
    lab.settled_agent();
    break_image(&mut lab, "agent:2", ImageEffect::Exits, None);
    let failed = lab.update_agent("agent:2");
    lab.settle();
    assert_snapshot!(way(&mut lab, &failed), @r#"
    ROLLBACK_SUCCESSFUL: The circuit breaker triggered: 3 daemon tasks failed to run. The rollback completed.
    target agent:2, sources [agent:1]
    breaker {"failureCount":3,"status":"TRIGGERED","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback to agent:1: The circuit breaker triggered: 3 daemon tasks failed to run.
    "#);
    let named = text(&lab.agent(), "deploymentArn");
    assert_ne!(named, failed);
    assert_snapshot!(way(&mut lab, &named), @r#"
    SUCCESSFUL: The rollback of an earlier deployment completed successfully.
    target agent:1, sources [agent:2]
    breaker {"failureCount":0,"status":"MONITORING_COMPLETE","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback none
    "#);
}

#[test]
fn a_rollback_that_fails_too_gives_up() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    break_image(&mut lab, "agent:*", ImageEffect::FailsToStart, None);
    let arn = lab.update_agent("agent:2");
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 1 begins, 1 drain
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    1:39 instance REGISTERING
    1:39 task of agent PENDING
    1:48 task of agent STOPPED
    1:59 task of agent PENDING
    2:07 task of agent STOPPED
    2:31 task of agent PENDING
    2:37 task of agent STOPPED
    2:37 agent breaker 3/3
    2:37 agent STOP_REQUESTED: The circuit breaker triggered: 3 daemon tasks failed to run.
    2:37 task of agent PENDING
    2:40 agent ROLLBACK_IN_PROGRESS: The circuit breaker triggered: 3 daemon tasks failed to run. The deployment is rolled back.
    2:45 task of agent STOPPED
    2:55 task of agent PENDING
    3:03 task of agent STOPPED
    3:27 task of agent PENDING
    3:35 task of agent STOPPED
    3:35 agent ROLLBACK_FAILED: The circuit breaker triggered: 3 daemon tasks failed to run. The deployment is rolled back. The rollback failed: tasks of the rollback target failed to run.
    3:35 instance ACTIVE
    3:35 instance TERMINATED
    ");
    assert_snapshot!(way(&mut lab, &arn), @r#"
    ROLLBACK_FAILED: The circuit breaker triggered: 3 daemon tasks failed to run. The deployment is rolled back. The rollback failed: tasks of the rollback target failed to run.
    target agent:2, sources [agent:1]
    breaker {"failureCount":3,"status":"TRIGGERED","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback to agent:1: The circuit breaker triggered: 3 daemon tasks failed to run.
    "#);
}

#[test]
fn a_first_deployment_has_nothing_to_go_back_to() {
    for (knob, expected) in [
        (FirstDeploymentFailure::RollbackFailed, "ROLLBACK_FAILED"),
        (FirstDeploymentFailure::Stopped, "STOPPED"),
    ] {
        let mut lab = Lab::with_fleet(
            1,
            Knobs {
                first_deployment_failure: knob,
                ..Knobs::default()
            },
            1,
        );
        break_image(&mut lab, "agent:1", ImageEffect::FailsToStart, None);
        let body = lab.create_body("agent", "agent:1");
        let arn = text(&lab.ok("CreateDaemon", body), "deploymentArn");
        lab.settle();
        let told = lab.deployment(&arn);
        assert_eq!(told["status"], expected);
        assert_eq!(told.get("rollback"), None);
        let instances = lab.world.view(None)["regions"][0]["clusters"][0]["instances"].clone();
        assert_eq!(
            instances.as_array().unwrap().len(),
            1,
            "the old instance is back in service"
        );
        assert_eq!(instances[0]["status"], "ACTIVE");
    }
}

#[test]
fn failures_of_non_critical_daemons_count_but_do_not_block() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    break_image(&mut lab, "agent:2", ImageEffect::FailsToStart, Some(2));
    let mut body = lab.update_body("agent", "agent:2");
    body["critical"] = false.into();
    let arn = text(&lab.ok("UpdateDaemon", body), "deploymentArn");
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 1 begins, 1 drain
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    1:39 instance REGISTERING
    1:39 task of agent PENDING
    1:48 task of agent STOPPED
    1:59 task of agent PENDING
    2:03 instance ACTIVE
    2:07 task of agent STOPPED
    2:31 task of agent PENDING
    2:38 task of agent RUNNING
    3:27 task of agent STOPPED
    3:27 instance DEREGISTERING
    4:39 instance TERMINATED
    4:39 agent batch 1 ends
    4:39 agent SUCCESSFUL: The deployment completed successfully.
    ");
    assert_snapshot!(way(&mut lab, &arn), @r#"
    SUCCESSFUL: The deployment completed successfully.
    target agent:2, sources [agent:1]
    breaker {"failureCount":2,"status":"MONITORING_COMPLETE","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback none
    "#);
}

#[test]
fn an_alarm_during_the_bake_rolls_back() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    lab.alarm("old", "ALARM");
    lab.settled_agent();
    let alarms = json!({ "alarmNames": ["old", "errors"], "enable": true });
    let configuration = json!({ "drainPercent": 100.0, "bakeTimeInMinutes": 30, "alarms": alarms });
    let arn = update_with(&mut lab, "agent:2", configuration);
    lab.advance(600);
    lab.alarm("old", "ALARM");
    lab.alarm("errors", "ALARM");
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 1 begins, 2 drain
    4:35 agent batch 1 ends
    4:35 agent bakes 30 min
    10:00 agent alarm errors
    10:00 agent STOP_REQUESTED: Alarm errors went to ALARM during the deployment.
    10:02 agent ROLLBACK_IN_PROGRESS: Alarm errors went to ALARM during the deployment. The deployment is rolled back.
    10:07 agent batch 1 of 1 begins, 2 drain
    14:15 agent batch 1 ends
    14:15 agent ROLLBACK_SUCCESSFUL: Alarm errors went to ALARM during the deployment. The rollback completed.
    ");
    assert_snapshot!(way(&mut lab, &arn), @r#"
    ROLLBACK_SUCCESSFUL: Alarm errors went to ALARM during the deployment. The rollback completed.
    target agent:2, sources [agent:1]
    breaker {"failureCount":0,"status":"MONITORING_COMPLETE","threshold":3}
    alarms {"alarmNames":["old","errors"],"status":"TRIGGERED","triggeredAlarmNames":["errors"]}
    rollback to agent:1: Alarm errors went to ALARM during the deployment.
    "#);
}
