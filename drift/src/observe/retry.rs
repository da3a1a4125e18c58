//! Repetitions of calls: when a call is made again, after which pause, and when it is given up.
//!
//! The SDK's own retries are off: it would sleep inside a call, holding a slot. Pauses double and are shortened at
//! random, as AWS asks for. What differs is where they begin. A single throttled answer is chance, since an empty
//! bucket shows by a run of them, upon which the class is paced and pauses are over. So the first repetition after
//! "too many calls" comes soon.
//!
//! | what fails | how long one call is repeated | when all calls like it are given up |
//! |---|---|---|
//! | throttled | 25 times, for half a minute | the operation, when nothing of it was admitted for half a minute |
//! | nobody is there | six seconds | the region, when nobody was there for six seconds |
//! | no answer | four times, for 20 seconds | the same |
//! | the service failed | four times | – |
//!
//! Giving up all of them keeps a run in bounds: else each daemon takes its own time to find the same out. What was given
//! up is tried once more at the end of a scan, with half of the patience.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use aws::{DEFAULT_RETRIES, Failure, FailureKind};
use tokio::time::Instant;

/// Repetitions of a call that was not answered, or that failed inside AWS.
const TRANSIENT_RETRIES: u32 = 4;
/// Time for which such a call is repeated.
const TRANSIENT_TIME: Duration = Duration::from_secs(20);
/// First pause before the repetition of such a call.
const TRANSIENT_PAUSE: Duration = Duration::from_millis(100);
/// First pause before the repetition of a throttled call.
const THROTTLED_PAUSE: Duration = Duration::from_millis(10);
/// Time for which a throttled call is repeated.
const THROTTLED_TIME: Duration = Duration::from_secs(30);
/// Repetitions of it in any case: where calls are paced, turns are far between.
const THROTTLED_RETRIES: u32 = 4;
/// Longest pause before a repetition.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Longest pause where nobody is there: whoever comes back is to be found soon.
const LONGEST_PAUSE_UNREACHABLE: Duration = Duration::from_millis(800);
/// Time for which nobody may be there, or answer, in a region.
const SILENCE: Duration = Duration::from_secs(6);
/// Time for which nothing of an operation may be admitted.
const STARVATION: Duration = Duration::from_secs(30);
/// Throttled answers without which that means nothing.
const STARVED: u32 = 10;

/// The number of failures of one call, and the time since which it has failed.
#[derive(Debug)]
pub(super) struct Tries {
    throttled: u32,
    failed: u32,
    since: Option<Instant>,
    unreachable_time: Duration,
}

impl Default for Tries {
    fn default() -> Self {
        Self::until_unreachable_for(SILENCE)
    }
}

impl Tries {
    /// Those of a call that is given up when nobody was there for so long.
    pub(super) fn until_unreachable_for(unreachable_time: Duration) -> Self {
        Self {
            throttled: 0,
            failed: 0,
            since: None,
            unreachable_time,
        }
    }

    /// The pause before the call is made again; none if its failure stands.
    pub(super) fn pause(&mut self, failure: &Failure) -> Option<Duration> {
        let since = *self.since.get_or_insert_with(Instant::now);
        let lasted = since.elapsed();
        match failure.kind {
            FailureKind::Throttled => {
                self.throttled += 1;
                let is_enough = self.throttled > DEFAULT_RETRIES
                    || (lasted >= THROTTLED_TIME && self.throttled > THROTTLED_RETRIES);
                (!is_enough).then(|| pause(THROTTLED_PAUSE, self.throttled, LONGEST_PAUSE))
            }
            FailureKind::Server | FailureKind::NoAnswer => {
                self.failed += 1;
                let is_enough = self.failed > TRANSIENT_RETRIES || lasted >= TRANSIENT_TIME;
                (!is_enough).then(|| pause(TRANSIENT_PAUSE, self.failed, LONGEST_PAUSE))
            }
            FailureKind::NotSent if is_unreachable(failure) => {
                self.failed += 1;
                let pause = || pause(TRANSIENT_PAUSE, self.failed, LONGEST_PAUSE_UNREACHABLE);
                (lasted < self.unreachable_time).then(pause)
            }
            _ => None,
        }
    }
}

fn pause(first: Duration, tries: u32, longest: Duration) -> Duration {
    let doubled = first.saturating_mul(2_u32.saturating_pow(tries - 1));
    // Calls which failed together must not come back together.
    doubled.min(longest).mul_f64(1.0 - fastrand::f64() / 2.0)
}

/// Nobody was there to be asked. Missing credentials and roles have codes of their own.
fn is_unreachable(failure: &Failure) -> bool {
    failure.kind == FailureKind::NotSent && failure.code.is_none()
}

/// True if a failure may be gone a moment later, so that it is worth asking again at the end.
pub(crate) fn may_pass(failure: &Failure) -> bool {
    match failure.kind {
        FailureKind::Throttled | FailureKind::Server | FailureKind::NoAnswer => true,
        FailureKind::NotSent => is_unreachable(failure),
        _ => false,
    }
}

/// The record that tells whether there is any use in calling.
#[derive(Debug)]
pub(super) struct Hope {
    silence: Duration,
    starvation: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Since when nobody is there, or answers.
    silent: Option<Instant>,
    /// The failure that every call that is left has.
    silenced: Option<Failure>,
    /// Operations of which nothing is admitted: since when, and how often they were throttled.
    throttled: BTreeMap<&'static str, (Instant, u32)>,
    /// The failure that every call of an operation that is left has.
    starved: BTreeMap<&'static str, Failure>,
}

impl Default for Hope {
    fn default() -> Self {
        Self {
            silence: SILENCE,
            starvation: STARVATION,
            state: Mutex::default(),
        }
    }
}

impl Hope {
    /// For a second time, which is not worth so much.
    pub(super) fn less() -> Self {
        Self {
            silence: SILENCE / 2,
            starvation: STARVATION / 2,
            state: Mutex::default(),
        }
    }

    /// Notes how a call ended; says whether the operation is given up from now on, because all of it is throttled.
    pub(super) fn note<T>(&self, operation: &'static str, answer: &Result<T, Failure>) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State {
            silent,
            silenced,
            throttled,
            starved,
        } = &mut *state;
        match answer {
            Err(failure) if is_unreachable(failure) || failure.kind == FailureKind::NoAnswer => {
                let since = *silent.get_or_insert_with(Instant::now);
                if since.elapsed() >= self.silence {
                    silenced.get_or_insert_with(|| failure.clone());
                }
                return false;
            }
            Err(failure) if failure.kind == FailureKind::Throttled => {
                (*silent, *silenced) = (None, None);
                let (since, times) = throttled.entry(operation).or_insert_with(|| (Instant::now(), 0));
                *times += 1;
                if since.elapsed() >= self.starvation && *times >= STARVED {
                    return starved.insert(operation, failure.clone()).is_none();
                }
            }
            _ => {
                (*silent, *silenced) = (None, None);
                throttled.remove(operation);
                starved.remove(operation);
            }
        }
        false
    }

    /// The failure of a call that need not be made: nobody has answered for too long, or nothing like it was admitted.
    pub(super) fn given_up(&self, operation: &'static str) -> Option<Failure> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let failure = state.silenced.as_ref().or_else(|| state.starved.get(operation))?;
        Some(Failure {
            operation,
            ..failure.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(kind: FailureKind) -> Failure {
        Failure {
            operation: "DescribeDaemon",
            kind,
            code: None,
            message: String::new(),
            request_id: None,
        }
    }

    /// Seconds that one call is repeated if each try takes so many, and the number of tries.
    async fn repeated(kind: FailureKind, seconds: f64) -> (f64, u32) {
        fastrand::seed(7);
        let (mut tries, began, mut count) = (Tries::default(), Instant::now(), 0);
        loop {
            tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
            count += 1;
            let Some(pause) = tries.pause(&failure(kind)) else {
                return (began.elapsed().as_secs_f64(), count);
            };
            tokio::time::sleep(pause).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_is_repeated_for_a_bounded_time() {
        for (kind, each, longest, fewest) in [
            (FailureKind::Throttled, 0.005, 35.0, 15),
            // A try waits for its turn where the class is paced.
            (FailureKind::Throttled, 10.0, 60.0, 5),
            (FailureKind::Throttled, 2.0, 35.0, 10),
            (FailureKind::NotSent, 0.001, 7.0, 8),
            (FailureKind::NotSent, 5.0, 17.0, 3),
            (FailureKind::NoAnswer, 10.0, 35.0, 3),
            (FailureKind::Server, 0.01, 2.0, 5),
        ] {
            let (seconds, count) = repeated(kind, each).await;
            assert!(
                seconds <= longest && count >= fewest,
                "{kind:?}: {count} times in {seconds} s"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_operation_of_which_nothing_is_admitted_is_given_up_and_no_other() {
        let hope = Hope::default();
        let throttled: Result<(), Failure> = Err(failure(FailureKind::Throttled));
        let began = Instant::now();
        while !hope.note("DescribeDaemonRevisions", &throttled) {
            hope.note("DescribeDaemon", &throttled);
            hope.note("DescribeDaemon", &Ok(()));
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert!(began.elapsed() < Duration::from_mins(1), "never given up");
        }
        assert_eq!(began.elapsed(), STARVATION);
        let given_up = hope.given_up("DescribeDaemonRevisions").unwrap();
        assert_eq!(
            (given_up.operation, given_up.kind),
            ("DescribeDaemonRevisions", FailureKind::Throttled)
        );
        assert_eq!(hope.given_up("DescribeDaemon"), None);
        assert!(!hope.note("DescribeDaemonRevisions", &throttled), "it is said once");
        // A call that was under way is admitted after all.
        hope.note("DescribeDaemonRevisions", &Ok(()));
        assert_eq!(hope.given_up("DescribeDaemonRevisions"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_region_that_is_silent_is_given_up_until_it_answers() {
        let hope = Hope::default();
        let silent: Result<(), Failure> = Err(failure(FailureKind::NoAnswer));
        hope.note("DescribeDaemon", &silent);
        tokio::time::sleep(SILENCE).await;
        assert_eq!(hope.given_up("ListDaemons"), None, "one call may be unlucky");
        hope.note("DescribeDaemon", &silent);
        assert!(hope.given_up("ListDaemons").is_some());
        hope.note("DescribeDaemon", &Err::<(), _>(failure(FailureKind::Refused)));
        assert_eq!(hope.given_up("ListDaemons"), None);
    }
}
