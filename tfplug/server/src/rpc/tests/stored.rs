//! Contents of a state file, and imports into it.

use super::*;

#[tokio::test]
async fn stored_states() {
    let upgrade = |type_name: &str, version, raw_state| proto::upgrade_resource_state::Request {
        type_name: type_name.into(),
        version,
        raw_state,
    };
    let flat = proto::RawState {
        flatmap: [("name".to_owned(), "a".to_owned())].into(),
        json: Vec::new(),
    };
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
    ERROR [] The provider failed unexpectedly: UpgradeResourceState stopped with an internal error: assertion `left == right` failed: there is only one older version left: -1 right: 0. This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
    ERROR [] Unable to upgrade resource state: The state of toy_bare was written by schema version -1, which this provider does not know. Use the provider version that wrote the state, or one newer than this.
    ERROR [] State of an old Terraform version: The state of `other_thing` to move to `toy_thing` is in the form that Terraform wrote before version 0.12. Apply once with Terraform 0.12 or newer and the provider that created it, then try again.
    ERROR [] Unable to move resource state: toy_bare cannot take over the state of other_thing.
    ");
    let answer = service()
        .handle(upgrade("toy_thing", 1, json_state(r#"{"name":"a","gone":1}"#)))
        .await;
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
    assert_eq!(
        (told(&answer), answer.upgraded_identity),
        (String::new(), identity("a"))
    );
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
        let [imported] = answer.imported_resources.as_slice() else {
            panic!("{answer:?}")
        };
        assert_eq!(
            (imported.private.as_slice(), &imported.identity),
            (&b"imported"[..], &identity("a"))
        );
        assert!(
            shown(imported.state.as_ref()).contains("part = []"),
            "{}",
            shown(imported.state.as_ref())
        );
    }
}
