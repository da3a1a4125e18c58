//! Daemons that have come to rest: their description alone proves that nothing has changed since they were read whole.
//!
//! Documented: revisions are immutable, each `UpdateDaemon` makes a deployment, and `DescribeDaemon` names the latest one.
//! Assumed: a deployment that has ended as `SUCCESSFUL` does not change any more.

use aws_sdk_ecs::types::{DaemonDetail, DaemonStatus};

use super::answers::{Known, KnownRevision};

/// The revision of a settled daemon, if its description shows nothing else than what is known.
pub(crate) fn confirmed<'a>(daemon: &DaemonDetail, known: &'a Known) -> Option<&'a KnownRevision> {
    let revision = known.revision.as_ref().filter(|_| known.settled)?;
    let is_known = |arn: Option<&str>| arn.is_some_and(|arn| known.settings.capacity_provider_arns.contains(arn));
    let mut current = daemon.current_revisions().iter();
    let is_same = daemon.status() == Some(&DaemonStatus::Active)
        && !known.deployment_arn.is_empty()
        && daemon.deployment_arn() == Some(known.deployment_arn.as_str())
        && current.all(|current| {
            let mut providers = current.capacity_providers().iter();
            current.arn() == Some(revision.arn.as_str()) && providers.all(|provider| is_known(provider.arn()))
        });
    is_same.then_some(revision)
}
