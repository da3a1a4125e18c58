//! Who made a call and what it left out, from `CloudTrail`, where it is asked for.
//!
//! One query for each account and region, and only when a deployment caused something: `CloudTrail` answers
//! two calls a second.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::Access;
use crate::{
    explain::{Case, Explained, explain},
    report::{Problem, TrailEvent},
};

/// How long before a deployment its call may have been recorded.
const MARGIN: SignedDuration = SignedDuration::from_secs(60);

/// Recorded calls of `UpdateDaemon`, by the ARN of the daemon.
pub type Events = BTreeMap<String, Vec<TrailEvent>>;

/// Answers who called `UpdateDaemon`.
pub trait Trail: Sync {
    /// Whether it is asked at all.
    fn is_asked(&self) -> bool;

    /// All calls in a region since a time.
    fn updates(
        &self,
        access: &Access,
        region: &str,
        since: Timestamp,
    ) -> impl Future<Output = Result<Events, Problem>> + Send;
}

/// Nobody is asked.
#[derive(Clone, Copy, Debug)]
pub struct NoTrail;

impl Trail for NoTrail {
    fn is_asked(&self) -> bool {
        false
    }

    async fn updates(&self, _access: &Access, _region: &str, _since: Timestamp) -> Result<Events, Problem> {
        Ok(Events::new())
    }
}

/// Explains cases; those that a deployment caused once more, with what was recorded.
pub(super) async fn explain_all<T: Trail>(
    trail: &T,
    access: &Access,
    cases: &[Case<'_>],
    problems: &mut Vec<Problem>,
) -> Vec<Explained> {
    let mut explained: Vec<Explained> = cases.iter().map(explain).collect();
    let begun = explained
        .iter()
        .flat_map(|each| &each.groups)
        .filter_map(|group| group.created_at);
    let (Some(first), true) = (begun.min(), trail.is_asked()) else {
        return explained;
    };
    let region = cases
        .first()
        .map(|case| case.wanted.arn.arn.region.clone())
        .unwrap_or_default();
    let since = first.checked_sub(MARGIN).unwrap_or(first);
    let events = match trail.updates(access, &region, since).await {
        Ok(events) => events,
        Err(problem) => {
            problems.push(problem);
            return explained;
        }
    };
    for (case, explained) in cases.iter().zip(&mut explained) {
        if let Some(events) = events.get(&case.wanted.arn.to_string())
            && !explained.groups.is_empty()
        {
            *explained = explain(&Case {
                trail: Some(events),
                ..*case
            });
        }
    }
    explained
}
