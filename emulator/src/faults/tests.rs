//! Fault rules: what they match, when their window is open, and how their JSON form is read.

use serde_json::{Value, json};

use super::parse::parse;
use super::{Effect, Fault, FaultForm, FaultRule, Faults, SeenTurn, Turn};
use crate::api::Scope;
use crate::knobs::Knobs;
use crate::world::{World, WorldConfig};

fn scope() -> Scope {
    Scope {
        account: "111122223333".into(),
        region: "eu-central-1".into(),
    }
}

fn world() -> World {
    World::new(WorldConfig {
        seed: 0,
        epoch_ms: 0,
        knobs: Knobs::default(),
    })
}

/// Sends `CreateDaemon` for the daemon `agent` some times and tells each time which rule decided.
fn check(rules: Vec<FaultRule>, requests: usize) -> String {
    let mut faults = Faults::default();
    for rule in rules {
        faults
            .push(rule.id.clone(), rule.into(), false, None)
            .expect("ids differ");
    }
    let names = [
        "agent".to_owned(),
        "arn:aws:ecs:eu-central-1:111122223333:cluster/prod".to_owned(),
    ];
    let verdict = |decision: Option<super::Decision>| decision.map_or("-".to_owned(), |decision| decision.id);
    let verdicts: Vec<String> = (0..requests)
        .map(|_| verdict(faults.decide(7, &scope(), "CreateDaemon", &names)))
        .collect();
    verdicts.join(" ")
}

fn rule(id: &str) -> FaultRule {
    FaultRule {
        id: Some(id.to_owned()),
        ..FaultRule::new(Effect::Throttle)
    }
}

#[test]
fn windows() {
    insta::assert_snapshot!(check(vec![rule("a")], 3), @"a - -");
    insta::assert_snapshot!(check(vec![rule("a").after(1).count(Some(2))], 5), @"- a a - -");
    insta::assert_snapshot!(check(vec![rule("a").after(2).count(None)], 5), @"- - a a a");
    // The first open rule decides; the second does not see what the first took.
    insta::assert_snapshot!(check(vec![rule("a").count(Some(2)), rule("b").after(1)], 5), @"a a - b -");
}

#[test]
fn matching() {
    let elsewhere = FaultRule {
        region: Some("us-east-1".into()),
        ..rule("a")
    };
    insta::assert_snapshot!(check(vec![elsewhere], 1), @"-");
    insta::assert_snapshot!(check(vec![rule("a").operation("Describe*")], 1), @"-");
    insta::assert_snapshot!(check(vec![rule("a").operation("Create*").resource("*cluster/prod")], 1), @"a");
    insta::assert_snapshot!(check(vec![rule("a").resource("age?t")], 1), @"a");
    insta::assert_snapshot!(check(vec![rule("a").resource("other")], 1), @"-");
}

#[test]
fn probability_is_drawn_from_the_seed() {
    let half = || FaultRule {
        probability: 0.5,
        ..rule("a").count(None)
    };
    let first = check(vec![half()], 200);
    assert_eq!(first, check(vec![half()], 200));
    let fired = first.matches('a').count();
    assert!((70..130).contains(&fired), "{fired} of 200");
}

/// Reads a fault; what is read fits the published schema.
fn check_parse(value: Value) -> String {
    let schema = serde_json::to_value(schemars::schema_for!(FaultForm)).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let written = value.clone();
    match parse(value, "", &scope(), 1_767_225_600_000) {
        Ok(parsed) => {
            assert!(schema.is_valid(&written), "the schema refuses {written}");
            let shown = parsed.fault.render();
            format!("{} {shown}", parsed.id.unwrap_or_default())
        }
        Err(error) => format!("error: {error}"),
    }
}

#[test]
fn forms() {
    insta::assert_snapshot!(
        check_parse(json!({"id": "x", "operation": "Describe*", "count": null, "effect": "slow", "seconds": 1.5})),
        @r#"x {"account":null,"after":0,"count":null,"effect":{"slow":{"seconds":1.5}},"operation":"Describe*","probability":1.0,"region":null,"resource":null}"#
    );
    insta::assert_snapshot!(
        check_parse(json!({"effect": {"error": {"type": "AccessDeniedException", "message": "no", "status": 403}}})),
        @r#" {"account":null,"after":0,"count":1,"effect":{"error":{"message":"no","status":403,"type":"AccessDeniedException"}},"operation":"*","probability":1.0,"region":null,"resource":null}"#
    );
    insta::assert_snapshot!(
        check_parse(json!({"image": "bad:*", "effect": "exits", "count": "for_ever"})),
        @r#" {"after":0,"count":null,"effect":"exits","image":"bad:*"}"#
    );
    insta::assert_snapshot!(
        check_parse(json!({"image": "bad:*", "effect": "fails_to_start", "count": null})),
        @r#" {"after":0,"count":null,"effect":"fails_to_start","image":"bad:*"}"#
    );
    insta::assert_snapshot!(
        check_parse(json!({"image": "agent:*", "effect": "moved", "when": {"at": 60}})),
        @r#" {"account":"111122223333","effect":"moved","image":"agent:*","region":"eu-central-1","when":{"at":"2026-01-01T00:01:00.000Z"}}"#
    );
    insta::assert_snapshot!(check_parse(json!({"image": "agent:*", "effect": "moved", "count": 2})), @"error: count: is not known here; known are id, must_fire, effect, image, account, region, when");
    insta::assert_snapshot!(
        check_parse(json!({"call": {"operation": "DeleteDaemon", "body": {"daemonArn": "a"}}, "when": {"daemon": "agent", "deployment": "IN_PROGRESS"}})),
        @r#" {"account":"111122223333","call":{"body":{"daemonArn":"a"},"operation":"DeleteDaemon"},"region":"eu-central-1","when":{"daemon":"agent","deployment":"IN_PROGRESS"}}"#
    );
    insta::assert_snapshot!(
        check_parse(json!({"alarm": "errors", "state": "ALARM", "when": {"at": 60}})),
        @r#" {"account":"111122223333","alarm":"errors","region":"eu-central-1","state":"ALARM","when":{"at":"2026-01-01T00:01:00.000Z"}}"#
    );
}

/// Each member of each form is described, and its example is read beside the members that the form asks for.
#[test]
fn every_example_of_the_reference_is_read() {
    let schema = serde_json::to_value(schemars::schema_for!(FaultForm)).unwrap();
    let mut read = 0;
    for form in schema["oneOf"].as_array().unwrap() {
        let properties = form["properties"].as_object().unwrap();
        let example = |name: &str| properties[name]["examples"][0].clone();
        for name in properties.keys() {
            let mut fault: serde_json::Map<_, _> = form["required"]
                .as_array()
                .unwrap()
                .iter()
                .filter_map(Value::as_str)
                .map(|name| (name.to_owned(), example(name)))
                .collect();
            match name.as_str() {
                "type" | "message" | "status" => {
                    fault.insert("effect".to_owned(), json!("error"));
                    fault.insert("type".to_owned(), example("type"));
                }
                "seconds" if !fault.contains_key("image") => {
                    fault.insert("effect".to_owned(), json!("slow"));
                }
                _ => {}
            }
            fault.insert(name.clone(), example(name));
            assert!(properties[name]["description"].is_string(), "{name} is described");
            let shown = Value::Object(fault.clone()).to_string();
            let told = check_parse(Value::Object(fault));
            assert!(!told.starts_with("error"), "{shown}: {told}");
            read += 1;
        }
    }
    assert!(read > 50, "{read} members");
    for turn in super::when_schema()["oneOf"].as_array().unwrap() {
        for (name, member) in turn["properties"].as_object().unwrap() {
            let mut when = json!({name: member["examples"][0]});
            if name == "daemon" {
                when["batch"] = json!(1);
            }
            let told = check_parse(json!({"alarm": "a", "state": "OK", "when": when}));
            assert!(!told.starts_with("error"), "{name}: {told}");
        }
    }
}

/// A member that is misspelt is named with the one that was meant, also where others depend on it.
#[test]
fn misspelt_members_are_named() {
    insta::assert_snapshot!(check_parse(json!({"operation": "A*", "efect": "throttle"})), @"error: efect: is not known here; the nearest member is effect");
    insta::assert_snapshot!(check_parse(json!({"imagee": "a", "effect": "exits"})), @"error: imagee: is not known here; the nearest member is image");
    insta::assert_snapshot!(check_parse(json!({"effect": "exits"})), @"error: image: is required");
    insta::assert_snapshot!(check_parse(json!({"image": "a", "efect": "exits"})), @"error: efect: is not known here; the nearest member is effect");
    insta::assert_snapshot!(check_parse(json!({"image": "a", "effect": "exit"})), @"error: effect: 'exit' is not known; the nearest is exits; images have fails_to_start, exits, unhealthy or moved");
    insta::assert_snapshot!(check_parse(json!({"effect": "no_capcity"})), @"error: effect: 'no_capcity' is not known; the nearest effect is no_capacity; effects on requests are throttle, server_error, error, timeout, reset, lost_reply, stale, slow, truncated, extra_members, on images fails_to_start, exits, unhealthy, moved, on fleets no_capacity, slow_drain");
    insta::assert_snapshot!(check_parse(json!({"effect": "slow", "second": 1})), @"error: second: is not known here; the nearest member is seconds");
    insta::assert_snapshot!(check_parse(json!({"effect": "slow_drain", "facter": 2})), @"error: facter: is not known here; the nearest member is factor");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "mustfire": true})), @"error: mustfire: is not known here; the nearest member is must_fire; known are id, must_fire, count, operation, resource, account, region, after, probability, effect");
    insta::assert_snapshot!(check_parse(json!({"alrm": "a", "state": "ALARM"})), @"error: alrm: is not known here; the nearest member is alarm");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "stat": "ALARM"})), @"error: stat: is not known here; the nearest member is state");
    insta::assert_snapshot!(check_parse(json!({"call": {"operaton": "ListDaemons"}})), @"error: call.operaton: is not known here; the nearest member is operation");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDaemon", "bdy": {}}})), @"error: call.bdy: is not known here; the nearest member is body; known are operation, body");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "when": {"daemon": "d", "bach": 1}})), @"error: when.bach: is not known here; the nearest member is batch");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "whem": {"at": 1}})), @"error: whem: is not known here; the nearest member is when; known are id, must_fire, account, region, alarm, state, when");
}

#[test]
fn forms_that_are_refused() {
    insta::assert_snapshot!(check_parse(json!({"operation": "A"})), @"error: one of effect, image, call, alarm is required");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "cuont": 1})), @"error: cuont: is not known here; the nearest member is count; known are id, must_fire, count, operation, resource, account, region, after, probability, effect");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "after": -1})), @"error: after: -1 is no integer of the allowed range");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "probability": 2})), @"error: probability: must be a number from 0 to 1");
    insta::assert_snapshot!(check_parse(json!({"effect": {"error": {}}})), @"error: effect.error.type: is required");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDaemon", "body": {"daemonArn": "a"}}, "when": {"at": "soon"}})).split(" (").next().unwrap_or_default().split("Z: ").next().unwrap_or_default(), @"error: when.at: 'soon' is not a time like 2026-01-01T00:00:00");
}

#[test]
fn what_can_never_work_is_refused() {
    insta::assert_snapshot!(check_parse(json!({"operation": "DescribeDeamon", "effect": "throttle"})), @"error: operation: no operation is called 'DescribeDeamon'; names are like CreateDaemon, * and ? stand for others");
    insta::assert_snapshot!(check_parse(json!({"account": "12", "effect": "throttle"})), @"error: account: '12' is no account id: it has 12 digits");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "RED"})), @"error: state: 'RED' is not known; alarms are in OK, ALARM or INSUFFICIENT_DATA");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "when": {"daemon": "d", "deployment": "DONE"}})), @"error: when.deployment: 'DONE' is not known; statuses are PENDING, IN_PROGRESS, SUCCESSFUL, STOP_REQUESTED, STOPPED, ROLLBACK_IN_PROGRESS, ROLLBACK_SUCCESSFUL, ROLLBACK_FAILED");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "when": {"daemon": "d"}})), @"error: when: one of at, deployment, batch, bake is required");
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "when": {"deamon": "d", "batch": 1}})), @"error: when.deamon: is not known here; the nearest member is daemon; known are at, daemon, deployment, batch, bake");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDemon"}})), @"error: call.operation: 'DeleteDemon' is no operation that is emulated; names are like UpdateDaemon");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDaemon", "body": {"daemonArn": 5}}})), @"error: call.body: DeleteDaemon would refuse it: daemonArn: expected a string, found a number");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDaemon", "body": "text"}})), @"error: call.body: must be a JSON object");
    insta::assert_snapshot!(check_parse(json!({"call": {"operation": "DeleteDaemon"}})), @"error: call.body: DeleteDaemon would refuse it: Invalid parameter: 'daemonArn' is required");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "count": 0})), @"error: count: must be at least 1; a fault that never applies does nothing");
    insta::assert_snapshot!(check_parse(json!({"effect": "throttle", "region": "mars"})), @"error: region: 'mars' is no region; regions are like eu-central-1");
    for (name, fault) in [
        ("id", json!({"id": "", "effect": "throttle"})),
        ("resource", json!({"resource": "", "effect": "throttle"})),
        ("effect.error.type", json!({"effect": {"error": {"type": ""}}})),
        ("image", json!({"image": "", "effect": "exits"})),
        ("image", json!({"image": "", "effect": "moved"})),
        (
            "capacity_provider",
            json!({"effect": "no_capacity", "capacity_provider": ""}),
        ),
        ("alarm", json!({"alarm": "", "state": "OK"})),
    ] {
        assert_eq!(check_parse(fault), format!("error: {name}: must not be empty"));
    }
    insta::assert_snapshot!(check_parse(json!({"alarm": "a", "state": "OK", "when": {"daemon": "d", "batch": 0}})), @"error: when.batch: must be at least 1: batches are counted from there");
    for region in [
        "us-east-1",
        "us-gov-west-1",
        "cn-north-1",
        "us-iso-east-1",
        "ap-southeast-12",
    ] {
        assert!(
            !check_parse(json!({"region": region, "effect": "throttle"})).starts_with("error"),
            "{region}"
        );
    }
    for operation in ["Describe*", "AssumeRole*", "LookupEvents", "CreateTaskSet", "*"] {
        assert!(!check_parse(json!({"operation": operation, "effect": "throttle"})).starts_with("error"));
    }
}

#[test]
fn actions_happen_once() {
    let mut faults = Faults::default();
    let parsed = parse(
        json!({"alarm": "a", "state": "ALARM", "when": {"daemon": "ag*", "deployment": "IN_PROGRESS"}}),
        "",
        &scope(),
        0,
    )
    .expect("a valid action");
    assert!(matches!(parsed.fault, Fault::Action(..)));
    faults.push(None, parsed.fault, true, None).expect("a fresh id");
    let seen = |status: &str| SeenTurn {
        scope: scope(),
        daemon_arn: "arn:aws:ecs:eu-central-1:111122223333:daemon/prod/agent".to_owned(),
        turn: Turn::Status(status.to_owned()),
    };
    assert!(faults.watches_events());
    assert_eq!(faults.on_turn(&seen("PENDING")).len(), 0);
    assert_eq!(faults.on_turn(&seen("IN_PROGRESS")).len(), 1);
    assert_eq!(faults.on_turn(&seen("IN_PROGRESS")).len(), 0);
    assert!(!faults.watches_events());
    assert_eq!(faults.counts(&world(), "fault-1"), Some((1, 1)));
}

#[test]
fn an_id_that_was_given_out_before_a_run_is_repeated_is_not_given_out_again() {
    let mut faults = Faults::default();
    let mut push = |id: Option<&str>| {
        let fault = FaultRule::new(Effect::Throttle).into();
        let id = faults.push(id.map(str::to_owned), fault, false, None);
        id.map_err(|error| error.to_string())
    };
    assert_eq!(push(Some("fault-3")).as_deref(), Ok("fault-3"));
    assert_eq!(push(None).as_deref(), Ok("fault-4"));
    assert_eq!(
        push(Some("fault-99999999999999999999")).as_deref(),
        Ok("fault-99999999999999999999")
    );
    assert_eq!(push(None).as_deref(), Ok("fault-5"));
}
