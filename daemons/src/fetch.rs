//! Asks ECS the four questions about one daemon at once, and asks again while the answers are torn.
//!
//! Eventual consistency shows as a revision that cannot be read yet or a daemon that still names an
//! older deployment. Both pass within seconds; the number of tries is bounded, so that a refresh never
//! hangs on a service that keeps contradicting itself.

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonRevision};

use super::{
    batching::Reader,
    describe::{self, Described},
    observe::{self, Answers, Known, Observed, Torn},
    unknown,
};
use crate::{arn::DaemonArn, patience, poll::Poll, tagging, wait::Interrupt};

/// A daemon, or the lack of one.
#[derive(Debug)]
pub enum Fetched {
    /// There it is.
    Daemon(Box<Observed>),
    /// ECS does not know it.
    Gone,
}

/// The reason why a daemon could not be read.
#[derive(Debug)]
pub enum Unreadable {
    /// A call failed.
    Failed(Failure),
    /// The answers stayed torn.
    Torn(Torn),
    /// The run was cancelled while waiting for better answers.
    Cancelled,
}

impl From<Failure> for Unreadable {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// Reads a daemon whole.
pub async fn fetch(
    reader: &Reader,
    poll: &Poll,
    arn: &DaemonArn,
    known: Option<&Known>,
    interrupt: &impl Interrupt,
) -> Result<Fetched, Unreadable> {
    let mut schedule = poll.retry_schedule();
    let (mut tries, mut absent) = (1, 1);
    loop {
        match ask(reader, arn, known)
            .await?
            .map(|answers| observe::observe(&answers, known))
        {
            Some(Ok(observed)) => return Ok(Fetched::Daemon(Box::new(observed))),
            Some(Err(torn)) if tries >= patience::TORN_READS => return Err(Unreadable::Torn(torn)),
            Some(Err(torn)) => {
                tracing::debug!(daemon = %arn, ?torn, tries, "answers of ECS contradict each other; reading again");
            }
            None if absent >= patience::ABSENT_READS => return Ok(Fetched::Gone),
            None => absent += 1,
        }
        tries += 1;
        tokio::select! {
            () = interrupt.interrupted() => return Err(Unreadable::Cancelled),
            () = tokio::time::sleep(schedule.next_delay()) => {}
        }
    }
}

/// One reading. Whatever the state knows is asked for together with the description, and is used if the description
/// confirms it: a daemon that has not changed takes one round trip, any other one takes two, and three only if a new
/// deployment brings a revision that does not run anywhere yet.
async fn ask(reader: &Reader, arn: &DaemonArn, known: Option<&Known>) -> Result<Option<Answers>, Failure> {
    let reading = reader.enter();
    let text = arn.to_string();
    let known_deployment = known.map(|known| known.deployment_arn.clone());
    let guessed: Vec<String> = known_deployment.filter(|arn| !arn.is_empty()).into_iter().collect();
    let known_revision = known.and_then(|known| known.revision.as_ref());
    let known_revision = known_revision.map(|revision| revision.arn.clone());
    let (daemon, deployments, revisions, tags) = tokio::join!(
        describe::daemon(reader.client(), arn),
        reading.deployments(guessed.clone()),
        reading.revisions(known_revision.into_iter().collect()),
        tagging::list_if_visible(reader.client(), &text),
    );
    let Some(daemon) = daemon? else {
        return Ok(None);
    };
    let mut records = Records::default();
    records.add_deployments(deployments?);
    // A guess that fails is asked for again if it turns out to be needed.
    records.add_revisions(revisions.unwrap_or_default());
    let latest = daemon.deployment_arn().map(str::to_owned);
    let unread: Vec<String> = latest.filter(|latest| !guessed.contains(latest)).into_iter().collect();
    if !unread.is_empty() {
        // What runs is likely to be what the new deployment has brought.
        let running = daemon.current_revisions().iter().filter_map(|revision| revision.arn());
        let running = records.unread(running.map(str::to_owned).collect());
        let (deployments, revisions) = tokio::join!(reading.deployments(unread), reading.revisions(running));
        records.add_deployments(deployments?);
        records.add_revisions(revisions.unwrap_or_default());
    }
    let needed = records.unread(observe::revisions_needed(&daemon, &records.deployments));
    records.add_revisions(reading.revisions(needed).await?);
    Ok(Some(Answers {
        daemon,
        deployments: records.deployments,
        revisions: records.revisions,
        tags: tags?,
        unknown_members: records.unknown_members,
    }))
}

/// The records that a reading has so far.
#[derive(Default)]
struct Records {
    deployments: Vec<DaemonDeployment>,
    revisions: Vec<DaemonRevision>,
    unknown_members: unknown::Members,
}

impl Records {
    fn add_deployments(&mut self, described: Vec<Described<DaemonDeployment>>) {
        for deployment in described {
            self.deployments.push(deployment.noted(&mut self.unknown_members));
        }
    }

    fn add_revisions(&mut self, described: Vec<Described<DaemonRevision>>) {
        for revision in described {
            self.revisions.push(revision.noted(&mut self.unknown_members));
        }
    }

    /// Those of the revisions that are not read yet.
    fn unread(&self, mut revisions: Vec<String>) -> Vec<String> {
        let is_read = |arn: &String| {
            let mut read = self.revisions.iter().filter_map(DaemonRevision::daemon_revision_arn);
            read.any(|read| read == arn)
        };
        revisions.retain(|arn| !is_read(arn));
        revisions
    }
}
