//! Alarms of `CloudWatch` at the same address: each protocol of its clients, what is refused, and that a state which
//! somebody sets there rolls a deployment back.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "helpers of tests stand outside of them"
)]

mod support;

use bytes::Bytes;
use ciborium::Value as Cbor;
use ecs_emulator::{Emulator, Outcome};
use http::request::Builder;
use http::{Request, Response};
use serde_json::{Value, json};
use support::{REGION, arn, call, fleet};

fn answer(emulator: &Emulator, request: Builder, body: impl Into<Bytes>) -> Response<Bytes> {
    let credential = format!("Credential=AKIA/20260101/{REGION}/monitoring/aws4_request");
    let request = request
        .header(
            "authorization",
            format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"),
        )
        .body(body.into())
        .expect("a valid request");
    match emulator.receive(&request).outcome {
        Outcome::Answer(response) => response,
        other => panic!("no answer but {other:?}"),
    }
}

/// A call in JSON; answers status and body.
fn ask(emulator: &Emulator, operation: &str, body: &Value) -> (u16, Value) {
    let request = Request::post("/").header("x-amz-target", format!("GraniteServiceVersion20100801.{operation}"));
    let response = answer(emulator, request, body.to_string());
    let shown = serde_json::from_slice(response.body()).expect("the answer is JSON");
    (response.status().as_u16(), shown)
}

fn ok(emulator: &Emulator, operation: &str, body: &Value) -> Value {
    let (status, answer) = ask(emulator, operation, body);
    assert_eq!(status, 200, "{operation}: {answer}");
    answer
}

/// An alarm on a metric, with some members replaced; null takes one away.
fn alarm(changes: &Value) -> Value {
    let mut body = json!({
        "AlarmName": "errors", "Namespace": "App", "MetricName": "Errors", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    for (member, value) in changes.as_object().unwrap() {
        body[member] = value.clone();
    }
    body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    body
}

/// A fleet of two with the daemon `agent`, which an update to its second definition rolls out while it watches `errors`.
/// Answers the ARN of that deployment.
fn rollout(emulator: &Emulator) -> Value {
    for image in ["agent:1", "agent:2"] {
        let container = json!({"name": "agent", "image": image});
        let definition = json!({"family": "agent", "containerDefinitions": [container]});
        call(emulator, "RegisterDaemonTaskDefinition", &definition);
    }
    let definition = |revision: u32| arn(&format!("daemon-task-definition/agent:{revision}"));
    let providers = json!([arn("capacity-provider/fleet")]);
    let create = json!({
        "daemonName": "agent", "clusterArn": arn("cluster/prod"), "daemonTaskDefinitionArn": definition(1),
        "capacityProviderArns": providers,
    });
    call(emulator, "CreateDaemon", &create);
    assert!(emulator.settle(std::time::Duration::from_hours(2)));
    let alarms = json!({"alarmNames": ["errors"], "enable": true});
    let update = json!({
        "daemonArn": arn("daemon/prod/agent"), "daemonTaskDefinitionArn": definition(2),
        "capacityProviderArns": providers, "deploymentConfiguration": {"alarms": alarms, "bakeTimeInMinutes": 10},
    });
    let updated = call(emulator, "UpdateDaemon", &update);
    emulator.advance(std::time::Duration::from_mins(2));
    updated["deploymentArn"].clone()
}

fn status(emulator: &Emulator, deployment: &Value) -> (Value, Value) {
    let body = json!({"daemonDeploymentArns": [deployment]});
    let found = call(emulator, "DescribeDaemonDeployments", &body)["daemonDeployments"][0].clone();
    (found["status"].clone(), found["alarms"]["triggeredAlarmNames"].clone())
}

/// Sets the alarm in one of the protocols, and expects that the deployment which watches it goes back.
fn rolls_back(set: impl Fn(&Emulator) -> Response<Bytes>) {
    let emulator = fleet(2);
    ok(&emulator, "PutMetricAlarm", &alarm(&json!({})));
    let deployment = rollout(&emulator);
    assert_eq!(status(&emulator, &deployment).0, "IN_PROGRESS");
    let response = set(&emulator);
    assert_eq!(response.status(), 200, "{:?}", response.body());
    assert!(emulator.settle(std::time::Duration::from_hours(2)));
    assert_eq!(
        status(&emulator, &deployment),
        (json!("ROLLBACK_SUCCESSFUL"), json!(["errors"]))
    );
    let described = ok(&emulator, "DescribeAlarms", &json!({"AlarmNames": ["errors"]}));
    assert_eq!(described["MetricAlarms"][0]["StateReason"], "by hand");
}

#[test]
fn a_state_that_is_set_in_json_rolls_a_deployment_back() {
    rolls_back(|emulator| {
        let request = Request::post("/").header("x-amz-target", "GraniteServiceVersion20100801.SetAlarmState");
        let body = json!({"AlarmName": "errors", "StateValue": "ALARM", "StateReason": "by hand"});
        answer(emulator, request, body.to_string())
    });
}

#[test]
fn a_state_that_is_set_by_a_form_rolls_a_deployment_back() {
    rolls_back(|emulator| {
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let form = "Action=SetAlarmState&Version=2010-08-01&AlarmName=errors&StateValue=ALARM&StateReason=by+hand";
        answer(emulator, request, form)
    });
}

fn cbor_request(operation: &str) -> Builder {
    Request::post(format!("/service/GraniteServiceVersion20100801/operation/{operation}"))
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("content-type", "application/cbor")
}

fn cbor(members: &[(&str, Cbor)]) -> Vec<u8> {
    let members = members
        .iter()
        .map(|(name, value)| (Cbor::Text((*name).to_owned()), value.clone()));
    let mut bytes = Vec::new();
    ciborium::into_writer(&Cbor::Map(members.collect()), &mut bytes).expect("memory");
    bytes
}

#[test]
fn a_state_that_is_set_in_cbor_rolls_a_deployment_back() {
    rolls_back(|emulator| {
        let text = |text: &str| Cbor::Text(text.to_owned());
        let body = [
            ("AlarmName", text("errors")),
            ("StateValue", text("ALARM")),
            ("StateReason", text("by hand")),
        ];
        answer(emulator, cbor_request("SetAlarmState"), cbor(&body))
    });
}

/// The headers of an answer that clients look at, and its body.
fn shown(response: &Response<Bytes>, body: &str) -> String {
    let header = |name: &str| {
        let value = response.headers().get(name);
        value
            .map(|value| format!("{name}: {}\n", value.to_str().unwrap()))
            .unwrap_or_default()
    };
    let headers = ["content-type", "smithy-protocol", "x-amzn-query-error"].map(header);
    format!("{}\n{}{body}", response.status(), headers.concat())
}

#[test]
fn refusals_in_each_protocol() {
    let emulator = fleet(0);
    let unknown = json!({"AlarmName": "none", "StateValue": "OK", "StateReason": ""});
    let request = Request::post("/").header("x-amz-target", "GraniteServiceVersion20100801.SetAlarmState");
    let response = answer(&emulator, request, unknown.to_string());
    insta::assert_snapshot!(shown(&response, &String::from_utf8_lossy(response.body())), @r#"
    404 Not Found
    content-type: application/x-amz-json-1.0
    x-amzn-query-error: ResourceNotFound;Sender
    {"__type":"ResourceNotFound","message":"There is no alarm none."}
    "#);
    let form = "Action=SetAlarmState&Version=2010-08-01&AlarmName=none&StateValue=OK&StateReason=";
    let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let response = answer(&emulator, request, form);
    let text = String::from_utf8_lossy(response.body());
    let text = text.split("<RequestId>").next().unwrap();
    insta::assert_snapshot!(shown(&response, text), @r#"
    404 Not Found
    content-type: text/xml
    <ErrorResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/"><Error><Type>Sender</Type><Code>ResourceNotFound</Code><Message>There is no alarm none.</Message></Error>
    "#);
    let body = cbor(&[("AlarmNames", Cbor::Array(vec![Cbor::Text("none".to_owned())]))]);
    let response = answer(&emulator, cbor_request("DeleteAlarms"), body);
    let value: Cbor = ciborium::from_reader(&**response.body()).expect("CBOR");
    insta::assert_snapshot!(shown(&response, &format!("{value:?}")), @r#"
    404 Not Found
    content-type: application/cbor
    smithy-protocol: rpc-v2-cbor
    x-amzn-query-error: ResourceNotFound;Sender
    Map([(Text("__type"), Text("com.amazonaws.cloudwatch#ResourceNotFound")), (Text("message"), Text("There is no alarm none."))])
    "#);
    let response = answer(&emulator, cbor_request("DeleteAlarms"), "no CBOR");
    let value: Cbor = ciborium::from_reader(&**response.body()).expect("CBOR");
    insta::assert_snapshot!(shown(&response, &format!("{value:?}")), @r#"
    400 Bad Request
    content-type: application/cbor
    smithy-protocol: rpc-v2-cbor
    x-amzn-query-error: SerializationException;Sender
    Map([(Text("__type"), Text("com.amazonaws.cloudwatch#SerializationException")), (Text("message"), Text("The body is not of the form that its content type names."))])
    "#);
}

#[test]
fn refusals() {
    let emulator = fleet(0);
    ok(&emulator, "PutMetricAlarm", &alarm(&json!({})));
    let arn = format!("arn:aws:cloudwatch:{REGION}:123456789012:alarm:errors");
    let put = |changes: Value| ("PutMetricAlarm", alarm(&changes));
    let many: Vec<Value> = (0..51).map(|n| json!({"Key": n.to_string(), "Value": ""})).collect();
    let cases = [
        ("no name", put(json!({"AlarmName": null}))),
        ("no metric", put(json!({"MetricName": null}))),
        ("two sources", put(json!({"Metrics": []}))),
        ("no period", put(json!({"Period": null}))),
        ("no statistic", put(json!({"Statistic": null}))),
        ("bad statistic", put(json!({"Statistic": "Median"}))),
        ("no operator", put(json!({"ComparisonOperator": null}))),
        ("no threshold", put(json!({"Threshold": null}))),
        ("more points than periods", put(json!({"DatapointsToAlarm": 2}))),
        ("a text as a number", put(json!({"Period": "60"}))),
        ("reserved tag", put(json!({"Tags": [{"Key": "aws:x", "Value": ""}]}))),
        (
            "names and prefix",
            ("DescribeAlarms", json!({"AlarmNames": ["a"], "AlarmNamePrefix": "a"})),
        ),
        ("bad page", ("DescribeAlarms", json!({"NextToken": "x"}))),
        (
            "bad state",
            (
                "SetAlarmState",
                json!({"AlarmName": "errors", "StateValue": "BAD", "StateReason": ""}),
            ),
        ),
        (
            "reason data",
            (
                "SetAlarmState",
                json!({"AlarmName": "errors", "StateValue": "OK", "StateReason": "", "StateReasonData": "{"}),
            ),
        ),
        ("none", ("DeleteAlarms", json!({"AlarmNames": []}))),
        (
            "one unknown",
            ("DeleteAlarms", json!({"AlarmNames": ["errors", "none"]})),
        ),
        (
            "unknown",
            ("TagResource", json!({"ResourceARN": format!("{arn}x"), "Tags": []})),
        ),
        ("too many", ("TagResource", json!({"ResourceARN": arn, "Tags": many}))),
        ("unknown", ("UntagResource", json!({"ResourceARN": "x", "TagKeys": []}))),
        ("unknown", ("ListTagsForResource", json!({"ResourceARN": "x"}))),
        ("not emulated", ("PutMetricData", json!({}))),
    ];
    let lines = cases.map(|(what, (operation, body))| {
        let (status, answer) = ask(&emulator, operation, &body);
        let text = |member: &str| answer[member].as_str().unwrap_or_default().to_owned();
        format!("{operation}, {what}: {status} {}: {}", text("__type"), text("message"))
    });
    insta::assert_snapshot!(lines.join("\n"), @r"
    PutMetricAlarm, no name: 400 ValidationError: Invalid parameter: 'AlarmName' is required
    PutMetricAlarm, no metric: 400 InvalidParameterCombinationException: Specify MetricName, Metrics or EvaluationCriteria.
    PutMetricAlarm, two sources: 400 InvalidParameterCombinationException: Specify only one of MetricName and Metrics.
    PutMetricAlarm, no period: 400 InvalidParameterCombinationException: An alarm on a metric needs a Period.
    PutMetricAlarm, no statistic: 400 InvalidParameterCombinationException: Specify either Statistic or ExtendedStatistic.
    PutMetricAlarm, bad statistic: 400 ValidationError: Invalid parameter: 'Statistic' must be one of SampleCount, Average, Sum, Minimum, Maximum, but is 'Median'
    PutMetricAlarm, no operator: 400 InvalidParameterCombinationException: An alarm on metrics needs ComparisonOperator.
    PutMetricAlarm, no threshold: 400 InvalidParameterCombinationException: Specify either Threshold or ThresholdMetricId.
    PutMetricAlarm, more points than periods: 400 InvalidParameterValueException: DatapointsToAlarm must not be greater than EvaluationPeriods.
    PutMetricAlarm, a text as a number: 400 SerializationException: Period: expected an integer, found a string
    PutMetricAlarm, reserved tag: 400 InvalidParameterValueException: The tag key aws:x is reserved: it begins with aws:.
    DescribeAlarms, names and prefix: 400 InvalidParameterCombinationException: Specify either AlarmNames or AlarmNamePrefix.
    DescribeAlarms, bad page: 400 InvalidNextToken: The next token specified is invalid.
    SetAlarmState, bad state: 400 ValidationError: Invalid parameter: 'StateValue' must be one of OK, ALARM, INSUFFICIENT_DATA, but is 'BAD'
    SetAlarmState, reason data: 400 InvalidFormatFault: StateReasonData must be JSON.
    DeleteAlarms, none: 400 InvalidParameterValueException: Specify 1 to 100 alarms.
    DeleteAlarms, one unknown: 404 ResourceNotFound: There is no alarm none.
    TagResource, unknown: 400 ResourceNotFoundException: There is no alarm arn:aws:cloudwatch:eu-central-1:123456789012:alarm:errorsx.
    TagResource, too many: 400 InvalidParameterValueException: An alarm has at most 50 tags.
    UntagResource, unknown: 400 ResourceNotFoundException: There is no alarm x.
    ListTagsForResource, unknown: 400 ResourceNotFoundException: There is no alarm x.
    PutMetricData, not emulated: 400 UnknownOperationException: The operation 'PutMetricData' is unknown. Of CloudWatch, the emulator has the operations on metric alarms and their tags only.
    ");
    let left = ok(&emulator, "DescribeAlarms", &json!({}));
    assert_eq!(
        left["MetricAlarms"].as_array().map(Vec::len),
        Some(1),
        "none was deleted"
    );
}

#[test]
fn the_life_of_an_alarm() {
    let emulator = fleet(0);
    for name in ["c", "a", "b"] {
        let tags = json!([{"Key": "team", "Value": name}]);
        let actions = json!([format!("arn:aws:sns:{REGION}:123456789012:{name}")]);
        let body = alarm(&json!({"AlarmName": name, "Tags": tags, "AlarmActions": actions}));
        assert_eq!(ok(&emulator, "PutMetricAlarm", &body), json!({}));
    }
    let names = |body: Value| {
        let answer = ok(&emulator, "DescribeAlarms", &body);
        let alarms = answer["MetricAlarms"].as_array().unwrap().iter();
        let names: Vec<&str> = alarms.map(|alarm| alarm["AlarmName"].as_str().unwrap()).collect();
        (names.join(" "), answer["NextToken"].clone())
    };
    let (first, token) = names(json!({"MaxRecords": 2}));
    assert_eq!(
        (first.as_str(), names(json!({"MaxRecords": 2, "NextToken": token})).0),
        ("a b", "c".to_owned())
    );
    let set = json!({"AlarmName": "b", "StateValue": "ALARM", "StateReason": "why", "StateReasonData": "{\"n\":1}"});
    ok(&emulator, "SetAlarmState", &set);
    let check = |body: Value, expected: &str| assert_eq!(names(body.clone()).0, expected, "{body}");
    check(json!({"StateValue": "ALARM"}), "b");
    check(json!({"StateValue": "INSUFFICIENT_DATA"}), "a c");
    check(json!({"AlarmNamePrefix": "c"}), "c");
    check(json!({"AlarmNames": ["a", "unknown"]}), "a");
    check(
        json!({"ActionPrefix": format!("arn:aws:sns:{REGION}:123456789012:b")}),
        "b",
    );
    check(json!({"AlarmTypes": ["CompositeAlarm"]}), "");
    check(json!({"ParentsOfAlarmName": "a"}), "");
    emulator.advance(std::time::Duration::from_mins(1));
    let changed = alarm(&json!({"AlarmName": "b", "Threshold": 7.5, "Tags": [{"Key": "team", "Value": "new"}]}));
    ok(&emulator, "PutMetricAlarm", &changed);
    let described = ok(&emulator, "DescribeAlarms", &json!({"AlarmNames": ["b"]}))["MetricAlarms"][0].clone();
    let mut shown = described.clone();
    for (name, value) in shown.as_object_mut().unwrap() {
        if name.ends_with("Timestamp") {
            // The host's clock moves this world, so the milliseconds differ from run to run.
            *value = value.as_f64().unwrap().floor().into();
        }
    }
    insta::assert_snapshot!(serde_json::to_string_pretty(&shown).unwrap(), @r#"
    {
      "ActionsEnabled": true,
      "AlarmActions": [],
      "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:b",
      "AlarmConfigurationUpdatedTimestamp": 1767225660.0,
      "AlarmName": "b",
      "ComparisonOperator": "GreaterThanThreshold",
      "Dimensions": [],
      "EvaluationPeriods": 1,
      "InsufficientDataActions": [],
      "MetricName": "Errors",
      "Namespace": "App",
      "OKActions": [],
      "Period": 60,
      "StateReason": "why",
      "StateReasonData": "{\"n\":1}",
      "StateTransitionedTimestamp": 1767225600.0,
      "StateUpdatedTimestamp": 1767225600.0,
      "StateValue": "ALARM",
      "Statistic": "Sum",
      "Threshold": 7.5
    }
    "#);
    let arn = described["AlarmArn"].clone();
    ok(
        &emulator,
        "TagResource",
        &json!({"ResourceARN": arn, "Tags": [{"Key": "x", "Value": "y"}]}),
    );
    ok(
        &emulator,
        "UntagResource",
        &json!({"ResourceARN": arn, "TagKeys": ["team", "none"]}),
    );
    let tags = ok(&emulator, "ListTagsForResource", &json!({"ResourceARN": arn}));
    assert_eq!(tags["Tags"], json!([{"Key": "x", "Value": "y"}]));
    ok(&emulator, "DeleteAlarms", &json!({"AlarmNames": ["a", "b"]}));
    check(json!({}), "c");
}

#[test]
fn an_alarm_that_control_calls_have_set_keeps_its_state_and_is_no_alarm_of_cloudwatch_before_it_is_put() {
    let emulator = fleet(0);
    let path = format!("alarms/errors?region={REGION}");
    let set = emulator.control("POST", &path, Some(json!({"state": "ALARM"})));
    set.expect("a valid call");
    assert_eq!(ok(&emulator, "DescribeAlarms", &json!({}))["MetricAlarms"], json!([]));
    ok(&emulator, "PutMetricAlarm", &alarm(&json!({})));
    let described = ok(&emulator, "DescribeAlarms", &json!({}));
    assert_eq!(described["MetricAlarms"][0]["StateValue"], "ALARM");
}

#[test]
fn a_replay_gives_the_same_answers_whatever_the_protocol() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("journal");
    let emulator = Emulator::builder().journal_file(&file).build().expect("a world");
    ok(&emulator, "PutMetricAlarm", &alarm(&json!({})));
    let form = "Action=DescribeAlarms&Version=2010-08-01&AlarmNames.member.1=errors&MaxRecords=x";
    let request = || Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(answer(&emulator, request(), form).status(), 400);
    assert_eq!(answer(&emulator, request(), form.replace("=x", "=5")).status(), 200);
    assert_eq!(answer(&emulator, cbor_request("DescribeAlarms"), "").status(), 200);
    assert_eq!(
        answer(&emulator, cbor_request("DescribeAlarms"), "no CBOR").status(),
        400
    );
    let journal = std::fs::File::open(&file).expect("the journal");
    let found = ecs_emulator::replay(std::io::BufReader::new(journal)).expect("a journal");
    assert_eq!((found.difference, found.requests), (None, 5));
}
