//! `ecs-drift`, which may be under construction while the first scenes play: `cargo xtask demo` builds it beside them.

use std::env;
use std::io;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use acceptance_tests::{Outcome, fail};

/// Variable of `cargo xtask demo`: a line on standard input says when it is built.
const AWAITS: &str = "ECS_DEMO_AWAITS_DRIFT";
/// Time after which a wait is told.
const SHORT: Duration = Duration::from_millis(500);

/// The news of a build by somebody else, if there is one.
pub(crate) struct Late(Option<Receiver<bool>>);

impl Late {
    /// Listens from now on.
    pub(crate) fn from_environment() -> Self {
        let awaited = env::var_os(AWAITS).map(|_| {
            let (sender, receiver) = mpsc::channel();
            thread::spawn(move || {
                let mut line = String::new();
                let is_built = io::stdin().read_line(&mut line).is_ok_and(|read| read > 0);
                // Nobody listens any more if the demo has ended early.
                let _ = sender.send(is_built);
            });
            receiver
        });
        Self(awaited)
    }

    /// Waits until it is built; `tell` is called if that takes a while.
    pub(crate) fn wait(&self, tell: impl FnOnce()) -> Outcome {
        let Some(news) = &self.0 else {
            return Ok(());
        };
        let is_built = news.recv_timeout(SHORT).or_else(|_| {
            tell();
            news.recv()
        });
        if is_built.unwrap_or(false) {
            return Ok(());
        }
        fail("ecs-drift could not be built")
    }
}
