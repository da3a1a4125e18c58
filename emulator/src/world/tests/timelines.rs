//! Rollouts from the outside: what happens when, in whole. Times are minutes and seconds since the
//! first event.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{Lab, text};
use crate::knobs::{Bake, Concurrency, EmptyProvider, Knobs};

/// The timeline without the lines of single instances and tasks.
pub(in crate::world) fn summary(lab: &Lab) -> String {
    let timeline = lab.timeline();
    let single = |line: &&str| !line.contains(" instance ") && !line.contains(" task of ");
    timeline.lines().filter(single).collect::<Vec<_>>().join("\n")
}

pub(in crate::world) fn update_with(lab: &mut Lab, definition: &str, configuration: Value) -> String {
    let mut body = lab.update_body("agent", definition);
    body["deploymentConfiguration"] = configuration;
    text(&lab.ok("UpdateDaemon", body), "deploymentArn")
}

/// The way of a deployment as it tells it: status, breaker, alarms, rollback.
pub(in crate::world) fn way(lab: &mut Lab, arn: &str) -> String {
    let deployment = lab.deployment(arn);
    let definition = |revision: &Value| definition_of(lab, revision);
    let target = definition(&deployment["targetDaemonRevision"]["arn"]);
    let sources = deployment["sourceDaemonRevisions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|each| definition(&each["arn"]));
    let sources = sources.collect::<Vec<_>>().join(", ");
    let back = match deployment.get("rollback") {
        None => "none".to_owned(),
        Some(rollback) => format!(
            "to {}: {}",
            definition(&rollback["rollbackTargetDaemonRevisionArn"]),
            rollback["reason"].as_str().unwrap()
        ),
    };
    format!(
        "{}: {}\ntarget {target}, sources [{sources}]\nbreaker {}\nalarms {}\nrollback {back}",
        deployment["status"].as_str().unwrap(),
        deployment["statusReason"].as_str().unwrap(),
        deployment["circuitBreaker"],
        deployment["alarms"],
    )
}

fn definition_of(lab: &Lab, revision: &Value) -> String {
    let records = &lab.world.scopes()[&lab.scope];
    let revision = records.revisions.get(revision.as_str().unwrap()).unwrap();
    format!("{}:{}", revision.definition.0, revision.definition.1)
}

#[test]
fn one_instance_takes_as_long_as_in_the_walkthrough() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    lab.update_agent("agent:2");
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 1 begins, 1 drain
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    1:39 instance REGISTERING
    1:39 task of agent PENDING
    1:46 task of agent RUNNING
    2:02 instance ACTIVE
    3:26 task of agent STOPPED
    3:26 instance DEREGISTERING
    4:37 instance TERMINATED
    4:37 agent batch 1 ends
    4:37 agent SUCCESSFUL: The deployment completed successfully.
    ");
}

#[test]
fn the_walkthrough_table_holds_for_any_seed() {
    for seed in 0..200 {
        let mut lab = Lab::with_fleet(seed, Knobs::default(), 1);
        lab.settled_agent();
        lab.update_agent("agent:2");
        let (start, mut seen) = (lab.world.now_ms(), Vec::new());
        for seconds in [40, 76, 113, 149, 185, 222, 258, 294] {
            lab.world.advance_to(start + seconds * 1000);
            let view = lab.world.view(None);
            let cluster = &view["regions"][0]["clusters"][0];
            let mut statuses: Vec<&str> = cluster["instances"]
                .as_array()
                .unwrap()
                .iter()
                .map(|instance| instance["status"].as_str().unwrap())
                .filter(|status| *status != "LAUNCHING")
                .collect();
            statuses.push(cluster["daemons"][0]["deployments"][1]["status"].as_str().unwrap());
            seen.push(statuses.join(" "));
        }
        let expected = [
            "DRAINING IN_PROGRESS",
            "DRAINING IN_PROGRESS",
            "DRAINING REGISTERING IN_PROGRESS",
            "DRAINING ACTIVE IN_PROGRESS",
            "DRAINING ACTIVE IN_PROGRESS",
            "DEREGISTERING ACTIVE IN_PROGRESS",
            "DEREGISTERING ACTIVE IN_PROGRESS",
            "ACTIVE SUCCESSFUL",
        ];
        assert_eq!(seen, expected, "seed {seed}");
    }
}

#[test]
fn a_fleet_rolls_in_batches_and_bakes_once() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 10);
    lab.settled_agent();
    update_with(
        &mut lab,
        "agent:2",
        json!({ "drainPercent": 30.0, "bakeTimeInMinutes": 5 }),
    );
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 4 begins, 3 drain
    4:36 agent batch 1 ends
    4:41 agent batch 2 of 4 begins, 3 drain
    8:47 agent batch 2 ends
    8:52 agent batch 3 of 4 begins, 3 drain
    13:04 agent batch 3 ends
    13:09 agent batch 4 of 4 begins, 1 drain
    17:09 agent batch 4 ends
    17:09 agent bakes 5 min
    22:09 agent has baked
    22:09 agent SUCCESSFUL: The deployment completed successfully.
    ");
}

#[test]
fn baking_per_batch() {
    let mut lab = Lab::with_fleet(
        1,
        Knobs {
            bake: Bake::PerBatch,
            ..Knobs::default()
        },
        2,
    );
    lab.settled_agent();
    update_with(
        &mut lab,
        "agent:2",
        json!({ "drainPercent": 50.0, "bakeTimeInMinutes": 5 }),
    );
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 2 begins, 1 drain
    4:35 agent batch 1 ends
    4:35 agent bakes 5 min
    9:35 agent has baked
    9:40 agent batch 2 of 2 begins, 1 drain
    13:43 agent batch 2 ends
    13:43 agent bakes 5 min
    18:43 agent has baked
    18:43 agent SUCCESSFUL: The deployment completed successfully.
    ");
}

#[test]
fn an_empty_provider_is_done_at_once() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    let body = lab.create_body("agent", "agent:1");
    lab.events.clear();
    lab.ok("CreateDaemon", body);
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent ACTIVE
    0:00 agent PENDING: The deployment waits to be started.
    0:01 agent SUCCESSFUL: The deployment completed: its capacity providers have no instances.
    ");
}

#[test]
fn an_update_overtakes_a_rollout() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 3);
    lab.register("agent:3");
    lab.settled_agent();
    let first = lab.update_agent("agent:2");
    lab.advance(150);
    let second = lab.update_agent("agent:3");
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 3 begins, 1 drain
    2:30 agent STOPPED: The deployment was stopped: a newer deployment of the daemon took its place.
    2:30 agent PENDING: The deployment waits to be started.
    2:35 agent IN_PROGRESS: The deployment replaces instances in batches.
    4:42 agent batch 1 of 3 begins, 1 drain
    8:46 agent batch 1 ends
    8:51 agent batch 2 of 3 begins, 1 drain
    12:57 agent batch 2 ends
    13:02 agent batch 3 of 3 begins, 1 drain
    17:07 agent batch 3 ends
    17:07 agent SUCCESSFUL: The deployment completed successfully.
    ");
    assert_snapshot!(way(&mut lab, &first), @r#"
    STOPPED: The deployment was stopped: a newer deployment of the daemon took its place.
    target agent:2, sources [agent:1]
    breaker {"failureCount":0,"status":"MONITORING_COMPLETE","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback none
    "#);
    assert_snapshot!(way(&mut lab, &second), @r#"
    SUCCESSFUL: The deployment completed successfully.
    target agent:3, sources [agent:1, agent:2]
    breaker {"failureCount":0,"status":"MONITORING_COMPLETE","threshold":3}
    alarms {"alarmNames":[],"status":"DISABLED","triggeredAlarmNames":[]}
    rollback none
    "#);
}

#[test]
fn two_daemons_share_replacements() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    lab.register("shipper:1");
    lab.settled_agent();
    let body = lab.create_body("shipper", "shipper:1");
    lab.ok("CreateDaemon", body);
    lab.update_agent("agent:2");
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 shipper ACTIVE
    0:00 shipper PENDING: The deployment waits to be started.
    0:00 agent PENDING: The deployment waits to be started.
    0:05 shipper IN_PROGRESS: The deployment replaces instances in batches.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 2 begins, 1 drain
    0:33 shipper batch 1 of 1 begins, 1 drain
    4:36 agent batch 1 ends
    4:36 agent SUCCESSFUL: The deployment completed successfully.
    4:36 shipper batch 1 ends
    4:36 shipper SUCCESSFUL: The deployment completed successfully.
    ");
}

#[test]
fn deployments_on_one_provider_may_be_serial() {
    let mut lab = Lab::with_fleet(
        1,
        Knobs {
            concurrent_deployments: Concurrency::Serial,
            ..Knobs::default()
        },
        1,
    );
    lab.register("shipper:1");
    lab.settled_agent();
    lab.update_agent("agent:2");
    let body = lab.create_body("shipper", "shipper:1");
    lab.ok("CreateDaemon", body);
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:00 shipper ACTIVE
    0:00 shipper PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 1 begins, 1 drain
    4:38 agent batch 1 ends
    4:38 agent SUCCESSFUL: The deployment completed successfully.
    4:38 shipper IN_PROGRESS: The deployment replaces instances in batches.
    5:06 shipper SUCCESSFUL: The deployment completed successfully.
    ");
}

/// The one that waits is not forgotten where nothing else happens later.
#[test]
fn serial_deployments_on_an_empty_provider_end() {
    let mut lab = Lab::with_fleet(
        1,
        Knobs {
            concurrent_deployments: Concurrency::Serial,
            empty_provider: EmptyProvider::InProgress,
            ..Knobs::default()
        },
        0,
    );
    for family in ["agent", "shipper"] {
        let revision = format!("{family}:1");
        lab.register(&revision);
        let body = lab.create_body(family, &revision);
        lab.ok("CreateDaemon", body);
    }
    lab.settle();
    assert_snapshot!(summary(&lab), @r#"
0:00 agent ACTIVE
0:00 agent PENDING: The deployment waits to be started.
0:00 shipper ACTIVE
0:00 shipper PENDING: The deployment waits to be started.
0:01 agent IN_PROGRESS: The deployment replaces instances in batches.
0:28 agent SUCCESSFUL: The deployment completed successfully.
0:28 shipper IN_PROGRESS: The deployment replaces instances in batches.
0:57 shipper SUCCESSFUL: The deployment completed successfully.
"#);
}

#[test]
fn a_provider_that_is_left_out_loses_the_daemon() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.provider("spare", 1);
    lab.settled_agent();
    let mut body = lab.update_body("agent", "agent:1");
    body["capacityProviderArns"] = json!([lab.arn("capacity-provider/spare")]);
    lab.ok("UpdateDaemon", body);
    lab.settle();
    assert_snapshot!(summary(&lab), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 2 begins, 1 drain
    4:35 agent batch 1 ends
    4:40 agent batch 2 of 2 begins, 1 drain
    8:37 agent batch 2 ends
    8:37 agent SUCCESSFUL: The deployment completed successfully.
    ");
    let revisions = lab.agent()["currentRevisions"].take();
    assert_eq!(revisions.as_array().unwrap().len(), 1);
    let providers = &revisions[0]["capacityProviders"];
    assert_eq!(
        *providers,
        json!([{ "arn": lab.arn("capacity-provider/spare"), "runningCount": 1, "withoutDaemonCount": 0 }])
    );
}

#[test]
fn deletion_is_done_within_a_minute() {
    for (instances, percent) in [(1, 25.0), (12, 25.0), (40, 1.0), (0, 25.0)] {
        let mut lab = Lab::with_fleet(1, Knobs::default(), instances);
        let mut body = lab.create_body("agent", "agent:1");
        body["deploymentConfiguration"] = json!({ "drainPercent": percent });
        lab.ok("CreateDaemon", body);
        lab.settle();
        let agent = json!({ "daemonArn": lab.daemon("agent") });
        lab.ok("DeleteDaemon", agent.clone());
        lab.advance(60);
        let error = lab.call("DescribeDaemon", agent).unwrap_err();
        assert_eq!(error.kind.name(), "DaemonNotFoundException", "{instances} instances");
        lab.ok("DeleteCapacityProvider", json!({ "capacityProvider": "fleet" }));
        lab.advance(60);
        lab.ok("DeleteCluster", json!({ "cluster": "main" }));
        lab.settle();
    }
}

#[test]
fn deletion_overtakes_a_rollout_and_replaces_instances() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    lab.settled_agent();
    lab.update_agent("agent:2");
    lab.advance(120);
    let agent = json!({ "daemonArn": lab.daemon("agent") });
    lab.ok("DeleteDaemon", agent);
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 agent PENDING: The deployment waits to be started.
    0:05 agent IN_PROGRESS: The deployment replaces instances in batches.
    0:33 agent batch 1 of 2 begins, 1 drain
    0:33 instance DRAINING
    0:33 instance LAUNCHING
    1:39 instance REGISTERING
    1:39 task of agent PENDING
    1:47 task of agent RUNNING
    2:00 agent STOPPED: The deployment was stopped: the daemon is being deleted.
    2:00 agent PENDING: The deployment waits to be started.
    2:00 task of agent STOPPED
    2:00 agent DELETE_IN_PROGRESS
    2:01 agent IN_PROGRESS: The daemon is being deleted: its instances are drained.
    2:01 task of agent STOPPED
    2:01 agent batch 1 of 1 begins, 1 drain
    2:01 instance DRAINING
    2:01 instance LAUNCHING
    2:02 instance ACTIVE
    2:09 task of agent STOPPED
    2:09 instance DEREGISTERING
    2:09 agent batch 1 ends
    2:09 agent SUCCESSFUL: The daemon is deleted: no instance runs it any more.
    2:09 agent DELETED
    3:06 instance REGISTERING
    3:19 instance TERMINATED
    3:20 instance ACTIVE
    3:27 instance DEREGISTERING
    4:35 instance TERMINATED
    ");
    let body = lab.create_body("agent", "agent:1");
    lab.ok("CreateDaemon", body);
}

#[test]
fn many_daemons_on_one_provider_look_at_it_when_something_concerns_them() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    for n in 0..200 {
        let body = lab.create_body(&format!("agent-{n}"), "agent:1");
        lab.ok("CreateDaemon", body);
    }
    lab.settle();
    let events = lab.events.len();
    assert!(events > 1000, "{events} events");
    // Each used to look after every event: 200 times as many.
    let looks = lab.world.looks();
    assert!(looks < 10 * events, "{looks} looks after {events} events");
}
