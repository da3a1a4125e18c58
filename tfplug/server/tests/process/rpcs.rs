//! Calls over a real connection, in a process that is never asked for its schema unless a test says so.

use std::time::Duration;

use tfplug_core::{Block, Type, Value, msgpack, test_support::literal::parse};
use tfplug_server::proto::{
    health::{HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient},
    plugin::{ConnInfo, grpc_broker_client::GrpcBrokerClient, grpc_stdio_client::GrpcStdioClient},
    tfplugin6::{self as proto, provider_client::ProviderClient},
};
use tokio::time::timeout;
use tokio_stream::StreamExt;

use crate::client::{PATIENCE, Start};

/// The type of `toy_thing`, which the client knows from its own cache.
fn thing_type() -> Type {
    let part = Type::Object([("name".into(), Type::String), ("count_of".into(), Type::Number)].into());
    Type::Object(
        [
            ("id".into(), Type::String),
            ("name".into(), Type::String),
            ("size".into(), Type::Number),
            ("note".into(), Type::String),
            ("tags".into(), Type::map(Type::String)),
            ("behaviour".into(), Type::String),
            ("revision".into(), Type::Number),
            ("part".into(), Type::list(part)),
        ]
        .into(),
    )
}

/// A thing with every member.
pub(crate) fn thing(value: &Value) -> Value {
    let Type::Object(members) = thing_type() else {
        unreachable!()
    };
    let mut whole = Block::default().complete(value.clone());
    for name in members
        .keys()
        .filter(|name| value.as_map().is_some_and(|value| !value.contains_key(*name)))
    {
        whole.insert(
            name.clone(),
            if name == "part" {
                Value::List(Vec::new())
            } else {
                Value::Null
            },
        );
    }
    whole
}

#[expect(clippy::unnecessary_wraps, reason = "fields of messages are optional")]
pub(crate) fn dynamic(literal: &str) -> Option<proto::DynamicValue> {
    let value = thing(&parse(literal).unwrap());
    Some(proto::DynamicValue {
        msgpack: msgpack::encode(&value, &thing_type()).unwrap(),
        json: Vec::new(),
    })
}

pub(crate) fn thing_of(value: Option<&proto::DynamicValue>) -> Value {
    msgpack::decode(&value.unwrap().msgpack, &thing_type()).unwrap()
}

/// The request to create a thing.
pub(crate) fn create(planned: &str) -> proto::apply_resource_change::Request {
    proto::apply_resource_change::Request {
        type_name: "toy_thing".into(),
        prior_state: dynamic("null"),
        planned_state: dynamic(planned),
        config: dynamic(planned),
        planned_private: b"planned".to_vec(),
        ..proto::apply_resource_change::Request::default()
    }
}

#[tokio::test]
async fn health_is_that_of_the_plugin() {
    let plugin = Start::new().start().await;
    let mut client = HealthClient::new(plugin.connect().await);
    for service in ["plugin", ""] {
        let request = HealthCheckRequest {
            service: service.into(),
        };
        assert_eq!(
            client.check(request.clone()).await.unwrap().into_inner().status(),
            ServingStatus::Serving
        );
        let mut watch = client.watch(request).await.unwrap().into_inner();
        assert_eq!(watch.message().await.unwrap().unwrap().status(), ServingStatus::Serving);
        assert!(
            timeout(Duration::from_millis(50), watch.message()).await.is_err(),
            "nothing changes"
        );
    }
    let request = HealthCheckRequest {
        service: "coffee".into(),
    };
    assert_eq!(client.check(request).await.unwrap_err().code(), tonic::Code::NotFound);
}

#[tokio::test]
async fn the_side_streams_stay_open_and_silent() {
    let plugin = Start::new().start().await;
    let channel = plugin.connect().await;
    let mut stdio = GrpcStdioClient::new(channel.clone())
        .stream_stdio(())
        .await
        .unwrap()
        .into_inner();
    let outgoing = tokio_stream::iter([ConnInfo {
        service_id: 1,
        ..ConnInfo::default()
    }])
    .chain(tokio_stream::pending());
    let mut broker = GrpcBrokerClient::new(channel)
        .start_stream(outgoing)
        .await
        .unwrap()
        .into_inner();
    assert!(timeout(Duration::from_millis(100), stdio.message()).await.is_err());
    assert!(timeout(Duration::from_millis(100), broker.message()).await.is_err());
}

#[tokio::test]
async fn large_requests_and_answers_pass() {
    let plugin = Start::new().start().await;
    let mut client = ProviderClient::new(plugin.connect().await).max_decoding_message_size(64 * 1024 * 1024);
    let note = "x".repeat(5 * 1024 * 1024);
    let request = create(&format!(r#"{{ name = "a", size = 1, note = "{note}" }}"#));
    let response = timeout(PATIENCE, client.apply_resource_change(request))
        .await
        .unwrap()
        .unwrap()
        .into_inner();
    assert_eq!(response.diagnostics, []);
    assert_eq!(
        thing_of(response.new_state.as_ref()).get("note").as_str().map(str::len),
        Some(note.len())
    );
}

#[tokio::test]
async fn ten_calls_run_at_once() {
    let plugin = Start::new().env("TF_LOG", "DEBUG").start().await;
    let client = ProviderClient::new(plugin.connect().await);
    let calls: Vec<_> = (0..10)
        .map(|index| {
            let mut client = client.clone();
            let request = create(&format!(
                r#"{{ name = "{index}", size = 1, behaviour = "wait_for_stop" }}"#
            ));
            tokio::spawn(async move { client.apply_resource_change(request).await.unwrap().into_inner() })
        })
        .collect();
    // All of them are under way before any of them may end.
    timeout(PATIENCE, async {
        while plugin.log().matches("Creating").count() < 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    client
        .clone()
        .stop_provider(proto::stop_provider::Request {})
        .await
        .unwrap();
    for (index, call) in calls.into_iter().enumerate() {
        let response = timeout(PATIENCE, call).await.unwrap().unwrap();
        assert_eq!(
            thing_of(response.new_state.as_ref()).get("id").as_str(),
            Some(index.to_string().as_str())
        );
    }
}

#[tokio::test]
async fn a_life_without_a_schema_call() {
    let plugin = Start::new().start().await;
    let mut client = ProviderClient::new(plugin.connect().await);
    let config = r#"{ name = "a", part = [{ name = "p", count_of = null }] }"#;

    let raw = br#"{ "name": "old",
        "width": 3 }"#;
    let request = proto::upgrade_resource_state::Request {
        type_name: "toy_thing".into(),
        version: 0,
        raw_state: Some(proto::RawState {
            json: raw.to_vec(),
            ..proto::RawState::default()
        }),
    };
    let upgraded = client.upgrade_resource_state(request).await.unwrap().into_inner();
    assert_eq!(
        thing_of(upgraded.upgraded_state.as_ref()),
        thing(&parse(r#"{ name = "old", size = 3 }"#).unwrap())
    );

    let request = proto::plan_resource_change::Request {
        type_name: "toy_thing".into(),
        config: dynamic(config),
        proposed_new_state: dynamic(config),
        ..proto::plan_resource_change::Request::default()
    };
    let planned = client.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(planned.diagnostics, []);

    let request = proto::apply_resource_change::Request {
        type_name: "toy_thing".into(),
        config: dynamic(config),
        planned_state: planned.planned_state,
        planned_private: planned.planned_private,
        planned_identity: planned.planned_identity,
        ..proto::apply_resource_change::Request::default()
    };
    let applied = client.apply_resource_change(request).await.unwrap().into_inner();
    assert_eq!(applied.diagnostics, []);

    let request = proto::read_resource::Request {
        type_name: "toy_thing".into(),
        current_state: applied.new_state.clone(),
        private: applied.private,
        current_identity: applied.new_identity.clone(),
        ..proto::read_resource::Request::default()
    };
    let read = client.read_resource(request).await.unwrap().into_inner();
    assert_eq!(read.diagnostics, []);
    assert_eq!(read.private, b"applied");
    assert_eq!(read.new_identity, applied.new_identity);
    let expected = r#"{ id = "a", name = "a", size = 1, revision = 1, part = [{ name = "p", count_of = 1 }] }"#;
    assert_eq!(thing_of(read.new_state.as_ref()), thing(&parse(expected).unwrap()));
}

#[tokio::test]
async fn the_streams_of_what_is_not_there_end_with_a_reason() {
    let plugin = Start::new().start().await;
    let mut client = ProviderClient::new(plugin.connect().await);
    let request = proto::list_resource::Request {
        type_name: "toy_bare".into(),
        ..Default::default()
    };
    let mut events = client.list_resource(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    assert_eq!(event.diagnostic[0].summary, "Unknown list resource type");
    assert_eq!(events.message().await.unwrap(), None);

    let request = proto::invoke_action::Request {
        action_type: "toy_hop".into(),
        ..Default::default()
    };
    let mut events = client.invoke_action(request).await.unwrap().into_inner();
    let event = events.message().await.unwrap().unwrap();
    let Some(proto::invoke_action::event::Type::Completed(completed)) = event.r#type else {
        panic!("{event:?}")
    };
    assert_eq!(completed.diagnostics[0].summary, "Unknown action type");
    assert_eq!(events.message().await.unwrap(), None);
}
