//! The figures of the guide on drain percent, bake time and alarms are those of simulated rollouts. A change of the
//! simulation that moves them fails here; `ECS_EMULATOR_WRITE_FIGURES=1` writes them into the guide.

#![expect(clippy::expect_used, reason = "helpers of tests stand outside of them")]

mod support;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_ecs::primitives::{DateTime, DateTimeFormat as Format};
use ecs_emulator::Emulator;
use serde_json::{Value, json};
use support::{REGION, arn, call, fleet};

/// The guide, from the folder of the crate.
const GUIDE: &str = "../docs/guides/choosing-drain-bake-and-alarms.md";
/// A guide that repeats one of them.
const OTHER_GUIDE: &str = "../docs/guides/from-daemon-services.md";
/// Asks for the figures to be written.
const WRITE: &str = "ECS_EMULATOR_WRITE_FIGURES";
/// Ends each table of the guide.
const END: &str = "<!-- end of figures -->";
/// Fleets of the guide.
const FLEETS: [u32; 3] = [10, 100, 1000];
/// An image that no task can start with.
const BROKEN: &str = "agent:2";

/// What a rollout did, in seconds since the call.
#[derive(Debug, Default)]
struct Course {
    status: String,
    end: i64,
    /// Instances of each batch that began before a rollback.
    batches: Vec<u64>,
    /// The begin of a rollback.
    back: Option<i64>,
}

impl Course {
    fn drained(&self) -> u64 {
        self.batches.iter().sum()
    }

    fn see(&mut self, entry: &Value, since_begin: i64) {
        let detail = &entry["detail"];
        if entry["event"] == "batch_begin" && self.back.is_none() {
            self.batches.push(detail["size"].as_u64().unwrap_or_default());
        }
        if entry["event"] == "deployment" {
            let status = detail["status"].as_str().unwrap_or_default();
            status.clone_into(&mut self.status);
            match status {
                "ROLLBACK_IN_PROGRESS" => self.back = Some(since_begin),
                "SUCCESSFUL" | "ROLLBACK_SUCCESSFUL" => self.end = since_begin,
                _ => {}
            }
        }
    }
}

/// A fleet with a daemon that runs the first image, and a second revision to roll out.
fn world(instances: u32) -> Emulator {
    let emulator = fleet(instances);
    for image in ["agent:1", BROKEN] {
        let container = json!([{"name": "agent", "image": image}]);
        let definition = json!({"family": "agent", "containerDefinitions": container});
        call(&emulator, "RegisterDaemonTaskDefinition", &definition);
    }
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": arn("cluster/prod"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {"drainPercent": 100.0},
    });
    call(&emulator, "CreateDaemon", &daemon);
    assert!(emulator.settle(Duration::from_hours(2)));
    emulator
}

/// Rolls the second revision out to its end, and reads from the journal how it went.
fn rolled(instances: u32, drain: u32, fault: Option<Value>) -> Course {
    let emulator = world(instances);
    if let Some(fault) = fault {
        emulator.control("POST", "faults", Some(fault)).expect("a valid fault");
    }
    let begun = emulator.now_ms();
    let update = json!({
        "daemonArn": arn("daemon/prod/agent"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:2"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "deploymentConfiguration": {
            "drainPercent": drain, "bakeTimeInMinutes": 10, "alarms": {"alarmNames": ["errors"], "enable": true},
        },
    });
    call(&emulator, "UpdateDaemon", &update);
    assert!(emulator.settle(Duration::from_hours(24)), "it ends");
    let call = emulator.journal().pop().expect("the journal has the call");
    let path = format!("journal?include=events&since={}", call["seq"]);
    let entries = emulator.control("GET", &path, None).expect("the journal can be read");
    let mut course = Course::default();
    for entry in entries.as_array().into_iter().flatten() {
        let time = entry["time"].as_str().unwrap_or_default();
        let time = DateTime::from_str(time, Format::DateTime).expect("a time");
        course.see(entry, (time.to_millis().expect("it is in range") - begun) / 1000);
    }
    course
}

fn minutes(seconds: i64) -> String {
    let rounded = (seconds + 30) / 60;
    match rounded {
        ..120 => format!("{rounded} min"),
        _ => format!("{} h {} min", rounded / 60, rounded % 60),
    }
}

fn alarm(when: &Value) -> Value {
    json!({"alarm": "errors", "state": "ALARM", "region": REGION, "when": when})
}

/// A rollout that succeeds, its bake time of 10 minutes left out.
fn successes() -> String {
    let mut table = "| instances | 10 % | 25 % | 50 % | 100 % |\n|---|---|---|---|---|\n".to_owned();
    for instances in FLEETS {
        write!(table, "| {instances} |").expect("text grows");
        for drain in [10, 25, 50, 100] {
            let course = rolled(instances, drain, None);
            assert_eq!(course.status, "SUCCESSFUL");
            let without_bake = minutes(course.end - 600);
            let batches = course.batches.len();
            let noun = if batches == 1 { "batch" } else { "batches" };
            write!(table, " {batches} {noun}, {without_bake} |").expect("text grows");
        }
        table.push('\n');
    }
    table
}

/// Draining that takes longer, as applications that end slowly make it.
fn slow_drains() -> String {
    let mut table = "| draining takes | 10 % | 25 % | 50 % | 100 % |\n|---|---|---|---|---|\n".to_owned();
    for (factor, words) in [
        (1, "as long as assumed"),
        (5, "five times as long"),
        (10, "ten times as long"),
    ] {
        write!(table, "| {words} |").expect("text grows");
        for drain in [10, 25, 50, 100] {
            let fault = json!({"effect": "slow_drain", "factor": factor, "count": null});
            let course = rolled(100, drain, (factor > 1).then_some(fault));
            write!(table, " {} |", minutes(course.end - 600)).expect("text grows");
        }
        table.push('\n');
    }
    table
}

/// A row of a rollout that goes back.
fn way_back(instances: u32, drain: u32, what: &str, fault: Value) -> String {
    let course = rolled(instances, drain, Some(fault));
    assert_eq!(course.status, "ROLLBACK_SUCCESSFUL", "{instances} at {drain} %, {what}");
    let back = course.back.expect("a rollback begins");
    format!(
        "| {instances} | {drain} % |{what} {} | {} | {} |\n",
        course.drained(),
        minutes(back),
        minutes(course.end)
    )
}

fn broken_images() -> String {
    let mut table =
        "| instances | drain percent | drained by then | rollback begins after | old image everywhere after |\n\
                     |---|---|---|---|---|\n"
            .to_owned();
    for instances in FLEETS {
        for drain in [10, 25, 100] {
            let fault = json!({"image": BROKEN, "effect": "fails_to_start", "count": null});
            table += &way_back(instances, drain, "", fault);
        }
    }
    table
}

fn alarms() -> String {
    let mut table = "| instances | drain percent | alarm goes off | drained by then | rollback begins after | old image everywhere after |\n\
                     |---|---|---|---|---|---|\n"
        .to_owned();
    for instances in FLEETS {
        for drain in [10, 25] {
            let second = alarm(&json!({"daemon": "agent", "batch": 2}));
            table += &way_back(instances, drain, " with the second batch |", second);
            let baking = alarm(&json!({"daemon": "agent", "bake": "start"}));
            table += &way_back(instances, drain, " in the bake time |", baking);
        }
    }
    table
}

/// Each table is a test of its own, so that they are made side by side; they share the guide when it is written.
static GUIDE_FILE: Mutex<()> = Mutex::new(());

fn check(name: &str, table: &str) {
    let _alone = GUIDE_FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(GUIDE);
    let guide = std::fs::read_to_string(&path).expect("the guide is there");
    let begin = format!("<!-- figures: {name} -->\n");
    let (before, rest) = guide.split_once(&begin).expect("the guide has a place for the table");
    let (there, after) = rest.split_once(END).expect("the place has an end");
    let expected = format!("\n{table}\n");
    if std::env::var_os(WRITE).is_none() {
        assert_eq!(there, expected, "{GUIDE}, {name}; {WRITE}=1 writes them");
        return;
    }
    let guide = format!("{before}{begin}{expected}{END}{after}");
    std::fs::write(&path, guide).expect("the guide can be written");
}

#[test]
fn rollouts_that_succeed() {
    let table = successes();
    check("rollouts that succeed", &table);
    let row = table
        .lines()
        .find(|row| row.starts_with("| 100 |"))
        .expect("it is a fleet");
    let cell = row.split('|').nth(3).expect("the second column is 25 %").trim();
    let (_, time) = cell.split_once(", ").expect("batches and time");
    let sentence = format!("{time}utes at 25 %");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(OTHER_GUIDE);
    let other = std::fs::read_to_string(&path).expect("the guide is there");
    assert!(other.contains(&sentence), "{OTHER_GUIDE} does not say: {sentence}");
}

#[test]
fn rollouts_whose_instances_drain_slowly() {
    check("slow drains", &slow_drains());
}

#[test]
fn rollouts_of_a_broken_image() {
    check("broken images", &broken_images());
}

#[test]
fn rollouts_that_an_alarm_ends() {
    check("alarms", &alarms());
}
