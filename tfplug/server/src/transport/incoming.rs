//! The accept loop. A connection that fails its TLS handshake, or never finishes it, costs nobody
//! else anything: each handshake runs by itself, and only those that succeed reach the server.

use std::{convert::Infallible, sync::Arc, time::Duration};

use rustls::ServerConfig;
use tokio::{sync::mpsc, time};
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;

use super::{
    connection::{Connection, Connections},
    socket::{Listener, Stream},
};

/// The time that a peer may take for its TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Pause after a failed accept, which is most often a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Connections that are ready for HTTP/2. Ends only with the process.
pub(crate) fn incoming(
    listener: Listener,
    tls: Option<Arc<ServerConfig>>,
    connections: Connections,
) -> ReceiverStream<Result<Connection, Infallible>> {
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(accept(listener, tls.map(TlsAcceptor::from), connections, sender));
    ReceiverStream::new(receiver)
}

async fn accept(
    listener: Listener,
    tls: Option<TlsAcceptor>,
    connections: Connections,
    ready: mpsc::Sender<Result<Connection, Infallible>>,
) {
    loop {
        let stream = tokio::select! {
            () = ready.closed() => return,
            accepted = listener.accept() => accepted,
        };
        match (stream, &tls) {
            (Err(error), _) => {
                tracing::warn!(error = %error, "A connection could not be accepted");
                time::sleep(ACCEPT_PAUSE).await;
            }
            (Ok(stream), None) => {
                if ready.send(Ok(Connection::plain(stream, &connections))).await.is_err() {
                    return;
                }
            }
            (Ok(stream), Some(tls)) => {
                tokio::spawn(encrypt(stream, tls.clone(), connections.clone(), ready.clone()));
            }
        }
    }
}

async fn encrypt(
    stream: Stream,
    tls: TlsAcceptor,
    connections: Connections,
    ready: mpsc::Sender<Result<Connection, Infallible>>,
) {
    match time::timeout(HANDSHAKE_TIMEOUT, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            // Fails only when the server is ending, and then there is nobody to tell.
            let _ = ready.send(Ok(Connection::tls(stream, &connections))).await;
        }
        Ok(Err(error)) => tracing::warn!(error = %error, "A connection was refused in the TLS handshake"),
        Err(_) => tracing::warn!("A connection did not finish its TLS handshake in time"),
    }
}
