//! What an execution is given.

use std::time::Duration;

use daemons::{poll::Poll, wait::Interrupt};
use jiff::Timestamp;

use super::audit::Audit;
use crate::{
    interrupt::BySignal,
    repair::{Limits, Plan, Planned, Windows},
};

/// A plan with all that decides how it is executed.
pub struct Execution<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What may run side by side, and when nothing begins any more.
    pub limits: Limits,
    /// Times in which repairs may begin.
    pub windows: Windows,
    /// The time that counts for them.
    pub now: &'a (dyn Fn() -> Timestamp + Sync),
    /// The signal after which nothing more is begun.
    pub interrupt: BySignal,
    /// Where every decision, and every call that changes something, is noted.
    pub audit: &'a Audit,
    /// Pauses between looks at a rollout.
    pub poll: Poll,
    /// Time for each rollout, instead of what its batches and its bake time come to.
    pub timeout: Option<Duration>,
    /// Hears what happens to a daemon, a line at a time.
    pub tell: &'a (dyn Fn(&Planned, &str) + Sync),
}

impl Execution<'_> {
    /// The reason why nothing more may begin; none if it may.
    pub(super) fn refusal(&self) -> Option<String> {
        if self.interrupt.is_interrupted() {
            return Some("The run was interrupted before it was begun. Run again to repair it.".to_owned());
        }
        self.windows.refusal((self.now)())
    }
}
