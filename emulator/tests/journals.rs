//! Journals that earlier versions wrote give the same answers and events when they are replayed. A change of what the
//! emulator does fails here, even if every other test was changed along with it.
//!
//! If the change is meant, both are recorded again by `ECS_EMULATOR_WRITE_JOURNALS=1 cargo test -p ecs-emulator --test
//! journals`, and the difference that the failure named goes into the commit and CHANGELOG.md.

#![expect(
    clippy::expect_used,
    clippy::needless_pass_by_value,
    reason = "helpers of tests stand outside of them, and bodies are written where they are sent"
)]

mod support;

use std::fs::File;
use std::path::{Path, PathBuf};

use ecs_emulator::{Emulator, Scenario, replay};
use serde_json::{Value, json};
use support::{REGION, arn, send};

/// Set to record the journals again.
const WRITE: &str = "ECS_EMULATOR_WRITE_JOURNALS";

/// Lines of a scenario with a fleet and a task definition.
const FLEET: &str = r#"
seed = 11
[[cluster]]
name = "prod"
region = "eu-central-1"
[[capacity_provider]]
name = "fleet"
cluster = "prod"
instances = 2
region = "eu-central-1"
"#;

/// Faults of requests and of the world.
const FAULTS: &str = r#"
[knobs]
stale_reads = 1
[[fault]]
operation = "Describe*"
effect = "throttle"
probability = 0.3
count = 4
[[fault]]
operation = "UpdateDaemon"
effect = "server_error"
[[fault]]
operation = "ListDaemons"
effect = "extra_members"
[[fault]]
effect = "no_capacity"
count = 1
[[fault]]
effect = "slow_drain"
factor = 2
[[fault]]
image = "app:*"
effect = "exits"
seconds = 20
count = 1
"#;

/// A call whose outcome stands in the journal.
fn call(emulator: &Emulator, operation: &str, body: Value) -> Value {
    send(emulator, REGION, operation, &body).1
}

fn control(emulator: &Emulator, path: &str, body: Value) {
    emulator.control("POST", path, Some(body)).expect("a valid call");
}

fn register(emulator: &Emulator, image: &str) {
    let container = json!([{ "name": "agent", "image": image, "memoryReservation": 64 }]);
    call(
        emulator,
        "RegisterDaemonTaskDefinition",
        json!({ "family": "agent", "cpu": "256", "memory": "512", "containerDefinitions": container }),
    );
}

/// Creates or updates the daemon.
fn roll(emulator: &Emulator, operation: &str, revision: u32) {
    let mut body = json!({
        "daemonTaskDefinitionArn": arn(&format!("daemon-task-definition/agent:{revision}")),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "propagateTags": "DAEMON", "enableECSManagedTags": true,
        "deploymentConfiguration": {
            "drainPercent": 50.0, "bakeTimeInMinutes": 2, "alarms": { "alarmNames": ["errors"], "enable": true },
        },
    });
    if operation == "CreateDaemon" {
        body["daemonName"] = "agent".into();
        body["clusterArn"] = arn("cluster/prod").into();
        body["tags"] = json!([{ "key": "team", "value": "a" }]);
    } else {
        body["daemonArn"] = arn("daemon/prod/agent").into();
    }
    call(emulator, operation, body);
}

/// Reads the daemon, its latest deployment and its revisions, as clients do while they wait.
fn look(emulator: &Emulator, polls: usize) {
    for _ in 0..polls {
        let daemon = call(
            emulator,
            "DescribeDaemon",
            json!({ "daemonArn": arn("daemon/prod/agent") }),
        );
        let deployment = &daemon["daemon"]["deploymentArn"];
        if deployment.is_string() {
            call(
                emulator,
                "DescribeDaemonDeployments",
                json!({ "daemonDeploymentArns": [deployment] }),
            );
        }
        let revisions = &daemon["daemon"]["currentRevisions"];
        if let Some(revision) = revisions[0]["arn"].as_str() {
            call(
                emulator,
                "DescribeDaemonRevisions",
                json!({ "daemonRevisionArns": [revision] }),
            );
        }
    }
}

/// The launch of a daemon, an update to an image that cannot start, the rollback, a repair, and the end.
fn walkthrough(emulator: &Emulator) {
    for image in ["agent:1", "agent:broken", "agent:3"] {
        register(emulator, image);
    }
    roll(emulator, "CreateDaemon", 1);
    look(emulator, 3);
    control(emulator, "clock", json!({ "settle": true }));
    let instances = call(emulator, "ListContainerInstances", json!({ "cluster": "prod" }));
    let instances = json!({ "cluster": "prod", "containerInstances": instances["containerInstanceArns"] });
    call(emulator, "DescribeContainerInstances", instances);
    control(
        emulator,
        "faults",
        json!({ "image": "*:broken", "effect": "fails_to_start", "count": null }),
    );
    roll(emulator, "UpdateDaemon", 2);
    look(emulator, 6);
    control(emulator, "clock", json!({ "settle": true }));
    look(emulator, 1);
    call(
        emulator,
        "ListDaemonDeployments",
        json!({ "daemonArn": arn("daemon/prod/agent") }),
    );
    roll(emulator, "UpdateDaemon", 3);
    control(emulator, "clock", json!({ "advance_seconds": 150 }));
    look(emulator, 4);
    control(emulator, "clock", json!({ "settle": true }));
    let tasks = call(
        emulator,
        "ListTasks",
        json!({ "cluster": "prod", "daemonName": "agent" }),
    );
    let tasks = json!({ "cluster": "prod", "tasks": tasks["taskArns"], "include": ["TAGS"] });
    call(emulator, "DescribeTasks", tasks);
    call(
        emulator,
        "DeleteDaemon",
        json!({ "daemonArn": arn("daemon/prod/agent") }),
    );
    look(emulator, 3);
    control(emulator, "clock", json!({ "settle": true }));
    look(emulator, 1);
}

/// A daemon and a service under faults of requests and of the world.
fn bad_day(emulator: &Emulator) {
    for image in ["agent:1", "agent:2"] {
        register(emulator, image);
    }
    let container = json!([{ "name": "app", "image": "app:1" }]);
    let definition = json!({
        "family": "app", "cpu": "256", "memory": "512", "networkMode": "awsvpc",
        "requiresCompatibilities": ["MANAGED_INSTANCES"], "containerDefinitions": container,
    });
    call(emulator, "RegisterTaskDefinition", definition);
    roll(emulator, "CreateDaemon", 1);
    look(emulator, 6);
    let service = json!({
        "cluster": "prod", "serviceName": "web", "taskDefinition": "app", "desiredCount": 2,
        "capacityProviderStrategy": [{ "capacityProvider": "fleet", "weight": 1 }],
        "networkConfiguration": { "awsvpcConfiguration": { "subnets": ["subnet-1"] } },
    });
    call(emulator, "CreateService", service);
    control(emulator, "clock", json!({ "settle": true }));
    let when = json!({ "daemon": "agent", "batch": 2 });
    let alarm = json!({ "alarm": "errors", "state": "ALARM", "region": REGION, "when": when });
    control(emulator, "faults", alarm);
    for _ in 0..2 {
        roll(emulator, "UpdateDaemon", 2);
    }
    look(emulator, 10);
    control(emulator, "knobs", json!({ "monotonic_reads": false }));
    control(emulator, "clock", json!({ "settle": true }));
    look(emulator, 2);
    call(emulator, "ListDaemons", json!({ "clusterArn": arn("cluster/prod") }));
    call(
        emulator,
        "DescribeServices",
        json!({ "cluster": "prod", "services": ["web"] }),
    );
    let definition = json!({ "daemonTaskDefinition": arn("daemon-task-definition/agent:2") });
    call(emulator, "DescribeDaemonTaskDefinition", definition);
    call(
        emulator,
        "DescribeDaemon",
        json!({ "daemonArn": arn("daemon/prod/nobody") }),
    );
}

/// A journal.
struct Recorded {
    name: &'static str,
    /// Parts of the scenario.
    scenario: &'static [&'static str],
    story: fn(&Emulator),
    /// The parts of the journal for which it was recorded.
    tells: &'static [&'static str],
}

const JOURNALS: [Recorded; 2] = [
    Recorded {
        name: "walkthrough",
        scenario: &[FLEET],
        story: walkthrough,
        tells: &[
            "ROLLBACK_SUCCESSFUL",
            "\"SUCCESSFUL\"",
            "DaemonNotFoundException",
            "\"DRAINING\"",
        ],
    },
    Recorded {
        name: "bad-day",
        scenario: &[FLEET, FAULTS],
        story: bad_day,
        tells: &[
            "ThrottlingException",
            "ServerException",
            "memberOfTheFuture",
            "\"alarm_triggered\"",
        ],
    },
];

fn path(name: &str) -> PathBuf {
    let file = format!("tests/journals/{name}.ndjson");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

/// Plays a story and writes its journal.
fn record(recorded: &Recorded) {
    let path = path(recorded.name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
    File::create(&path).expect("the journal can be written");
    let scenario = Scenario::parse(recorded.name, &recorded.scenario.concat()).expect("a valid scenario");
    let emulator = Emulator::builder().scenario(scenario).journal_file(&path).build();
    (recorded.story)(&emulator.expect("the scenario can be played"));
}

#[test]
fn journals_of_earlier_versions_replay_without_a_difference() {
    for recorded in &JOURNALS {
        let name = recorded.name;
        if std::env::var_os(WRITE).is_some() {
            record(recorded);
        }
        let journal = std::fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        for part in recorded.tells {
            assert!(journal.contains(part), "{name} has no {part}");
        }
        let found = replay(journal.as_bytes()).expect("a journal");
        if let Some(difference) = found.difference {
            panic!("{name}: {difference}\nIf this change is meant, record the journals again with {WRITE}=1.");
        }
        let is_whole = found.requests > 40 && found.compared > 150 && found.cut_lines.is_empty();
        assert!(is_whole, "{name} tells too little: {found:?}");
    }
}
