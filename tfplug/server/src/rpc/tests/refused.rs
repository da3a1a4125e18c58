//! Unknown names, broken bytes, values of the wrong type, configurations that break a rule.

use super::*;

/// The refusals of an unknown type by each RPC.
macro_rules! refusals {
    ($($module:ident.$field:ident)*) => {
        [$(check(proto::$module::Request { $field: "toy_unknown".into(), ..Default::default() }).await),*]
    };
}

#[tokio::test]
async fn unknown_names() {
    let managed = refusals!(
        validate_resource_config.type_name
        upgrade_resource_state.type_name
        upgrade_resource_identity.type_name
        read_resource.type_name
        plan_resource_change.type_name
        apply_resource_change.type_name
        import_resource_state.type_name
        generate_resource_config.type_name
        move_resource_state.target_type_name
    );
    for refusal in &managed {
        assert_eq!(refusal, &managed[0]);
    }
    let others = refusals!(
        validate_resource_config.type_name
        validate_data_resource_config.type_name
        read_data_source.type_name
        validate_ephemeral_resource_config.type_name
        open_ephemeral_resource.type_name
        renew_ephemeral_resource.type_name
        close_ephemeral_resource.type_name
        validate_list_resource_config.type_name
        validate_action_config.type_name
        plan_action.action_type
    );
    let list = proto::list_resource::Request {
        type_name: "toy_unknown".into(),
        ..Default::default()
    };
    let invoke = proto::invoke_action::Request {
        action_type: "toy_unknown".into(),
        ..Default::default()
    };
    let parts = [check_parts(list).await, check_parts(invoke).await];
    insta::assert_snapshot!([others.as_slice(), &parts].concat().join("\n"), @r#"
    ERROR [] Unknown resource type: This provider has no resource type `toy_unknown`. It has `toy_bare`, `toy_thing`.
    ERROR [] Unknown data source: This provider has no data source `toy_unknown`. It has `toy_echo`.
    ERROR [] Unknown data source: This provider has no data source `toy_unknown`. It has `toy_echo`.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has `toy_token`.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has `toy_token`.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has `toy_token`.
    ERROR [] Unknown ephemeral resource type: This provider has no ephemeral resource type `toy_unknown`. It has `toy_token`.
    ERROR [] Unknown list resource type: This provider has no list resource type `toy_unknown`. It has `toy_thing`.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has `toy_jump`.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has `toy_jump`.
    ERROR [] Unknown list resource type: This provider has no list resource type `toy_unknown`. It has `toy_thing`.
    ERROR [] Unknown action type: This provider has no action type `toy_unknown`. It has `toy_jump`.
    "#);
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
    let json = |json: &[u8]| {
        Some(proto::DynamicValue {
            json: json.to_vec(),
            msgpack: Vec::new(),
        })
    };
    let mut truncated = thing(r#"{ name = "a" }"#).unwrap();
    truncated.msgpack.pop();
    let wrong = {
        let service = service();
        let Type::Object(mut members) = service.managed("toy_thing").unwrap().state.clone() else {
            unreachable!()
        };
        members.insert("size".into(), Type::String);
        let ty = Type::Object(members);
        let mut value = service
            .managed("toy_thing")
            .unwrap()
            .resource
            .schema()
            .block
            .empty_config();
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
        check(proto::configure_provider::Request {
            config: raw(b"\x93"),
            ..Default::default()
        })
        .await,
        check(proto::read_data_source::Request {
            type_name: "toy_echo".into(),
            config: raw(b"\xa1"),
            ..Default::default()
        })
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
        check(thing("{ name = ?, size = ?, part = [{ name = ?, count_of = null }] }")).await,
        check(thing(
            r#"{ name = "a", id = "b", part = [{ name = null, count_of = 1 }] }"#,
        ))
        .await,
        check(proto::validate_data_resource_config::Request {
            type_name: "toy_echo".into(),
            config: echo,
        })
        .await,
        check(proto::validate_provider_config::Request {
            config: provider(r#"{ prefix = "" }"#),
        })
        .await,
        check(proto::configure_provider::Request {
            config: provider("{ prefix = ? }"),
            ..Default::default()
        })
        .await,
        check(proto::configure_provider::Request {
            config: provider(r#"{ prefix = "panic" }"#),
            ..Default::default()
        })
        .await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ERROR [name] Missing required argument: The argument `name` is required, but its value is null or not given.
    ERROR [size] Negative size: The size is -3.

    ERROR [id] Invalid configuration for read-only attribute: The provider sets `id`; a configuration cannot. Remove the argument.
    ERROR [part[0].name] Missing required argument: The argument `part[0].name` is required, but its value is null or not given.
    ERROR [text] Missing required argument: The argument `text` is required, but its value is null or not given.
    ERROR [prefix] Empty prefix: The prefix is empty.

    ERROR [] The provider failed unexpectedly: ConfigureProvider stopped with an internal error: assertion `left != right` failed: the prefix is not to my taste left: Some("panic") right: Some("panic"). This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
    "#);
}

#[tokio::test]
async fn json_values_are_read_too() {
    let config = proto::DynamicValue {
        json: br#"{"id":null,"name":"a","size":-1,"note":null,"tags":null,"behaviour":null,"revision":null,"part":[]}"#
            .to_vec(),
        msgpack: Vec::new(),
    };
    let request = proto::validate_resource_config::Request {
        type_name: "toy_thing".into(),
        config: Some(config),
        ..Default::default()
    };
    insta::assert_snapshot!(check(request).await, @"ERROR [size] Negative size: The size is -1.");
}

/// `1 / 0` is infinite to a client, which sends it as such.
#[tokio::test]
async fn an_infinite_number_is_told_at_its_path() {
    let finite = thing(r#"{ name = "a", size = 5 }"#).unwrap().msgpack;
    // Numbers travel as text of one digit here: a marker of its length, then the digit.
    let place = finite.windows(2).position(|two| two == [0xa1, b'5']).unwrap();
    let mut infinite = finite[..place].to_vec();
    infinite.extend([0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]);
    infinite.extend(&finite[place + 2..]);
    let request = proto::validate_resource_config::Request {
        type_name: "toy_thing".into(),
        config: raw(&infinite),
        ..proto::validate_resource_config::Request::default()
    };
    let answer = service().handle(request).await;
    insta::assert_snapshot!(told(&answer), @"ERROR [size] Invalid number: The configuration of `toy_thing` has a value that cannot be used: size: the number is infinite. Give the argument a finite number.");
}
