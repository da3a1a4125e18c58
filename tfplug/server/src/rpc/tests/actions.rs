//! Actions: checked, planned, invoked, and always concluded.

use tokio_stream::StreamExt;

use super::{proto::invoke_action::event::Type as Part, *};

fn config(literal: &str) -> Option<proto::DynamicValue> {
    let service = service();
    inner(literal, service.invocable("toy_jump").unwrap().action.schema())
}

fn invoke(config: Option<proto::DynamicValue>) -> proto::invoke_action::Request {
    proto::invoke_action::Request {
        action_type: "toy_jump".into(),
        config,
        client_capabilities: None,
    }
}

fn shown_event(event: &proto::invoke_action::Event) -> String {
    match &event.r#type {
        Some(Part::Progress(progress)) => format!("  {:?}", progress.message),
        Some(Part::Completed(_)) => format!("  done {}", told(event)),
        None => panic!("an event without a type"),
    }
}

async fn invoked(literal: &str) -> String {
    let events: Vec<_> = service().stream(invoke(config(literal))).collect().await;
    let completed = |event: &&proto::invoke_action::Event| matches!(event.r#type, Some(Part::Completed(_)));
    assert_eq!(events.iter().filter(completed).count(), 1);
    assert!(events.last().is_some_and(|last| completed(&last)));
    let events: Vec<String> = events.iter().map(shown_event).collect();
    format!("{literal}\n{}", events.join("\n"))
}

#[tokio::test]
async fn progress_and_one_conclusion() {
    let mut answers = Vec::new();
    for literal in [
        "{ times = 0 }",
        "{ times = 2 }",
        r#"{ times = 1, behaviour = "fail" }"#,
        r#"{ times = 1, behaviour = "panic" }"#,
        r#"{ times = 0, behaviour = "escape" }"#,
        "{ times = ? }",
        "null",
    ] {
        answers.push(invoked(literal).await);
    }
    insta::assert_snapshot!(answers.join("\n"), @r#"
        { times = 0 }
          done 
        { times = 2 }
          "jump 1 of 2"
          "jump 2 of 2"
          done 
        { times = 1, behaviour = "fail" }
          "jump 1 of 1"
          done ERROR [times] Fell: It fell.
        { times = 1, behaviour = "panic" }
          "jump 1 of 1"
          done ERROR [] The provider failed unexpectedly: InvokeAction stopped with an internal error: no jumping today. This is a bug in the provider; please report it together with the stack trace. Nothing that was stored is lost, but look at the remote object before you try again.
        { times = 0, behaviour = "escape" }
          "\\u{1b}[31m\n\\u{3a}:error::a"
          done 
        { times = ? }
          done ERROR [] Unknown values in the configuration: The configuration of the action `toy_jump` has values that are not known yet. The client should have waited until they are; this is a bug in the client.
        null
          done
        "#);
}

#[tokio::test]
async fn configurations_are_checked_and_planned() {
    let validate = |config| proto::validate_action_config::Request {
        type_name: "toy_jump".into(),
        config,
    };
    let plan = |config| proto::plan_action::Request {
        action_type: "toy_jump".into(),
        config,
        client_capabilities: None,
    };
    let answers = [
        check(validate(config("{ times = -1 }"))).await,
        check(validate(config("{ times = 1 }"))).await,
        check(validate(config("{ times = ? }"))).await,
        check(validate(config("{}"))).await,
        check(validate(None)).await,
        check(validate(raw(b"\xc1"))).await,
        check(plan(config("{ times = 1 }"))).await,
        check(plan(config("{ times = ? }"))).await,
        check(plan(config("{ times = 0 }"))).await,
        check(plan(config(r#"{ times = 1, behaviour = "panic_in_plan" }"#))).await,
        check(plan(raw(b"\xc1"))).await,
        check_parts(invoke(raw(b"\xc1"))).await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ERROR [times] Negative number: The number is -1.


    ERROR [times] Missing required argument: The argument `times` is required, but its value is null or not given.
    ERROR [times] Missing required argument: The argument `times` is required, but its value is null or not given.
    ERROR [] Unreadable value received: The configuration of the action `toy_jump` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.


    WARNING [times] Nothing to do: It does not jump.
    ERROR [] The provider failed unexpectedly: PlanAction stopped with an internal error: no planning today. This is a bug in the provider; please report it together with the stack trace.
    ERROR [] Unreadable value received: The configuration of the action `toy_jump` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unreadable value received: The configuration of the action `toy_jump` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    "#);
}

#[tokio::test]
async fn a_stop_reaches_an_action_and_its_messages_arrive() {
    let service = service();
    let mut events = service.stream(invoke(config(r#"{ times = 1, behaviour = "wait_for_stop" }"#)));
    let first = events.next().await.unwrap();
    service.stop();
    let mut all = vec![first];
    all.extend(events.collect::<Vec<_>>().await);
    insta::assert_snapshot!(all.iter().map(shown_event).collect::<Vec<_>>().join("\n"), @r#"
    "jump 1 of 1"
    done ERROR [] Interrupted: It is still in the air.
    "#);
}

#[tokio::test]
async fn a_stop_reaches_an_action_that_has_not_begun() {
    let service = service();
    let events = service.stream(invoke(config(r#"{ times = 1, behaviour = "wait_for_stop" }"#)));
    service.stop();
    let all = tokio::time::timeout(std::time::Duration::from_secs(20), events.collect::<Vec<_>>());
    let all = all.await.unwrap();
    assert!(told(all.last().unwrap()).contains("Interrupted"));
}
