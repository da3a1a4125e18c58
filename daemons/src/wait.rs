//! One loop for every wait: a pure condition over "the thing, or nothing", asked again and again until
//! it holds, the budget is spent, or the run is cancelled.
//!
//! # Guarantees
//! - The condition decides alone; the loop never interprets what it saw.
//! - Cancelling ends the wait at once: a probe only reads, so it may be dropped.
//! - A probe that fails in a way that may pass (throttling, 5xx, no answer) is tolerated
//!   [`FAILED_POLLS`] times in a row, because a rollout outlives many such moments.
//! - Time is tokio's, so that paused tests see hours pass at once.

use std::{future::Future, time::Duration};

use aws::{Failure, FailureKind};
use tokio::time::Instant;

use crate::{
    patience::{FAILED_POLLS, GRACE},
    poll::PollSchedule,
};

/// An early end of a wait: a signal to the process, or a client that gives up.
pub trait Interrupt: Sync {
    /// True if it has come.
    fn is_interrupted(&self) -> bool;

    /// Ends when it comes.
    fn interrupted(&self) -> impl Future<Output = ()> + Send;
}

/// Nothing ends the wait early.
#[derive(Clone, Copy, Debug)]
pub struct Never;

impl Interrupt for Never {
    fn is_interrupted(&self) -> bool {
        false
    }

    fn interrupted(&self) -> impl Future<Output = ()> + Send {
        std::future::pending()
    }
}

/// The time that one apply may take, shared by all its waits.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    total: Duration,
    deadline: Instant,
}

impl Budget {
    /// A budget that starts now.
    pub fn of(total: Duration) -> Self {
        Self {
            total,
            deadline: Instant::now() + total,
        }
    }

    /// The time it had at its start, for messages.
    pub fn total(&self) -> Duration {
        self.total
    }

    /// True if nothing is left.
    pub fn is_spent(&self) -> bool {
        Instant::now() >= self.deadline
    }
}

/// The reason why a wait ended without its condition.
#[derive(Debug)]
pub enum Ended {
    /// The run was cancelled.
    Cancelled,
    /// The budget is spent.
    TimedOut,
    /// The probe failed for good.
    Failed(Failure),
}

/// Probes until `condition` gives an outcome. The first probe is immediate.
pub async fn until<T, O, F>(
    mut schedule: PollSchedule,
    budget: Budget,
    interrupt: &impl Interrupt,
    mut probe: impl FnMut() -> F,
    mut condition: impl FnMut(Option<T>) -> Option<O>,
) -> Result<O, Ended>
where
    F: Future<Output = Result<Option<T>, Failure>>,
{
    let mut failures = 0;
    loop {
        let probed = tokio::select! {
            biased;
            probed = probe() => probed,
            () = interrupt.interrupted() => return Err(Ended::Cancelled),
        };
        match probed {
            Ok(seen) => {
                failures = 0;
                if let Some(outcome) = condition(seen) {
                    return Ok(outcome);
                }
            }
            Err(failure) if may_pass(&failure) && failures < FAILED_POLLS => {
                failures += 1;
                tracing::warn!(operation = failure.operation, error = %failure.message, "a poll failed and is repeated");
            }
            Err(failure) => return Err(Ended::Failed(failure)),
        }
        pause(schedule.next_delay(), budget, interrupt).await?;
    }
}

/// Awaits a call that changes something. A cancelled run gives it [`GRACE`] more; then nobody knows
/// whether it was carried out.
pub async fn finish<T>(
    operation: &'static str,
    interrupt: &impl Interrupt,
    call: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let grace = async {
        interrupt.interrupted().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        biased;
        outcome = call => outcome,
        () = grace => Err(Failure {
            operation,
            kind: FailureKind::NoAnswer,
            code: None,
            message: "the run was interrupted before ECS answered".to_owned(),
            request_id: None,
        }),
    }
}

/// Sleeps for `delay`, not beyond the budget and not beyond a cancellation.
pub async fn pause(delay: Duration, budget: Budget, interrupt: &impl Interrupt) -> Result<(), Ended> {
    if interrupt.is_interrupted() {
        return Err(Ended::Cancelled);
    }
    if budget.is_spent() {
        return Err(Ended::TimedOut);
    }
    let until = (Instant::now() + delay).min(budget.deadline);
    tokio::select! {
        () = interrupt.interrupted() => Err(Ended::Cancelled),
        () = tokio::time::sleep_until(until) => Ok(()),
    }
}

fn may_pass(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Throttled | FailureKind::Server | FailureKind::NoAnswer
    )
}
