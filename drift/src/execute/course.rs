//! The course of a rollout in lines: a new one when something is new.

use daemons::observe::Rollout;
use tokio::time::Instant;

use crate::explain::RolloutCost;

/// The lines about one rollout.
pub(super) struct Course<'a> {
    cost: Option<&'a RolloutCost>,
    baking_since: Option<Instant>,
    last: String,
}

impl<'a> Course<'a> {
    /// Of a rollout with a price.
    pub(super) fn new(cost: Option<&'a RolloutCost>) -> Self {
        Self {
            cost,
            baking_since: None,
            last: String::new(),
        }
    }

    /// A look in one line, unless it says what the one before did.
    pub(super) fn news(&mut self, rollout: &Rollout) -> Option<String> {
        let line = self.line(rollout);
        if line == self.last {
            return None;
        }
        self.last.clone_from(&line);
        Some(line)
    }

    fn line(&mut self, rollout: &Rollout) -> String {
        let counts = || rollout.counts.values();
        let done: u64 = counts()
            .map(|counts| u64::try_from(i64::from(counts.running) + i64::from(counts.without_daemon)).unwrap_or(0))
            .sum();
        let draining: i64 = counts().map(|counts| i64::from(counts.draining)).sum();
        let mut parts = vec![rollout.status.as_str().to_owned()];
        let all = self.cost.map_or(0, |cost| cost.instances).max(done);
        if all > 0 {
            parts.push(format!("{done} of {all} instances run it, {draining} draining"));
        }
        if let Some((failures, threshold)) = rollout.breaker.filter(|(failures, _)| *failures > 0) {
            parts.push(format!("{failures} failed launches of {threshold} that roll it back"));
        }
        if let Some(cost) = self.cost.filter(|cost| {
            rollout.is_in_progress()
                && !rollout.is_rolled_back()
                && cost.bake_minutes > 0
                && done > 0
                && done >= cost.instances
        }) {
            let since = *self.baking_since.get_or_insert_with(Instant::now);
            let left = cost.bake_minutes.saturating_sub(since.elapsed().as_secs() / 60);
            parts.push(format!("bake time, about {left} min left"));
        }
        parts.join("; ")
    }
}
