//! Bytes that no client sends. The process refuses them and serves the next call.

use std::{convert::Infallible, time::Duration};

use http::{Request, Uri};
use http_body_util::{BodyExt, Full};
use tfplug_server::proto::tfplugin6::{get_metadata, provider_client::ProviderClient};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tonic::{
    body::Body,
    codegen::{Bytes, Service},
    transport::Channel,
};

use crate::client::{PATIENCE, Plugin, Start};

/// Sends `body` as it is to a method; the status of the answer.
async fn send(channel: &Channel, method: &str, body: Vec<u8>) -> String {
    let body = Full::new(Bytes::from(body)).map_err(|never: Infallible| match never {});
    let request = Request::post(Uri::try_from(format!("http://localhost/{method}")).unwrap())
        .header("content-type", "application/grpc")
        .header("te", "trailers")
        .body(Body::new(body))
        .unwrap();
    let mut channel = channel.clone();
    std::future::poll_fn(|context| Service::<Request<Body>>::poll_ready(&mut channel, context))
        .await
        .unwrap();
    let response = timeout(PATIENCE, channel.call(request)).await.unwrap().unwrap();
    let (parts, body) = response.into_parts();
    let trailers = body.collect().await.unwrap().trailers().cloned().unwrap_or_default();
    let status = parts.headers.get("grpc-status").or_else(|| trailers.get("grpc-status"));
    let code = status
        .and_then(|status| status.to_str().ok())
        .and_then(|status| status.parse().ok())
        .unwrap();
    format!("{:?}", tonic::Code::from_i32(code))
}

fn frame(flag: u8, length: u32, payload: &[u8]) -> Vec<u8> {
    [&[flag], length.to_be_bytes().as_slice(), payload].concat()
}

async fn still_serves(plugin: &Plugin) {
    let mut client = ProviderClient::new(plugin.connect().await);
    let metadata = client.get_metadata(get_metadata::Request {}).await.unwrap();
    assert_eq!(metadata.into_inner().resources.len(), 2);
}

#[tokio::test]
async fn malformed_messages_are_refused() {
    const PLAN: &str = "tfplugin6.Provider/PlanResourceChange";
    let plugin = Start::new().start().await;
    let channel = plugin.connect().await;
    let cases = [
        ("no message", PLAN, Vec::new()),
        ("truncated head", PLAN, vec![0, 0]),
        ("truncated message", PLAN, frame(0, 100, b"abc")),
        ("not protobuf", PLAN, frame(0, 4, &[0xff; 4])),
        ("text that is not UTF-8", PLAN, frame(0, 4, &[0x0a, 2, 0xc3, 0x28])),
        ("unknown compression", PLAN, frame(7, 1, b"a")),
        ("compressed without saying how", PLAN, frame(1, 1, b"a")),
        ("more than the limit", PLAN, frame(0, 300 * 1024 * 1024, b"abc")),
        ("as much as there is", PLAN, frame(0, u32::MAX, b"abc")),
        ("unknown method", "tfplugin6.Provider/MakeCoffee", frame(0, 0, b"")),
        ("unknown service", "tfplugin5.Provider/GetSchema", frame(0, 0, b"")),
        ("state store", "tfplugin6.Provider/GetStates", frame(0, 0, b"")),
    ];
    let mut statuses = Vec::new();
    for (name, method, body) in cases {
        statuses.push(format!("{name}: {}", send(&channel, method, body).await));
        still_serves(&plugin).await;
    }
    insta::assert_snapshot!(statuses.join("\n"), @"
    no message: Internal
    truncated head: Internal
    truncated message: Internal
    not protobuf: Internal
    text that is not UTF-8: Internal
    unknown compression: Internal
    compressed without saying how: Internal
    more than the limit: OutOfRange
    as much as there is: OutOfRange
    unknown method: Unimplemented
    unknown service: Unimplemented
    state store: Unimplemented
    ");
}

#[tokio::test]
async fn connections_that_talk_nonsense_are_dropped() {
    let plugin = Start::new().start().await;
    let path = plugin.socket();
    let mut silent = Vec::new();
    for bytes in [&b""[..], b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n", &[0x16; 4096]] {
        let mut socket = tokio::net::UnixStream::connect(&path).await.unwrap();
        socket.write_all(bytes).await.unwrap();
        silent.push(socket);
    }
    still_serves(&plugin).await;
    // Behind TLS, too.
    let connector = plugin.connector(plugin.identity.as_ref());
    let mut socket = connector.open().await.unwrap();
    socket.write_all(&[0x7f; 4096]).await.unwrap();
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, socket.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the connection is closed");
    still_serves(&plugin).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    drop(silent);
    still_serves(&plugin).await;
}
