//! Journals that are replayed: runs of all kinds give no difference, changed journals give the first one.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::replay;
use crate::clock::ClockMode;
use crate::handle::{Builder, Emulator};
use crate::journal::JournalLimits;
use crate::scenario::Scenario;

const SCENARIO: &str = r#"
[[cluster]]
name = "prod"
[[capacity_provider]]
name = "fleet"
cluster = "prod"
instances = 4
[[call]]
operation = "RegisterDaemonTaskDefinition"
body = { family = "agent", containerDefinitions = [{ name = "agent", image = "agent:1" }] }
[[fault]]
alarm = "errors"
state = "ALARM"
when = { daemon = "agent", batch = 2 }
[[fault]]
operation = "Describe*"
effect = "throttle"
probability = 0.3
count = "for_ever"
[[fault]]
id = "meddler"
call = { operation = "TagResource", body = { resourceArn = "arn:aws:ecs:us-east-1:123456789012:daemon/prod/agent", tags = [{ key = "who", value = "me" }] } }
when = { daemon = "agent", deployment = "IN_PROGRESS" }
[[fault]]
effect = "slow_drain"
factor = 3
"#;

pub(crate) fn builder(clock: ClockMode) -> Builder {
    let scenario = Scenario::parse("run.toml", SCENARIO).expect("a valid scenario");
    Emulator::builder().clock(clock).seed(7).scenario(scenario)
}

pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:ecs:us-east-1:123456789012:{resource}")
}

pub(crate) fn request(emulator: &Emulator, target: &str, body: impl Into<Bytes>) {
    let request = http::Request::post("/")
        .header("x-amz-target", target)
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/ecs/aws4_request, Signature=0",
        )
        .body(body.into())
        .expect("a valid request");
    emulator.receive(&request);
}

pub(crate) fn call(emulator: &Emulator, operation: &str, body: &Value) {
    let target = format!("AmazonEC2ContainerServiceV20141113.{operation}");
    request(emulator, &target, body.to_string());
}

pub(crate) fn control(emulator: &Emulator, path: &str, body: Value) {
    emulator.control("POST", path, Some(body)).expect("a valid call");
}

/// A life with everything in it that a journal has to tell.
pub(crate) fn live(emulator: &Emulator) {
    let daemon = json!({"daemonArn": arn("daemon/prod/agent")});
    call(
        emulator,
        "CreateDaemon",
        &json!({
            "daemonName": "agent",
            "clusterArn": "prod",
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
            "capacityProviderArns": [arn("capacity-provider/fleet")],
            "deploymentConfiguration": {"alarms": {"alarmNames": ["errors"], "enable": true}},
        }),
    );
    for _ in 0..20 {
        call(emulator, "DescribeDaemon", &daemon);
    }
    request(
        emulator,
        "AmazonEC2ContainerServiceV20141113.ListDaemons",
        &b"{\"a\xff"[..],
    );
    request(emulator, "Elsewhere.ListDaemons", "{}");
    request(
        emulator,
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
        "{}",
    );
    let unsigned = http::Request::post("/")
        .body(Bytes::from_static(b"{}"))
        .expect("a request");
    emulator.receive(&unsigned);
    control(emulator, "instances", json!({"capacity_provider": "fleet", "count": 2}));
    control(emulator, "knobs", json!({"stale_reads": 2, "monotonic_reads": false}));
    control(emulator, "clock", json!({"advance_seconds": 30}));
    control(
        emulator,
        "faults",
        json!({"id": "x", "image": "agent:*", "effect": "exits", "seconds": 5}),
    );
    let update = json!({
        "daemonArn": arn("daemon/prod/agent"),
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    call(emulator, "UpdateDaemon", &update);
    for _ in 0..20 {
        call(emulator, "DescribeDaemon", &daemon);
    }
    control(emulator, "clock", json!({"next": "milestone"}));
    control(emulator, "clock", json!({"next": "event"}));
    let guard = emulator
        .faults()
        .push(crate::faults::FaultRule::new(crate::faults::Effect::LostReply).operation("DeleteDaemon"))
        .expect("a fresh id");
    call(emulator, "DeleteDaemon", &daemon);
    drop(guard);
    control(emulator, "clock", json!({"settle": true}));
    call(emulator, "DescribeDaemon", &daemon);
}

/// The journal in its file form.
fn journal(emulator: &Emulator) -> String {
    let entries = emulator
        .control("GET", "journal?include=control,clock,events,start", None)
        .expect("it can be read");
    let lines = entries.as_array().into_iter().flatten().map(Value::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

/// Asserts that two values are the same; shows the first place where they differ, because they are long.
pub(crate) fn assert_same(left: &Value, right: &Value, when: &str) {
    if left != right {
        let (path, left, right) = super::compare::first_difference(left, right);
        panic!("{when}: {path} differs: {left:?} and {right:?}");
    }
}

fn check(journal: &str) -> String {
    match replay(journal.as_bytes()) {
        Ok(found) => match found.difference {
            Some(difference) => difference.to_string(),
            None => format!("the same: {} requests, {} controls", found.requests, found.controls),
        },
        Err(error) => error.to_string(),
    }
}

#[test]
fn runs_repeat_whatever_moved_time() {
    for clock in [ClockMode::Jump, ClockMode::Step, ClockMode::Manual] {
        let emulator = builder(clock).build().expect("it can be played");
        live(&emulator);
        let journal = journal(&emulator);
        for part in [
            "\"origin\":\"action\"",
            "\"event\":\"alarm_triggered\"",
            "\"fault\":\"fault-2\"",
            "\"body_base64\"",
        ] {
            assert!(
                clock == ClockMode::Manual || journal.contains(part),
                "the run has {part} in {clock}"
            );
        }
        assert_eq!(check(&journal), "the same: 48 requests, 9 controls", "{clock}");
    }
}

#[tokio::test(start_paused = true)]
async fn runs_that_followed_host_time_repeat_without_it() {
    let emulator = builder(ClockMode::Scaled(20))
        .throttle(true)
        .build()
        .expect("it can be played");
    let life = async {
        live(&emulator);
        for _ in 0..150 {
            call(&emulator, "ListClusters", &json!({}));
            tokio::time::sleep(Duration::from_millis(7)).await;
        }
    };
    life.await;
    let journal = journal(&emulator);
    assert!(
        journal.contains("\"fault\":\"rate:published\""),
        "the rates were exceeded"
    );
    assert_eq!(check(&journal), "the same: 198 requests, 9 controls");
}

#[test]
fn a_reset_starts_again() {
    let file = tempfile::NamedTempFile::new().expect("a file for the journal");
    let emulator = builder(ClockMode::Jump)
        .journal_file(file.path())
        .build()
        .expect("it can be played");
    live(&emulator);
    control(&emulator, "reset", json!({}));
    call(&emulator, "ListClusters", &json!({}));
    let journal = std::fs::read_to_string(file.path()).expect("it was written");
    assert_eq!(journal.matches("\"start\":").count(), 2);
    assert_eq!(check(&journal), "the same: 49 requests, 9 controls");
}

#[test]
fn an_input_may_cause_more_than_a_journal_keeps() {
    let file = tempfile::NamedTempFile::new().expect("a file for the journal");
    let limits = JournalLimits {
        entries: 1000,
        ..JournalLimits::default()
    };
    let emulator = builder(ClockMode::Jump)
        .journal_limits(limits)
        .journal_file(file.path())
        .build()
        .expect("it can be played");
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": "prod",
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
        "critical": true,
    });
    call(&emulator, "CreateDaemon", &daemon);
    control(&emulator, "clock", json!({"advance_seconds": 4000}));
    let fault = json!({"image": "agent:*", "effect": "exits", "seconds": 200, "count": null});
    control(&emulator, "faults", fault);
    control(
        &emulator,
        "instances",
        json!({"capacity_provider": "fleet", "count": 50, "launch": true}),
    );
    control(&emulator, "clock", json!({"advance_seconds": 20_000}));
    call(&emulator, "ListClusters", &json!({}));
    let journal = std::fs::read_to_string(file.path()).expect("it was written");
    assert!(journal.lines().count() > 12_000, "{} entries", journal.lines().count());
    assert_eq!(check(&journal), "the same: 2 requests, 4 controls");
}

/// The journal of a file that was cut after so many bytes and continued by another run.
fn continued(whole: &[u8], length: usize) -> String {
    let file = tempfile::NamedTempFile::new().expect("a file for the journal");
    std::fs::write(file.path(), &whole[..length]).expect("it can be written");
    let emulator = builder(ClockMode::Jump)
        .journal_file(file.path())
        .build()
        .expect("it can be played");
    call(&emulator, "ListClusters", &json!({}));
    let bytes = std::fs::read(file.path()).expect("it was written");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_journal_that_was_cut_is_continued_and_replays_to_the_cut() {
    let emulator = builder(ClockMode::Jump).build().expect("it can be played");
    live(&emulator);
    let whole = journal(&emulator);
    let (first, last) = (whole.find('\n').unwrap_or_default(), whole.len());
    for length in (first..last).step_by(last / 40) {
        let cut = continued(whole.as_bytes(), length);
        let found = replay(cut.as_bytes()).expect("a cut is no error");
        assert_eq!(found.difference, None, "cut after {length} bytes");
        let in_line = !matches!(whole.as_bytes()[length - 1], b'\n') && whole.as_bytes()[length] != b'\n';
        assert!(!in_line || found.cut_lines.len() == 1, "cut after {length} bytes");
        assert!(found.requests > 0, "the run that continues it is replayed");
        let torn = replay(&whole.as_bytes()[..length]).expect("a torn tail is no error");
        assert_eq!(torn.difference, None, "torn after {length} bytes");
    }
    let found = replay(whole.as_bytes()).expect("a whole journal");
    assert_eq!((found.difference, found.cut_lines), (None, vec![]));
    let changed = continued(whole.replace("\"DRAINING\"", "\"ACTIVE\"").as_bytes(), last / 2);
    assert!(
        check(&changed).contains("differs at"),
        "what stands before a cut counts"
    );
}

#[test]
fn the_first_difference_is_named() {
    let emulator = builder(ClockMode::Jump).build().expect("it can be played");
    call(&emulator, "CreateCluster", &json!({"clusterName": "second"}));
    let journal = journal(&emulator);
    let line = 1 + journal
        .lines()
        .position(|line| line.contains("CreateCluster"))
        .expect("it is there");
    let lines: Vec<String> = journal.lines().map(str::to_owned).collect();
    let mut changed = lines.clone();
    changed[line - 1] = lines[line - 1].replace("\"status\":\"ACTIVE\"", "\"status\":\"FAILED\"");
    assert_eq!(
        check(&changed.join("\n")),
        format!(
            "line {line}: the answer of CreateCluster differs at response.cluster.status\n  recorded: \"FAILED\"\n  replayed: \"ACTIVE\""
        )
    );
    let event = lines
        .iter()
        .position(|line| line.contains("\"cluster\":\"second\""))
        .expect("it is there");
    let mut without = lines.clone();
    without.remove(event);
    assert!(
        check(&without.join("\n")).contains("differs at"),
        "{}",
        check(&without.join("\n"))
    );
    let seed = journal.replace("\"seed\":7", "\"seed\":8");
    assert!(
        check(&seed).contains("the event instance differs at detail.containerInstanceArn"),
        "{}",
        check(&seed)
    );
}

#[test]
fn what_is_no_journal_is_said() {
    let torn = format!(
        "{}\n{{\n{{}}",
        journal(&builder(ClockMode::Jump).build().expect("a world"))
    );
    assert!(
        check(&torn)
            .ends_with("is no JSON object, and no run begins after it: EOF while parsing an object at line 2 column 0"),
        "{}",
        check(&torn)
    );
    insta::assert_snapshot!(check("{"), @"line 1: is no JSON object, so no run begins here (EOF while parsing an object at line 1 column 1); was the journal cut in its first line?");
    insta::assert_snapshot!(check(r#"{"seq": 1, "operation": "ListClusters"}"#), @"line 1: is no start of a run; use a journal that --journal has written from the start");
    insta::assert_snapshot!(check(r#"{"start": {"version": "0.1.0"}}"#), @"line 1: start.knobs: invalid type: null, expected struct Knobs");
    let start = journal(&builder(ClockMode::Jump).build().expect("it can be played"));
    let start = start.lines().next().unwrap_or_default();
    let after = |line: &str| check(&format!("{start}\n{line}"));
    insta::assert_snapshot!(after(r#"{"time": "soon"}"#).split(": error").next().unwrap_or_default(), @"line 2: time: 'soon' is not a time like 2026-01-01T00:00:00Z: failed to parse four digit integer as year: invalid digit, expected 0-9 but got s");
    insta::assert_snapshot!(after(r#"{"time": "2026-01-01T00:00:00Z", "operation": "A", "request": {}}"#), @"line 2: caller: is missing");
    insta::assert_snapshot!(after(r#"{"time": "2026-01-01T00:00:00Z", "caller": "A"}"#), @"line 2: is no request, control call, event or move of the clock");
    insta::assert_snapshot!(after(r#"{"time": "2026-01-01T00:00:00Z", "control": "POST nowhere", "request": {}}"#).split(": there").next().unwrap_or_default(), @"line 2: the control call that was made then is refused now: POST /_emulator/nowhere");
}
