//! The view of readers: pages, stale reads, milestones, several scopes.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::lab::{EPOCH, Lab, text};
use crate::api::{ApiError, Call, ErrorKind, Scope, View};
use crate::knobs::Knobs;
use crate::world::World;

/// Reads a list page by page and answers the sizes of the pages and all entries.
fn pages(lab: &mut Lab, operation: &str, body: &Value, member: &str) -> (Vec<usize>, Vec<Value>) {
    let (mut sizes, mut entries, mut body) = (Vec::new(), Vec::new(), body.clone());
    loop {
        let answer = lab.ok(operation, body.clone());
        let page = answer[member].as_array().unwrap();
        sizes.push(page.len());
        entries.extend(page.iter().cloned());
        match answer.get("nextToken") {
            Some(token) => body["nextToken"] = token.clone(),
            None => return (sizes, entries),
        }
    }
}

#[test]
fn lists_have_pages() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 5);
    for n in 0..5 {
        let body = lab.create_body(&format!("agent{n}"), "agent:1");
        lab.ok("CreateDaemon", body);
        lab.ok("CreateCluster", json!({ "clusterName": format!("cluster{n}") }));
    }
    for _ in 0..4 {
        let body = lab.update_body("agent0", "agent:1");
        lab.ok("UpdateDaemon", body);
    }
    let daemon = lab.daemon("agent0");
    let mut check = |operation: &str, filter: Value, member: &str, expected: &[usize]| {
        let mut body = filter;
        body["maxResults"] = 2.into();
        let (sizes, mut entries) = pages(&mut lab, operation, &body, member);
        assert_eq!(sizes, expected, "{operation}");
        let before = entries.len();
        entries.dedup();
        assert_eq!(entries.len(), before, "{operation}: no entry twice");
    };
    check(
        "ListDaemons",
        json!({ "clusterArn": "main" }),
        "daemonSummariesList",
        &[2, 2, 1],
    );
    check(
        "ListDaemonDeployments",
        json!({ "daemonArn": daemon }),
        "daemonDeployments",
        &[2, 2, 1],
    );
    check("ListDaemonTaskDefinitions", json!({}), "daemonTaskDefinitions", &[2]);
    check("ListClusters", json!({}), "clusterArns", &[2, 2, 2]);
    check(
        "ListContainerInstances",
        json!({ "cluster": "main" }),
        "containerInstanceArns",
        &[2, 2, 1],
    );
    check(
        "DescribeCapacityProviders",
        json!({ "cluster": "main" }),
        "capacityProviders",
        &[1],
    );
    let first = lab.ok("ListDaemons", json!({ "clusterArn": "main", "maxResults": 2 }));
    let foreign = json!({ "nextToken": first["nextToken"] });
    assert_eq!(
        lab.call("ListClusters", foreign).unwrap_err().kind,
        ErrorKind::InvalidParameterException
    );
}

#[test]
fn lists_filter_and_sort() {
    let mut lab = Lab::new(1, Knobs::default());
    for image in ["a:1", "a:2", "ab:1", "b:1"] {
        lab.register(image);
    }
    lab.ok("DeleteDaemonTaskDefinition", json!({ "daemonTaskDefinition": "a:2" }));
    let mut check = |filter: Value, expected: &[&str]| {
        let answer = lab.ok("ListDaemonTaskDefinitions", filter.clone());
        let found = answer["daemonTaskDefinitions"].as_array().unwrap().iter();
        let names: Vec<String> = found
            .map(|each| text(each, "arn").rsplit('/').next().unwrap().to_owned())
            .collect();
        assert_eq!(names, expected, "{filter}");
    };
    check(json!({}), &["a:1", "ab:1", "b:1"]);
    check(json!({ "status": "ALL" }), &["a:1", "a:2", "ab:1", "b:1"]);
    check(json!({ "status": "DELETE_IN_PROGRESS" }), &["a:2"]);
    check(json!({ "family": "a" }), &["a:1"]);
    check(json!({ "familyPrefix": "a", "sort": "DESC" }), &["ab:1", "a:1"]);
    check(
        json!({ "status": "ALL", "revision": "LAST_REGISTERED" }),
        &["a:2", "ab:1", "b:1"],
    );
}

#[test]
fn stale_reads_see_records_before_their_latest_write() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let agent = json!({ "daemonArn": lab.daemon("agent") });
    let body = lab.create_body("agent", "agent:1");
    let first = text(&lab.ok("CreateDaemon", body), "deploymentArn");
    let stale = |lab: &mut Lab, operation: &str, body: Value| lab.try_call(operation, body, View::Stale);
    let kind = |answer: Result<Value, ApiError>| answer.unwrap_err().kind;
    assert_eq!(
        kind(stale(&mut lab, "DescribeDaemon", agent.clone())),
        ErrorKind::DaemonNotFoundException
    );
    lab.settle();
    let second = lab.update_agent("agent:2");
    let seen = stale(&mut lab, "DescribeDaemon", agent.clone()).unwrap();
    assert_eq!(seen["daemon"]["deploymentArn"], first.as_str(), "changed: as before");
    let both = json!({ "daemonDeploymentArns": [first, second] });
    let seen = stale(&mut lab, "DescribeDaemonDeployments", both.clone()).unwrap();
    assert_eq!(
        seen["failures"],
        json!([{ "arn": second, "reason": "MISSING" }]),
        "created: absent"
    );
    assert_eq!(
        seen["daemonDeployments"][0]["status"], "SUCCESSFUL",
        "progress is not hidden"
    );
    lab.settle();
    lab.ok("DeleteDaemon", agent.clone());
    let seen = stale(&mut lab, "DescribeDaemon", agent.clone()).unwrap();
    assert_eq!(seen["daemon"]["status"], "ACTIVE", "deleted: still there");
    lab.settle();
    assert_eq!(
        kind(stale(&mut lab, "DescribeDaemon", agent)),
        ErrorKind::DaemonNotFoundException
    );
    lab.ok(
        "DeleteDaemonTaskDefinition",
        json!({ "daemonTaskDefinition": "agent:2" }),
    );
    let named = json!({ "daemonTaskDefinition": "agent:2" });
    let seen = stale(&mut lab, "DescribeDaemonTaskDefinition", named).unwrap();
    assert_eq!(seen["daemonTaskDefinition"]["status"], "ACTIVE");
}

#[test]
fn milestones_lead_through_a_deployment_and_stop_at_rest() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 2);
    lab.settled_agent();
    lab.update_agent("agent:2");
    let mut seen = Vec::new();
    lab.events.clear();
    while lab.world.advance_to_milestone() {
        lab.collect();
        let last = lab.events.last().unwrap();
        let detail = last.detail();
        let status = detail["status"].as_str().unwrap_or_default();
        seen.push(format!("{} {status}", last.kind()));
    }
    assert_snapshot!(seen.join("\n"), @r"
    deployment IN_PROGRESS
    instance LAUNCHING
    batch_end 
    instance LAUNCHING
    deployment SUCCESSFUL
    ");
    assert_eq!(lab.world.pending(), 0, "at rest");
    let now = lab.world.now_ms();
    lab.ok(
        "DeleteDaemonTaskDefinition",
        json!({ "daemonTaskDefinition": "agent:1" }),
    );
    assert_eq!(
        lab.world.pending(),
        0,
        "a deletion that waits for its time is nothing under way"
    );
    assert!(lab.world.advance_to_milestone(), "but a client may wait for DELETED");
    assert_eq!(lab.world.now_ms() - now, 3_600_000);
    let now = lab.world.now_ms();
    assert!(!lab.world.advance_to_milestone(), "a background timer is no target");
    assert_eq!(lab.world.now_ms(), now);
}

#[test]
fn client_tokens_repeat_answers() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let mut body = lab.create_body("agent", "agent:1");
    body["clientToken"] = "once".into();
    let first = lab.ok("CreateDaemon", body.clone());
    assert_eq!(lab.ok("CreateDaemon", body.clone()), first);
    let mut other = body.clone();
    other["critical"] = false.into();
    assert_eq!(
        lab.call("CreateDaemon", other).unwrap_err().kind,
        ErrorKind::InvalidParameterException
    );
    lab.ok("DeleteDaemon", json!({ "daemonArn": first["daemonArn"] }));
    lab.settle();
    assert_ne!(
        lab.ok("CreateDaemon", body),
        first,
        "the daemon of the first answer is gone"
    );
}

#[test]
fn an_update_resets_what_it_leaves_out() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    let mut body = lab.create_body("agent", "agent:1");
    body["deploymentConfiguration"] = json!({ "drainPercent": 50.0, "bakeTimeInMinutes": 7 });
    for (setting, value) in [("propagateTags", json!("DAEMON")), ("critical", json!(false))] {
        body[setting] = value;
    }
    lab.ok("CreateDaemon", body);
    lab.settle();
    let arn = lab.update_agent("agent:1");
    lab.settle();
    let deployment = lab.deployment(&arn);
    assert_snapshot!(
        "settings_that_an_update_left_out",
        format!("{:#}", deployment["deploymentConfiguration"])
    );
    let revision = &deployment["targetDaemonRevision"]["arn"];
    let answer = lab.ok("DescribeDaemonRevisions", json!({ "daemonRevisionArns": [revision] }));
    let settings = &answer["daemonRevisions"][0];
    assert_eq!(
        (&settings["propagateTags"], &settings["critical"]),
        (&json!("NONE"), &json!(true))
    );
}

#[test]
fn scopes_do_not_see_each_other() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    lab.settled_agent();
    let abroad = Scope {
        account: "123456789012".into(),
        region: "cn-north-1".into(),
    };
    let call = |operation: &str, body: Value| Call {
        operation: operation.to_owned(),
        scope: abroad.clone(),
        caller: "test".into(),
        body: body.as_object().unwrap().clone(),
        view: View::Fresh,
    };
    let answer = lab.world.call(&call("ListClusters", json!({}))).unwrap().unwrap();
    assert_eq!(answer["clusterArns"], json!([]));
    let created = lab.world.call(&call("CreateCluster", json!({}))).unwrap().unwrap();
    assert_eq!(
        created["cluster"]["clusterArn"],
        "arn:aws-cn:ecs:cn-north-1:123456789012:cluster/default"
    );
    assert!(
        lab.world.call(&call("ContinueServiceDeployment", json!({}))).is_none(),
        "unknown to the world"
    );
    assert!(World::is_read("DescribeDaemon") && World::is_read("ListTasks") && !World::is_read("TagResource"));
}

#[test]
fn launched_instances_register_with_their_daemons() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 0);
    lab.settled_agent();
    let scope = lab.scope.clone();
    lab.world.add_instances(&scope, "fleet", 1, true).unwrap();
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 instance LAUNCHING
    1:02 instance REGISTERING
    1:02 task of agent PENDING
    1:11 task of agent RUNNING
    1:26 instance ACTIVE
    ");
    assert!(lab.world.now_ms() > EPOCH);
}

#[test]
fn a_stopped_task_of_a_daemon_that_is_not_critical_is_started_again() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let mut body = lab.create_body("agent", "agent:1");
    body["critical"] = false.into();
    lab.ok("CreateDaemon", body);
    lab.settle();
    lab.events.clear();
    let scope = lab.scope.clone();
    let task = lab.ok("ListTasks", json!({ "cluster": "main" }))["taskArns"][0].take();
    lab.world.stop_task(&scope, task.as_str().unwrap()).unwrap();
    lab.collect();
    assert_eq!(lab.agent()["currentRevisions"][0]["totalWithoutDaemonCount"], 1);
    lab.settle();
    assert_snapshot!(lab.timeline(), @r"
    0:00 task of agent STOPPED
    0:11 task of agent PENDING
    0:20 task of agent RUNNING
    ");
    assert_eq!(lab.agent()["currentRevisions"][0]["totalRunningCount"], 1);
    assert!(
        lab.world.stop_task(&scope, task.as_str().unwrap()).is_err(),
        "it has stopped"
    );
}
