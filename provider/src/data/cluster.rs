//! The cluster that a data source looks in.

use aws::Aws;
use daemons::arn::Arn;
use tfplug_core::Diagnostic;

use super::source;
use crate::{diagnostic::ToDiagnostic, session::Session};

/// A given cluster, or the one named `default` of the account and region, which ECS takes where none is given.
pub(super) async fn resolve(
    session: &Session,
    cluster_arn: Option<&str>,
    region: Option<&str>,
) -> Result<Arn, Diagnostic> {
    if let Some(text) = cluster_arn {
        let cluster = Arn::parse_kind(text, "ecs", "cluster/");
        let cluster = cluster.map_err(|error| Diagnostic::error("Invalid cluster", error))?;
        source::region(session, region, Some(&cluster.region))?;
        return Ok(cluster);
    }
    let region = source::region(session, region, None)?;
    let account = session.aws.account_id().await;
    let account =
        account.map_err(|failure| failure.diagnostic("find out the account of the cluster `default`", "the caller"))?;
    Ok(Arn {
        partition: Aws::partition(&region).to_owned(),
        service: "ecs".to_owned(),
        region,
        account,
        resource: "cluster/default".to_owned(),
    })
}

/// The error that a cluster is not there.
pub(super) fn not_found(cluster: &Arn) -> Diagnostic {
    let text = format!("ECS has no cluster {cluster}.");
    Diagnostic::error("Cluster not found", text)
}
