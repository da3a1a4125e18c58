//! What a watch is given.

use std::time::Duration;

use daemons::poll::Poll;

use super::event::WatchEvent;
use crate::interrupt::BySignal;

/// What decides how rollouts are watched.
pub struct Watching<'a> {
    /// Calls that may be under way at a time.
    pub concurrency: usize,
    /// Pauses between looks.
    pub poll: Poll,
    /// Time for each rollout, instead of what its batches and its bake time come to.
    pub timeout: Option<Duration>,
    /// The signal after which nothing is waited for.
    pub interrupt: BySignal,
    /// Hears what happens.
    pub tell: &'a dyn Fn(WatchEvent),
}
