//! When a call is made again, and after which pause.
//!
//! The SDK's own retries are off: it would sleep inside a call, holding a slot. Pauses double and are shortened at
//! random, as AWS asks for. What differs is where they begin. A single throttled answer is chance, since an empty
//! bucket shows by a run of them, upon which the class is paced and pauses are over; and the last call of a chunk
//! holds up all of it. So the first repetition after "too many calls" comes soon.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use daemons::aws::{DEFAULT_RETRIES, Failure, FailureKind};
use tokio::time::Instant;

/// Repetitions of a call that was not answered or not sent, or that failed inside AWS.
const TRANSIENT_RETRIES: u32 = 4;
/// First pause before the repetition of such a call.
const TRANSIENT_PAUSE: Duration = Duration::from_millis(100);
/// First pause before the repetition of a throttled call.
const THROTTLED_PAUSE: Duration = Duration::from_millis(10);
/// Longest pause before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How long nobody may be there before all calls that are left fail like the last one: each would take its own time to
/// find that out.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often one call has failed.
#[derive(Debug, Default)]
pub(super) struct Tries {
    throttled: u32,
    failed: u32,
}

impl Tries {
    /// The pause before the call is made again; none if its failure stands.
    pub(super) fn pause(&mut self, failure: &Failure) -> Option<Duration> {
        match failure.kind {
            FailureKind::Throttled => {
                self.throttled += 1;
                (self.throttled <= DEFAULT_RETRIES).then(|| pause(THROTTLED_PAUSE, self.throttled))
            }
            FailureKind::Server | FailureKind::NoAnswer => self.transient(),
            FailureKind::NotSent if is_unreachable(failure) => self.transient(),
            _ => None,
        }
    }

    fn transient(&mut self) -> Option<Duration> {
        self.failed += 1;
        (self.failed <= TRANSIENT_RETRIES).then(|| pause(TRANSIENT_PAUSE, self.failed))
    }
}

fn pause(first: Duration, tries: u32) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(tries - 1));
    // Calls which failed together must not come back together.
    doubled.min(LONGEST_PAUSE).mul_f64(1.0 - fastrand::f64() / 2.0)
}

/// Nobody was there to be asked. Missing credentials and roles have codes of their own.
fn is_unreachable(failure: &Failure) -> bool {
    failure.kind == FailureKind::NotSent && failure.code.is_none()
}

/// Whether a failure may be gone a moment later, so that it is worth asking again at the end.
pub(crate) fn may_pass(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::Throttled | FailureKind::Server | FailureKind::NoAnswer => true,
        FailureKind::NotSent => is_unreachable(failure),
        _ => false,
    }
}

/// Whether there is anybody to talk to.
#[derive(Debug, Default)]
pub(super) struct Reach(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Since when nobody is there.
    since: Option<Instant>,
    /// What is said of every call that is left.
    given_up: Option<Failure>,
}

impl Reach {
    /// Notes how a call ended.
    pub(super) fn note<T>(&self, answer: &Result<T, Failure>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Err(failure) if is_unreachable(failure) => {
                let since = *state.since.get_or_insert_with(Instant::now);
                if since.elapsed() >= PATIENCE {
                    state.given_up.get_or_insert_with(|| failure.clone());
                }
            }
            _ => *state = State::default(),
        }
    }

    /// The failure of a call that need not be made, because nobody has been there for too long.
    pub(super) fn given_up(&self, operation: &'static str) -> Option<Failure> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = state.given_up.clone()?;
        Some(Failure { operation, ..failure })
    }
}
