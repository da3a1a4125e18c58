//! Hostile input: whatever arrives, the answer is one that ECS or a good command could give, and the emulator lives on.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests stand outside of them"
)]

mod support;

use std::collections::BTreeSet;

use bytes::Bytes;
use ecs_emulator::model::Model;
use ecs_emulator::{BODY_LIMIT, Emulator, Outcome, Scenario};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::{REGION, arn, fleet, send};

/// Any JSON, small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>()
            .prop_filter("JSON has no such number", |number| number.is_finite())
            .prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Texts that mean something somewhere, and some that do not.
fn any_text() -> impl Strategy<Value = String> {
    let known = [
        "",
        "agent",
        "prod",
        "fleet",
        "agent:1",
        "agent:0",
        "agent:99999999999",
        "default",
        "ACTIVE",
        "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent",
        "arn:aws:ecs:eu-central-1:123456789012:cluster/prod",
        "arn:aws:ecs:eu-central-1:123456789012:capacity-provider/fleet",
        "arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/agent:1",
        "arn:aws:ecs",
        "arn:aws:ecs:::",
        "::::::",
        "\u{0}\u{1f600}/%2F",
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => ".{0,20}"]
}

/// The members of every operation's request, so that the texts get to where they hurt.
fn members() -> Vec<String> {
    let model = Model::embedded().expect("the committed extract parses");
    let requests = model
        .operation_names()
        .filter_map(|name| model.members_of_request(name));
    let members: BTreeSet<&str> = requests.flatten().collect();
    members.into_iter().map(str::to_owned).collect()
}

fn any_body() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(prop::sample::select(members()), any_json(), 0..5)
        .prop_map(|members| Value::Object(members.into_iter().collect::<Map<String, Value>>()))
}

fn operations() -> Vec<String> {
    let model = Model::embedded().expect("the committed extract parses");
    model.operation_names().map(str::to_owned).collect()
}

/// A fleet with a daemon, so that requests find something.
fn world() -> Emulator {
    let emulator = fleet(2);
    let container = json!([{"name": "agent", "image": "agent:1"}]);
    let definition = json!({"family": "agent", "containerDefinitions": container});
    send(&emulator, REGION, "RegisterDaemonTaskDefinition", &definition);
    let daemon = json!({
        "daemonName": "agent", "clusterArn": arn("cluster/prod"), "capacityProviderArns": [arn("capacity-provider/fleet")],
        "daemonTaskDefinitionArn": arn("daemon-task-definition/agent:1"),
    });
    let (status, answer) = send(&emulator, REGION, "CreateDaemon", &daemon);
    assert_eq!(status, 200, "{answer}");
    emulator
}

/// Demands of every answer that it is success, or a modelled refusal with a text; never our own bug.
fn is_fit(operation: &str, body: &str, status: u16, answer: &Value) {
    let text = answer.to_string();
    assert!(!text.contains("has a bug"), "{operation} {body}: {text}");
    if status == 200 {
        return;
    }
    assert_eq!(status, 400, "{operation} {body}: {text}");
    let kind = answer["__type"].as_str().unwrap_or_default();
    assert!(kind.ends_with("Exception"), "{operation} {body}: {text}");
    assert!(
        answer["message"].as_str().is_some_and(|message| !message.is_empty()),
        "{operation} {body}: {text}"
    );
}

fn raw(emulator: &Emulator, target: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    raw_at(emulator, "/", ("x-amz-target", target), body)
}

fn raw_at(emulator: &Emulator, path: &str, (name, value): (&str, &str), body: Vec<u8>) -> (u16, Vec<u8>) {
    let request = http::Request::post(path)
        .header(name, value)
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=A/1/eu-central-1/ecs/aws4_request, Signature=0",
        )
        .body(Bytes::from(body))
        .expect("a valid request");
    match emulator.receive(&request).outcome {
        Outcome::Answer(response) => (response.status().as_u16(), response.into_body().to_vec()),
        other => panic!("no answer but {other:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_of_all_operations(calls in prop::collection::vec((prop::sample::select(operations()), any_body()), 1..12)) {
        let emulator = world();
        for (operation, body) in calls {
            let (status, answer) = send(&emulator, REGION, &operation, &body);
            is_fit(&operation, &body.to_string(), status, &answer);
        }
        emulator.settle(std::time::Duration::from_hours(48));
    }

    #[test]
    fn bodies_of_any_bytes(target in "[ -~]{0,40}", body in prop::collection::vec(any::<u8>(), 0..200)) {
        let emulator = fleet(0);
        for target in [target, "AmazonEC2ContainerServiceV20141113.ListDaemons".to_owned()] {
            let (status, answer) = raw(&emulator, &target, body.clone());
            let answer: Value = serde_json::from_slice(&answer).expect("answers are JSON");
            is_fit(&target, "", status, &answer);
        }
    }

    #[test]
    fn lookups_of_any_kind(body in prop::collection::btree_map(
        prop::sample::select(vec!["LookupAttributes", "StartTime", "EndTime", "MaxResults", "NextToken"]), any_json(), 0..4)
    ) {
        let emulator = world();
        let body = Value::Object(body.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()).to_string();
        let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
        let (status, answer) = raw(&emulator, target, body.clone().into_bytes());
        is_fit("LookupEvents", &body, status, &serde_json::from_slice(&answer).expect("answers are JSON"));
    }

    #[test]
    fn control_calls_of_any_kind(
        method in prop::sample::select(vec!["GET", "POST", "DELETE", "PUT"]),
        path in prop::sample::select(vec!["clock", "faults", "faults/x", "instances", "alarms/a", "tasks/x/stop",
            "tasks/x/unhealthy", "consistency", "knobs", "journal?since=x", "world?account=1", "health", "events", "reset",
            "", "%", "../..", "journal?include=%ff"]),
        name in prop::sample::select(vec!["advance_seconds", "until", "next", "settle", "limit_seconds", "mode", "effect",
            "count", "capacity_provider", "state", "when", "call", "image", "reads", "heal", "operation", "probability"]),
        value in any_json(),
    ) {
        let emulator = world();
        if let Err(error) = emulator.control(method, path, Some(json!({name: value}))) {
            prop_assert!([400, 404, 405].contains(&error.status), "{error}");
            prop_assert!(!error.message.is_empty());
        }
        emulator.control("GET", "health", None).expect("it lives on");
    }

    #[test]
    fn scenarios_of_any_kind(key in prop::sample::select(vec!["seed", "epoch", "clock", "knobs", "cluster", "fault", "call"]),
        value in any_json(), noise in "[ -~\n]{0,40}") {
        let mut table = Map::new();
        table.insert(key.to_owned(), value);
        let text = toml::to_string(&Value::Object(table)).unwrap_or_default();
        for text in [text.clone(), noise.clone(), format!("{text}\n{noise}")] {
            if let Ok(scenario) = Scenario::parse("any.toml", &text) {
                let built = Emulator::builder().scenario(scenario).build();
                prop_assert!(built.err().is_none_or(|error| error.to_string().starts_with("any.toml")));
            }
        }
    }
}

/// Operations of `CloudWatch` on alarms.
const OF_ALARMS: [&str; 7] = [
    "DeleteAlarms",
    "DescribeAlarms",
    "ListTagsForResource",
    "PutMetricAlarm",
    "SetAlarmState",
    "TagResource",
    "UntagResource",
];

/// Members of their requests.
const MEMBERS_OF_ALARMS: [&str; 14] = [
    "AlarmName",
    "AlarmNames",
    "AlarmTypes",
    "Dimensions",
    "EvaluationPeriods",
    "MaxRecords",
    "Metrics",
    "NextToken",
    "Period",
    "ResourceARN",
    "StateReasonData",
    "StateValue",
    "Tags",
    "Threshold",
];

/// Values that fit some of these members.
fn fitting() -> impl Strategy<Value = Value> {
    let known = [
        json!(["errors"]),
        json!([{"Name": "a", "Value": "<&]]>\u{1}"}]),
        json!([{"Id": "m", "Expression": "1"}]),
        json!([{"Key": "aws:", "Value": "x"}]),
        json!(1e300),
        json!("errors"),
        json!("OK"),
        json!("{"),
        json!(format!("arn:aws:cloudwatch:{REGION}:123456789012:alarm:errors")),
    ];
    prop_oneof![prop::sample::select(known.to_vec()), any_json()]
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const CBOR: (&str, &str) = ("smithy-protocol", "rpc-v2-cbor");

fn path_of(operation: &str) -> String {
    format!("/service/GraniteServiceVersion20100801/operation/{operation}")
}

/// Demands of an answer about alarms that it is success or a refusal; never our own bug.
fn is_fit_alarm(what: &str, (status, body): &(u16, Vec<u8>)) {
    let text = String::from_utf8_lossy(body);
    let fits = [200, 400, 404].contains(status) && !text.contains("has a bug");
    assert!(fits, "{what}: {status} {text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn requests_about_alarms(
        operation in prop::sample::select(OF_ALARMS.to_vec()),
        changes in prop::collection::btree_map(prop::sample::select(MEMBERS_OF_ALARMS.to_vec()), fitting(), 0..5),
    ) {
        let emulator = fleet(0);
        let mut alarm = json!({
            "AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
            "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
            "StateReason": "", "StateValue": "OK",
        });
        let put = raw(&emulator, "GraniteServiceVersion20100801.PutMetricAlarm", alarm.to_string().into_bytes());
        assert_eq!(put.0, 200);
        for (member, value) in changes {
            alarm[member] = value;
        }
        let target = format!("GraniteServiceVersion20100801.{operation}");
        is_fit_alarm(operation, &raw(&emulator, &target, alarm.to_string().into_bytes()));
        // What came of it can be written in each protocol.
        is_fit_alarm("as CBOR", &raw_at(&emulator, &path_of("DescribeAlarms"), CBOR, Vec::new()));
        is_fit_alarm("as XML", &raw_at(&emulator, "/", FORM, b"Action=DescribeAlarms&Version=2010-08-01".to_vec()));
    }

    #[test]
    fn bytes_about_alarms(
        operation in prop::sample::select(OF_ALARMS.to_vec()),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        field in "[A-Za-z.0-9]{0,30}",
    ) {
        let emulator = fleet(0);
        is_fit_alarm(operation, &raw_at(&emulator, &path_of(operation), CBOR, bytes.clone()));
        let mut form = format!("Action={operation}&Version=2010-08-01&Metrics.member.1.{field}=1&{field}=").into_bytes();
        form.extend(bytes);
        is_fit_alarm(operation, &raw_at(&emulator, "/", FORM, form));
    }
}

#[test]
fn huge_and_deep_bodies() {
    let emulator = fleet(0);
    let target = "AmazonEC2ContainerServiceV20141113.ListDaemons";
    let (status, answer) = raw(&emulator, target, vec![b' '; BODY_LIMIT + 1]);
    assert_eq!(status, 413, "{}", String::from_utf8_lossy(&answer));
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    let (status, answer) = raw(&emulator, target, deep);
    assert_eq!(status, 400);
    assert!(String::from_utf8_lossy(&answer).contains("SerializationException"));
    let long = json!({"clusterArn": "x".repeat(1_000_000)}).to_string();
    let (status, answer) = raw(&emulator, target, long.into_bytes());
    assert_eq!(
        status,
        400,
        "{}",
        String::from_utf8_lossy(&answer).chars().take(200).collect::<String>()
    );
}

#[test]
fn unknown_targets() {
    let emulator = fleet(0);
    let check = |target: &str| {
        let (status, answer) = raw(&emulator, target, b"{}".to_vec());
        format!("{status} {}", String::from_utf8_lossy(&answer))
    };
    insta::assert_snapshot!(check("AmazonEC2ContainerServiceV20141113.MakeCoffee"), @r#"400 {"__type":"UnknownOperationException","message":"The operation 'MakeCoffee' is unknown."}"#);
    insta::assert_snapshot!(check("DynamoDB_20120810.ListTables"), @r#"400 {"__type":"UnknownOperationException","message":"The operation 'ListTables' is unknown."}"#);
    insta::assert_snapshot!(check("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.CreateTrail"), @r#"400 {"__type":"UnknownOperationException","message":"The operation 'CreateTrail' is unknown."}"#);
    insta::assert_snapshot!(check(""), @r#"400 {"__type":"UnknownOperationException","message":"The operation '' is unknown."}"#);
}
