//! The past of the daemons for which it matters: all deployments since they were created, with the
//! revisions that these brought and went back to.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_ecs::types::{DaemonDeployment, DaemonRevision};
use daemons::daemon::observe::Rollout;
use futures_util::{StreamExt, stream};

use crate::{
    explain::{self, History},
    observe::{Live, Reader, Reading, describe},
    source::Wanted,
};

/// Most deployments of one daemon that are looked at, the newest first: 20 calls for it at the most.
const MOST: usize = 200;
/// Lists that are asked for at a time.
const UNDER_WAY: usize = 64;

/// Histories by the place of the daemon in the chunk. A past that may not be read leaves the latest deployment to
/// judge by.
pub(super) async fn read<R: Reader>(reader: &R, wanted: &[&Wanted], readings: &[Reading]) -> BTreeMap<usize, History> {
    let open = wanted
        .iter()
        .zip(readings)
        .enumerate()
        .filter_map(|(place, (wanted, reading))| match reading {
            Reading::Live(live) if explain::needs_history(wanted, live) => Some((place, live.as_ref())),
            _ => None,
        });
    let lists = stream::iter(open).map(|(place, live)| async move {
        let arn = live.detail.daemon_arn().unwrap_or_default();
        (place, live, reader.list_deployments(arn).await)
    });
    let lists: Vec<_> = lists.buffered(UNDER_WAY).collect().await;
    let lists: Vec<(usize, &Live, Vec<String>)> = lists
        .into_iter()
        .filter_map(|(place, live, list)| Some((place, live, list.ok()?)))
        .collect();
    let arns = lists
        .iter()
        .flat_map(|(_, _, list)| list.iter().take(MOST).cloned())
        .collect();
    let deployments = describe(arns, |arns| reader.describe_deployments(arns)).await;
    let revisions: BTreeSet<String> = deployments
        .values()
        .flatten()
        .flat_map(|one| revisions_of(&one.record))
        .collect();
    let revisions = revisions.into_iter().collect();
    let revisions = describe(revisions, |arns| reader.describe_revisions(arns)).await;
    let histories = lists.into_iter().map(|(place, live, list)| {
        let own: Vec<DaemonDeployment> = list
            .iter()
            .filter_map(|arn| deployments.get(arn)?.as_ref().ok())
            .map(|deployment| deployment.record.clone())
            .collect();
        let needed: BTreeSet<String> = own.iter().flat_map(revisions_of).collect();
        let found = needed.iter().filter_map(|arn| revisions.get(arn)?.as_ref().ok());
        let found: Vec<DaemonRevision> = found.map(|revision| revision.record.clone()).collect();
        (place, History::new(&live.detail, own, &found, list.len()))
    });
    histories.collect()
}

/// Revisions that a deployment brought or went back to.
fn revisions_of(deployment: &DaemonDeployment) -> Vec<String> {
    let rollout = Rollout::of(deployment);
    rollout.target.into_iter().chain(rollout.rollback_target).collect()
}
