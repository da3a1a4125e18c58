//! Signals that end a scan: the first lets it report what is finished, the second ends the process at once.
//!
//! They are waited for on a thread of their own, so that they count also while an input is read or a report is written.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use tokio::sync::watch;

use super::{Failure, connect::runtime};
use crate::report::Signal;

/// Signals that ask the process to end.
pub(super) struct Signals {
    interrupted: watch::Receiver<bool>,
    is_terminated: Arc<AtomicBool>,
}

impl Signals {
    /// Begins to listen, for the rest of the process.
    pub(super) fn listen() -> Result<Self, Failure> {
        let (interrupt, interrupted) = watch::channel(false);
        let is_terminated = Arc::new(AtomicBool::new(false));
        let (listening, is_listening) = std::sync::mpsc::channel();
        let (runtime, first) = (runtime()?, is_terminated.clone());
        thread::spawn(move || {
            runtime.block_on(async {
                let Ok(mut sources) = Sources::new() else { return };
                let _gone = listening.send(());
                first.store(sources.next().await == Signal::Terminate, Ordering::Relaxed);
                let _ended = interrupt.send(true);
                let second = sources.next().await;
                process::exit(second.code().into());
            });
        });
        // A signal that comes a moment after the start must not be lost. The other end is dropped where none can be heard.
        let _heard = is_listening.recv();
        Ok(Self {
            interrupted,
            is_terminated,
        })
    }

    /// Becomes true with the first signal.
    pub(super) fn interrupted(&self) -> watch::Receiver<bool> {
        self.interrupted.clone()
    }

    /// The first signal of a run that one ended.
    pub(super) fn first(&self) -> Signal {
        if self.is_terminated.load(Ordering::Relaxed) {
            Signal::Terminate
        } else {
            Signal::Interrupt
        }
    }
}

#[cfg(unix)]
struct Sources {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Sources {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// The next signal.
    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
        }
    }
}

#[cfg(not(unix))]
struct Sources;

#[cfg(not(unix))]
impl Sources {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> Signal {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        Signal::Interrupt
    }
}
