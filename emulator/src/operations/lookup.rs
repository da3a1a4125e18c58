//! Finding the records that a request names, with the refusal where there are none.

use super::refusal::{NOT_IN_ACTIVE_STATE, client, cluster_not_found, daemon_not_found, invalid};
use crate::api::{ApiError, Scope};
use crate::world::arn;
use crate::world::daemon::Daemon;
use crate::world::records::{Cluster, Definition, DefinitionKey, Lifecycle, Provider, Records};

/// The cluster that calls without a cluster mean.
const DEFAULT_CLUSTER: &str = "default";

/// The name in a text that is a name or an ARN of the kind. A foreign ARN has none.
pub(crate) fn name_of<'a>(scope: &Scope, text: &'a str, kind: &str) -> Option<&'a str> {
    if text.starts_with("arn:") {
        arn::resource(scope, text, kind)
    } else {
        Some(text)
    }
}

/// Name of the cluster that a request means.
pub(crate) fn cluster_name<'a>(scope: &Scope, cluster: Option<&'a str>) -> Result<&'a str, ApiError> {
    let named = cluster.unwrap_or(DEFAULT_CLUSTER);
    // Assumed: an ARN of another kind, account or region is a bad value, not an unknown cluster.
    name_of(scope, named, "cluster").ok_or_else(|| invalid(format!("{named} is not an ARN of a cluster here.")))
}

/// The cluster that a request means. A deleted one is not found.
pub(crate) fn cluster<'a>(records: &'a Records, scope: &Scope, cluster: Option<&str>) -> Result<&'a Cluster, ApiError> {
    let name = cluster_name(scope, cluster)?;
    let found = records.clusters.get(&name.to_owned());
    found
        .filter(|cluster| cluster.status != Lifecycle::Inactive)
        .ok_or_else(cluster_not_found)
}

/// A cluster that can be used.
pub(crate) fn active_cluster<'a>(
    records: &'a Records,
    scope: &Scope,
    named: Option<&str>,
) -> Result<&'a Cluster, ApiError> {
    let found = cluster(records, scope, named)?;
    // Assumed: the text for a cluster that is being created.
    let ready = found.status == Lifecycle::Active;
    ready
        .then_some(found)
        .ok_or_else(|| client(format!("The cluster {} {NOT_IN_ACTIVE_STATE}", found.name)))
}

/// Cluster and name in the ARN of a daemon.
pub(crate) fn daemon_parts<'a>(scope: &Scope, arn: &'a str) -> Result<(&'a str, &'a str), ApiError> {
    let parts = arn::resource(scope, arn, "daemon").and_then(|rest| rest.split_once('/'));
    // Assumed: what is no ARN of a daemon here is a bad value.
    parts
        .filter(|(_, name)| !name.is_empty() && !name.contains('/'))
        .ok_or_else(|| invalid(format!("{arn} is not an ARN of a daemon here.")))
}

/// The daemon of an ARN.
pub(crate) fn daemon<'a>(records: &'a Records, scope: &Scope, arn: &str) -> Result<&'a Daemon, ApiError> {
    let (cluster_name, _) = daemon_parts(scope, arn)?;
    cluster(records, scope, Some(cluster_name))?;
    records.daemons.get(&arn.to_owned()).ok_or_else(daemon_not_found)
}

/// The provider of a name or ARN. A deleted one is not found.
pub(crate) fn provider<'a>(records: &'a Records, scope: &Scope, named: &str) -> Result<&'a Provider, ApiError> {
    name_of(scope, named, "capacity-provider")
        .and_then(|name| records.providers.get(&name.to_owned()))
        .filter(|provider| provider.status != Lifecycle::Inactive)
        .ok_or_else(|| {
            client(format!(
                "The capacity provider {named} does not exist. Specify a valid name or ARN and try again."
            ))
        })
}

/// Which revision of a family a request means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DefinitionName {
    Latest(String),
    Revision(DefinitionKey),
}

/// Takes apart a family, a family with revision, or an ARN.
pub(crate) fn definition_name(scope: &Scope, text: &str) -> Result<DefinitionName, ApiError> {
    let named = name_of(scope, text, "daemon-task-definition");
    let parsed = named.and_then(|name| match name.split_once(':') {
        None => Some(DefinitionName::Latest(name.to_owned())),
        Some((family, revision)) => revision
            .parse()
            .ok()
            .map(|number| DefinitionName::Revision((family.to_owned(), number))),
    });
    // Assumed: the type of the refusal.
    parsed.ok_or_else(|| invalid(format!("{text} does not name a daemon task definition here.")))
}

/// A definition with its key.
pub(crate) fn definition<'a>(records: &'a Records, key: &DefinitionKey) -> Result<&'a Definition, ApiError> {
    records.definitions.get(key).ok_or_else(definition_not_found)
}

pub(crate) fn definition_not_found() -> ApiError {
    client("The specified daemon task definition was not found.")
}
