//! A deployment that an action waits for: lines while it goes on, and what its end means.

use std::{fmt::Write, time::Duration};

use aws_sdk_ecs::types::DaemonDeploymentStatus;
use daemons::{
    observe::{Observed, Rollout},
    rollout::Outcome,
    writer::{Latest, Writer},
};
use tfplug_core::{Diagnostic, Diagnostics, Sink};
use tokio::{sync::mpsc, time::Instant};

use crate::{
    daemon::{messages, reasons},
    diagnostic::ToDiagnostic,
    duration,
    interrupt::ByClient,
};

/// What a deployment is told against: the fleet as it was when the wait began, and the time to watch alarms after the last
/// instance.
pub(super) struct Course {
    instances: i64,
    bake: Duration,
    /// The first look at which every instance ran the target.
    baking_since: Option<Instant>,
    last: String,
}

impl Course {
    /// The course of a deployment of this daemon.
    pub(super) fn of(live: &Observed) -> Self {
        let minutes = live.settings.deployment_configuration.bake_time_in_minutes;
        Self {
            instances: live.instances.values().sum(),
            bake: Duration::from_secs(u64::try_from(minutes).unwrap_or_default() * 60),
            baking_since: None,
            last: String::new(),
        }
    }

    /// A look in one line, unless it says what the one before did.
    fn news(&mut self, rollout: &Rollout) -> Option<String> {
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

/// Waits until a deployment has ended. A client that no longer reads lines changes nothing.
pub(super) async fn follow(
    writer: &Writer<ByClient<'_>>,
    deployment: &str,
    mut course: Course,
    progress: &dyn Sink<String>,
) -> Diagnostics {
    let (lines, mut told) = mpsc::unbounded_channel();
    let waiting = writer.roll_out_seen(deployment, |rollout| {
        if let Some(line) = course.news(rollout) {
            // The other end is dropped with this function only.
            let _ = lines.send(line);
        }
    });
    tokio::pin!(waiting);
    let outcome = loop {
        tokio::select! {
            biased;
            Some(line) = told.recv() => { progress.send(line).await; }
            outcome = &mut waiting => break outcome,
        }
    };
    while let Ok(line) = told.try_recv() {
        progress.send(line).await;
    }
    ended(writer, deployment, outcome).await
}

async fn ended(writer: &Writer<ByClient<'_>>, deployment: &str, outcome: Outcome) -> Diagnostics {
    let name = &writer.arn.name;
    let goes_on = |last: Option<Box<Rollout>>| {
        let last = last.map_or_else(String::new, |rollout| format!(" {}", messages::describe(&rollout)));
        format!("{last}\nThe rollout goes on in ECS.")
    };
    let (summary, detail) = match outcome {
        Outcome::Successful(_) => return Diagnostics::new(),
        Outcome::Failed(rollout) => {
            let why = match writer.latest().await {
                Some(Latest::Leaving) => "\nAnother caller is deleting the daemon.".to_owned(),
                Some(Latest::Deployment(newer)) if newer != rollout.arn && !rollout.is_rolled_back() => {
                    format!("\nA newer deployment took over: {newer}.")
                }
                _ => reasons::describe(&writer.why(&rollout).await),
            };
            (
                format!("Rollout of daemon {name} failed"),
                messages::describe(&rollout) + &why,
            )
        }
        Outcome::TimedOut(last) => {
            let total = duration::format(writer.budget.total());
            let text = format!(
                "Gave up after {total}.{} To wait longer, raise `timeout`.",
                goes_on(last)
            );
            (format!("Timeout while waiting for daemon {name}"), text)
        }
        Outcome::Cancelled(last) => {
            let text = format!("The run was interrupted.{}", goes_on(last));
            (format!("Wait for daemon {name} interrupted"), text)
        }
        Outcome::Expired => {
            let text = format!("ECS no longer has a record of deployment {deployment}, so its end cannot be read.");
            (format!("End of the rollout of daemon {name} is not known"), text)
        }
        Outcome::Unreadable(failure) => {
            return failure.diagnostic("watch the rollout", &writer.arn.to_string()).into();
        }
    };
    Diagnostic::error(summary, detail).into()
}
