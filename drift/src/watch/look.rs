//! What a reading of a daemon says of its latest rollout. Pure.

use daemons::observe::Rollout;

use super::{
    event::{WatchEnd, Watched},
    subject::Subject,
};
use crate::observe::Live;

/// The meaning of a reading.
#[derive(Debug)]
pub(super) enum Seen {
    /// The reading is older than what is known of the daemon.
    Stale,
    /// There is nothing to wait for.
    Ended(Watched),
    /// The latest rollout failed before the watch began.
    Failed(Box<Rollout>),
    /// A rollout goes on.
    Rolling,
}

/// The meaning of a reading for a daemon of which nothing was seen yet.
pub(super) fn first(subject: &Subject, live: &Live) -> Seen {
    let arn = subject.arn.to_string();
    let known = subject.deployment_arn.as_deref();
    if known.is_some_and(|known| is_older(live, known)) {
        return Seen::Stale;
    }
    latest(&arn, live)
}

/// The meaning of a reading after a rollout has ended: none if that was the latest one.
pub(super) fn after(subject: &Subject, deployment_arn: &str, live: &Live) -> Option<Seen> {
    let is_same = live.observed.deployment_arn == deployment_arn;
    let is_going = live.observed.status == GOING;
    if !is_going && (is_same || is_older(live, deployment_arn)) {
        return None;
    }
    Some(match latest(&subject.arn.to_string(), live) {
        // It was begun and has ended while the one before was watched.
        Seen::Ended(watched) if watched.end == WatchEnd::AtRest => Seen::Ended(Watched {
            end: WatchEnd::Successful,
            reasons: Vec::new(),
            ..watched
        }),
        seen => seen,
    })
}

const GOING: &str = "DELETE_IN_PROGRESS";

fn latest(arn: &str, live: &Live) -> Seen {
    let deployment = live.observed.deployment_arn.as_str();
    let ended = |end, reason: &str| Seen::Ended(Watched::new(arn, end, vec![reason.to_owned()]).of(deployment));
    if live.observed.status == GOING {
        return ended(WatchEnd::BeingDeleted, "The daemon is being deleted.");
    }
    match &live.observed.rollout {
        None => ended(
            WatchEnd::NotOnRecord,
            "ECS no longer has a record of its latest rollout, so that its end cannot be read.",
        ),
        Some(rollout) if rollout.is_in_progress() => Seen::Rolling,
        Some(rollout) if rollout.is_rolled_back() || rollout.failure().is_some() => {
            Seen::Failed(Box::new(rollout.clone()))
        }
        Some(_) => ended(WatchEnd::AtRest, "Its latest rollout has succeeded before."),
    }
}

/// True if both deployments are on record, and the one that a reading shows as the latest is the older one.
fn is_older(live: &Live, known: &str) -> bool {
    let created_at = |arn: &str| Rollout::of(live.deployment(arn)?).created_at;
    let shown = created_at(&live.observed.deployment_arn);
    shown.is_some_and(|shown| created_at(known).is_some_and(|known| known > shown))
}
