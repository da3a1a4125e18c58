//! Requests that the driver never sends: unknown names, broken bytes, values of the wrong type, and
//! providers that fail. Whatever comes, the answer is a diagnostic and loses nothing.

use std::sync::Arc;

use tfplug_core::{
    Type, Value, msgpack,
    test_support::literal::{parse, show},
};

use super::*;

#[path = "../../toy/provider.rs"]
mod toy;

fn service() -> Service {
    Service::new(Arc::new(toy::Toy::new()))
}

/// The diagnostics of the answer, one a line.
async fn check<R: Rpc>(request: R) -> String {
    told(&service().handle(request).await)
}

fn told(answer: &impl Answer) -> String {
    let lines = answer.diagnostics().iter().map(|diagnostic| {
        let path = diagnostic.attribute.as_ref().map(convert::path_text).unwrap_or_default();
        format!("{} [{path}] {}: {}", diagnostic.severity().as_str_name(), diagnostic.summary, diagnostic.detail)
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn raw(bytes: &[u8]) -> Option<proto::DynamicValue> {
    Some(proto::DynamicValue { msgpack: bytes.to_vec(), json: Vec::new() })
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
    value.map_or_else(|| "absent".to_owned(), |value| show(&msgpack::decode(&value.msgpack, state).unwrap()))
}

fn identity(name: &str) -> Option<proto::ResourceIdentityData> {
    let ty = Type::Object([("name".into(), Type::String)].into());
    let bytes = msgpack::encode(&Value::object([("name", Value::from(name))]), &ty).unwrap();
    Some(proto::ResourceIdentityData { identity_data: raw(&bytes) })
}

fn json_state(json: &str) -> Option<proto::RawState> {
    Some(proto::RawState { json: json.as_bytes().to_vec(), ..proto::RawState::default() })
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
async fn unknown_names() {
    let name = || "toy_unknown".to_owned();
    let answers = [
        check(proto::validate_resource_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::upgrade_resource_state::Request { type_name: name(), ..Default::default() }).await,
        check(proto::upgrade_resource_identity::Request { type_name: name(), ..Default::default() }).await,
        check(proto::read_resource::Request { type_name: name(), ..Default::default() }).await,
        check(proto::plan_resource_change::Request { type_name: name(), ..Default::default() }).await,
        check(proto::apply_resource_change::Request { type_name: name(), ..Default::default() }).await,
        check(proto::import_resource_state::Request { type_name: name(), ..Default::default() }).await,
        check(proto::generate_resource_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::move_resource_state::Request { target_type_name: name(), ..Default::default() }).await,
    ];
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
    let others = [
        answers[0].clone(),
        check(proto::validate_data_resource_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::read_data_source::Request { type_name: name(), ..Default::default() }).await,
        check(proto::validate_ephemeral_resource_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::open_ephemeral_resource::Request { type_name: name(), ..Default::default() }).await,
        check(proto::renew_ephemeral_resource::Request { type_name: name(), ..Default::default() }).await,
        check(proto::close_ephemeral_resource::Request { type_name: name(), ..Default::default() }).await,
        check(proto::validate_list_resource_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::list_resource::Request { type_name: name(), ..Default::default() }).await,
        check(proto::validate_action_config::Request { type_name: name(), ..Default::default() }).await,
        check(proto::plan_action::Request { action_type: name(), ..Default::default() }).await,
        check(proto::invoke_action::Request { action_type: name(), ..Default::default() }).await,
    ];
    insta::assert_snapshot!(others.join("\n"), @"
    ERROR [] Unknown resource type: This provider has no resource type `toy_unknown`. It has `toy_bare`, `toy_thing`.
    ERROR [] Unknown data source: This provider has no data source `toy_unknown`. It has `toy_echo`.
    ERROR [] Unknown data source: This provider has no data source `toy_unknown`. It has `toy_echo`.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has none.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has none.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has none.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has none.
    ERROR [] Unknown list resource type: This provider has no list resource type `toy_unknown`. It has none.
    ERROR [] Unknown list resource type: This provider has no list resource type `toy_unknown`. It has none.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has none.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has none.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has none.
    ");
}

#[tokio::test]
async fn functions_are_none() {
    let answer = service().handle(proto::call_function::Request { name: "sum".into(), arguments: Vec::new() }).await;
    insta::assert_snapshot!(answer.error.unwrap().text, @"This provider has no function `sum`. It has none.");
    let answer = service().handle(proto::get_functions::Request {}).await;
    assert_eq!(answer, proto::get_functions::Response::default());
}

#[tokio::test]
async fn values_that_cannot_be_read() {
    let plan = |prior, proposed, config| proto::plan_resource_change::Request {
        type_name: "toy_thing".into(),
        prior_state: prior,
        proposed_new_state: proposed,
        config,
        ..proto::plan_resource_change::Request::default()
    };
    let text = || thing(r#"{ name = "a" }"#);
    let json = |json: &[u8]| Some(proto::DynamicValue { json: json.to_vec(), msgpack: Vec::new() });
    let mut truncated = thing(r#"{ name = "a" }"#).unwrap();
    truncated.msgpack.pop();
    let wrong = {
        let service = service();
        let Type::Object(mut members) = service.managed("toy_thing").unwrap().state.clone() else { unreachable!() };
        members.insert("size".into(), Type::String);
        let ty = Type::Object(members);
        let mut value = service.managed("toy_thing").unwrap().resource.schema().block.empty_config();
        value.insert("size", "many".into());
        raw(&msgpack::encode(&value, &ty).unwrap())
    };
    let answers = [
        check(plan(raw(b"\xc1"), text(), text())).await,
        check(plan(None, raw(&[0xdd, 0xff, 0xff, 0xff, 0xff]), text())).await,
        check(plan(None, text(), Some(truncated))).await,
        check(plan(None, text(), raw(b"\x80"))).await,
        check(plan(wrong.clone(), text(), text())).await,
        check(plan(None, text(), json(b"{"))).await,
        check(plan(None, text(), json(b"[]"))).await,
        check(proto::configure_provider::Request { config: raw(b"\x93"), ..Default::default() }).await,
        check(proto::read_data_source::Request { type_name: "toy_echo".into(), config: raw(b"\xa1"), ..Default::default() })
            .await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @"
    ERROR [] Unreadable value received: The prior state of `toy_thing` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The proposed state of `toy_thing` that the client sent cannot be read: malformed msgpack: the message ends inside a value. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [tags] Unreadable value received: The configuration of `toy_thing` that the client sent cannot be read: tags: malformed msgpack: the message ends inside a value. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The configuration of `toy_thing` that the client sent cannot be read: the attribute `behaviour` is missing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [size] Unreadable value received: The prior state of `toy_thing` that the client sent cannot be read: size: `many` is not a decimal number. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The configuration of `toy_thing` that the client sent cannot be read: EOF while parsing an object at line 1 column 1. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The configuration of `toy_thing` that the client sent cannot be read: expected object, got an array. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The provider configuration that the client sent cannot be read: malformed msgpack: the message ends inside a value. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The configuration of the data source `toy_echo` that the client sent cannot be read: malformed msgpack: the message ends inside a value. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ");
}

#[tokio::test]
async fn absent_values_are_null() {
    let request = proto::plan_resource_change::Request { type_name: "toy_thing".into(), ..Default::default() };
    let answer = service().handle(request).await;
    assert_eq!(shown(answer.planned_state.as_ref()), "null");
    let request = proto::apply_resource_change::Request { type_name: "toy_thing".into(), ..Default::default() };
    let answer = service().handle(request).await;
    assert_eq!((told(&answer), shown(answer.new_state.as_ref())), (String::new(), "null".to_owned()));
    let empty = Some(proto::DynamicValue::default());
    let answer = service().handle(proto::validate_provider_config::Request { config: empty }).await;
    assert_eq!(told(&answer), "");
}

#[tokio::test]
async fn json_values_are_read_too() {
    let config = proto::DynamicValue {
        json: br#"{"id":null,"name":"a","size":-1,"note":null,"tags":null,"behaviour":null,"revision":null,"part":[]}"#
            .to_vec(),
        msgpack: Vec::new(),
    };
    let request =
        proto::validate_resource_config::Request { type_name: "toy_thing".into(), config: Some(config), ..Default::default() };
    insta::assert_snapshot!(check(request).await, @"ERROR [size] Negative size: The size is -1.");
}

#[tokio::test]
async fn configurations_are_checked() {
    let thing = |config| proto::validate_resource_config::Request {
        type_name: "toy_thing".into(),
        config: thing(config),
        client_capabilities: None,
    };
    let echo = {
        let service = service();
        let data = service.data("toy_echo").unwrap();
        raw(&msgpack::encode(&data.source.schema().block.empty_config(), &data.value).unwrap())
    };
    let prefix = Type::Object([("prefix".into(), Type::String)].into());
    let provider = |literal| raw(&msgpack::encode(&parse(literal).unwrap(), &prefix).unwrap());
    let answers = [
        check(thing(r#"{ name = "a", size = 3 }"#)).await,
        check(thing("{ size = -3 }")).await,
        check(thing(r#"{ name = "a", size = -3 }"#)).await,
        check(thing(r#"{ name = ?, size = ?, part = [{ name = ?, count_of = null }] }"#)).await,
        check(thing(r#"{ name = "a", id = "b", part = [{ name = null, count_of = 1 }] }"#)).await,
        check(proto::validate_data_resource_config::Request { type_name: "toy_echo".into(), config: echo }).await,
        check(proto::validate_provider_config::Request { config: provider(r#"{ prefix = "" }"#) }).await,
        check(proto::configure_provider::Request { config: provider(r#"{ prefix = ? }"#), ..Default::default() }).await,
        check(proto::configure_provider::Request { config: provider(r#"{ prefix = "panic" }"#), ..Default::default() }).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ERROR [name] Missing required argument: The argument `name` is required, but its value is null or not given.
    ERROR [size] Negative size: The size is -3.

    ERROR [id] Invalid configuration for read-only attribute: The provider sets `id`; a configuration cannot. Remove the argument.
    ERROR [part[0].name] Missing required argument: The argument `name` is required, but its value is null or not given.
    ERROR [text] Missing required argument: The argument `text` is required, but its value is null or not given.
    ERROR [prefix] Empty prefix: The prefix is empty.

    ERROR [] The provider failed unexpectedly: ConfigureProvider stopped with an internal error: assertion `left != right` failed: the prefix is not to my taste
      left: Some("panic")
     right: Some("panic"). This is a bug in the provider; please report it with the output above. What was done before is not lost, but look at the remote object before you try again.
    "#);
}

#[tokio::test]
async fn stored_states() {
    let upgrade = |type_name: &str, version, raw_state| proto::upgrade_resource_state::Request {
        type_name: type_name.into(),
        version,
        raw_state,
    };
    let flat = proto::RawState { flatmap: [("name".to_owned(), "a".to_owned())].into(), json: Vec::new() };
    let answers = [
        check(upgrade("toy_thing", 1, json_state(r#"{"name":"a","gone":1}"#))).await,
        check(upgrade("toy_thing", 1, None)).await,
        check(upgrade("toy_thing", 1, json_state(""))).await,
        check(upgrade("toy_thing", 1, json_state("{"))).await,
        check(upgrade("toy_thing", 1, Some(flat.clone()))).await,
        check(upgrade("toy_thing", 2, json_state("{}"))).await,
        check(upgrade("toy_thing", -1, json_state("{}"))).await,
        check(upgrade("toy_bare", -1, json_state("{}"))).await,
        check(proto::move_resource_state::Request {
            target_type_name: "toy_thing".into(),
            source_type_name: "other_thing".into(),
            source_state: Some(flat),
            ..Default::default()
        })
        .await,
        check(proto::move_resource_state::Request {
            target_type_name: "toy_bare".into(),
            source_type_name: "other_thing".into(),
            source_state: json_state("{}"),
            ..Default::default()
        })
        .await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @"
    ERROR [] Unreadable value received: The stored state of `toy_thing` that the client sent cannot be read: the client sent no value. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The stored state of `toy_thing` that the client sent cannot be read: EOF while parsing a value at line 1 column 0. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The stored state of `toy_thing` that the client sent cannot be read: EOF while parsing an object at line 1 column 1. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] State of an old Terraform version: The stored state of `toy_thing` is in the form that Terraform wrote before version 0.12. Apply once with Terraform 0.12 or newer and the provider that created it, then try again.
    ERROR [] Stored state is newer than the provider: The state of toy_thing was written by schema version 2; this provider knows versions up to 1. Use the provider version that wrote it, or one newer than that.
    ERROR [] The provider failed unexpectedly: UpgradeResourceState stopped with an internal error: assertion `left == right` failed: there is only one older version
      left: -1
     right: 0. This is a bug in the provider; please report it with the output above. What was done before is not lost, but look at the remote object before you try again.
    ERROR [] Unable to upgrade resource state: The state of toy_bare was written by schema version -1, which this provider does not know. Use the provider version that wrote the state, or one newer than this.
    ERROR [] State of an old Terraform version: The state of `other_thing` to move to `toy_thing` is in the form that Terraform wrote before version 0.12. Apply once with Terraform 0.12 or newer and the provider that created it, then try again.
    ERROR [] Unable to move resource state: toy_bare cannot take over the state of other_thing.
    ");
    let answer = service().handle(upgrade("toy_thing", 1, json_state(r#"{"name":"a","gone":1}"#))).await;
    insta::assert_snapshot!(shown(answer.upgraded_state.as_ref()), @r#"{ behaviour = null, id = null, name = "a", note = null, part = [], revision = null, size = null, tags = null }"#);
}

#[tokio::test]
async fn stored_identities() {
    let upgrade = |type_name: &str, version, json| proto::upgrade_resource_identity::Request {
        type_name: type_name.into(),
        version,
        raw_identity: json_state(json),
    };
    let answer = service().handle(upgrade("toy_thing", 0, r#"{"name":"a"}"#)).await;
    assert_eq!((told(&answer), answer.upgraded_identity), (String::new(), identity("a")));
    let answers = [
        check(upgrade("toy_thing", 1, r#"{"name":"a"}"#)).await,
        check(upgrade("toy_thing", 0, r#"{"name":[]}"#)).await,
        check(upgrade("toy_bare", 0, "{}")).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @"
    ERROR [] Stored identity is newer than the provider: The identity of toy_thing was written by schema version 1; this provider knows versions up to 0. Use the provider version that wrote it, or one newer than that.
    ERROR [] Unable to read stored identity: The stored identity of toy_thing does not fit its schema: name: expected string, got an array.
    ERROR [] Unable to upgrade resource identity: The resource type `toy_bare` has no identity.
    ");
}

#[tokio::test]
async fn a_failed_apply_answers_what_the_client_had() {
    let cases = [
        ("null", r#"{ name = "a", behaviour = "panic_in_create" }"#),
        ("null", r#"{ name = "a", behaviour = "fail_after_create" }"#),
        (r#"{ name = "a", note = "before" }"#, r#"{ name = "a", behaviour = "panic_in_update" }"#),
        (r#"{ name = "a", behaviour = "panic_in_delete" }"#, "null"),
        (r#"{ name = "a", behaviour = "fail_delete" }"#, "null"),
    ];
    let mut seen = Vec::new();
    for (prior, planned) in cases {
        let answer = service().handle(apply(prior, planned)).await;
        assert_eq!(answer.new_identity, identity("a"));
        let private = String::from_utf8_lossy(&answer.private);
        seen.push(format!("{}\n  {} {private}", told(&answer), shown(answer.new_state.as_ref())));
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: no creating today. This is a bug in the provider; please report it with the output above. What was done before is not lost, but look at the remote object before you try again.
      null private
    ERROR [] Half done: The thing exists, but.
      { behaviour = "fail_after_create", id = "a", name = "a", note = null, part = [], revision = 1, size = null, tags = null } applied
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: assertion `left != right` failed: no updating today
      left: "panic_in_update"
     right: "panic_in_update". This is a bug in the provider; please report it with the output above. What was done before is not lost, but look at the remote object before you try again.
      { behaviour = null, id = null, name = "a", note = "before", part = [], revision = null, size = null, tags = null } private
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: no deleting today. This is a bug in the provider; please report it with the output above. What was done before is not lost, but look at the remote object before you try again.
      { behaviour = "panic_in_delete", id = null, name = "a", note = null, part = [], revision = null, size = null, tags = null } private
    ERROR [] Still there: The thing stays.
      { behaviour = "fail_delete", id = null, name = "a", note = null, part = [], revision = null, size = null, tags = null } private
    "#);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_loses_nothing() {
    let broken = apply(r#"{ name = "a" }"#, r#"{ name = "a" }"#);
    let broken = proto::apply_resource_change::Request { config: raw(b"\xc1"), ..broken };
    let answer = service().handle(broken.clone()).await;
    assert!(told(&answer).contains("configuration of `toy_thing`"), "{}", told(&answer));
    assert_eq!(answer.new_state, broken.prior_state);
    assert_eq!((answer.private, answer.new_identity), (broken.planned_private, broken.planned_identity));
}

#[tokio::test]
async fn a_failed_read_answers_what_the_client_had() {
    let read = |literal| proto::read_resource::Request {
        type_name: "toy_thing".into(),
        current_state: thing(literal),
        private: b"private".to_vec(),
        current_identity: identity("a"),
        ..proto::read_resource::Request::default()
    };
    let request = read(r#"{ name = "a", behaviour = "panic_in_read" }"#);
    let answer = service().handle(request.clone()).await;
    assert!(told(&answer).contains("no reading today"), "{}", told(&answer));
    assert_eq!(answer.new_state, request.current_state);
    assert_eq!((answer.private, answer.new_identity), (request.private, request.current_identity));

    let answer = service().handle(read(r#"{ name = "a", behaviour = "forget" }"#)).await;
    assert_eq!((told(&answer), shown(answer.new_state.as_ref())), (String::new(), "null".to_owned()));
}

#[tokio::test]
async fn a_value_of_the_wrong_type_is_the_providers_fault() {
    let service = service();
    let ty = &service.managed("toy_bare").unwrap().state;
    let planned = raw(&msgpack::encode(&parse("{ id = ? }").unwrap(), ty).unwrap());
    let request = proto::apply_resource_change::Request {
        type_name: "toy_bare".into(),
        planned_state: planned,
        ..proto::apply_resource_change::Request::default()
    };
    let answer = service.handle(request).await;
    insta::assert_snapshot!(told(&answer), @"ERROR [id] Provider produced a value of the wrong type: The new state of `toy_bare` does not fit the schema: id: expected string, got a number. This is a bug in the provider; please report it.");
}

#[tokio::test]
async fn imports() {
    let import = |type_name: &str, id: &str, identity| proto::import_resource_state::Request {
        type_name: type_name.into(),
        id: id.into(),
        identity,
        ..proto::import_resource_state::Request::default()
    };
    let answers = [
        check(import("toy_thing", "nothing", None)).await,
        check(import("toy_thing", "", None)).await,
        check(import("toy_thing", "", Some(proto::ResourceIdentityData::default()))).await,
        check(import("toy_bare", "a", None)).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @"
    ERROR [] Not found: There is no such thing.
    ERROR [] Nothing to import by: The client gave neither an id nor an identity.
    ERROR [] Nothing to import by: The client gave neither an id nor an identity.
    ERROR [] Resource import not implemented: toy_bare does not support import.
    ");
    for request in [import("toy_thing", "a", None), import("toy_thing", "", identity("a"))] {
        let answer = service().handle(request).await;
        let [imported] = answer.imported_resources.as_slice() else { panic!("{answer:?}") };
        assert_eq!((imported.private.as_slice(), &imported.identity), (&b"imported"[..], &identity("a")));
        assert!(shown(imported.state.as_ref()).contains("part = []"), "{}", shown(imported.state.as_ref()));
    }
}

#[tokio::test]
async fn the_schema_and_the_names_agree() {
    let schema = service().handle(proto::get_provider_schema::Request {}).await;
    let names = service().handle(proto::get_metadata::Request {}).await;
    let identities = service().handle(proto::get_resource_identity_schemas::Request {}).await;
    let mut resources: Vec<_> = names.resources.iter().map(|resource| resource.type_name.clone()).collect();
    resources.sort();
    assert_eq!(resources, schema.resource_schemas.keys().cloned().collect::<Vec<_>>());
    assert_eq!(names.data_sources[0].type_name, *schema.data_source_schemas.keys().next().unwrap());
    assert_eq!(names.server_capabilities, schema.server_capabilities);
    assert_eq!(identities.identity_schemas.keys().collect::<Vec<_>>(), ["toy_thing"]);
    insta::assert_debug_snapshot!(identities.identity_schemas["toy_thing"], @r#"
    ResourceIdentitySchema {
        version: 0,
        identity_attributes: [
            IdentityAttribute {
                name: "name",
                r#type: [
                    34,
                    115,
                    116,
                    114,
                    105,
                    110,
                    103,
                    34,
                ],
                required_for_import: true,
                optional_for_import: false,
                description: "Name.",
            },
        ],
    }
    "#);
    insta::assert_debug_snapshot!(schema.resource_schemas["toy_thing"].block.as_ref().unwrap().block_types, @r#"
    [
        NestedBlock {
            type_name: "part",
            block: Some(
                Block {
                    version: 0,
                    attributes: [
                        Attribute {
                            name: "name",
                            r#type: [
                                34,
                                115,
                                116,
                                114,
                                105,
                                110,
                                103,
                                34,
                            ],
                            description: "Name of the part.",
                            required: true,
                            optional: false,
                            computed: false,
                            sensitive: false,
                            description_kind: Markdown,
                            deprecated: false,
                            nested_type: None,
                            write_only: false,
                            deprecation_message: "",
                        },
                        Attribute {
                            name: "count_of",
                            r#type: [
                                34,
                                110,
                                117,
                                109,
                                98,
                                101,
                                114,
                                34,
                            ],
                            description: "How many.",
                            required: false,
                            optional: true,
                            computed: true,
                            sensitive: false,
                            description_kind: Markdown,
                            deprecated: false,
                            nested_type: None,
                            write_only: false,
                            deprecation_message: "",
                        },
                    ],
                    block_types: [],
                    description: "",
                    description_kind: Markdown,
                    deprecated: false,
                    deprecation_message: "",
                    computed: false,
                },
            ),
            nesting: List,
            min_items: 0,
            max_items: 3,
        },
    ]
    "#);
    let thing = schema.resource_schemas["toy_thing"].clone();
    let attributes = thing.block.unwrap().attributes.into_iter().map(|attribute| {
        let flags = [(attribute.required, "required"), (attribute.optional, "optional"), (attribute.computed, "computed")];
        let flags: Vec<_> = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        format!("{} {} {}", attribute.name, String::from_utf8(attribute.r#type).unwrap(), flags.join("+"))
    });
    insta::assert_snapshot!(format!("version {}\n{}", thing.version, attributes.collect::<Vec<_>>().join("\n")), @r#"
    version 1
    id "string" computed
    name "string" required
    size "number" optional+computed
    note "string" optional
    tags ["map","string"] optional
    behaviour "string" optional
    revision "number" computed
    "#);
}

#[test]
fn request_ids_are_uuids() {
    let id = request_id();
    let shape: String = id.chars().map(|c| if c.is_ascii_hexdigit() { 'x' } else { c }).collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
    assert_eq!(id.as_bytes()[14], b'4');
    assert!(b"89ab".contains(&id.as_bytes()[19]), "{id}");
    assert_ne!(id, request_id());
}
