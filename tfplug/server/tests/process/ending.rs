//! The end of the process, and the events that do not end it.

use std::time::Duration;

use tfplug_core::test_support::literal::parse;
use tfplug_server::proto::{
    plugin::{Empty, grpc_controller_client::GrpcControllerClient, grpc_stdio_client::GrpcStdioClient},
    tfplugin6::{self as proto, provider_client::ProviderClient, stop_provider},
};
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;

use crate::{
    client::{PATIENCE, Start},
    rpcs::{create, thing, thing_of},
};

/// A create that goes on until it is stopped. Answers once it is under way.
async fn blocked(
    channel: &Channel,
    log: impl Fn() -> String,
) -> tokio::task::JoinHandle<proto::apply_resource_change::Response> {
    let before = log().matches("Creating").count();
    let mut client = ProviderClient::new(channel.clone());
    let request = create(r#"{ name = "a", behaviour = "wait_for_stop", size = 1 }"#);
    let call = tokio::spawn(async move { client.apply_resource_change(request).await.unwrap().into_inner() });
    timeout(PATIENCE, async {
        while log().matches("Creating").count() == before {
            sleep(Duration::from_millis(5)).await;
        }
    })
    .await
    .unwrap();
    call
}

#[tokio::test]
async fn shutdown_ends_it_although_everything_is_busy() {
    let plugin = Start::new().env("TF_LOG", "DEBUG").start().await;
    let channel = plugin.connect().await;
    let stdio = GrpcStdioClient::new(channel.clone()).stream_stdio(()).await.unwrap();
    let call = blocked(&channel, || plugin.log()).await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    let end = plugin.end().await;
    end.check();
    drop((stdio, call));
}

#[tokio::test]
async fn an_interrupt_of_the_terminal_is_the_clients_business() {
    let plugin = Start::new().env("TF_LOG", "DEBUG").start().await;
    let channel = plugin.connect().await;
    let call = blocked(&channel, || plugin.log()).await;
    plugin.signal("-INT");
    plugin.signal("-INT");
    sleep(Duration::from_millis(100)).await;
    assert!(!call.is_finished());
    ProviderClient::new(channel.clone())
        .stop_provider(stop_provider::Request {})
        .await
        .unwrap();
    assert!(!call.await.unwrap().diagnostics.is_empty());
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    plugin.end().await.check();
}

#[tokio::test]
async fn a_termination_ends_it() {
    let plugin = Start::new().start().await;
    let channel = plugin.connect().await;
    plugin.signal("-TERM");
    plugin.end().await.check();
    drop(channel);
}

#[tokio::test]
async fn a_stop_ends_calls_and_nothing_else() {
    let plugin = Start::new().env("TF_LOG", "DEBUG").start().await;
    let channel = plugin.connect().await;
    // Twice, because a stop must not outlast itself.
    for _ in 0..2 {
        let call = blocked(&channel, || plugin.log()).await;
        let answer = ProviderClient::new(channel.clone())
            .stop_provider(stop_provider::Request {})
            .await
            .unwrap();
        assert_eq!(answer.into_inner().error, "");
        let response = timeout(PATIENCE, call).await.unwrap().unwrap();
        assert_eq!(response.diagnostics[0].summary, "Interrupted");
        assert_eq!(response.private, b"applied");
        assert!(response.new_identity.is_some());
        let state = thing_of(response.new_state.as_ref());
        let expected = r#"{ id = "a", name = "a", behaviour = "wait_for_stop", size = 1, revision = 1 }"#;
        assert_eq!(state, thing(&parse(expected).unwrap()));
    }
    let response = ProviderClient::new(channel.clone())
        .apply_resource_change(create(r#"{ name = "b", size = 1 }"#))
        .await;
    assert!(response.unwrap().into_inner().diagnostics.is_empty());
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    plugin.end().await.check();
}

#[tokio::test]
async fn without_its_client_it_does_not_stay() {
    let plugin = Start::new().env("TOY_LINGER_MS", "1000").start().await;
    // Before the first connection there is no hurry.
    sleep(Duration::from_millis(1300)).await;
    drop(plugin.connect().await);
    // A client that comes back in time is served for as long as it likes.
    sleep(Duration::from_millis(50)).await;
    let channel = plugin.connect().await;
    sleep(Duration::from_millis(1300)).await;
    assert!(
        ProviderClient::new(channel.clone())
            .get_metadata(proto::get_metadata::Request {})
            .await
            .is_ok()
    );
    drop(channel);
    let end = plugin.end().await;
    assert!(end.took >= Duration::from_millis(900), "{:?}", end.took);
    assert!(end.status.success());
    assert_eq!(end.left, Vec::<std::path::PathBuf>::new());
}
