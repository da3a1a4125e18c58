//! The control API: what it does, and what it says about mistakes.

mod support;

use ecs_emulator::{Emulator, Scenario};
use serde_json::{Value, json};
use support::{REGION, fleet};

/// A control call on a fleet of two instances.
fn check(method: &str, path: &str, body: Value) -> String {
    match fleet(2).control(method, path, Some(body)) {
        Ok(answer) => answer.to_string(),
        Err(error) => format!("{} {error}", error.status),
    }
}

#[test]
fn mistakes_are_named() {
    insta::assert_snapshot!(check("GET", "clocks", json!({})), @"404 GET /_emulator/clocks: there is no such path; there are alarms/NAME, clock, consistency, events, faults, faults/ID, health, instances, journal, knobs, record, reset, tasks/ID/stop, tasks/ID/unhealthy, world");
    insta::assert_snapshot!(check("GET", "clock", json!({})), @"405 GET /_emulator/clock: GET is not possible here, only POST");
    insta::assert_snapshot!(check("POST", "clock", json!({})), @"400 POST /_emulator/clock: one of advance_seconds, until, next, settle, mode is required, with a value that moves the clock");
    insta::assert_snapshot!(check("POST", "clock", json!({"advance_seconds": -1})), @"400 POST /_emulator/clock: advance_seconds: must be a number from 0 to 3200000000");
    insta::assert_snapshot!(check("POST", "clock", json!({"next": "week"})), @"400 POST /_emulator/clock: next: 'week' is neither event nor milestone");
    insta::assert_snapshot!(check("POST", "clock", json!({"mode": "warp"})), @"400 POST /_emulator/clock: mode: 'warp' is no clock mode: use jump, step, manual, real or scaled:1 to scaled:100000");
    insta::assert_snapshot!(check("POST", "instances", json!({"capacity_provider": "fleet"})), @"400 POST /_emulator/instances: count: is required");
    insta::assert_snapshot!(check("POST", "instances", json!({"capacity_provider": "fleet", "count": 9999})), @"400 POST /_emulator/instances: count: must be at most 5000, the service's limit of a cluster");
    insta::assert_snapshot!(check("POST", "consistency", json!({})), @"400 POST /_emulator/consistency: one of reads, monotonic, heal is required");
    insta::assert_snapshot!(check("POST", "faults", json!([{"effect": "throttle"}, {"effect": "flood"}])), @"400 POST /_emulator/faults: [1].effect: 'flood' is not known; effects on requests are throttle, server_error, error, timeout, reset, lost_reply, stale, slow, truncated, extra_members, on images fails_to_start, exits, unhealthy, moved, on fleets no_capacity, slow_drain");
    insta::assert_snapshot!(check("DELETE", "faults/none", json!({})), @"404 DELETE /_emulator/faults/none: there is no fault 'none'");
    insta::assert_snapshot!(check("GET", "journal?include=dreams", json!({})), @"400 GET /_emulator/journal: include: 'dreams' is none of control, clock, events, start");
    insta::assert_snapshot!(check("GET", "journal?sinse=1", json!({})), @"400 GET /_emulator/journal: sinse: is not known here; the nearest is since; known are operation, since, limit, include, account, region");
    insta::assert_snapshot!(check("POST", "knobs", json!({"breaker_threshold": "three"})), @r#"400 POST /_emulator/knobs: breaker_threshold: invalid type: string "three", expected a nonzero u32"#);
    insta::assert_snapshot!(check("POST", "knobs", json!([])), @"400 POST /_emulator/knobs: must be a JSON object");
    insta::assert_snapshot!(check("POST", "alarms/a", json!({"state": "RED", "when": {"at": 5}})), @"400 POST /_emulator/alarms/a: state: 'RED' is not known; alarms are in OK, ALARM or INSUFFICIENT_DATA");
    insta::assert_snapshot!(check("POST", "instances?account=12", json!({"capacity_provider": "fleet", "count": 1})), @"400 POST /_emulator/instances: account: '12' is no account id: it has 12 digits");
    insta::assert_snapshot!(check("POST", "faults", json!({})), @"400 POST /_emulator/faults: one of effect, image, call, alarm is required");
}

/// The answer to an unknown path names all paths, and the page describes each.
#[test]
fn the_page_describes_every_call() {
    let page = include_str!("../../docs/ecs-emulator.md");
    let answer = check("GET", "unknown", json!({}));
    let (_, paths) = answer.split_once("there are ").expect("the answer names the paths");
    for path in paths.split(", ") {
        let call = format!("/_emulator/{path}`");
        assert!(page.contains(&call), "docs/ecs-emulator.md does not describe {call}");
    }
}

#[test]
fn time_is_moved_by_hand() {
    insta::assert_snapshot!(check("POST", "clock", json!({"advance_seconds": 1.5})), @r#"{"now":"2026-01-01T00:00:01.500Z","pending":0,"processed":0}"#);
    insta::assert_snapshot!(check("POST", "clock", json!({"until": "2026-01-01T01:00:00Z"})), @r#"{"now":"2026-01-01T01:00:00.000Z","pending":0,"processed":0}"#);
    insta::assert_snapshot!(check("POST", "clock", json!({"settle": true, "limit_seconds": 60})), @r#"{"now":"2026-01-01T00:00:00.000Z","pending":0,"processed":0,"settled":true}"#);
    insta::assert_snapshot!(check("POST", "clock", json!({"mode": "manual"})), @r#"{"now":"2026-01-01T00:00:00.000Z","pending":0,"processed":0}"#);
}

#[test]
fn instances_go_to_the_scope_of_the_query() {
    let emulator = fleet(2);
    let count = |path: &str| {
        let body = json!({"capacity_provider": "fleet", "count": 3});
        emulator
            .control("POST", path, Some(body))
            .map(|answer| answer["instances"].as_array().map(Vec::len))
    };
    assert_eq!(count(&format!("instances?region={REGION}")), Ok(Some(3)));
    let error = count("instances").expect_err("the default region has no such provider");
    assert_eq!(error.status, 400);
}

#[test]
fn knobs_are_changed_one_by_one() {
    let emulator = fleet(0);
    let knobs = emulator
        .control("POST", "knobs", Some(json!({"breaker_threshold": 5})))
        .expect("a valid knob");
    assert_eq!(
        (&knobs["breaker_threshold"], &knobs["stale_reads"]),
        (&json!(5), &json!(0))
    );
    assert_eq!(emulator.control("GET", "knobs", None), Ok(knobs));
}

#[test]
fn faults_are_added_all_or_none_and_removed() {
    let emulator = fleet(0);
    let faults = |emulator: &Emulator| {
        emulator
            .control("GET", "faults", None)
            .unwrap()
            .as_array()
            .map(Vec::len)
    };
    let twins = json!([{"id": "a", "effect": "throttle"}, {"id": "a", "effect": "reset"}]);
    emulator
        .control("POST", "faults", Some(twins))
        .expect_err("the id is taken");
    assert_eq!(faults(&emulator), Some(0));
    let image = json!({"image": "bad:*", "effect": "fails_to_start", "count": null});
    emulator.control("POST", "faults", Some(image)).expect("a valid effect");
    assert_eq!(faults(&emulator), Some(1));
    assert_eq!(
        emulator.control("DELETE", "faults", None),
        Ok(json!({"removed": ["fault-1"]}))
    );
    assert_eq!(faults(&emulator), Some(0));
}

#[test]
fn reset_goes_back_to_the_scenario() {
    let emulator = fleet(2);
    let start = emulator.world();
    let body = json!({"capacity_provider": "fleet", "count": 3});
    emulator
        .control("POST", &format!("instances?region={REGION}"), Some(body))
        .expect("instances can be placed");
    emulator
        .control("POST", "clock", Some(json!({"advance_seconds": 60})))
        .expect("time can be moved");
    assert_ne!(emulator.world(), start);
    emulator
        .control("POST", "reset", Some(json!({})))
        .expect("the scenario can be played again");
    assert_eq!(emulator.world(), start);
}

/// Plays steps on an emulator whose scenario has a fault on `ListClusters` with `must_fire`, and answers which faults have
/// not fired.
#[expect(clippy::expect_used, reason = "a step that is refused fails the test")]
fn unfired(steps: &[&str]) -> String {
    let text = "[[fault]]\nid = 'of scenario'\noperation = 'ListClusters'\neffect = 'throttle'\nmust_fire = true\n";
    let scenario = Scenario::parse("faults.toml", text).expect("a valid scenario");
    let emulator = Emulator::builder()
        .scenario(scenario)
        .build()
        .expect("it can be played");
    for step in steps {
        let (method, path, body) = match *step {
            "reset" => ("POST", "reset", json!({})),
            "remove all" => ("DELETE", "faults", json!({})),
            "add" => (
                "POST",
                "faults",
                json!({"id": "added", "operation": "ListDaemons", "effect": "throttle", "must_fire": true}),
            ),
            operation => {
                support::send(&emulator, REGION, operation, &json!({}));
                continue;
            }
        };
        emulator.control(method, path, Some(body)).expect("it is a valid call");
    }
    let health = emulator.control("GET", "health", None).expect("it is healthy");
    assert_eq!(health["unfired_faults"], json!(emulator.unfired_faults()));
    emulator.unfired_faults().join(", ")
}

#[test]
fn a_reset_neither_hides_nor_invents_faults_that_have_not_fired() {
    let check = |steps: &[&str], expected: &str| assert_eq!(unfired(steps), expected, "{steps:?}");
    check(&[], "of scenario");
    check(&["reset"], "of scenario");
    check(&["ListClusters"], "");
    check(&["ListClusters", "reset"], "");
    check(&["ListClusters", "reset", "reset"], "");
    check(&["reset", "ListClusters", "remove all", "reset"], "");
    check(&["ListClusters", "add"], "added");
    check(&["ListClusters", "add", "ListDaemons", "reset"], "");
    // A fault that a script adds belongs to the part of the run in which it was added.
    check(&["ListClusters", "add", "reset"], "added");
    check(
        &["ListClusters", "add", "reset", "reset", "add", "ListDaemons"],
        "added",
    );
    check(&["add", "reset"], "added, of scenario");
    // Whoever removes a fault does not expect it to fire.
    check(&["add", "remove all"], "");
    check(&["ListClusters", "add", "remove all", "reset"], "");
}

#[test]
fn ten_thousand_faults_are_added_and_removed_in_a_moment() {
    let emulator = fleet(0);
    let rule = |n: u32| json!({"operation": "Describe*", "resource": format!("daemon-{n}"), "effect": "throttle"});
    let faults: Vec<Value> = (0..10_000).map(rule).collect();
    let started = std::time::Instant::now();
    emulator
        .control("POST", "faults", Some(faults.into()))
        .expect("they are valid");
    emulator.control("DELETE", "faults", None).expect("they are there");
    // Far more than it takes on a loaded machine, and far less than when each looked at all others.
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    assert_eq!(emulator.control("GET", "faults", None), Ok(json!([])));
}
