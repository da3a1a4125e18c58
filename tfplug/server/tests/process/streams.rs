//! Functions, lists and actions over a real connection, in a process that is neither configured nor asked for its schema.

use std::time::Duration;

use tfplug_core::{Type, Value, msgpack, test_support::literal::parse};
use tfplug_server::proto::{
    plugin::{Empty, grpc_controller_client::GrpcControllerClient},
    tfplugin6::{self as proto, call_function, invoke_action::event::Type as Part, provider_client::ProviderClient},
};
use tokio::time::{sleep, timeout};
use tonic::{Streaming, transport::Channel};

use crate::client::{PATIENCE, Plugin, Start};

type Client = ProviderClient<Channel>;

async fn start() -> (Plugin, Client) {
    let plugin = Start::new().env("TF_LOG", "DEBUG").start().await;
    let client = ProviderClient::new(plugin.connect().await);
    (plugin, client)
}

fn argument(value: &Value, ty: &Type) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: msgpack::encode(value, ty).unwrap(),
        json: Vec::new(),
    }
}

/// The block `config` of the list and of the action: a number and a behaviour.
fn config(number: &str, literal: &str) -> proto::DynamicValue {
    let ty = Type::object([(number, Type::Number), ("behaviour", Type::String)]);
    argument(&parse(literal).unwrap(), &ty)
}

async fn list(client: &mut Client, limit: i64, literal: &str) -> Streaming<proto::list_resource::Event> {
    let request = proto::list_resource::Request {
        type_name: "toy_thing".into(),
        config: Some(config("count_of", literal)),
        include_resource_object: true,
        limit,
    };
    client.list_resource(request).await.unwrap().into_inner()
}

async fn invoke(client: &mut Client, literal: &str) -> Streaming<proto::invoke_action::Event> {
    let request = proto::invoke_action::Request {
        action_type: "toy_jump".into(),
        config: Some(config("times", literal)),
        client_capabilities: None,
    };
    client.invoke_action(request).await.unwrap().into_inner()
}

/// The next event; none at the end of the stream.
async fn next<T>(events: &mut Streaming<T>) -> Option<T> {
    timeout(PATIENCE, events.message()).await.unwrap().unwrap()
}

async fn logged(plugin: &Plugin, text: &str) {
    let wait = async {
        while !plugin.log().contains(text) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(timeout(PATIENCE, wait).await.is_ok(), "no {text} in {}", plugin.log());
}

/// Parts that the list has handed over.
fn sent(plugin: &Plugin) -> usize {
    plugin.log().matches("\"Sent\"").count()
}

/// Waits until a list waits for its client, which is when the windows of the connection are full, too: the parts so far.
async fn stalled(plugin: &Plugin) -> usize {
    let mut before = 0;
    loop {
        sleep(Duration::from_millis(500)).await;
        let now = sent(plugin);
        assert!(now < 100, "{now} parts of a quarter of a megabyte are under way");
        if now > 0 && now == before {
            return now;
        }
        before = now;
    }
}

async fn stop(client: &mut Client) {
    client.stop_provider(proto::stop_provider::Request {}).await.unwrap();
}

#[tokio::test]
async fn functions_are_called_with_the_nulls_of_both_clients() {
    let (_plugin, mut client) = start().await;
    let functions = client
        .get_functions(proto::get_functions::Request {})
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        functions.functions.keys().collect::<Vec<_>>(),
        ["first", "joined", "misbehaved"]
    );
    let text = |text: &str| argument(&text.into(), &Type::String);
    let nulls = [argument(&Value::Null, &Type::String), proto::DynamicValue::default()];
    for null in nulls {
        let request = call_function::Request {
            name: "joined".into(),
            arguments: vec![text("-"), text("a"), null.clone(), text("b")],
        };
        let answer = client.call_function(request).await.unwrap().into_inner();
        assert_eq!((answer.result, answer.error), (Some(text("a-b")), None));
        let request = call_function::Request {
            name: "joined".into(),
            arguments: vec![null],
        };
        let answer = client.call_function(request).await.unwrap().into_inner();
        assert_eq!(answer.result, None);
        assert_eq!(answer.error.unwrap().function_argument, Some(0));
    }
    let request = call_function::Request {
        name: "misbehaved".into(),
        arguments: vec![text("panic")],
    };
    let answer = client.call_function(request).await.unwrap().into_inner();
    assert!(answer.error.unwrap().text.contains("no calling today"));
}

#[tokio::test]
async fn a_list_is_read_to_its_end_and_to_its_limit() {
    let (_plugin, mut client) = start().await;
    let mut events = list(&mut client, 0, "{ count_of = 100, behaviour = null }").await;
    for number in 0..100 {
        let event = next(&mut events).await.unwrap();
        assert_eq!(event.display_name, format!("Thing {number}"));
        assert!(event.identity.is_some() && event.resource_object.is_some());
    }
    assert_eq!(next(&mut events).await, None);

    let mut events = list(&mut client, 2, r#"{ count_of = 9, behaviour = "warn_at_end" }"#).await;
    assert_eq!(next(&mut events).await.unwrap().diagnostic, []);
    assert_eq!(next(&mut events).await.unwrap().diagnostic[0].summary, "Not all");
    assert_eq!(next(&mut events).await, None);

    let mut events = list(&mut client, 0, r#"{ count_of = 1, behaviour = "panic" }"#).await;
    assert!(next(&mut events).await.unwrap().identity.is_some());
    let last = next(&mut events).await.unwrap();
    assert!(last.identity.is_none() && last.diagnostic[0].detail.contains("no listing today"));
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn a_list_waits_for_its_client_and_ends_when_it_is_gone() {
    let (plugin, mut client) = start().await;
    let mut events = list(&mut client, 0, r#"{ count_of = 1000000000, behaviour = "large" }"#).await;
    next(&mut events).await.unwrap();
    let before = stalled(&plugin).await;
    for _ in 0..before {
        next(&mut events).await.unwrap();
    }
    next(&mut events).await.unwrap();
    assert!(sent(&plugin) > before);
    drop(events);
    logged(&plugin, "\"Listed\"").await;
    let mut events = list(&mut client, 0, "{ count_of = 1, behaviour = null }").await;
    assert!(next(&mut events).await.is_some());
}

#[tokio::test]
async fn an_action_tells_its_progress_while_it_goes_on() {
    let (_plugin, mut client) = start().await;
    let mut events = invoke(&mut client, r#"{ times = 2, behaviour = "wait_for_stop" }"#).await;
    for line in ["jump 1 of 2", "jump 2 of 2"] {
        let Some(Part::Progress(progress)) = next(&mut events).await.unwrap().r#type else {
            panic!("no progress")
        };
        assert_eq!(progress.message, line);
    }
    let more = timeout(Duration::from_millis(100), events.message()).await;
    assert!(more.is_err(), "it has not ended");
    // A stop reaches it, and what it says about its end reaches the client: nothing may stand before it.
    stop(&mut client).await;
    let Some(Part::Completed(completed)) = next(&mut events).await.unwrap().r#type else {
        panic!("not concluded")
    };
    assert_eq!(completed.diagnostics[0].summary, "Interrupted");
    assert_eq!(next(&mut events).await, None);

    let mut events = invoke(&mut client, r#"{ times = 0, behaviour = "panic" }"#).await;
    let Some(Part::Completed(completed)) = next(&mut events).await.unwrap().r#type else {
        panic!("not concluded")
    };
    assert!(completed.diagnostics[0].detail.contains("no jumping today"));
    assert_eq!(next(&mut events).await, None);
}

#[tokio::test]
async fn an_action_goes_on_without_its_client() {
    let (plugin, mut client) = start().await;
    let mut events = invoke(&mut client, r#"{ times = 1, behaviour = "jump_until_alone" }"#).await;
    next(&mut events).await.unwrap();
    drop(events);
    logged(&plugin, "\"Alone\"").await;
    // The conclusion, which does not reach the client, is in the log.
    logged(&plugin, "It fell when it was alone.").await;
}

#[tokio::test]
async fn a_stop_ends_a_list_that_waits() {
    let (plugin, mut client) = start().await;
    let mut events = list(&mut client, 0, r#"{ count_of = 1, behaviour = "wait_for_stop" }"#).await;
    next(&mut events).await.unwrap();
    stop(&mut client).await;
    assert_eq!(next(&mut events).await.unwrap().diagnostic[0].summary, "Interrupted");
    assert_eq!(next(&mut events).await, None);
    // One that waits for room for its next part, because the client does not read.
    let unread = list(&mut client, 0, r#"{ count_of = 1000000000, behaviour = "large" }"#).await;
    stalled(&plugin).await;
    let ends = plugin.log().matches("\"Listed\"").count();
    stop(&mut client).await;
    let ended = async {
        while plugin.log().matches("\"Listed\"").count() == ends {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, ended).await.unwrap();
    drop(unread);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_streams() {
    let (plugin, mut client) = start().await;
    let mut jump = invoke(&mut client, r#"{ times = 1, behaviour = "wait_for_stop" }"#).await;
    next(&mut jump).await.unwrap();
    let things = list(&mut client, 0, r#"{ count_of = 1000000000, behaviour = "large" }"#).await;
    let mut controller = GrpcControllerClient::new(plugin.connect().await);
    controller.shutdown(Empty {}).await.unwrap();
    plugin.end().await.check();
    drop((jump, things));
}
