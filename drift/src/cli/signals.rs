//! Signals that end a scan: the first lets it report what is finished, the second ends the process at once.
//!
//! They are waited for on a thread of their own, so that they count also while an input is read or a report is written.

use std::{
    process,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    thread,
};

use tokio::sync::watch;

use super::{Failure, connect::runtime};

/// Exit code after SIGINT: 128 and the number of the signal, as shells have it.
const INTERRUPTED: u8 = 130;
/// Exit code after SIGTERM.
#[cfg(unix)]
const TERMINATED: u8 = 143;

/// What was asked for.
pub(super) struct Signals {
    interrupted: watch::Receiver<bool>,
    code: Arc<AtomicU8>,
}

impl Signals {
    /// Begins to listen, for the rest of the process.
    pub(super) fn listen() -> Result<Self, Failure> {
        let (interrupt, interrupted) = watch::channel(false);
        let code = Arc::new(AtomicU8::new(INTERRUPTED));
        let (listening, is_listening) = std::sync::mpsc::channel();
        let (runtime, first) = (runtime()?, code.clone());
        thread::spawn(move || {
            runtime.block_on(async {
                let Ok(mut sources) = Sources::new() else { return };
                let _gone = listening.send(());
                first.store(sources.next().await, Ordering::Relaxed);
                let _ended = interrupt.send(true);
                let code = sources.next().await;
                process::exit(code.into());
            });
        });
        // A signal that comes a moment after the start must not be lost. The other end is dropped where none can be heard.
        let _heard = is_listening.recv();
        Ok(Self { interrupted, code })
    }

    /// Becomes true with the first signal.
    pub(super) fn interrupted(&self) -> watch::Receiver<bool> {
        self.interrupted.clone()
    }

    /// Exit code of a run that the first signal ended.
    pub(super) fn code(&self) -> u8 {
        self.code.load(Ordering::Relaxed)
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

    /// The exit code for the next signal.
    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPTED,
            _ = self.terminate.recv() => TERMINATED,
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

    async fn next(&mut self) -> u8 {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        INTERRUPTED
    }
}
