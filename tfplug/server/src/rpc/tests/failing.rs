//! Providers that fail, and requests that cannot be read: nothing that the client had is lost.

use super::*;

#[tokio::test]
async fn a_failed_apply_answers_what_the_client_had() {
    let cases = [
        ("null", r#"{ name = "a", behaviour = "panic_in_create" }"#),
        ("null", r#"{ name = "a", behaviour = "fail_after_create" }"#),
        (
            r#"{ name = "a", note = "before" }"#,
            r#"{ name = "a", behaviour = "panic_in_update" }"#,
        ),
        (r#"{ name = "a", behaviour = "panic_in_delete" }"#, "null"),
        (r#"{ name = "a", behaviour = "fail_delete" }"#, "null"),
    ];
    let mut seen = Vec::new();
    for (prior, planned) in cases {
        let answer = service().handle(apply(prior, planned)).await;
        let private = String::from_utf8_lossy(&answer.private);
        let identity = if answer.new_identity == identity("a") {
            "a"
        } else {
            "none"
        };
        seen.push(format!(
            "{}\n  {} {private:?} {identity}",
            told(&answer),
            shown(answer.new_state.as_ref())
        ));
    }
    insta::assert_snapshot!(seen.join("\n"), @r#"
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: no creating today. This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
      absent "" none
    ERROR [] Half done: The thing exists, but.
      { behaviour = "fail_after_create", id = "a", name = "a", note = null, part = [], revision = 1, size = null, tags = null } "applied" a
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: assertion `left != right` failed: no updating today left: "panic_in_update" right: "panic_in_update". This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
      { behaviour = null, id = null, name = "a", note = "before", part = [], revision = null, size = null, tags = null } "private" a
    ERROR [] The provider failed unexpectedly: ApplyResourceChange stopped with an internal error: no deleting today. This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
      { behaviour = "panic_in_delete", id = null, name = "a", note = null, part = [], revision = null, size = null, tags = null } "private" a
    ERROR [] Still there: The thing stays.
      { behaviour = "fail_delete", id = null, name = "a", note = null, part = [], revision = null, size = null, tags = null } "private" a
    "#);
}

#[tokio::test]
async fn a_request_that_cannot_be_read_loses_nothing() {
    let broken = apply(r#"{ name = "a" }"#, r#"{ name = "a" }"#);
    let broken = proto::apply_resource_change::Request {
        config: raw(b"\xc1"),
        ..broken
    };
    let answer = service().handle(broken.clone()).await;
    assert!(
        told(&answer).contains("configuration of `toy_thing`"),
        "{}",
        told(&answer)
    );
    assert_eq!(answer.new_state, broken.prior_state);
    assert_eq!(
        (answer.private, answer.new_identity),
        (broken.planned_private, broken.planned_identity)
    );
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
    assert_eq!(
        (answer.private, answer.new_identity),
        (request.private, request.current_identity)
    );

    let answer = service().handle(read(r#"{ name = "a", behaviour = "forget" }"#)).await;
    assert_eq!(
        (told(&answer), shown(answer.new_state.as_ref())),
        (String::new(), "null".to_owned())
    );
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
    // The object may be there: it is stored, without what does not fit, and the client taints it.
    let stored = answer.new_state.unwrap();
    assert_eq!(
        msgpack::decode(&stored.msgpack, ty).unwrap(),
        parse("{ id = null }").unwrap()
    );
}
