//! Frames of the stream for readers: the first frame, news, what they missed, and the end of those that do not read.

use std::time::Duration;

use serde_json::json;

use super::{Cursor, QUEUE, SLOW_READER, open};
use crate::api::Scope;
use crate::clock::ClockMode;
use crate::handle::Emulator;
use crate::observers::RING;
use crate::records::events::Kind;
use crate::world::WorldEvent;

fn emulator(clock: ClockMode) -> Emulator {
    Emulator::builder()
        .clock(clock)
        .build()
        .expect("no scenario, no failure")
}

fn happen(emulator: &Emulator, events: u64) {
    let mut core = emulator.lock();
    for _ in 0..events {
        let event = WorldEvent {
            seq: core.observers.last_seq() + 1,
            time_ms: core.world.now_ms(),
            kind: Kind::Daemon,
            scope: Scope {
                account: "123456789012".to_owned(),
                region: "eu-central-1".to_owned(),
            }
            .into(),
            detail: json!({}).into(),
        };
        core.observers.push(event.into());
        core.observers.ring_bell();
    }
}

/// All frames for a reader that knows the events up to a number, in short: name and id.
fn check(emulator: &Emulator, last_event_id: Option<u64>) -> String {
    let core = emulator.lock();
    let mut cursor = Cursor::new(&core.observers, last_event_id);
    let mut frames = Vec::new();
    loop {
        let more = cursor.take(&core);
        if more.is_empty() {
            return frames.join(" | ");
        }
        let text = |frame: bytes::Bytes| String::from_utf8_lossy(&frame).trim_end().replace('\n', ", ");
        frames.extend(more.into_iter().map(text));
    }
}

#[test]
fn readers_resume_where_they_stopped() {
    let emulator = emulator(ClockMode::Manual);
    happen(&emulator, 2);
    insta::assert_snapshot!(check(&emulator, None), @r#"event: clock, data: {"mode":"manual","now":"2026-01-01T00:00:00.000Z","rate":0}"#);
    insta::assert_snapshot!(check(&emulator, Some(1)), @r#"event: clock, data: {"mode":"manual","now":"2026-01-01T00:00:00.000Z","rate":0} | id: 2, event: daemon, data: {"detail":{"account":"123456789012","region":"eu-central-1"},"kind":"daemon","seq":2,"time":"2026-01-01T00:00:00.000Z"}"#);
    assert_eq!(
        check(&emulator, Some(99)),
        check(&emulator, Some(0)),
        "an id of an earlier world"
    );
}

#[test]
fn an_overrun_is_told_once() {
    let emulator = emulator(ClockMode::Manual);
    happen(&emulator, RING as u64 + 5);
    let told = check(&emulator, Some(2));
    assert!(
        told.contains(r#"event: gap, data: {"missed":3,"next":6} | id: 6, event: daemon"#),
        "{}",
        &told[..400]
    );
    assert_eq!(told.matches("event: gap").count(), 1);
    assert_eq!(told.matches("event: daemon").count(), RING);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_does_not_read_is_dropped() {
    let emulator = emulator(ClockMode::Manual);
    let mut slow = open(&emulator, None);
    let mut fast = open(&emulator, None);
    happen(&emulator, 2 * QUEUE as u64);
    for _ in 0..=2 * QUEUE {
        fast.recv().await.expect("whoever reads is told everything");
    }
    tokio::time::sleep(2 * SLOW_READER).await;
    let mut told = 0;
    while slow.recv().await.is_some() {
        told += 1;
    }
    assert_eq!(told, QUEUE, "what was queued, then the end");
    happen(&emulator, 1);
    assert!(fast.recv().await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_stream_moves_a_world_that_follows_host_time() {
    let emulator = emulator(ClockMode::Scaled(60));
    emulator
        .control(
            "POST",
            "faults",
            Some(json!({"alarm": "errors", "state": "ALARM", "when": {"at": 600}})),
        )
        .expect("a valid action");
    let mut stream = open(&emulator, None);
    let started = tokio::time::Instant::now();
    let mut names = Vec::new();
    while names.len() < 2 {
        let frame = stream.recv().await.expect("the stream stays open");
        let frame = String::from_utf8_lossy(&frame).into_owned();
        if frame != ":\n\n" {
            names.push(
                frame
                    .lines()
                    .find(|line| line.starts_with("event"))
                    .unwrap_or_default()
                    .to_owned(),
            );
        }
    }
    assert_eq!(names, ["event: clock", "event: alarm"]);
    let waited = started.elapsed();
    assert!(
        (Duration::from_secs(10)..Duration::from_millis(10_010)).contains(&waited),
        "{waited:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn readers_outlive_a_reset_and_see_the_mode_change() {
    let emulator = emulator(ClockMode::Manual);
    let mut stream = open(&emulator, None);
    let mut next = async || String::from_utf8_lossy(&stream.recv().await.expect("it is open")).into_owned();
    assert!(next().await.contains("manual"));
    let post = |path: &str, body| emulator.control("POST", path, Some(body)).expect("a valid call");
    post("clock", json!({"mode": "scaled:60"}));
    assert!(next().await.contains("\"rate\":60"));
    post("reset", json!({}));
    assert!(next().await.contains("manual"), "the clock of the fresh world");
    post("alarms/a", json!({"state": "ALARM"}));
    assert!(next().await.starts_with("id: 1\n"));
}
