//! The reads under way, and whether more of them may come to a batch.
//!
//! Terraform reads so many objects at a time: where a read has just ended, another one begins at once. A batch therefore
//! waits for the reads under way, for the successors of those that have just ended, and for more beside those that have
//! just begun without a place to take. A read that is alone waits for nothing.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// Time for which the place of a read is kept.
pub(crate) const LONGEST: Duration = Duration::from_millis(25);
/// Ends that are remembered; more reads than that at a time share full batches anyway.
const MOST_ENDS: usize = 64;

/// The reads under way.
#[derive(Debug, Default)]
pub(crate) struct Crowd(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    /// Ends of reads whose place nobody has taken yet.
    ends: VecDeque<Instant>,
    /// The latest begin of a read that took nobody's place.
    growth: Option<Instant>,
}

impl Crowd {
    /// A read begins.
    pub(crate) fn enter(&self) {
        let mut state = self.state();
        state.under_way += 1;
        state.ends.retain(|end| end.elapsed() < LONGEST);
        if state.ends.pop_front().is_none() {
            state.growth = Some(Instant::now());
        }
    }

    /// A read ends.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.under_way -= 1;
        if state.ends.len() == MOST_ENDS {
            state.ends.pop_front();
        }
        state.ends.push_back(Instant::now());
    }

    /// True if there are more than so many reads, or may be within this time.
    pub(crate) fn is_more_than(&self, count: usize, within: Duration) -> bool {
        let state = self.state();
        let is_recent = |time: &Instant| time.elapsed() < within;
        let grows = state.under_way > 1 && state.growth.as_ref().is_some_and(is_recent);
        grows || state.under_way > count || state.ends.iter().any(is_recent)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WITHIN: Duration = Duration::from_millis(10);

    #[tokio::test(start_paused = true)]
    async fn a_place_is_kept_for_a_while() {
        let crowd = Crowd::default();
        crowd.enter();
        assert!(!crowd.is_more_than(1, WITHIN), "it is alone");
        crowd.enter();
        assert!(crowd.is_more_than(1, WITHIN), "the other one may come");
        assert!(crowd.is_more_than(2, WITHIN), "where one came, others may");
        tokio::time::advance(WITHIN).await;
        assert!(!crowd.is_more_than(2, WITHIN), "no other has come");
        crowd.leave();
        assert!(crowd.is_more_than(1, WITHIN), "a successor may come");
        crowd.enter();
        assert!(!crowd.is_more_than(2, WITHIN), "it has come");
        crowd.leave();
        crowd.leave();
        tokio::time::advance(LONGEST).await;
        crowd.enter();
        assert!(!crowd.is_more_than(1, WITHIN), "nobody has come");
    }
}
