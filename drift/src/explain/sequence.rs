//! The order of deployments, as far as the records prove it.
//!
//! Times alone do not tell calls of one instant apart, and a wrong order blames the wrong call. What is left open here is
//! said to be open.

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDetail};

use super::time;

/// Deployments, oldest first, each with its place. Those that share a place began at the same instant, and nothing tells
/// which of them was first.
pub(super) fn in_order(
    detail: &DaemonDetail,
    mut deployments: Vec<DaemonDeployment>,
) -> Vec<(usize, DaemonDeployment)> {
    deployments.sort_by(|one, other| one.created_at().cmp(&other.created_at()));
    let mut ordered = Vec::new();
    let mut rest = deployments.into_iter().peekable();
    while let Some(first) = rest.next() {
        let mut instant = vec![first];
        while let Some(next) = rest.next_if(|next| instant.iter().all(|one| one.created_at() == next.created_at())) {
            instant.push(next);
        }
        ordered.extend(of_instant(detail, instant, ordered.len()));
    }
    ordered
}

/// Those of one instant: first the ones that are before all others, then those whose order is open, last the ones after
/// all others.
fn of_instant(detail: &DaemonDetail, mut open: Vec<DaemonDeployment>, begin: usize) -> Vec<(usize, DaemonDeployment)> {
    let end = begin + open.len();
    let (mut first, mut last) = (Vec::new(), Vec::new());
    while let Some(place) = only(&open, |one, other| is_before(detail, other, one)) {
        first.push((begin + first.len(), open.remove(place)));
    }
    while let Some(place) = only(&open, |one, other| is_before(detail, one, other)) {
        last.push((end - 1 - last.len(), open.remove(place)));
    }
    let place = begin + first.len();
    first.extend(open.into_iter().map(|deployment| (place, deployment)));
    first.extend(last.into_iter().rev());
    first
}

/// The place of the one deployment that none of the others excludes; none if there are several or none.
fn only(
    open: &[DaemonDeployment],
    is_excluded_by: impl Fn(&DaemonDeployment, &DaemonDeployment) -> bool,
) -> Option<usize> {
    let is_free = |place: usize, one: &DaemonDeployment| {
        let mut others = open.iter().enumerate().filter(|(other, _)| *other != place);
        !others.any(|(_, other)| is_excluded_by(one, other))
    };
    let mut free = open.iter().enumerate().filter(|(place, one)| is_free(*place, one));
    let (place, _) = free.next()?;
    free.next().is_none().then_some(place)
}

/// True if one is proven to be before the other: the daemon names the other as its latest, the one made the daemon, or the
/// other replaced the revision that the one brought.
fn is_before(detail: &DaemonDetail, one: &DaemonDeployment, other: &DaemonDeployment) -> bool {
    let is_latest = |deployment: &DaemonDeployment| deployment.daemon_deployment_arn() == detail.deployment_arn();
    let target = one.target_daemon_revision().and_then(|revision| revision.arn());
    let mut replaced = other.source_daemon_revisions().iter();
    let is_replaced = target.is_some() && replaced.any(|revision| revision.arn() == target);
    let made_it = creates(one, detail) && !creates(other, detail);
    (is_latest(other) || is_replaced || made_it) && !is_latest(one)
}

/// True if a deployment is one of the daemon, and not of an earlier one of the same name. A deletion makes a deployment, too,
/// which may be only moments older than the next daemon; it replaces a revision, which nothing does before the daemon is there.
pub(super) fn is_own(deployment: &DaemonDeployment, detail: &DaemonDetail) -> bool {
    let Some((began, daemon)) = deployment.created_at().zip(detail.created_at()) else {
        return true;
    };
    let replaces = !deployment.source_daemon_revisions().is_empty();
    !(time::is_later(daemon, began) || (replaces && began < daemon))
}

/// True if a deployment is the one that created the daemon: it replaces no revision. Times alone would take a quick
/// update for it.
pub(super) fn creates(deployment: &DaemonDeployment, detail: &DaemonDetail) -> bool {
    let times = deployment.created_at().zip(detail.created_at());
    let is_near =
        times.is_some_and(|(deployment, daemon)| deployment.as_secs_f64() <= daemon.as_secs_f64() + time::NEAR_SECONDS);
    is_near && deployment.source_daemon_revisions().is_empty()
}

#[cfg(test)]
mod tests {
    use aws_sdk_ecs::{primitives::DateTime, types::DaemonDeploymentRevisionDetail};

    use super::*;

    fn revision(name: &str) -> DaemonDeploymentRevisionDetail {
        DaemonDeploymentRevisionDetail::builder().arn(name).build()
    }

    /// A deployment that brings the revision of its name; each letter of `replaces` is a revision that it replaces.
    fn deployment(name: &str, at: Option<i64>, replaces: &str) -> DaemonDeployment {
        let replaces = replaces.chars().map(|name| revision(&name.to_string())).collect();
        DaemonDeployment::builder()
            .daemon_deployment_arn(name)
            .set_created_at(at.map(DateTime::from_secs))
            .target_daemon_revision(revision(name))
            .set_source_daemon_revisions(Some(replaces))
            .build()
    }

    fn check(latest: &str, deployments: &[(&str, Option<i64>, &str)], expected: &str) {
        let detail = DaemonDetail::builder()
            .deployment_arn(latest)
            .created_at(DateTime::from_secs(0))
            .build();
        let all = deployments
            .iter()
            .map(|(name, at, replaces)| deployment(name, *at, replaces));
        let ordered = in_order(&detail, all.collect());
        let told: Vec<String> = ordered
            .iter()
            .map(|(place, deployment)| format!("{place}{}", deployment.daemon_deployment_arn().unwrap_or_default()))
            .collect();
        assert_eq!(told.join(" "), expected, "{deployments:?}");
    }

    #[test]
    fn times_come_first() {
        check(
            "c",
            &[("c", Some(900), "b"), ("a", Some(0), ""), ("b", Some(500), "a")],
            "0a 1b 2c",
        );
    }

    #[test]
    fn of_one_instant_the_records_tell_some() {
        let now = Some(500);
        check("c", &[("b", now, "a"), ("a", Some(0), ""), ("c", now, "a")], "0a 1b 2c");
        check(
            "d",
            &[("c", now, "b"), ("d", now, "c"), ("b", now, "a"), ("a", Some(0), "")],
            "0a 1b 2c 3d",
        );
        check("b", &[("b", Some(0), "x"), ("a", Some(0), "")], "0a 1b");
        check(
            "e",
            &[
                ("e", Some(900), "a"),
                ("b", now, "a"),
                ("c", now, "a"),
                ("a", Some(0), ""),
            ],
            "0a 1b 1c 3e",
        );
        check(
            "d",
            &[("d", now, "a"), ("b", now, "a"), ("c", now, "a"), ("a", Some(0), "")],
            "0a 1b 1c 3d",
        );
    }

    /// Records that contradict each other, or have no time, prove nothing.
    #[test]
    fn what_is_not_proven_stays_open() {
        let now = Some(500);
        check(
            "x",
            &[("a", now, "b"), ("b", now, "a"), ("x", Some(900), "")],
            "0a 0b 2x",
        );
        check(
            "x",
            &[("a", None, ""), ("b", None, ""), ("x", Some(900), "")],
            "0a 0b 2x",
        );
    }
}
