//! Why tasks of rollouts that failed stopped, asked for after everything else.
//!
//! It needs permissions that a scan can do without, and calls for each daemon, so it is asked of a few daemons only: in the
//! order of their ARNs, so that a repeated scan tells the same. Whoever may not be asked is asked once.

use std::collections::BTreeMap;

use aws::{Failure, FailureKind};
use daemons::{
    arn::DaemonArn,
    describe::BATCH,
    observe::Rollout,
    why::{self, Content, Stopped},
};

use super::part::Part;
use crate::{
    explain,
    observe::{End, Reader, is_end},
    report::{Cause, Finding},
    source::Wanted,
};

/// Daemons of a region of which it is asked. A rollout that fails everywhere fails for the same reason.
const MOST: usize = 10;

/// Adds to the findings about rollouts that failed why their tasks stopped, as long as there is time.
pub(super) async fn tell<R: Reader>(reader: &R, wanted: &[&Wanted], end: &End, part: &mut Part<'_>) {
    let wanted: BTreeMap<String, &Wanted> = wanted.iter().map(|wanted| (wanted.arn.to_string(), *wanted)).collect();
    let mut failed: Vec<(&Wanted, &mut Finding)> = part
        .findings
        .iter_mut()
        .filter(|finding| matches!(finding.cause, Cause::RolledBack | Cause::RolloutFailed) && finding.group.is_some())
        .filter_map(|finding| Some((*wanted.get(&finding.arn)?, finding)))
        .collect();
    failed.sort_by(|(_, one), (_, other)| one.arn.cmp(&other.arn));
    failed.truncate(MOST);
    if failed.is_empty() {
        return;
    }
    tokio::select! {
        biased;
        () = tell_all(reader, failed) => {}
        () = end.over() => {}
    }
}

async fn tell_all<R: Reader>(reader: &R, failed: Vec<(&Wanted, &mut Finding)>) {
    let deployments = failed.iter().filter_map(|(_, finding)| finding.group.clone());
    let rollouts = rollouts(reader, deployments.collect()).await;
    let targets = rollouts.values().filter_map(|rollout| rollout.target.clone());
    let targets = contents(reader, targets.collect()).await;
    for (wanted, finding) in failed {
        let Some(rollout) = finding.group.as_ref().and_then(|group| rollouts.get(group)) else {
            continue;
        };
        let target = rollout.target.as_ref().and_then(|target| targets.get(target));
        let stopped = stopped(reader, &wanted.arn, rollout, target).await;
        let denied = stopped
            .as_ref()
            .is_err_and(|failure| failure.kind == FailureKind::AccessDenied);
        // What is asked last is not what a scan is incomplete without.
        if !stopped.as_ref().is_err_and(is_end) {
            explain::tell_why(wanted, finding, &stopped);
        }
        if denied {
            return;
        }
    }
}

/// Rollouts by the ARN of their deployment, those that are still on record.
async fn rollouts<R: Reader>(reader: &R, mut arns: Vec<String>) -> BTreeMap<String, Rollout> {
    arns.truncate(BATCH);
    let found = reader.describe_deployments(arns).await.unwrap_or_default();
    let rollouts = found.into_iter().map(|found| (found.arn, Rollout::of(&found.record)));
    rollouts.collect()
}

/// What revisions run, by ARN.
async fn contents<R: Reader>(reader: &R, mut arns: Vec<String>) -> BTreeMap<String, Content> {
    arns.sort();
    arns.dedup();
    arns.truncate(BATCH);
    if arns.is_empty() {
        return BTreeMap::new();
    }
    let found = reader.describe_revisions(arns).await.unwrap_or_default();
    let contents = found
        .into_iter()
        .filter_map(|found| Some((found.arn, Content::of(&found.record)?)));
    contents.collect()
}

async fn stopped<R: Reader>(
    reader: &R,
    daemon: &DaemonArn,
    rollout: &Rollout,
    target: Option<&Content>,
) -> Result<Vec<Stopped>, Failure> {
    let arns = reader.list_stopped_tasks(daemon).await?;
    if arns.is_empty() {
        return Ok(Vec::new());
    }
    let tasks = reader.describe_tasks(daemon, arns).await?;
    Ok(why::of_rollout(&tasks, rollout, target))
}
