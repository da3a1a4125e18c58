//! The course of a rollout in lines for people: a new one when something is new.

use std::{fmt::Write, time::Duration};

use aws_sdk_ecs::types::DaemonDeploymentStatus;
use tokio::time::Instant;

use crate::observe::{Observed, Rollout};

/// What the lines about one rollout are told against.
#[derive(Clone, Debug)]
pub struct Course {
    /// The fleet as it was when the wait began.
    instances: i64,
    /// Time to watch alarms after the last instance.
    bake: Duration,
    /// The first look at which every instance ran the target.
    baking_since: Option<Instant>,
    last: String,
}

impl Course {
    /// The course of a rollout over so many instances.
    pub fn new(instances: u64, bake: Duration) -> Self {
        Self {
            instances: i64::try_from(instances).unwrap_or(i64::MAX),
            bake,
            baking_since: None,
            last: String::new(),
        }
    }

    /// The course of a rollout of this daemon.
    pub fn of(live: &Observed) -> Self {
        let minutes = live.settings.deployment_configuration.bake_time_in_minutes;
        let instances: i64 = live.instances.values().sum();
        Self::new(
            u64::try_from(instances).unwrap_or_default(),
            Duration::from_secs(u64::try_from(minutes).unwrap_or_default() * 60),
        )
    }

    /// A look in one line, unless it says what the one before did.
    pub fn news(&mut self, rollout: &Rollout) -> Option<String> {
        let line = self.line(rollout);
        if line == self.last {
            return None;
        }
        self.last.clone_from(&line);
        Some(line)
    }

    fn line(&mut self, rollout: &Rollout) -> String {
        let counts = || rollout.counts.values();
        let done: i64 = counts()
            .map(|counts| i64::from(counts.running) + i64::from(counts.without_daemon))
            .sum();
        let mut line = format!("Deployment {}", rollout.status.as_str());
        if rollout.status == DaemonDeploymentStatus::InProgress {
            let _ = write!(line, "; {done} of {} instances", self.instances.max(done));
        }
        let counts = rollout.progress();
        if !counts.is_empty() {
            let _ = write!(line, "; {counts}");
        }
        if let Some((failures, threshold)) = rollout.breaker
            && failures > 0
        {
            let _ = write!(
                line,
                "; {failures} failed task launches of {threshold} that roll it back"
            );
        }
        let bakes = rollout.status == DaemonDeploymentStatus::InProgress && done > 0 && done >= self.instances;
        if bakes && !self.bake.is_zero() {
            let since = *self.baking_since.get_or_insert_with(Instant::now);
            let left = self.bake.saturating_sub(since.elapsed()).as_secs().div_ceil(60);
            let _ = write!(line, "; bake time, minutes left: about {left}");
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::observe::Counts;

    fn rollout(status: DaemonDeploymentStatus, counts: Counts, failures: i32) -> Rollout {
        Rollout {
            arn: "arn".to_owned(),
            status,
            reason: None,
            rollback_reason: None,
            breaker: Some((failures, 3)),
            triggered_alarms: Vec::new(),
            target: None,
            rollback_target: None,
            counts: BTreeMap::from([("arn:aws:ecs:r:1:capacity-provider/fleet".to_owned(), counts)]),
            created_at: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_rollout_is_told_by_what_is_new() {
        use DaemonDeploymentStatus::{InProgress, Pending, RollbackInProgress, Successful};
        let counts = |running, draining| Counts {
            running,
            without_daemon: 0,
            draining,
        };
        let mut course = Course::new(3, Duration::from_mins(10));
        let mut told = Vec::new();
        for (minutes, rollout) in [
            (0, rollout(Pending, Counts::default(), 0)),
            (1, rollout(InProgress, counts(1, 1), 0)),
            (1, rollout(InProgress, counts(1, 1), 0)),
            (1, rollout(InProgress, counts(2, 1), 1)),
            (1, rollout(InProgress, counts(3, 0), 1)),
            (1, rollout(InProgress, counts(3, 0), 1)),
            (6, rollout(InProgress, counts(3, 0), 1)),
            (20, rollout(InProgress, counts(3, 0), 1)),
            (0, rollout(RollbackInProgress, counts(2, 1), 3)),
            (0, rollout(Successful, counts(3, 0), 0)),
        ] {
            tokio::time::advance(Duration::from_mins(minutes)).await;
            told.push(course.news(&rollout).unwrap_or_else(|| "-".to_owned()));
        }
        insta::assert_snapshot!(told.join("\n"), @"
        Deployment PENDING; fleet: 0 running, 0 without daemon, 0 draining
        Deployment IN_PROGRESS; 1 of 3 instances; fleet: 1 running, 0 without daemon, 1 draining
        -
        Deployment IN_PROGRESS; 2 of 3 instances; fleet: 2 running, 0 without daemon, 1 draining; 1 failed task launches of 3 that roll it back
        Deployment IN_PROGRESS; 3 of 3 instances; fleet: 3 running, 0 without daemon, 0 draining; 1 failed task launches of 3 that roll it back; bake time, minutes left: about 10
        Deployment IN_PROGRESS; 3 of 3 instances; fleet: 3 running, 0 without daemon, 0 draining; 1 failed task launches of 3 that roll it back; bake time, minutes left: about 9
        Deployment IN_PROGRESS; 3 of 3 instances; fleet: 3 running, 0 without daemon, 0 draining; 1 failed task launches of 3 that roll it back; bake time, minutes left: about 3
        Deployment IN_PROGRESS; 3 of 3 instances; fleet: 3 running, 0 without daemon, 0 draining; 1 failed task launches of 3 that roll it back; bake time, minutes left: about 0
        Deployment ROLLBACK_IN_PROGRESS; fleet: 2 running, 0 without daemon, 1 draining; 3 failed task launches of 3 that roll it back
        Deployment SUCCESSFUL; fleet: 3 running, 0 without daemon, 0 draining
        ");
    }
}
