//! Asks ECS the four questions about one daemon at once, or two of them where it has come to rest, and asks again while the
//! answers are torn.
//!
//! Eventual consistency shows as a revision that cannot be read yet or a daemon that still names an
//! older deployment. Both pass within seconds; the number of tries is bounded, so that a refresh never
//! hangs on a service that keeps contradicting itself.

use std::collections::BTreeMap;

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail, DaemonRevision};

use super::{
    batching::{Reader, Reading},
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

/// One reading. A settled daemon is described, and nothing else is asked for as long as the description confirms it. Of any
/// other one, whatever the state knows is asked for together with the description, and is used if the description confirms
/// it: a daemon that has not changed takes one round trip, one that has changed takes two, and three only if a new
/// deployment brings a revision that does not run anywhere yet.
async fn ask(reader: &Reader, arn: &DaemonArn, known: Option<&Known>) -> Result<Option<Answers>, Failure> {
    match known.filter(|known| known.settled) {
        Some(known) => ask_settled(reader, arn, known).await,
        None => ask_all(reader, arn, known).await,
    }
}

async fn ask_settled(reader: &Reader, arn: &DaemonArn, known: &Known) -> Result<Option<Answers>, Failure> {
    // It does not enter the crowd: others would wait for a read that is not going to share their calls.
    let (daemon, tags) = describe(reader, arn).await;
    let Some(daemon) = daemon? else {
        return Ok(None);
    };
    if observe::confirmed(&daemon, known).is_some() {
        return Ok(Some(Records::default().with(daemon, tags?)));
    }
    tracing::debug!(daemon = %arn, "no longer as it was when it came to rest; reading everything");
    let mut wanted = Wanted::by(&daemon);
    wanted.add(Wanted::of(known));
    complete(&reader.enter(), daemon, tags, Records::default(), wanted)
        .await
        .map(Some)
}

async fn ask_all(reader: &Reader, arn: &DaemonArn, known: Option<&Known>) -> Result<Option<Answers>, Failure> {
    let reading = reader.enter();
    let guess = known.map(Wanted::of).unwrap_or_default();
    let ((daemon, tags), deployments, revisions) = tokio::join!(
        describe(reader, arn),
        reading.deployments(guess.deployments.clone()),
        reading.revisions(guess.revisions),
    );
    let Some(daemon) = daemon? else {
        return Ok(None);
    };
    let mut records = Records::default();
    records.add_deployments(deployments?);
    // A guess that fails is asked for again if it turns out to be needed.
    records.add_revisions(revisions.unwrap_or_default());
    let mut wanted = Wanted::by(&daemon);
    wanted.deployments.retain(|latest| !guess.deployments.contains(latest));
    complete(&reading, daemon, tags, records, wanted).await.map(Some)
}

type Tags = Option<BTreeMap<String, String>>;

/// The two calls that no daemon shares with another one.
async fn describe(reader: &Reader, arn: &DaemonArn) -> (Result<Option<DaemonDetail>, Failure>, Result<Tags, Failure>) {
    let text = arn.to_string();
    tokio::join!(
        describe::daemon(reader.client(), arn),
        tagging::list_if_visible(reader.client(), &text),
    )
}

/// Asks for what is still missing once the daemon is described.
async fn complete(
    reading: &Reading<'_>,
    daemon: DaemonDetail,
    tags: Result<Tags, Failure>,
    mut records: Records,
    wanted: Wanted,
) -> Result<Answers, Failure> {
    if !wanted.deployments.is_empty() {
        let revisions = records.unread(wanted.revisions);
        let (deployments, revisions) =
            tokio::join!(reading.deployments(wanted.deployments), reading.revisions(revisions));
        records.add_deployments(deployments?);
        records.add_revisions(revisions.unwrap_or_default());
    }
    let needed = records.unread(observe::revisions_needed(&daemon, &records.deployments));
    records.add_revisions(reading.revisions(needed).await?);
    Ok(records.with(daemon, tags?))
}

/// The records that a reading is likely to need.
#[derive(Default)]
struct Wanted {
    deployments: Vec<String>,
    revisions: Vec<String>,
}

impl Wanted {
    /// Those that counted before.
    fn of(known: &Known) -> Self {
        let deployment = Some(known.deployment_arn.clone()).filter(|arn| !arn.is_empty());
        Self {
            deployments: deployment.into_iter().collect(),
            revisions: known.revision.iter().map(|revision| revision.arn.clone()).collect(),
        }
    }

    /// Those that a description names: what runs is likely to be what the latest deployment has brought.
    fn by(daemon: &DaemonDetail) -> Self {
        let running = daemon.current_revisions().iter().filter_map(|revision| revision.arn());
        Self {
            deployments: daemon.deployment_arn().map(str::to_owned).into_iter().collect(),
            revisions: running.map(str::to_owned).collect(),
        }
    }

    fn add(&mut self, other: Self) {
        for (all, more) in [
            (&mut self.deployments, other.deployments),
            (&mut self.revisions, other.revisions),
        ] {
            all.extend(more);
            all.sort();
            all.dedup();
        }
    }
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

    /// The answers of the whole reading.
    fn with(self, daemon: DaemonDetail, tags: Tags) -> Answers {
        Answers {
            daemon,
            deployments: self.deployments,
            revisions: self.revisions,
            tags,
            unknown_members: self.unknown_members,
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
