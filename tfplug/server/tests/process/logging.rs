//! The lines that the client reads on stderr.

use serde_json::Value;
use tfplug_core::{Type, msgpack, test_support::literal::parse};
use tfplug_server::proto::{
    plugin::{Empty, grpc_controller_client::GrpcControllerClient},
    tfplugin6::{DynamicValue, list_resource, provider_client::ProviderClient},
};

use crate::{client::Start, rpcs::create};

/// The log of a process that has created `planned`.
async fn check(level: Option<&str>, planned: &str) -> String {
    let mut start = Start::new();
    if let Some(level) = level {
        start = start.env("TF_LOG", level);
    }
    let plugin = start.start().await;
    let channel = plugin.connect().await;
    ProviderClient::new(channel.clone())
        .apply_resource_change(create(planned))
        .await
        .unwrap();
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let end = plugin.end().await;
    end.check();
    end.log
}

/// A line without what changes from run to run.
fn stable(line: &str) -> String {
    let mut line: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
    let time = line.remove("@timestamp").unwrap();
    assert_eq!(time.as_str().unwrap().len(), "2026-05-04T10:20:30.123456Z".len());
    assert!(line["@message"].is_string());
    if let Some(id) = line.get_mut("tf_req_id") {
        assert_eq!(id.as_str().unwrap().len(), 36);
        *id = "ID".into();
    }
    if let Some(duration) = line.get_mut("tf_req_duration_ms") {
        assert!(duration.is_u64());
        *duration = "MS".into();
    }
    Value::Object(line).to_string()
}

#[tokio::test]
async fn each_call_is_told_at_trace() {
    let log = check(Some("TRACE"), r#"{ name = "a", size = 1, note = "secret" }"#).await;
    let lines: Vec<String> = log.lines().map(stable).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"@level":"trace","@message":"Received request","@module":"sdk.proto","tf_req_id":"ID","tf_resource_type":"toy_thing","tf_rpc":"ApplyResourceChange"}
    {"@level":"debug","@message":"Creating","@module":"toy.provider","tf_req_id":"ID","tf_resource_type":"toy_thing","tf_rpc":"ApplyResourceChange"}
    {"@level":"trace","@message":"Served request","@module":"sdk.proto","diagnostic_error_count":0,"diagnostic_warning_count":0,"tf_req_duration_ms":"MS","tf_req_id":"ID","tf_resource_type":"toy_thing","tf_rpc":"ApplyResourceChange"}
    "#);
    assert!(!log.contains("secret"));
}

#[tokio::test]
async fn without_a_level_nothing_is_written() {
    assert_eq!(check(None, r#"{ name = "a", size = 1 }"#).await, "");
}

#[tokio::test]
async fn diagnostics_are_told_at_their_severity() {
    let log = check(
        Some("WARN"),
        r#"{ name = "a", size = 1, behaviour = "fail_after_create" }"#,
    )
    .await;
    let lines: Vec<String> = log.lines().map(stable).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"{"@level":"error","@message":"Response contains error diagnostic","@module":"sdk.proto","diagnostic_detail":"The thing exists, but.","diagnostic_severity":"ERROR","diagnostic_summary":"Half done","tf_req_id":"ID","tf_resource_type":"toy_thing","tf_rpc":"ApplyResourceChange"}"#);
}

#[tokio::test]
async fn a_panic_is_told_in_words_that_the_client_knows() {
    let log = check(
        Some("OFF"),
        r#"{ name = "a", size = 1, behaviour = "panic_in_create" }"#,
    )
    .await;
    let first = log.lines().next().unwrap();
    assert!(
        first.starts_with("panic: no creating today (") && first.ends_with(')'),
        "{first}"
    );
    assert!(first.contains("provider.rs:"));
    assert!(log.lines().count() > 5, "a backtrace follows");
}

/// The diagnostics of each part are told when it is sent, and counted at the end.
#[tokio::test]
async fn answers_in_parts_are_told_as_one_call() {
    let plugin = Start::new().env("TF_LOG", "TRACE").start().await;
    let channel = plugin.connect().await;
    let ty = Type::object([("count_of", Type::Number), ("behaviour", Type::String)]);
    let config = parse(r#"{ count_of = 2, behaviour = "message" }"#).unwrap();
    let request = list_resource::Request {
        type_name: "toy_thing".into(),
        config: Some(DynamicValue {
            msgpack: msgpack::encode(&config, &ty).unwrap(),
            json: Vec::new(),
        }),
        ..list_resource::Request::default()
    };
    let mut events = ProviderClient::new(channel.clone())
        .list_resource(request)
        .await
        .unwrap()
        .into_inner();
    while events.message().await.unwrap().is_some() {}
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let log = plugin.end().await.log;
    let lines: Vec<String> = log
        .lines()
        .map(stable)
        .filter(|line| line.contains("sdk.proto"))
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
    {"@level":"trace","@message":"Received request","@module":"sdk.proto","tf_list_resource_type":"toy_thing","tf_req_id":"ID","tf_rpc":"ListResource"}
    {"@level":"warn","@message":"Response contains warning diagnostic","@module":"sdk.proto","diagnostic_detail":"One thing could not be read.","diagnostic_severity":"WARNING","diagnostic_summary":"Unreadable","tf_list_resource_type":"toy_thing","tf_req_id":"ID","tf_rpc":"ListResource"}
    {"@level":"trace","@message":"Served request","@module":"sdk.proto","diagnostic_error_count":0,"diagnostic_warning_count":1,"tf_list_resource_type":"toy_thing","tf_req_duration_ms":"MS","tf_req_id":"ID","tf_rpc":"ListResource"}
    "#);
}
