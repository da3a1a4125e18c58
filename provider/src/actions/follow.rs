//! A deployment that an action waits for: lines while it goes on, and what its end means.

use daemons::{
    course::Course,
    observe::Rollout,
    rollout::Outcome,
    writer::{Latest, Writer},
};
use tfplug_core::{Diagnostic, Diagnostics, Sink};
use tokio::sync::mpsc;

use crate::{
    daemon::{reasons, rollout_messages},
    diagnostic::ToDiagnostic,
    duration,
    interrupt::ByClient,
};

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
        let last = last.map_or_else(String::new, |rollout| {
            format!(" {}", rollout_messages::describe(&rollout))
        });
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
                rollout_messages::describe(&rollout) + &why,
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
