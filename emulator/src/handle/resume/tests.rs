//! Emulators that go on with a state file know everything that the one before them knew, wherever that one ended.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::clock::ClockMode;
use crate::handle::image::Image;
use crate::handle::{Builder, Emulator};
use crate::replay::tests::{arn, assert_same, builder, call, control, live};

/// Small enough for several snapshots in a life.
const SMALL: u64 = 20_000;
/// Never reached.
const LARGE: u64 = u64::MAX;

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn kept(builder: Builder, file: &Path, log: u64) -> Emulator {
    let built = builder.state_file(file).state_log(log).build();
    built.unwrap_or_else(|error| panic!("{error}"))
}

fn log_of(file: &Path) -> PathBuf {
    file.with_extension("state.log")
}

/// The files of a state as they are at this moment, elsewhere.
fn copied(file: &Path) -> (TempDir, PathBuf) {
    let folder = folder();
    let copy = folder.path().join("world.state");
    fs::copy(file, &copy).expect("a snapshot");
    fs::copy(log_of(file), log_of(&copy)).expect("a log");
    (folder, copy)
}

/// Everything that an answer may depend on, to the byte.
fn known(emulator: &Emulator) -> Vec<u8> {
    postcard::to_stdvec(&Image::of(&emulator.lock())).expect("it can be written")
}

/// Everything that the control API shows.
fn shown(emulator: &Emulator) -> Value {
    let paths = [
        "world",
        "faults",
        "knobs",
        "events",
        "journal?include=control,clock,events,start",
    ];
    let look = |path: &&str| emulator.control("GET", path, None).expect("it can be read");
    paths.iter().map(look).collect()
}

/// Asserts that somebody who goes on with the file now knows what the emulator knows.
fn check(emulator: &Emulator, file: &Path, when: &str) {
    let (_folder, copy) = copied(file);
    let next = kept(Emulator::builder(), &copy, SMALL);
    assert_same(&shown(&next), &shown(emulator), when);
    assert!(known(&next) == known(emulator), "{when}: what is not shown");
}

/// A life in which every call is followed by a look at the file.
struct Life {
    emulator: Emulator,
    file: PathBuf,
    _folder: TempDir,
}

impl Life {
    fn begin(builder: Builder, log: u64) -> Self {
        let folder = folder();
        let file = folder.path().join("world.state");
        Self {
            emulator: kept(builder, &file, log),
            file,
            _folder: folder,
        }
    }

    fn call(&self, operation: &str, body: &Value) {
        call(&self.emulator, operation, body);
        check(&self.emulator, &self.file, &format!("{operation} {body}"));
    }

    fn control(&self, method: &str, path: &str, body: Value) {
        let when = format!("{method} {path} {body}");
        // What is refused may leave something as well.
        let _ = self.emulator.control(method, path, Some(body));
        check(&self.emulator, &self.file, &when);
    }
}

#[test]
fn every_input_is_known_to_whoever_comes_next() {
    for (clock, log) in [
        (ClockMode::Jump, LARGE),
        (ClockMode::Step, 1),
        (ClockMode::Manual, SMALL),
    ] {
        let life = Life::begin(builder(clock), log);
        check(&life.emulator, &life.file, "the beginning");
        let daemon = json!({"daemonArn": arn("daemon/prod/agent")});
        let create = json!({
            "daemonName": "agent",
            "clusterArn": "prod",
            "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
            "capacityProviderArns": [arn("capacity-provider/fleet")],
            "deploymentConfiguration": {"alarms": {"alarmNames": ["errors"], "enable": true}},
        });
        life.call("CreateDaemon", &create);
        for _ in 0..12 {
            life.call("DescribeDaemon", &daemon);
        }
        life.control("POST", "clock", json!({"next": "event"}));
        life.control("POST", "clock", json!({"advance_seconds": 90}));
        life.control("POST", "clock", json!({"advance_seconds": "x"}));
        life.control("POST", "instances", json!({"capacity_provider": "none", "count": 1}));
        life.control(
            "POST",
            "instances?region=eu-west-1",
            json!({"capacity_provider": "x", "count": 1}),
        );
        life.control("POST", "knobs", json!({"stale_reads": 2, "monotonic_reads": false}));
        life.control(
            "POST",
            "faults",
            json!([{"effect": "lost_reply"}, {"effect": "slow_drain", "factor": 2}]),
        );
        life.call(
            "TagResource",
            &json!({"resourceArn": arn("daemon/prod/agent"), "tags": [{"key": "a", "value": "b"}]}),
        );
        life.control("DELETE", "faults/fault-2", json!({}));
        life.control("POST", "clock", json!({"mode": "step"}));
        life.call("DeleteDaemon", &daemon);
        life.call("DescribeDaemon", &daemon);
        life.control("POST", "clock", json!({"settle": true}));
        life.control("POST", "reset", json!({}));
        life.call("ListClusters", &json!({}));
        life.control("DELETE", "faults", json!({}));
    }
}

/// Another life in the same world.
fn live_on(emulator: &Emulator) {
    emulator.control("DELETE", "faults/x", None).expect("it is there");
    live(emulator);
}

#[test]
fn a_life_goes_on_as_if_nothing_had_happened_and_its_journal_replays() {
    for log in [1, SMALL, LARGE] {
        let folder = folder();
        let (file, journal) = (folder.path().join("world.state"), folder.path().join("run.ndjson"));
        let whole = builder(ClockMode::Jump).build().expect("it can be played");
        live(&whole);
        live_on(&whole);
        let first = kept(builder(ClockMode::Jump).journal_file(&journal), &file, log);
        live(&first);
        drop(first);
        let second = kept(builder(ClockMode::Jump).journal_file(&journal), &file, log);
        live_on(&second);
        assert_same(&shown(&second), &shown(&whole), &format!("log of {log}"));
        assert!(known(&second) == known(&whole), "log of {log}: what is not shown");
        let journal = fs::read(&journal).expect("it was written");
        let found = crate::replay::replay(journal.as_slice()).expect("it can be replayed");
        assert_eq!((found.difference, found.requests), (None, 96), "log of {log}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_follows_the_host_stands_still_in_between_and_goes_on() {
    let folder = folder();
    let file = folder.path().join("world.state");
    let first = kept(builder(ClockMode::Scaled(60)).epoch_ms(0).throttle(true), &file, LARGE);
    let daemon = json!({
        "daemonName": "agent",
        "clusterArn": "prod",
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
        "capacityProviderArns": [arn("capacity-provider/fleet")],
    });
    call(&first, "CreateDaemon", &daemon);
    for _ in 0..70 {
        call(&first, "ListClusters", &json!({}));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let moving = first.control("GET", "world", None).expect("it can be read");
    assert!(
        moving.to_string().contains("IN_PROGRESS"),
        "in the middle of a rollout: {moving}"
    );
    assert!(
        shown(&first)[4].to_string().contains("rate:published"),
        "some were refused because of the rates"
    );
    check(&first, &file, "in the middle of a rollout");
    drop(first);
    tokio::time::sleep(Duration::from_hours(1)).await;
    let second = kept(builder(ClockMode::Scaled(60)), &file, LARGE);
    assert_eq!(second.world(), moving, "time has stood still");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let ahead = second.world()["now_ms"].as_i64().zip(moving["now_ms"].as_i64());
    assert_eq!(
        ahead.map(|(now, before)| now - before),
        Some(60_000),
        "and goes on at its rate"
    );
    tokio::time::sleep(Duration::from_mins(2)).await;
    assert!(
        second.world().to_string().contains("SUCCESSFUL"),
        "the rollout has ended"
    );
}

/// A state with a snapshot and some inputs since, and what was known before and after the last one.
fn with_a_log() -> (TempDir, PathBuf, [Vec<u8>; 2], usize) {
    let folder = folder();
    let file = folder.path().join("world.state");
    let emulator = kept(builder(ClockMode::Jump), &file, LARGE);
    call(&emulator, "CreateCluster", &json!({"clusterName": "second"}));
    control(&emulator, "clock", json!({"advance_seconds": 30}));
    let (before, length) = (known(&emulator), fs::read(log_of(&file)).expect("a log").len());
    call(&emulator, "DeleteCluster", &json!({"cluster": "second"}));
    let after = known(&emulator);
    drop(emulator);
    (folder, file, [before, after], length)
}

#[test]
fn an_input_that_was_written_in_part_has_not_been_made() {
    let (_folder, file, [before, after], whole) = with_a_log();
    let log = fs::read(log_of(&file)).expect("a log");
    for length in whole..=log.len() {
        let (_folder, copy) = copied(&file);
        fs::write(log_of(&copy), &log[..length]).expect("it can be written");
        let next = kept(Emulator::builder(), &copy, LARGE);
        let expected = if length == log.len() { &after } else { &before };
        assert!(known(&next) == *expected, "cut after {length} of {} bytes", log.len());
        // What comes next is written behind what is whole.
        call(&next, "CreateCluster", &json!({"clusterName": "third"}));
        check(&next, &copy, &format!("cut after {length} bytes and continued"));
    }
}

#[test]
fn a_snapshot_is_whole_or_not_there_whenever_the_process_ends() {
    let (_folder, file, [_, after], _) = with_a_log();
    let (old, inputs) = (
        fs::read(&file).expect("a snapshot"),
        fs::read(log_of(&file)).expect("a log"),
    );
    let second = kept(Emulator::builder(), &file, LARGE);
    let (new, begun) = (
        fs::read(&file).expect("a snapshot"),
        fs::read(log_of(&file)).expect("a log"),
    );
    assert!(
        known(&second) == after && new != old,
        "the next process writes a snapshot"
    );
    drop(second);
    let check = |snapshot: &[u8], log: &[u8], beside: &[u8], when: &str| {
        let (_folder, copy) = copied(&file);
        let new = copy.with_extension("state.new");
        fs::write(&copy, snapshot).expect("it can be written");
        fs::write(log_of(&copy), log).expect("it can be written");
        fs::write(&new, beside).expect("it can be written");
        let next = kept(Emulator::builder(), &copy, LARGE);
        assert!(known(&next) == after, "{when}");
        call(&next, "CreateCluster", &json!({"clusterName": "third"}));
        let known_then = known(&next);
        drop(next);
        let third = kept(Emulator::builder(), &copy, LARGE);
        assert!(known(&third) == known_then, "{when}, and an input more");
    };
    for length in (0..=new.len()).step_by(new.len() / 20) {
        check(
            &old,
            &inputs,
            &new[..length],
            &format!("{length} bytes of the new snapshot"),
        );
    }
    check(
        &new,
        &inputs,
        b"",
        "the new snapshot has its name, the log is the old one",
    );
    for length in 0..=begun.len() {
        check(&new, &begun[..length], b"", &format!("{length} bytes of the new log"));
    }
}

/// The message of a state that is refused.
fn refusal(builder: Builder, file: &Path) -> String {
    match builder.state_file(file).build() {
        Ok(_) => "accepted".to_owned(),
        Err(error) => {
            let folder = file
                .parent()
                .map(|folder| folder.display().to_string())
                .unwrap_or_default();
            error.to_string().replace(&format!("{folder}/"), "")
        }
    }
}

#[test]
fn what_cannot_be_used_is_refused_and_left_as_it_is() {
    let (_folder, file, _, whole) = with_a_log();
    let check = |name: &str, change: &dyn Fn(&Path), builder: Builder| {
        let (_folder, copy) = copied(&file);
        change(&copy);
        let files = || (fs::read(&copy).ok(), fs::read(log_of(&copy)).ok());
        let before = files();
        let told = refusal(builder, &copy);
        assert!(files() == before, "{name}: nothing is changed");
        format!("{name}\n  {told}\n")
    };
    let edit = |path: &Path, edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = fs::read(path).expect("it is there");
        edit(&mut bytes);
        fs::write(path, bytes).expect("it can be written");
    };
    let replace = |path: &Path, from: &str, to: &str| {
        edit(path, &|bytes| {
            let at = bytes.windows(from.len()).position(|part| part == from.as_bytes());
            let at = at.expect("it is there");
            bytes.splice(at..at + from.len(), to.bytes());
        });
    };
    let plain = Emulator::builder;
    let version = concat!("version=", env!("CARGO_PKG_VERSION"));
    let scenario = crate::scenario::Scenario::parse("other.toml", "seed = 7\n").expect("a valid scenario");
    let told = [
        check("another format", &|file| replace(file, "format=2", "format=9"), plain()),
        check(
            "another version",
            &|file| replace(file, version, "version=0.0.1"),
            plain(),
        ),
        check(
            "another version of the log",
            &|file| replace(&log_of(file), version, "version=0.0.1"),
            plain(),
        ),
        check(
            "something else",
            &|file| fs::write(file, "name = 'prod'\n").expect("written"),
            plain(),
        ),
        check(
            "something else as log",
            &|file| fs::write(log_of(file), "10:04 began\n").expect("written"),
            plain(),
        ),
        check(
            "an empty file beside inputs",
            &|file| fs::write(file, "").expect("written"),
            plain(),
        ),
        check("a changed byte", &|file| edit(file, &|bytes| bytes[200] ^= 1), plain()),
        check(
            "the end is missing",
            &|file| edit(file, &|bytes| bytes.truncate(bytes.len() - 1)),
            plain(),
        ),
        check(
            "a changed input",
            &|file| edit(&log_of(file), &|bytes| bytes[whole - 1] ^= 1),
            plain(),
        ),
        check(
            "a changed length",
            &|file| edit(&log_of(file), &|bytes| bytes[whole] ^= 1),
            plain(),
        ),
        check(
            "a later log",
            &|file| replace(&log_of(file), "snapshot=1", "snapshot=9"),
            plain(),
        ),
        check("no snapshot", &|file| fs::remove_file(file).expect("removed"), plain()),
        check("another seed", &|_| {}, plain().seed(8)),
        check("another epoch", &|_| {}, plain().epoch_ms(0)),
        check("another scenario", &|_| {}, plain().scenario(scenario)),
        format!("a folder\n  {}\n", refusal(plain(), Path::new("/tmp"))),
        format!("no folder\n  {}\n", refusal(plain(), Path::new("/none/world.state"))),
    ];
    let told = told.concat().replace(env!("CARGO_PKG_VERSION"), "VERSION");
    insta::assert_snapshot!(told);
    let in_use = kept(plain(), &file, LARGE);
    assert!(refusal(plain(), &file).contains("is in use by another process"));
    drop(in_use);
    assert_eq!(refusal(plain(), &file), "accepted");
}
