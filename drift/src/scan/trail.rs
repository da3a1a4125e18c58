//! Who made a call and what it left out, from `CloudTrail`, where it is asked for.
//!
//! One query for each account and region, and only when a deployment caused something: `CloudTrail` answers
//! two calls a second.

use std::collections::{BTreeMap, BTreeSet};

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

/// Explains cases; those that a deployment caused once more, with what was recorded. A trail that cannot be asked, or
/// that no longer has a call, is a warning: what ECS says stands without it.
pub(super) async fn explain_all<T: Trail>(
    trail: &T,
    access: &Access,
    cases: &[Case<'_>],
    warnings: &mut Vec<Problem>,
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
            if !warnings.contains(&problem) {
                warnings.push(problem);
            }
            return explained;
        }
    };
    let mut unknown = BTreeSet::new();
    for (case, explained) in cases.iter().zip(&mut explained) {
        if explained.groups.is_empty() {
            continue;
        }
        if let Some(events) = events.get(&case.wanted.arn.to_string()) {
            *explained = explain(&Case {
                trail: Some(events),
                ..*case
            });
        }
        let unnamed = explained.groups.iter().filter(|group| group.event.is_none());
        unknown.extend(unnamed.map(|group| group.deployment_arn.clone()));
    }
    warnings.extend((!unknown.is_empty()).then(|| not_recorded(&region, unknown.len())));
    explained
}

fn not_recorded(region: &str, deployments: usize) -> Problem {
    let what = if deployments == 1 {
        "1 deployment".to_owned()
    } else {
        format!("{deployments} deployments")
    };
    let detail = "CloudTrail has no call of UpdateDaemon for what differs. It keeps events for 90 days, and a new one may \
                  take 15 minutes to appear. What is reported rests on ECS alone.";
    Problem {
        input: None,
        summary: format!("Callers of {what} in {region} not on record"),
        detail: detail.to_owned(),
    }
}
