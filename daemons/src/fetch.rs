//! Asks ECS the four questions about one daemon, and asks again while the answers are torn.
//!
//! Eventual consistency shows as a revision that cannot be read yet or a daemon that still names an
//! older deployment. Both pass within seconds; the number of tries is bounded, so that a refresh never
//! hangs on a service that keeps contradicting itself.

use aws::Failure;

use super::{
    batching::Reader,
    describe,
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

async fn ask(reader: &Reader, arn: &DaemonArn, known: Option<&Known>) -> Result<Option<Answers>, Failure> {
    let _reading = reader.enter();
    let Some(daemon) = describe::daemon(reader.client(), arn).await? else {
        return Ok(None);
    };
    let mut wanted: Vec<String> = daemon.deployment_arn().map(str::to_owned).into_iter().collect();
    if let Some(known) = known
        && !known.deployment_arn.is_empty()
        && !wanted.contains(&known.deployment_arn)
    {
        wanted.push(known.deployment_arn.clone());
    }
    let described = reader.deployments(wanted).await?;
    let mut unknown_members = unknown::Members::default();
    let deployments: Vec<_> = described
        .into_iter()
        .map(|deployment| deployment.noted(&mut unknown_members))
        .collect();
    let wanted = observe::revisions_needed(&daemon, &deployments);
    let described = reader.revisions(wanted).await?;
    let revisions = described
        .into_iter()
        .map(|revision| revision.noted(&mut unknown_members))
        .collect();
    let tags = tagging::list_if_visible(reader.client(), &arn.to_string()).await?;
    Ok(Some(Answers {
        daemon,
        deployments,
        revisions,
        tags,
        unknown_members,
    }))
}
