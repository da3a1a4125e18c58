//! The deployment and the revision that count.

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentStatus as Status, DaemonDetail, DaemonRevision};

use super::answers::Torn;

/// Revisions that [`observe`](super::observe) needs the content of.
pub fn revisions_needed(daemon: &DaemonDetail, deployments: &[DaemonDeployment]) -> Vec<String> {
    match latest(daemon, deployments).and_then(counting_revision) {
        Some(revision) => vec![revision],
        None => daemon
            .current_revisions()
            .iter()
            .filter_map(|revision| revision.arn().map(str::to_owned))
            .collect(),
    }
}

/// The record of the latest deployment.
pub(super) fn latest<'a>(daemon: &DaemonDetail, deployments: &'a [DaemonDeployment]) -> Option<&'a DaemonDeployment> {
    let arn = daemon.deployment_arn()?;
    deployments
        .iter()
        .find(|deployment| deployment.daemon_deployment_arn() == Some(arn))
}

/// The revision that the table in the documentation of [`observe`](super) names; `None` without a record.
fn counting_revision(deployment: &DaemonDeployment) -> Option<String> {
    let target = || deployment.target_daemon_revision().and_then(|revision| revision.arn());
    let arn = if counts_as_rolled_back(deployment) {
        rollback_target(deployment).or_else(target)
    } else {
        target()
    };
    arn.map(str::to_owned)
}

/// True if the rollback target is what counts.
pub(super) fn counts_as_rolled_back(deployment: &DaemonDeployment) -> bool {
    matches!(
        deployment.status(),
        Some(Status::StopRequested | Status::RollbackInProgress | Status::RollbackSuccessful | Status::RollbackFailed)
    ) && rollback_target(deployment).is_some()
}

/// The revision that a deployment goes back to.
pub(super) fn rollback_target(deployment: &DaemonDeployment) -> Option<&str> {
    if let Some(arn) = deployment
        .rollback()
        .and_then(|rollback| rollback.rollback_target_daemon_revision_arn())
    {
        return Some(arn);
    }
    // A deployment that is about to roll back has no rollback yet; its only source is where it goes.
    match (deployment.status(), deployment.source_daemon_revisions()) {
        (Some(Status::StopRequested), [source]) => source.arn(),
        _ => None,
    }
}

/// The revision that counts, and the current ones where there are several and nothing says which counts.
pub(super) fn pick_revision<'a>(
    daemon: &DaemonDetail,
    deployment: Option<&DaemonDeployment>,
    revisions: &'a [DaemonRevision],
) -> Result<(&'a DaemonRevision, Vec<String>), Torn> {
    let find = |arn: &str| {
        let found = revisions
            .iter()
            .find(|revision| revision.daemon_revision_arn() == Some(arn));
        found.ok_or_else(|| Torn::RevisionMissing(arn.to_owned()))
    };
    if let Some(arn) = deployment.and_then(counting_revision) {
        return Ok((find(&arn)?, Vec::new()));
    }
    let current: Vec<&str> = daemon
        .current_revisions()
        .iter()
        .filter_map(|revision| revision.arn())
        .collect();
    let found = current.iter().map(|arn| find(arn)).collect::<Result<Vec<_>, _>>()?;
    let newest = found
        .into_iter()
        .max_by(|one, other| one.created_at().cmp(&other.created_at()))
        .ok_or(Torn::Empty)?;
    let ambiguous = if current.len() > 1 {
        current.into_iter().map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    Ok((newest, ambiguous))
}
