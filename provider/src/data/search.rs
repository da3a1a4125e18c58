//! The daemons of a cluster that have what is looked for.

use aws_sdk_ecs::types::DaemonStatus;
use daemons::{
    arn::{Arn, DaemonArn},
    glob, list,
};
use tfplug_core::Diagnostics;

use super::cluster;
use crate::{diagnostic::ToDiagnostic, session::Session};

/// What is looked for.
pub(crate) struct DaemonsOf<'a> {
    /// Cluster; the one named `default` where none is given.
    pub(crate) cluster_arn: Option<&'a str>,
    /// Region of the cluster.
    pub(crate) region: Option<&'a str>,
    /// Any of these capacity providers; none for any.
    pub(crate) capacity_providers: Vec<String>,
    /// Pattern of names.
    pub(crate) name_pattern: Option<&'a str>,
}

/// The cluster, and the daemons in it by name. Daemons that are being deleted are left out.
pub(crate) async fn daemons(session: &Session, sought: &DaemonsOf<'_>) -> Result<(Arn, Vec<DaemonArn>), Diagnostics> {
    let cluster = cluster::resolve(session, sought.cluster_arn, sought.region).await?;
    let cluster_arn = cluster.to_string();
    let client = session.reader(&cluster.region);
    let listed = match list::daemons(client.client(), &cluster_arn, &sought.capacity_providers).await {
        Ok(listed) => listed,
        Err(failure) if failure.is_code("ClusterNotFoundException") => {
            session.check_account(&cluster).await?;
            return Err(cluster::not_found(&cluster).into());
        }
        Err(failure) => return Err(failure.diagnostic("list daemons", &cluster_arn).into()),
    };
    let there = listed
        .iter()
        .filter(|summary| summary.status() != Some(&DaemonStatus::DeleteInProgress));
    let arns = there.filter_map(|summary| DaemonArn::parse(summary.daemon_arn()?).ok());
    let matches = |arn: &DaemonArn| {
        let pattern = sought.name_pattern;
        pattern.is_none_or(|pattern| glob::covers(pattern, &arn.name))
    };
    let mut found: Vec<DaemonArn> = arns.filter(matches).collect();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    Ok((cluster, found))
}
