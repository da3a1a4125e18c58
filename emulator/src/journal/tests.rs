//! Entries of the journal: which of them a reader gets, how they are shown, and what the limits drop.

use bytes::Bytes;
use serde_json::json;

use super::{Arc, ControlRecord, Filter, Journal, JournalLimits, Origin, Record, RequestRecord, WorldEvent};
use crate::api::Scope;
use crate::records::events::Kind;
use crate::wire::Service;

fn scope() -> Scope {
    Scope {
        account: "1".into(),
        region: "r".into(),
    }
}

fn request(operation: &str, status: u16) -> Record {
    Record::Request(Box::new(RequestRecord {
        operation: operation.into(),
        caller: "AKIA".into(),
        user_agent: "test".into(),
        scope: scope(),
        request: Bytes::from_static(b"{\"a\": 1.50}"),
        answer: Some((Bytes::from_static(b"{\"b\": 2}"), status)),
        fault: None,
        delivered: true,
        origin: Origin::Client(Service::Ecs),
        number: 1,
    }))
}

/// A journal of five entries of all kinds, read with a filter, shown by sequence number.
fn check(filter: &Filter) -> String {
    let mut journal = Journal::default();
    journal.push(0, request("A", 200));
    journal.push(1, Record::Clock(0));
    let event = WorldEvent {
        seq: 1,
        time_ms: 1,
        kind: Kind::Daemon,
        scope: Arc::new(scope()),
        detail: json!({}).into(),
    };
    journal.push(1, Record::Event(event.into()));
    journal.push(
        1,
        Record::Control(Box::new(ControlRecord {
            method: "POST".into(),
            path: "clock".into(),
            body: json!({}),
        })),
    );
    journal.push(2, request("B", 400));
    let seqs: Vec<_> = journal
        .read(filter)
        .iter()
        .map(|entry| entry["seq"].to_string())
        .collect();
    seqs.join(" ")
}

#[test]
fn filters() {
    let include = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
    insta::assert_snapshot!(check(&Filter::default()), @"1 5");
    insta::assert_snapshot!(check(&Filter { operation: Some("B".into()), ..Filter::default() }), @"5");
    insta::assert_snapshot!(check(&Filter { since: 1, ..Filter::default() }), @"5");
    insta::assert_snapshot!(check(&Filter { limit: Some(1), ..Filter::default() }), @"5");
    insta::assert_snapshot!(
        check(&Filter { include: include(&["control", "clock", "events"]), ..Filter::default() }),
        @"1 2 3 4 5"
    );
}

#[test]
fn form_of_an_entry() {
    let mut journal = Journal::default();
    journal.push(1_767_225_600_000, request("A", 200));
    journal.push(1_767_225_600_000, request("A", 400));
    let entries = journal.read(&Filter::default());
    insta::assert_snapshot!(entries[0], @r#"{"account":"1","caller":"AKIA","delivered":true,"fault":null,"operation":"A","region":"r","request":{"a":1.50},"response":{"b":2},"seq":1,"status":200,"time":"2026-01-01T00:00:00.000Z","user_agent":"test"}"#);
    assert_eq!(entries[1]["error"], json!({"b": 2}));
    assert_eq!(entries[1].get("body_base64"), None);
}

#[test]
fn bodies_that_are_no_json_are_kept_whole() {
    let mut journal = Journal::default();
    let Record::Request(mut odd) = request("A", 400) else {
        panic!("a request")
    };
    odd.request = Bytes::from_static(b"\xff{");
    odd.origin = Origin::Client(Service::Sts);
    journal.push(0, Record::Request(odd));
    let entry = &journal.read(&Filter::default())[0];
    assert_eq!(
        (&entry["body_base64"], &entry["service"]),
        (&json!("/3s="), &json!("sts"))
    );
}

#[test]
fn limits_drop_the_oldest() {
    let mut journal = Journal::new(JournalLimits {
        entries: 2,
        bytes: usize::MAX,
    });
    for _ in 0..5 {
        journal.push(0, request("A", 200));
    }
    assert_eq!((journal.dropped(), journal.last_seq()), (3, 5));
    assert_eq!(journal.read(&Filter::default())[0]["seq"], 4);
    let mut journal = Journal::new(JournalLimits {
        entries: 100,
        bytes: 1000,
    });
    for _ in 0..50 {
        journal.push(0, request("A", 200));
    }
    assert!(journal.dropped() > 40, "bytes count too");
}
