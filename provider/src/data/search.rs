//! The daemons of a cluster that have what is looked for.

use aws_sdk_ecs::types::DaemonStatus;
use daemons::{
    arn::{Arn, DaemonArn},
    glob, list, name,
};
use tfplug_core::{Attribute, Diagnostics, Mode, Type};

use super::cluster;
use crate::{
    attributes::rules::{arn_of, arns_of, not_empty},
    diagnostic::ToDiagnostic,
    session::Session,
};

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

/// The arguments that say so; the mode is that of the cluster, which a data source answers.
pub(crate) fn arguments(mode: Mode) -> Vec<Attribute> {
    vec![
        Attribute::new(
            name::CLUSTER_ARN,
            Type::String,
            mode,
            "ARN of the cluster. Defaults to the cluster `default`.",
        )
        .validate(arn_of("ecs", "cluster/")),
        Attribute::new(
            name::CAPACITY_PROVIDERS,
            Type::set(Type::String),
            Mode::Optional,
            "Only daemons that run on one of these capacity providers.",
        )
        .validate(not_empty())
        .validate(arns_of("ecs", "capacity-provider/")),
        Attribute::new(
            "name_pattern",
            Type::String,
            Mode::Optional,
            "Only daemons whose name matches: `*` stands for any number of characters, `?` for one.",
        ),
    ]
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
