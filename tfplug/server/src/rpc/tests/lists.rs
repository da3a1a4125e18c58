//! Lists: what each event holds, faults of the provider, and an end that nothing is lost at.

use tokio_stream::StreamExt;

use super::*;

fn config(literal: &str) -> Option<proto::DynamicValue> {
    let service = service();
    inner(literal, service.listing("toy_thing").unwrap().list.schema())
}

fn request(literal: &str) -> proto::list_resource::Request {
    proto::list_resource::Request {
        type_name: "toy_thing".into(),
        config: config(literal),
        include_resource_object: false,
        limit: 0,
    }
}

fn shown_event(event: &proto::list_resource::Event) -> String {
    let named = ["thing-0", "thing-1", "thing-2"]
        .into_iter()
        .find(|name| identity(name) == event.identity);
    let identity = match (&event.identity, named) {
        (None, _) => "-",
        (Some(_), Some(name)) => name,
        (Some(_), None) => "?",
    };
    let object = event.resource_object.as_ref().map_or_else(String::new, |object| {
        let object = shown(Some(object));
        object.replace("behaviour = null, ", "").replace("note = null, ", "")
    });
    let messages = told(event);
    let line = format!("{identity} {:?} {object}", event.display_name);
    if messages.is_empty() {
        line
    } else {
        format!("{line}\n  {messages}")
    }
}

async fn listed(request: proto::list_resource::Request) -> String {
    let events: Vec<_> = service().stream(request).collect().await;
    events.iter().map(shown_event).collect::<Vec<_>>().join("\n")
}

async fn listed_with(fault: &str, include_resource_object: bool) -> String {
    let request = request(&format!("{{ count_of = 2, behaviour = {fault:?} }}"));
    listed(proto::list_resource::Request {
        include_resource_object,
        ..request
    })
    .await
}

#[tokio::test]
async fn identities_alone_and_whole_objects() {
    let whole = proto::list_resource::Request {
        include_resource_object: true,
        ..request("{ count_of = 1 }")
    };
    let without_config = proto::list_resource::Request {
        config: raw(&[0xc0]),
        ..request("null")
    };
    let answers = [
        listed(request("{ count_of = 2 }")).await,
        listed(whole).await,
        listed(request("{ count_of = 0 }")).await,
        listed(without_config).await,
    ];
    insta::assert_snapshot!(answers.join("\n---\n"), @r#"
        thing-0 "Thing 0" 
        thing-1 "Thing 1" 
        ---
        thing-0 "Thing 0" { id = "thing-0", name = "thing-0", part = [], revision = 1, size = 1, tags = null }
        ---

        ---
        thing-0 "Thing 0" 
        thing-1 "Thing 1" 
        thing-2 "Thing 2"
        "#);
}

#[tokio::test]
async fn what_does_not_fit_is_told_on_its_event() {
    let mut answers = Vec::new();
    for (fault, whole) in [
        ("no_identity", false),
        ("wrong_identity", false),
        ("unasked_object", false),
        ("message", false),
        ("escape", false),
        ("no_object", true),
        ("wrong_object", true),
        ("unknown_object", true),
        ("panic", false),
        ("warn_at_end", false),
    ] {
        answers.push(format!("{fault}:\n{}", listed_with(fault, whole).await));
    }
    insta::assert_snapshot!(answers.join("\n"), @r#"
        no_identity:
        - "Thing 0" 
          ERROR [] Missing identity: The listed `toy_thing` "Thing 0" has no identity. This is a bug in the provider; please report it with this message.
        thing-1 "Thing 1" 
        wrong_identity:
        - "Thing 0" 
          ERROR [] Provider produced a value of the wrong type: The identity of the listed `toy_thing` "Thing 0" does not fit the schema: name: expected string, got a number. This is a bug in the provider; please report it with this message.
        thing-1 "Thing 1" 
        unasked_object:
        thing-0 "Thing 0" 
          WARNING [] Object that was not asked for: The listed `toy_thing` "Thing 0" was answered as a whole, which was not asked for. This is a bug in the provider.
        thing-1 "Thing 1" 
        message:
        - "" 
          WARNING [] Unreadable: One thing could not be read.
        thing-1 "Thing 1" 
        escape:
        thing-0 "\\u{1b}[31m\\u{a}::error::a" 
        thing-1 "Thing 1" 
        no_object:
        - "Thing 0" 
          ERROR [] Missing object: The listed `toy_thing` "Thing 0" was answered without the object that was asked for. This is a bug in the provider; please report it with this message.
        thing-1 "Thing 1" { id = "thing-1", name = "thing-1", part = [], revision = 1, size = 1, tags = null }
        wrong_object:
        - "Thing 0" 
          ERROR [] Provider produced a value of the wrong type: The object of the listed `toy_thing` "Thing 0" does not fit the schema: name: expected string, got a number. This is a bug in the provider; please report it with this message.
        thing-1 "Thing 1" { id = "thing-1", name = "thing-1", part = [], revision = 1, size = 1, tags = null }
        unknown_object:
        - "Thing 0" 
          ERROR [] Unknown values in a list: The object of the listed `toy_thing` "Thing 0" is not wholly known: `name`. This is a bug in the provider; please report it with this message.
        thing-1 "Thing 1" { id = "thing-1", name = "thing-1", part = [], revision = 1, size = 1, tags = null }
        panic:
        thing-0 "Thing 0" 
        thing-1 "Thing 1" 
        - "" 
          ERROR [] The provider failed unexpectedly: ListResource stopped with an internal error: no listing today. This is a bug in the provider; please report it together with the stack trace. The list is incomplete.
        warn_at_end:
        thing-0 "Thing 0" 
        thing-1 "Thing 1" 
        - "" 
          WARNING [] Not all: There may be more.
        "#);
}

/// A client reads as many objects as it wants and no further.
#[tokio::test]
async fn the_last_object_of_a_limit_says_what_is_to_be_said() {
    let limited = |limit, fault: &str| proto::list_resource::Request {
        limit,
        ..request(&format!("{{ count_of = 9, behaviour = {fault:?} }}"))
    };
    let answers = [
        listed(limited(2, "warn_at_end")).await,
        listed(limited(1, "panic")).await,
        // Messages are no objects.
        listed(limited(1, "message")).await,
        listed(limited(9, "")).await.lines().count().to_string(),
        listed(limited(-1, "")).await.lines().count().to_string(),
    ];
    insta::assert_snapshot!(answers.join("\n---\n"), @r#"
        thing-0 "Thing 0" 
        thing-1 "Thing 1" 
          WARNING [] Not all: There may be more.
        ---
        thing-0 "Thing 0" 
          ERROR [] The provider failed unexpectedly: ListResource stopped with an internal error: no listing today. This is a bug in the provider; please report it together with the stack trace. The list is incomplete.
        ---
        - "" 
          WARNING [] Unreadable: One thing could not be read.
        thing-1 "Thing 1" 
        ---
        9
        ---
        9
        "#);
}

#[tokio::test]
async fn configurations_are_checked() {
    let validate = |config| proto::validate_list_resource_config::Request {
        type_name: "toy_thing".into(),
        config,
        ..Default::default()
    };
    let answers = [
        check(validate(config("{ count_of = -1 }"))).await,
        check(validate(config("{ count_of = 1 }"))).await,
        check(validate(config("{ count_of = ? }"))).await,
        check(validate(config("?"))).await,
        check(validate(None)).await,
        check(validate(raw(b"\xc1"))).await,
        check_parts(request("{ count_of = ? }")).await,
        check_parts(proto::list_resource::Request {
            config: raw(b"\xc1"),
            ..request("null")
        })
        .await,
    ];
    insta::assert_snapshot!(answers.join("\n"), @r#"
    ERROR [count_of] Negative number: The number is -1.




    ERROR [] Unreadable value received: The configuration of the list resource `toy_thing` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    ERROR [] Unknown values in the configuration: The configuration of the list resource `toy_thing` has values that are not known yet. The client should have waited until they are; this is a bug in the client.
    ERROR [] Unreadable value received: The configuration of the list resource `toy_thing` that the client sent cannot be read: malformed msgpack: the byte 0xc1 means nothing. The state may be damaged, or written by another version of the provider; otherwise this is a bug in the client or the provider.
    "#);
}

#[tokio::test]
async fn a_list_waits_for_a_slow_client_and_ends_with_a_stop() {
    let service = service();
    let endless = || request("{ count_of = 1000000000 }");
    let mut events = service.stream(endless());
    for number in 0..100 {
        let event = events.next().await.unwrap();
        assert_eq!(event.display_name, format!("Thing {number}"));
    }
    // The rest of it is waited for, not made: otherwise the list would go on for minutes before anything else runs.
    drop(events);

    let mut events = service.stream(endless());
    events.next().await.unwrap();
    service.stop();
    let rest = tokio::time::timeout(std::time::Duration::from_secs(20), events.collect::<Vec<_>>());
    assert!(rest.await.unwrap().len() <= 20, "a stop ends it");
}

#[tokio::test]
async fn a_stop_reaches_a_list_and_its_messages_arrive() {
    let service = service();
    let mut events = service.stream(request(r#"{ count_of = 1, behaviour = "wait_for_stop" }"#));
    assert_eq!(events.next().await.unwrap().display_name, "Thing 0");
    service.stop();
    let rest: Vec<_> = events.collect().await;
    insta::assert_snapshot!(rest.iter().map(shown_event).collect::<Vec<_>>().join("\n"), @r#"
    - "" 
      ERROR [] Interrupted: There may be more.
    "#);
}

#[tokio::test]
async fn a_stop_reaches_a_list_that_has_not_begun() {
    let service = service();
    let events = service.stream(request(r#"{ count_of = 1, behaviour = "wait_for_stop" }"#));
    service.stop();
    let all = tokio::time::timeout(std::time::Duration::from_secs(20), events.collect::<Vec<_>>());
    let all = all.await.unwrap();
    assert!(told(all.last().unwrap()).contains("Interrupted"));
}
