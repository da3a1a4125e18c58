//! The end of the process.
//!
//! | Cause | What happens |
//! |---|---|
//! | `Shutdown` of the client | answered at once, then the server drains, and a timer ends what does not |
//! | SIGTERM | running calls are cut short, then as above |
//! | SIGINT | ignored: the terminal sends it to the whole process group, and the client says what to do. Ends a process that was started by hand |
//! | the client is gone | the process ends when its connection stays closed for a while |
//!
//! The timer is a thread that needs nothing from the rest: whatever hangs, the process is gone before
//! the client loses patience, and the socket with it.

use std::{process, sync::Arc, thread, time::Duration};

use tokio::{sync::watch, time};

use crate::{service::Service, transport::SocketFile};

/// The time that the server may drain. The client kills after two seconds.
const DRAIN: Duration = Duration::from_millis(500);

/// The wish to end the process. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    /// Nobody wishes it yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Asks for the end.
    pub(crate) fn request(&self) {
        self.0.send_replace(true);
    }

    /// Waits until somebody has asked for the end.
    pub(crate) async fn requested(&self) {
        // The sender lives in `self`, so waiting cannot fail.
        let _ = self.0.subscribe().wait_for(|requested| *requested).await;
    }

    /// The same for a future that outlives this handle.
    pub(crate) async fn requested_owned(self) {
        self.requested().await;
    }
}

/// Ends the process when draining takes too long.
pub(crate) fn start_timer(file: SocketFile) {
    thread::spawn(move || {
        thread::sleep(DRAIN);
        drop(file);
        process::exit(0);
    });
}

/// Asks for the end when the last connection has been closed for `linger`. Waits for the first one
/// without limit, because the client may be slow to connect.
pub(crate) async fn watch_connections(mut open: watch::Receiver<usize>, linger: Duration, shutdown: Shutdown) {
    let _ = open.wait_for(|count| *count > 0).await;
    loop {
        let _ = open.wait_for(|count| *count == 0).await;
        if time::timeout(linger, open.wait_for(|count| *count > 0)).await.is_err() {
            tracing::debug!("The client is gone");
            shutdown.request();
            return;
        }
    }
}

/// The one who started the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StartedBy {
    /// Terraform or `OpenTofu`.
    Client,
    /// A person.
    Hand,
}

/// Signals of the operating system, from now on.
pub(crate) use signals::Signals;

#[cfg(unix)]
mod signals {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::{Service, Shutdown, StartedBy};

    /// Caught signals.
    #[derive(Debug)]
    pub(crate) struct Signals {
        interrupt: Signal,
        terminate: Signal,
    }

    impl Signals {
        /// Catches them from now on.
        pub(crate) fn catch() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }

        /// Acts on them until the process ends.
        pub(crate) async fn obey(mut self, by: StartedBy, service: Service, shutdown: Shutdown) {
            loop {
                let end = tokio::select! {
                    _ = self.interrupt.recv() => by == StartedBy::Hand,
                    _ = self.terminate.recv() => true,
                };
                if end {
                    service.stop();
                    shutdown.request();
                    return;
                }
                tracing::debug!("Interrupt ignored: the client decides");
            }
        }
    }
}

#[cfg(not(unix))]
mod signals {
    use std::io;

    use super::{Service, Shutdown, StartedBy};

    /// Caught signals.
    #[derive(Debug)]
    pub(crate) struct Signals;

    impl Signals {
        /// Catches them from now on.
        #[expect(clippy::unnecessary_wraps, reason = "the same form as on other systems")]
        pub(crate) fn catch() -> io::Result<Self> {
            Ok(Self)
        }

        /// Acts on them until the process ends.
        pub(crate) async fn obey(self, by: StartedBy, service: Service, shutdown: Shutdown) {
            while tokio::signal::ctrl_c().await.is_ok() {
                if by == StartedBy::Hand {
                    service.stop();
                    shutdown.request();
                    return;
                }
            }
        }
    }
}
