//! From the start to the first connection.

use base64::{Engine, prelude::BASE64_STANDARD};
use tfplug_server::proto::plugin::{Empty, grpc_controller_client::GrpcControllerClient};

use crate::client::{Connector, Identity, Plugin, Start, connect};

async fn shut_down(plugin: Plugin) {
    let channel = plugin.connect().await;
    GrpcControllerClient::new(channel).shutdown(Empty {}).await.unwrap();
    plugin.end().await.check();
}

#[tokio::test]
async fn without_a_cookie_it_explains_itself() {
    for start in [
        Start::bare(),
        Start::bare().env("TF_PLUGIN_MAGIC_COOKIE", "open sesame"),
    ] {
        let (code, stdout, stderr) = start.run().await;
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(
            stderr.contains("provider plugin for Terraform") && stderr.contains("acme/toy"),
            "{stderr}"
        );
    }
}

#[tokio::test]
async fn the_line_tells_everything() {
    let plugin = Start::new().start().await;
    assert!(plugin.line.ends_with('\n'));
    let fields = plugin.fields();
    let [core, version, network, address, protocol, certificate] = fields.as_slice() else {
        panic!("{fields:?}")
    };
    assert_eq!([*core, *version, *network, *protocol], ["1", "6", "unix", "grpc"]);
    assert!(address.starts_with(plugin.folder.path().to_str().unwrap()), "{address}");
    assert!(address.len() < 100);
    assert!(certificate.len() > 50 && !certificate.contains('='), "{certificate}");
    // The name in the certificate and its dates are checked by the TLS client.
    shut_down(plugin).await;
}

#[tokio::test]
async fn two_processes_have_nothing_in_common() {
    let (one, other) = (Start::new().start().await, Start::new().start().await);
    assert_ne!(one.fields()[5], other.fields()[5]);
    assert_ne!(one.socket().file_name(), other.socket().file_name());
    shut_down(one).await;
    shut_down(other).await;
}

#[tokio::test]
async fn a_client_that_asks_about_multiplexing_is_answered() {
    let plugin = Start::new().env("PLUGIN_MULTIPLEX_GRPC", "true").start().await;
    assert_eq!(plugin.fields().last(), Some(&"false"));
    assert_eq!(plugin.fields().len(), 7);
    shut_down(plugin).await;
}

#[tokio::test]
async fn the_socket_is_where_the_client_wants_it() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = Start::new()
        .env("PLUGIN_UNIX_SOCKET_DIR", folder.path().to_str().unwrap())
        .start()
        .await;
    assert_eq!(plugin.socket().parent(), Some(folder.path()));
    shut_down(plugin).await;
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let cases = [
        (
            Start::plaintext().env("PLUGIN_UNIX_SOCKET_DIR", "/does/not/exist"),
            "/does/not/exist",
        ),
        (
            Start::plaintext().env("PLUGIN_UNIX_SOCKET_GROUP", "no such group"),
            "no such group",
        ),
        (
            Start::plaintext().env("PLUGIN_CLIENT_CERT", "nonsense"),
            "PLUGIN_CLIENT_CERT",
        ),
    ];
    for (start, expected) in cases {
        let (code, stdout, stderr) = start.run().await;
        assert_eq!((code, stdout.as_str()), (Some(1), ""));
        assert!(stderr.contains(expected), "{stderr}");
    }
}

#[tokio::test]
async fn without_a_client_certificate_it_speaks_plaintext() {
    let plugin = Start::plaintext().start().await;
    assert_eq!(plugin.fields().len(), 6);
    assert_eq!(plugin.fields()[5], "");
    shut_down(plugin).await;
}

#[tokio::test]
async fn only_the_client_that_started_it_is_let_in() {
    let plugin = Start::new().start().await;
    let stranger = Identity::new();
    assert!(connect_and_ask(plugin.connector(Some(&stranger))).await.is_err());
    assert!(connect_and_ask(plugin.connector(None)).await.is_err());
    assert!(connect_and_ask(Connector::plaintext(&plugin.socket())).await.is_err());
    assert!(
        connect_and_ask(plugin.connector(plugin.identity.as_ref()))
            .await
            .is_ok()
    );
    shut_down(plugin).await;
}

#[tokio::test]
async fn a_certificate_of_the_same_name_is_not_the_same_certificate() {
    let plugin = Start::new().start().await;
    let own = plugin.identity.as_ref().unwrap();
    let twin = Identity::new();
    assert_ne!(twin.certificate, own.certificate);
    assert_ne!(
        BASE64_STANDARD.encode(&twin.certificate),
        BASE64_STANDARD.encode(&own.certificate)
    );
    let error = connect_and_ask(plugin.connector(Some(&twin))).await.unwrap_err();
    assert!(!error.is_empty());
    shut_down(plugin).await;
}

/// With TLS 1.3 a client learns that it was refused only when it reads.
async fn connect_and_ask(connector: Connector) -> Result<(), String> {
    use tfplug_server::proto::tfplugin6::{get_metadata, provider_client::ProviderClient};
    let channel = connect(connector).await.map_err(|error| format!("{error:?}"))?;
    let answer = ProviderClient::new(channel)
        .get_metadata(get_metadata::Request {})
        .await;
    answer.map(|_| ()).map_err(|status| status.to_string())
}

#[tokio::test]
async fn by_hand_it_says_how_to_reach_it() {
    use tokio::io::{AsyncBufReadExt, BufReader};
    let mut start = Start::bare();
    start.command.arg("-debug");
    let mut child = start.command.spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let variable = loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if let Some(variable) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS=") {
            break variable.trim_matches('\'').to_owned();
        }
    };
    let providers: serde_json::Value = serde_json::from_str(&variable).unwrap();
    let entry = &providers["registry.terraform.io/acme/toy"];
    assert_eq!(entry, &providers["registry.opentofu.org/acme/toy"]);
    assert_eq!(entry["Protocol"], "grpc");
    assert_eq!(entry["ProtocolVersion"].as_u64(), Some(6));
    assert_eq!(entry["Pid"].as_u64(), child.id().map(u64::from));
    let socket = std::path::PathBuf::from(entry["Addr"]["String"].as_str().unwrap());

    // Every run of a client is a new connection to the same process.
    for _ in 0..2 {
        connect_and_ask(Connector::plaintext(&socket)).await.unwrap();
    }
    let pid = child.id().unwrap().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let status = tokio::time::timeout(crate::client::PATIENCE, child.wait())
        .await
        .unwrap()
        .unwrap();
    assert!(status.success());
    assert!(!socket.exists());
}
