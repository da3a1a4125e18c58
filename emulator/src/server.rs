//! HTTP/1.1 on a socket: the same emulator for clients of any language.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};

use crate::handle::Emulator;
use crate::wire::{BODY_LIMIT, Outcome, Reply, control_answer};

/// How long a client may take for the head of a request.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);
/// Pause after a failed accept, so that a lack of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A listening socket with the emulator behind it.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    emulator: Emulator,
}

impl Server {
    /// Listens. Addresses that other machines can reach are refused unless `allow_remote`: there is no authentication.
    pub async fn bind(address: SocketAddr, allow_remote: bool, emulator: Emulator) -> io::Result<Self> {
        if !address.ip().is_loopback() && !allow_remote {
            let text = format!("{address} is not a loopback address; pass --allow-remote to listen there");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Ok(Self {
            listener: TcpListener::bind(address).await?,
            emulator,
        })
    }

    /// Address that the server listens on, with the port that was picked.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Serves until the future is dropped.
    pub async fn serve(self) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(serve_connection(stream, self.emulator.clone()));
                }
                Err(_) => tokio::time::sleep(ACCEPT_PAUSE).await,
            }
        }
    }
}

async fn serve_connection(stream: TcpStream, emulator: Emulator) {
    // Without this a small answer can wait for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let emulator = emulator.clone();
        async move { exchange(&emulator, request).await }
    });
    // Errors here are the client's (or a fault that closes the connection): nothing is left to be told.
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .auto_date_header(true)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Answers one request; an error closes the connection.
async fn exchange(emulator: &Emulator, request: Request<Incoming>) -> Result<Response<ReplyBody>, Closed> {
    let (parts, body) = request.into_parts();
    // One byte over the limit is let through, so that the emulator itself refuses it in the protocol of the service.
    let body = match Limited::new(body, BODY_LIMIT + 1).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let text = format!("the body is larger than {BODY_LIMIT} bytes");
            return Ok(control_answer(413, &serde_json::json!({"error": text})).map(ReplyBody::whole));
        }
        Err(_) => return Err(Closed),
    };
    let Reply { delay, outcome } = emulator.receive(&Request::from_parts(parts, body));
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

/// The connection closes without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed by a fault or a broken request")]
struct Closed;

/// A body that is whole, or breaks off before the length that its head announced.
#[derive(Debug)]
struct ReplyBody {
    data: Option<Bytes>,
    announced: u64,
    end: End,
}

/// What comes after the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Regular,
    /// The connection closes at the poll after the next, so that the data is sent first.
    BreaksOffAfterFlush,
    BreaksOff,
}

impl ReplyBody {
    fn whole(data: Bytes) -> Self {
        Self {
            announced: data.len() as u64,
            data: Some(data),
            end: End::Regular,
        }
    }

    fn broken(data: &Bytes, length: usize) -> Self {
        Self {
            announced: data.len() as u64,
            data: Some(data.slice(..length)),
            end: End::BreaksOffAfterFlush,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        if let Some(data) = self.data.take() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.end {
            End::Regular => Poll::Ready(None),
            End::BreaksOffAfterFlush => {
                self.end = End::BreaksOff;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            End::BreaksOff => Poll::Ready(Some(Err(Closed))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
