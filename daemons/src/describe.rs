//! The describing calls of daemons, each with what it means that something is not there.
//!
//! Deployments and revisions come with the settings in them that this version does not know, read from
//! the JSON that ECS sent, because the SDK drops such members.

use aws::{Body, Failure, FailureKind};
use aws_sdk_ecs::{
    Client,
    types::{DaemonDeployment, DaemonDetail, DaemonRevision},
};
use serde_json::Value as Json;

use super::{
    answered::{self, Record},
    unknown::{self, Members, UnknownMember},
};
use crate::{absent, arn::DaemonArn};

/// A record as the SDK read it, and what the SDK dropped of it.
#[derive(Clone, Debug)]
pub struct Described<T> {
    /// ARN of the record.
    pub arn: String,
    /// The record.
    pub record: T,
    /// Settings in it that this version does not know.
    pub unknown: Vec<UnknownMember>,
}

impl<T> Described<T> {
    /// The record; what is unknown in it is noted.
    pub fn noted(self, members: &mut Members) -> T {
        members.add(&self.arn, self.unknown);
        self.record
    }
}

/// `DescribeDaemon`; `None` when the daemon or its cluster is not there.
pub async fn daemon(client: &Client, arn: &DaemonArn) -> Result<Option<DaemonDetail>, Failure> {
    detail(client, &arn.to_string())
        .await
        .map(Some)
        .or_else(absent_or_failed)
}

/// `DescribeDaemon`. That the daemon or its cluster is not there is a failure.
pub async fn detail(client: &Client, arn: &str) -> Result<DaemonDetail, Failure> {
    const OPERATION: &str = "DescribeDaemon";
    let answer = client.describe_daemon().daemon_arn(arn).send().await;
    let answer = answer.map_err(|error| Failure::from_sdk(OPERATION, error))?;
    answered::daemon(OPERATION, arn, answer.daemon)
}

fn absent_or_failed<T>(failure: Failure) -> Result<Option<T>, Failure> {
    if absent::is_daemon(&failure) {
        Ok(None)
    } else {
        Err(failure)
    }
}

/// ARNs that fit in one describing call.
pub const BATCH: usize = 20;

/// True if a refusal may be about one of several ARNs only, so that the others are asked for again without it. One caller
/// must not fail for another's sake: a policy may allow some ARNs and not others.
pub fn may_be_about_one(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::AccessDenied | FailureKind::Refused | FailureKind::Unfit
    )
}

/// `DescribeDaemonDeployments` of at most 20; missing ones are left out.
pub async fn deployments(client: &Client, arns: Vec<String>) -> Result<Vec<Described<DaemonDeployment>>, Failure> {
    const OPERATION: &str = "DescribeDaemonDeployments";
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let body = Body::default();
    let call = client
        .describe_daemon_deployments()
        .set_daemon_deployment_arns(Some(arns.clone()));
    let answer = call.customize().interceptor(body.clone()).send().await;
    let answer = answer.map_err(|error| Failure::from_sdk(OPERATION, error))?;
    let sent = Sent::new(&body, "daemonDeployments", "daemonDeploymentArn");
    let records = answer.daemon_deployments.unwrap_or_default();
    let answered: Vec<Record<'_>> = records
        .iter()
        .map(|record| Record {
            arn: record.daemon_deployment_arn(),
            cluster_arn: record.cluster_arn(),
            daemon_arn: None,
        })
        .collect();
    answered::batch(OPERATION, &arns, &answered, &answer.failures.unwrap_or_default())?;
    Ok(records
        .into_iter()
        .map(|record| sent.beside(record.daemon_deployment_arn.clone(), record, unknown::in_deployment))
        .collect())
}

/// `DescribeDaemonRevisions` of at most 20; missing ones are left out.
pub async fn revisions(client: &Client, arns: Vec<String>) -> Result<Vec<Described<DaemonRevision>>, Failure> {
    const OPERATION: &str = "DescribeDaemonRevisions";
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let body = Body::default();
    let call = client
        .describe_daemon_revisions()
        .set_daemon_revision_arns(Some(arns.clone()));
    let answer = call.customize().interceptor(body.clone()).send().await;
    let answer = answer.map_err(|error| Failure::from_sdk(OPERATION, error))?;
    let sent = Sent::new(&body, "daemonRevisions", "daemonRevisionArn");
    let records = answer.daemon_revisions.unwrap_or_default();
    let answered: Vec<Record<'_>> = records
        .iter()
        .map(|record| Record {
            arn: record.daemon_revision_arn(),
            cluster_arn: record.cluster_arn(),
            daemon_arn: record.daemon_arn(),
        })
        .collect();
    answered::batch(OPERATION, &arns, &answered, &answer.failures.unwrap_or_default())?;
    Ok(records
        .into_iter()
        .map(|record| sent.beside(record.daemon_revision_arn.clone(), record, unknown::in_revision))
        .collect())
}

/// The records of an answer as they were sent, found by their ARN.
struct Sent {
    body: Json,
    list: &'static str,
    key: &'static str,
}

impl Sent {
    fn new(body: &Body, list: &'static str, key: &'static str) -> Self {
        let body = body.take();
        Self { body, list, key }
    }

    fn beside<T>(&self, arn: Option<String>, record: T, find: fn(&Json) -> Vec<UnknownMember>) -> Described<T> {
        let arn = arn.unwrap_or_default();
        let records = self.body[self.list].as_array();
        let mut records = records.into_iter().flatten();
        let found = records.find(|record| record[self.key] == arn.as_str());
        let unknown = found.map(find).unwrap_or_default();
        Described { arn, record, unknown }
    }
}
