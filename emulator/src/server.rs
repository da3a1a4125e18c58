//! HTTP/1.1 on a socket: the same emulator for clients of any language.

mod body;
mod door;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use self::body::{Closed, ReplyBody};
use self::door::Door;
use crate::handle::Emulator;
use crate::page;
use crate::stream;
use crate::wire::{BODY_LIMIT, Outcome, Reply};

/// The time that a client may take for the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of a body after which its client is no longer heard.
const PATIENCE: usize = 64 * 1024 * 1024;
/// Pause after a failed accept, so that a lack of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Media type of a stream of server-sent events.
const EVENT_STREAM: &str = "text/event-stream";

/// A listening socket with the emulator behind it.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    emulator: Emulator,
    door: Door,
}

impl Server {
    /// Listens. Addresses that other machines can reach are refused unless `allow_remote`: there is no authentication.
    pub async fn bind(address: SocketAddr, allow_remote: bool, emulator: Emulator) -> io::Result<Self> {
        if !address.ip().is_loopback() && !allow_remote {
            let text = "it is not a loopback address; pass --allow-remote to listen there";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        let door = Door {
            any_address: allow_remote,
            ..Door::default()
        };
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            emulator,
            door,
        })
    }

    /// Answers requests to these host names as well as those to loopback names and addresses.
    #[must_use]
    pub fn allow_hosts(mut self, names: &[String]) -> Self {
        self.door.names = names.iter().map(|name| name.to_ascii_lowercase()).collect();
        self
    }

    /// Address that the server listens on, with the port that was picked.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the future is dropped.
    pub async fn serve(self) {
        let door = Arc::new(self.door);
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(serve_connection(stream, self.emulator.clone(), door.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, emulator: Emulator, door: Arc<Door>) {
    // Without this a small answer can wait for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let (emulator, door) = (emulator.clone(), door.clone());
        async move { exchange(&emulator, &door, request).await }
    });
    // Errors here are the client's (or a fault that closes the connection): nothing is left to be told.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .auto_date_header(true)
        // A client may end its side once it has asked, and is answered all the same.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers one request; an error closes the connection.
async fn exchange(emulator: &Emulator, door: &Door, request: Request<Incoming>) -> Result<Response<ReplyBody>, Closed> {
    let (parts, body) = request.into_parts();
    if let Some(refusal) = door.refusal(&parts) {
        return Ok(emulator.refuse(&parts, &refusal).map(ReplyBody::whole));
    }
    if let Some(response) = page::file(&parts.method, parts.uri.path()) {
        return Ok(response.map(ReplyBody::whole));
    }
    if let Some(response) = stream(emulator, &parts) {
        return Ok(response);
    }
    let Ok(body) = collect(body).await else {
        return Err(Closed);
    };
    let Reply { delay, outcome } = emulator.receive_among_others(&Request::from_parts(parts, body)).await;
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match outcome {
        Outcome::Answer(response) => Ok(response.map(ReplyBody::whole)),
        Outcome::Truncated(response, length) => Ok(response.map(|body| ReplyBody::broken(&body, length))),
        Outcome::Never => std::future::pending().await,
        Outcome::Close => Err(Closed),
    }
}

/// The body of a request. Of one over the limit a byte more than that is kept, so that the emulator itself refuses it in
/// the protocol of the service; the rest is read and forgotten, because a client listens only when it has been heard.
async fn collect(mut body: Incoming) -> Result<Bytes, hyper::Error> {
    let (mut kept, mut read) = (BytesMut::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        read = read.saturating_add(data.len());
        let room = (BODY_LIMIT + 1).saturating_sub(kept.len());
        kept.extend_from_slice(&data[..data.len().min(room)]);
        if read > PATIENCE {
            break;
        }
    }
    Ok(kept.freeze())
}

/// The event stream, when that is what the request asks for.
fn stream(emulator: &Emulator, head: &Parts) -> Option<Response<ReplyBody>> {
    let accepted = head.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    let is_wanted = accepted.is_some_and(|accepted| accepted.contains(EVENT_STREAM));
    if head.method != Method::GET || head.uri.path() != "/_emulator/events" || !is_wanted {
        return None;
    }
    let last = head.headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last = last.and_then(|value| value.trim().parse().ok());
    let mut response = Response::new(ReplyBody::Stream(stream::open(emulator, last)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(EVENT_STREAM));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(response)
}
