//! Signals for `ecs-emulator exec`: which of them the command has not got, and which of them want everything to end.

use std::io;

use rustix::process::Signal;
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::WithOrigin;
use signal_hook::low_level::siginfo::Origin;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The signals that must not end us before the command.
const HEARD: [Signal; 6] = [
    Signal::INT,
    Signal::QUIT,
    Signal::TERM,
    Signal::HUP,
    Signal::USR1,
    Signal::USR2,
];

/// The signals that we have got since the start.
pub(super) struct Signals {
    heard: UnboundedReceiver<Heard>,
    must_end: bool,
}

/// One signal that has come.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Heard {
    signal: Signal,
    /// A key of the terminal sends to all processes in front of it, so the command has got the signal, too. Many
    /// commands take a second one for impatience.
    by_key: bool,
}

impl Signals {
    /// Begins to listen.
    pub(super) fn new() -> io::Result<Self> {
        let mut source = SignalsInfo::<WithOrigin>::new(HEARD.map(Signal::as_raw))?;
        let (send, heard) = unbounded_channel();
        // The thread waits for signals until the process ends.
        std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for origin in source.forever() {
                let Some(signal) = heard_of(&origin) else {
                    continue;
                };
                if send.send(signal).is_err() {
                    return;
                }
            }
        })?;
        Ok(Self { heard, must_end: false })
    }

    /// True if a process wants all of this to end.
    pub(super) fn must_end(&self) -> bool {
        self.must_end
    }

    /// The next signal that the command does not have yet.
    pub(super) async fn next_to_pass_on(&mut self) -> Signal {
        loop {
            let Heard { signal, by_key } = self.next().await;
            if !by_key {
                self.must_end |= ends(signal);
                return signal;
            }
        }
    }

    /// Waits until somebody ends what goes on.
    pub(super) async fn end(&mut self) {
        while !ends(self.next().await.signal) {}
    }

    async fn next(&mut self) -> Heard {
        match self.heard.recv().await {
            Some(heard) => heard,
            // The thread is gone, and nothing will come any more.
            None => std::future::pending().await,
        }
    }
}

fn heard_of(origin: &Origin) -> Option<Heard> {
    let signal = HEARD.into_iter().find(|signal| signal.as_raw() == origin.signal)?;
    let has_key = signal == Signal::INT || signal == Signal::QUIT;
    let by_key = has_key && origin.process.is_none();
    Some(Heard { signal, by_key })
}

/// True for what asks a program to end.
fn ends(signal: Signal) -> bool {
    signal != Signal::USR1 && signal != Signal::USR2
}
