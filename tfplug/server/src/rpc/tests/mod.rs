//! Requests that the driver never sends. Whatever comes, the answer is a diagnostic and loses nothing.

#![expect(clippy::unnecessary_wraps, reason = "fields of messages are optional")]

use std::sync::Arc;

use tfplug_core::{
    Schema, Type, Value, msgpack,
    test_support::literal::{parse, show},
};
use tokio_stream::StreamExt;

use super::{stream::StreamedRpc, *};

mod actions;
mod ephemeral;
mod failing;
mod functions;
mod lists;
mod refused;
mod stored;
#[path = "../../../toy/provider.rs"]
mod toy;

fn service() -> Service {
    Service::new(Arc::new(toy::Toy::new()))
}

/// The diagnostics of the answer, one a line.
async fn check<R: Rpc>(request: R) -> String {
    told(&service().handle(request).await)
}

/// The same for an answer in parts.
async fn check_parts<R: StreamedRpc>(request: R) -> String {
    let events: Vec<R::Event> = service().stream(request).collect().await;
    events.iter().map(told).collect::<Vec<_>>().join("\n")
}

/// A configuration of a list resource or an action.
fn inner(literal: &str, schema: &Schema) -> Option<proto::DynamicValue> {
    let value = schema.block.complete(parse(literal).unwrap());
    raw(&msgpack::encode(&value, &schema.implied_type()).unwrap())
}

fn told(answer: &impl Answer) -> String {
    let lines = answer.diagnostics().iter().map(|diagnostic| {
        let path = diagnostic
            .attribute
            .as_ref()
            .map(convert::path_text)
            .unwrap_or_default();
        format!(
            "{} [{path}] {}: {}",
            diagnostic.severity().as_str_name(),
            diagnostic.summary,
            diagnostic.detail
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn raw(bytes: &[u8]) -> Option<proto::DynamicValue> {
    Some(proto::DynamicValue {
        msgpack: bytes.to_vec(),
        json: Vec::new(),
    })
}

/// A complete thing.
fn thing(literal: &str) -> Option<proto::DynamicValue> {
    let service = service();
    let managed = service.managed("toy_thing").unwrap();
    let value = managed.resource.schema().block.complete(parse(literal).unwrap());
    raw(&msgpack::encode(&value, &managed.state).unwrap())
}

fn shown(value: Option<&proto::DynamicValue>) -> String {
    let service = service();
    let state = &service.managed("toy_thing").unwrap().state;
    value.map_or_else(
        || "absent".to_owned(),
        |value| show(&msgpack::decode(&value.msgpack, state).unwrap()),
    )
}

fn identity(name: &str) -> Option<proto::ResourceIdentityData> {
    let ty = Type::Object([("name".into(), Type::String)].into());
    let bytes = msgpack::encode(&Value::object([("name", Value::from(name))]), &ty).unwrap();
    Some(proto::ResourceIdentityData {
        identity_data: raw(&bytes),
    })
}

fn json_state(json: &str) -> Option<proto::RawState> {
    Some(proto::RawState {
        json: json.as_bytes().to_vec(),
        ..proto::RawState::default()
    })
}

fn apply(prior: &str, planned: &str) -> proto::apply_resource_change::Request {
    proto::apply_resource_change::Request {
        type_name: "toy_thing".into(),
        prior_state: thing(prior),
        planned_state: thing(planned),
        config: thing(planned),
        planned_private: b"private".to_vec(),
        planned_identity: identity("a"),
        ..proto::apply_resource_change::Request::default()
    }
}

#[tokio::test]
async fn absent_values_are_null() {
    let request = proto::plan_resource_change::Request {
        type_name: "toy_thing".into(),
        ..Default::default()
    };
    let answer = service().handle(request).await;
    assert_eq!(shown(answer.planned_state.as_ref()), "null");
    let request = proto::apply_resource_change::Request {
        type_name: "toy_thing".into(),
        ..Default::default()
    };
    let answer = service().handle(request).await;
    assert_eq!(
        (told(&answer), shown(answer.new_state.as_ref())),
        (String::new(), "null".to_owned())
    );
    let empty = Some(proto::DynamicValue::default());
    let answer = service()
        .handle(proto::validate_provider_config::Request { config: empty })
        .await;
    assert_eq!(told(&answer), "");
}

#[tokio::test]
async fn the_schema_and_the_names_agree() {
    let schema = service().handle(proto::get_provider_schema::Request {}).await;
    let names = service().handle(proto::get_metadata::Request {}).await;
    let identities = service().handle(proto::get_resource_identity_schemas::Request {}).await;
    let mut resources: Vec<_> = names
        .resources
        .iter()
        .map(|resource| resource.type_name.clone())
        .collect();
    resources.sort();
    assert_eq!(resources, schema.resource_schemas.keys().cloned().collect::<Vec<_>>());
    assert_eq!(
        names.data_sources[0].type_name,
        *schema.data_source_schemas.keys().next().unwrap()
    );
    assert_eq!(
        names.list_resources[0].type_name,
        *schema.list_resource_schemas.keys().next().unwrap()
    );
    assert_eq!(
        names.actions[0].type_name,
        *schema.action_schemas.keys().next().unwrap()
    );
    assert!(schema.action_schemas.values().all(|action| action.schema.is_some()));
    assert_eq!(names.server_capabilities, schema.server_capabilities);
    assert_eq!(identities.identity_schemas.keys().collect::<Vec<_>>(), ["toy_thing"]);
}

#[test]
fn request_ids_are_uuids() {
    let id = request_id();
    let shape: String = id
        .chars()
        .map(|c| if c.is_ascii_hexdigit() { 'x' } else { c })
        .collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    assert_eq!(id.as_bytes()[14], b'4');
    assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
    assert_ne!(id, request_id());
}
