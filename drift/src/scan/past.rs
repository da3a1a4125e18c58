//! The past of the daemons for which it matters: all deployments since they were created, with the
//! revisions that these brought and went back to.

use std::collections::{BTreeMap, BTreeSet};

use aws::Failure;
use aws_sdk_ecs::types::{DaemonDeployment, DaemonRevision};
use daemons::observe::Rollout;
use futures_util::{StreamExt, stream};

use crate::{
    explain::{self, History, Listed},
    observe::{Live, Reader, Reading, describe},
    report::Problem,
    source::Wanted,
};

/// Most deployments of one daemon that are looked at, the newest first: 20 calls for it at the most.
const MOST: usize = 200;
/// Lists that are asked for at a time.
const UNDER_WAY: usize = 64;

/// The pasts of a chunk, by the place of the daemon in it.
#[derive(Default)]
pub(super) struct Pasts {
    /// The pasts, as far as they were read.
    pub(super) histories: BTreeMap<usize, History>,
    /// The reason why one was not read, or not all of it: the latest deployment is left to judge by.
    pub(super) unread: BTreeMap<usize, Failure>,
}

/// Reads the past of every daemon of a chunk for which it matters.
pub(super) async fn read<R: Reader>(reader: &R, wanted: &[&Wanted], readings: &[Reading]) -> Pasts {
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
    let mut pasts = Pasts::default();
    let mut listed: Vec<(usize, &Live, Vec<String>)> = Vec::new();
    for (place, live, list) in lists {
        match list {
            Ok(list) => listed.push((place, live, list)),
            Err(failure) => {
                pasts.unread.insert(place, failure);
            }
        }
    }
    let arns = listed
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
    for (place, live, list) in listed {
        let failed = list.iter().find_map(|arn| deployments.get(arn)?.as_ref().err());
        pasts.unread.extend(failed.map(|failure| (place, failure.clone())));
        let own: Vec<DaemonDeployment> = list
            .iter()
            .filter_map(|arn| deployments.get(arn)?.as_ref().ok())
            .map(|deployment| deployment.record.clone())
            .collect();
        let needed: BTreeSet<String> = own.iter().flat_map(revisions_of).collect();
        let failed = needed.iter().find_map(|arn| revisions.get(arn)?.as_ref().err());
        pasts.unread.extend(failed.map(|failure| (place, failure.clone())));
        let found = needed.iter().filter_map(|arn| revisions.get(arn)?.as_ref().ok());
        let found: Vec<DaemonRevision> = found.map(|revision| revision.record.clone()).collect();
        let history = History::new(
            &live.detail,
            own,
            &found,
            Listed {
                all: list.len(),
                asked: list.len().min(MOST),
            },
        );
        pasts.histories.insert(place, history);
    }
    pasts
}

/// The warning that the past is missing, with what cannot be said without it. The id of a request is left out, so that
/// the same failure of many daemons is said once.
pub(super) fn warning(failure: &Failure) -> Problem {
    let failure = Failure {
        request_id: None,
        ..failure.clone()
    };
    let problem = failure.problem(&super::ADVICE, "read the history of daemons", "their deployments");
    Problem {
        input: None,
        summary: "History could not be read".to_owned(),
        detail: format!("{} Causes that rest on it are marked as possible only.", problem.detail),
    }
}

/// Revisions that a deployment brought or went back to.
fn revisions_of(deployment: &DaemonDeployment) -> Vec<String> {
    let rollout = Rollout::of(deployment);
    rollout.target.into_iter().chain(rollout.rollback_target).collect()
}
