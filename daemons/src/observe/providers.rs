//! The capacity providers that a daemon runs on. A revision does not tell them; several records do, in part.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::{DaemonDeployment, DaemonDeploymentStatus as Status, DaemonDetail, DaemonRevision};

use super::{
    answers::{Answers, Known},
    counting::counts_as_rolled_back,
};

/// The capacity providers. ECS seems to leave out providers without instances. A deployment and a revision have the same
/// providers as long as they live, so a shorter list of one that is known means "not reported".
pub(super) fn providers(
    answers: &Answers,
    deployment: Option<&DaemonDeployment>,
    revision: &DaemonRevision,
    known: Option<&Known>,
) -> BTreeSet<String> {
    let daemon = &answers.daemon;
    let rolled_back = deployment.is_some_and(counts_as_rolled_back);
    let reported = match deployment {
        Some(deployment) if rolled_back => rollback_providers(deployment),
        Some(deployment) => target_providers(deployment),
        None => BTreeSet::new(),
    };
    let before = known.and_then(|known| known.revision.as_ref());
    let before = before.filter(|before| Some(before.arn.as_str()) == revision.daemon_revision_arn());
    if let Some(before) = before
        && reported.is_subset(&before.capacity_provider_arns)
    {
        return before.capacity_provider_arns.clone();
    }
    let state = known.map(|known| &known.settings.capacity_provider_arns);
    let same_deployment = known.is_some_and(|known| Some(known.deployment_arn.as_str()) == daemon.deployment_arn());
    if let Some(state) = state
        && same_deployment
        && !rolled_back
    {
        return if reported.is_subset(state) {
            state.clone()
        } else {
            reported
        };
    }
    if rolled_back && !reported.is_empty() {
        return reported;
    }
    let union: BTreeSet<String> = reported
        .into_iter()
        .chain(current_providers(daemon))
        .chain(deployment.into_iter().flat_map(rollback_providers))
        .collect();
    match state {
        Some(state) if union.is_empty() => state.clone(),
        _ => union,
    }
}

/// The providers that a deployment was to bring.
pub(super) fn target_providers(deployment: &DaemonDeployment) -> BTreeSet<String> {
    let target = deployment.target_daemon_revision();
    let providers = target.map(|revision| revision.capacity_providers()).unwrap_or_default();
    providers
        .iter()
        .filter_map(|provider| provider.arn().map(str::to_owned))
        .collect()
}

fn rollback_providers(deployment: &DaemonDeployment) -> BTreeSet<String> {
    if let Some(rollback) = deployment.rollback() {
        return rollback.rollback_capacity_providers().iter().cloned().collect();
    }
    // Nothing of a rollback is on record yet; where it goes has providers of its own.
    let source = match (deployment.status(), deployment.source_daemon_revisions()) {
        (Some(Status::StopRequested), [source]) => source.capacity_providers(),
        _ => &[],
    };
    source
        .iter()
        .filter_map(|provider| provider.arn().map(str::to_owned))
        .collect()
}

fn current_providers(daemon: &DaemonDetail) -> impl Iterator<Item = String> {
    let providers = daemon
        .current_revisions()
        .iter()
        .flat_map(|revision| revision.capacity_providers());
    providers.filter_map(|provider| provider.arn().map(str::to_owned))
}
