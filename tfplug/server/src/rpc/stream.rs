//! RPCs that answer in parts.
//!
//! - The work runs in a task of its own: a client that closes the stream stops reading and ends nothing. The next part
//!   that nobody takes tells the work so.
//! - Few parts wait for the client; then the work waits.
//! - What is to be said about the whole is the last event, and so is a panic. A part that was held back for it carries
//!   it, for a client that reads no further than that part.

use std::{
    future::Future,
    panic::AssertUnwindSafe,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use futures_util::FutureExt;
use tfplug_core::{Cancel, Diagnostics};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tracing::Instrument;

use crate::{
    log,
    rpc::{Answer, Subject, is_error, log_diagnostic, log_served, panicked, span},
    service::Service,
};

/// Parts that wait for a client that is slower than the provider.
const WAITING: usize = 8;

/// A request of the protocol that is answered in parts.
pub(crate) trait StreamedRpc: Send + Sized + 'static {
    /// Name of the method.
    const NAME: &'static str;

    /// The advice at the end of the message about a panic.
    const AFTER_PANIC: &'static str;

    /// True if a last event is due although there is nothing to say.
    const CONCLUDES: bool;

    /// A part of the answer.
    type Event: Answer + 'static;

    /// The subject of the request, for the log.
    fn subject(&self) -> Subject<'_>;

    /// Does the work, sends events, and answers what is to be said about the whole. Every stop since the request came
    /// sets `cancel`.
    fn answer(
        self,
        service: &Service,
        events: &Events<Self::Event>,
        cancel: &Cancel,
    ) -> impl Future<Output = Result<Diagnostics, Diagnostics>> + Send;
}

/// The way of events to the client.
pub(crate) struct Events<E> {
    sender: mpsc::Sender<E>,
    held: Mutex<Option<E>>,
    errors: AtomicUsize,
    warnings: AtomicUsize,
}

impl<E: Answer> Events<E> {
    fn new(sender: mpsc::Sender<E>) -> Self {
        Self {
            sender,
            held: Mutex::new(None),
            errors: AtomicUsize::new(0),
            warnings: AtomicUsize::new(0),
        }
    }

    /// Sends an event when there is room. False if the client has closed the stream.
    pub(crate) async fn send(&self, event: E) -> bool {
        self.log(&event);
        self.sender.send(event).await.is_ok()
    }

    /// Keeps an event back, to be sent as the last one.
    pub(crate) fn hold(&self, event: E) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
    }

    /// Sends the last event, if there is one.
    async fn conclude(&self, diagnostics: &Diagnostics, always: bool) {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        if held.is_some() || always || !diagnostics.is_empty() {
            let mut last = held.unwrap_or_default();
            last.add(diagnostics);
            if !self.send(last).await {
                tracing::debug!(target: log::PROTO, "The client has closed the stream before its end");
            }
        }
    }

    fn log(&self, event: &E) {
        for diagnostic in event.diagnostics() {
            log_diagnostic(diagnostic);
            let count = if is_error(diagnostic) {
                &self.errors
            } else {
                &self.warnings
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Service {
    /// Answers a request in parts. Never panics. Needs a tokio runtime.
    pub(crate) fn stream<R: StreamedRpc>(&self, request: R) -> ReceiverStream<R::Event> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let span = span(R::NAME, request.subject());
        // Taken here, not in the task: a stop may come before the task begins.
        let (service, cancel) = (self.clone(), self.cancel());
        let work = async move { service.answer_in_parts(request, Events::new(sender), &cancel).await };
        tokio::spawn(work.instrument(span));
        ReceiverStream::new(receiver)
    }

    async fn answer_in_parts<R: StreamedRpc>(&self, request: R, events: Events<R::Event>, cancel: &Cancel) {
        let started = Instant::now();
        tracing::trace!(target: log::PROTO, "Received request");
        let work = AssertUnwindSafe(request.answer(self, &events, cancel))
            .catch_unwind()
            .await;
        let diagnostics = match work {
            Ok(Ok(diagnostics) | Err(diagnostics)) => diagnostics,
            Err(panic) => panicked(R::NAME, R::AFTER_PANIC, &*panic),
        };
        events.conclude(&diagnostics, R::CONCLUDES).await;
        let (errors, warnings) = (&events.errors, &events.warnings);
        log_served(
            errors.load(Ordering::Relaxed),
            warnings.load(Ordering::Relaxed),
            started,
        );
    }
}
