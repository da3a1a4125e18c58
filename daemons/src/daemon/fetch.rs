//! Asks ECS the four questions about one daemon, and asks again while the answers are torn.
//!
//! Eventual consistency shows as a revision that cannot be read yet or a daemon that still names an
//! older deployment. Both pass within seconds; the number of tries is bounded, so that a refresh never
//! hangs on a service that keeps contradicting itself.

use aws_sdk_ecs::{
    Client,
    types::{DaemonDeployment, DaemonDetail, DaemonRevision},
};
use tfplug_core::Cancel;

use super::observe::{self, Answers, Known, Observed, Torn};
use crate::{arn::DaemonArn, aws::failure::Failure, session::Poll, tagging};

/// Tries after which torn answers are taken as final.
const TRIES: u32 = 12;
/// Times in a row that ECS must not know a daemon before it counts as gone. One such answer may be
/// stale, and believing it makes Terraform create a second daemon.
const ABSENT_TIMES: u32 = 3;

/// A daemon, or the lack of one.
#[derive(Debug)]
pub(super) enum Fetched {
    /// There it is.
    Daemon(Box<Observed>),
    /// ECS does not know it.
    Gone,
}

/// Why a daemon could not be read.
#[derive(Debug)]
pub(super) enum Unreadable {
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
pub(super) async fn fetch(
    client: &Client,
    poll: &Poll,
    arn: &DaemonArn,
    known: Option<&Known>,
    cancel: &Cancel,
) -> Result<Fetched, Unreadable> {
    let mut schedule = poll.retry_schedule();
    let (mut tries, mut absent) = (1, 1);
    loop {
        match ask(client, arn, known)
            .await?
            .map(|answers| observe::observe(&answers, known))
        {
            Some(Ok(observed)) => return Ok(Fetched::Daemon(Box::new(observed))),
            Some(Err(torn)) if tries >= TRIES => return Err(Unreadable::Torn(torn)),
            Some(Err(torn)) => {
                tracing::debug!(daemon = %arn, ?torn, tries, "answers of ECS contradict each other; reading again");
            }
            None if absent >= ABSENT_TIMES => return Ok(Fetched::Gone),
            None => absent += 1,
        }
        tries += 1;
        tokio::select! {
            () = cancel.cancelled() => return Err(Unreadable::Cancelled),
            () = tokio::time::sleep(schedule.next_delay()) => {}
        }
    }
}

async fn ask(client: &Client, arn: &DaemonArn, known: Option<&Known>) -> Result<Option<Answers>, Failure> {
    let Some(daemon) = describe_daemon(client, arn).await? else {
        return Ok(None);
    };
    let mut wanted: Vec<String> = daemon.deployment_arn().map(str::to_owned).into_iter().collect();
    if let Some(known) = known
        && !known.deployment_arn.is_empty()
        && !wanted.contains(&known.deployment_arn)
    {
        wanted.push(known.deployment_arn.clone());
    }
    let deployments = describe_deployments(client, wanted).await?;
    let revisions = describe_revisions(client, observe::revisions_needed(&daemon, &deployments)).await?;
    let tags = tagging::list_if_visible(client, &arn.to_string()).await?;
    Ok(Some(Answers {
        daemon,
        deployments,
        revisions,
        tags,
    }))
}

/// `DescribeDaemon`; `None` when the daemon or its cluster is not there.
pub(super) async fn describe_daemon(client: &Client, arn: &DaemonArn) -> Result<Option<DaemonDetail>, Failure> {
    match client.describe_daemon().daemon_arn(arn.to_string()).send().await {
        Ok(answer) => Ok(answer.daemon),
        Err(error) => absent_or_failed(Failure::from_sdk("DescribeDaemon", error)),
    }
}

fn absent_or_failed<T>(failure: Failure) -> Result<Option<T>, Failure> {
    if is_absent(&failure) { Ok(None) } else { Err(failure) }
}

/// Whether a failure says that the daemon is not there. The `ClientException` form was seen by others.
pub(super) fn is_absent(failure: &Failure) -> bool {
    failure.is_code("DaemonNotFoundException")
        || failure.is_code("ClusterNotFoundException")
        || (failure.is_code("ClientException") && failure.mentions("not found"))
}

/// `DescribeDaemonDeployments`; missing ones are left out.
pub(super) async fn describe_deployments(client: &Client, arns: Vec<String>) -> Result<Vec<DaemonDeployment>, Failure> {
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let answer = client
        .describe_daemon_deployments()
        .set_daemon_deployment_arns(Some(arns))
        .send()
        .await;
    let answer = answer.map_err(|error| Failure::from_sdk("DescribeDaemonDeployments", error))?;
    Ok(answer.daemon_deployments.unwrap_or_default())
}

/// `DescribeDaemonRevisions`; missing ones are left out.
pub(super) async fn describe_revisions(client: &Client, arns: Vec<String>) -> Result<Vec<DaemonRevision>, Failure> {
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let answer = client
        .describe_daemon_revisions()
        .set_daemon_revision_arns(Some(arns))
        .send()
        .await;
    let answer = answer.map_err(|error| Failure::from_sdk("DescribeDaemonRevisions", error))?;
    Ok(answer.daemon_revisions.unwrap_or_default())
}
