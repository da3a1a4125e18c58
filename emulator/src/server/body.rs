//! Bodies of answers: whole ones, ones that break off as a fault wants it, and streams without an end.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// The connection closes without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed by a fault or a broken request")]
pub(super) struct Closed;

/// The body of an answer.
#[derive(Debug)]
pub(super) enum ReplyBody {
    /// All of it, once.
    Whole(Option<Bytes>),
    /// It breaks off before the length that its head announced.
    Broken {
        data: Option<Bytes>,
        announced: u64,
        flushed: bool,
    },
    /// Whatever comes, until the sender is gone.
    Stream(mpsc::Receiver<Bytes>),
}

impl ReplyBody {
    pub(super) fn whole(data: Bytes) -> Self {
        Self::Whole(Some(data))
    }

    pub(super) fn broken(data: &Bytes, length: usize) -> Self {
        Self::Broken {
            announced: data.len() as u64,
            data: Some(data.slice(..length)),
            flushed: false,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Closed;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Closed>>> {
        match &mut *self {
            Self::Whole(data) => Poll::Ready(data.take().map(|data| Ok(Frame::data(data)))),
            Self::Stream(frames) => frames
                .poll_recv(context)
                .map(|data| data.map(|data| Ok(Frame::data(data)))),
            Self::Broken { data, flushed, .. } => {
                if let Some(data) = data.take() {
                    return Poll::Ready(Some(Ok(Frame::data(data))));
                }
                if *flushed {
                    return Poll::Ready(Some(Err(Closed)));
                }
                // The connection closes at the next poll, so that the data is sent first.
                *flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(data) => SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64)),
            Self::Broken { announced, .. } => SizeHint::with_exact(*announced),
            Self::Stream(_) => SizeHint::default(),
        }
    }
}
