//! Finding the records that a request names, with the refusal where there are none.

use serde_json::Value;

use super::answer;
use super::refusal::{NOT_IN_ACTIVE_STATE, client, cluster_not_found, daemon_not_found, invalid};
use super::request::Request;
use crate::api::{ApiError, Scope};
use crate::records::cluster::{Cluster, Lifecycle, Provider};
use crate::records::daemon::Daemon;
use crate::records::definition::Definition;
use crate::records::fleet::Instance;
use crate::records::names::DefinitionKey;
use crate::records::service::{AppDefinition, AppStatus, Service};
use crate::records::task::Task;
use crate::records::{Records, arn};

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
    let found = records.clusters.get(name);
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
    records.daemons.get(arn).ok_or_else(daemon_not_found)
}

/// The provider of a name or ARN. A deleted one is not found.
pub(crate) fn provider<'a>(records: &'a Records, scope: &Scope, named: &str) -> Result<&'a Provider, ApiError> {
    name_of(scope, named, "capacity-provider")
        .and_then(|name| records.providers.get(name))
        .filter(|provider| provider.status != Lifecycle::Inactive)
        .ok_or_else(|| {
            client(format!(
                "The capacity provider {named} does not exist. Specify a valid name or ARN and try again."
            ))
        })
}

/// The container instances that a request lists, at most so many, and the failures for those that are not there.
pub(crate) fn instances<'a>(
    records: &'a Records,
    scope: &Scope,
    cluster: &'a str,
    request: Request<'_>,
    most: usize,
) -> Result<(Vec<&'a Instance>, Vec<Value>), ApiError> {
    let wanted = request.texts("containerInstances");
    if wanted.is_empty() || wanted.len() > most {
        return Err(invalid(format!("Specify 1 to {most} container instances.")));
    }
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for named in wanted {
        let id = arn::last_part(&named);
        let mut listed = records.instances_of(cluster).filter(|instance| instance.is_listed());
        match listed.find(|instance| instance.id == id && (named == id || *named == *instance.arn)) {
            Some(instance) => found.push(instance),
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => {
                let resource = format!("container-instance/{cluster}/{named}");
                failures.push(answer::missing(&arn::ecs(scope, &resource)));
            }
        }
    }
    Ok((found, failures))
}

/// The task of an ARN or id in a cluster, stopped ones included.
pub(crate) fn task<'a>(records: &'a Records, cluster: &str, named: &str) -> Option<&'a Task> {
    let mut tasks = records.tasks.values().filter(|task| *task.birth.cluster == *cluster);
    tasks.find(|task| *task.birth.arn == *named || arn::last_part(&task.birth.arn) == named)
}

/// The service of a name or ARN in a cluster, one that is gone included.
pub(crate) fn service<'a>(records: &'a Records, scope: &Scope, cluster: &str, named: &str) -> Option<&'a Service> {
    let arn = if named.starts_with("arn:") {
        named.to_owned()
    } else {
        arn::ecs(scope, &format!("service/{cluster}/{named}"))
    };
    records
        .services
        .get(arn.as_str())
        .filter(|service| *service.cluster == *cluster)
}

/// The application task definition that a text names: family, family with revision, or ARN.
pub(crate) fn app_definition<'a>(
    records: &'a Records,
    scope: &Scope,
    text: &str,
) -> Result<&'a AppDefinition, ApiError> {
    // The text that others saw.
    let unknown = || client("Unable to describe task definition.");
    let named = name_of(scope, text, "task-definition").ok_or_else(unknown)?;
    let found = if let Some((family, revision)) = named.split_once(':') {
        let revision =
            revision_number(revision).ok_or_else(|| invalid(format!("Invalid revision number. Number: {revision}")))?;
        records.app_definitions.get(&(family.to_owned(), revision))
    } else {
        let mut definitions = records.app_definitions.values();
        definitions.rfind(|each| each.status == AppStatus::Active && each.family == named)
    };
    found
        .filter(|each| each.status != AppStatus::Deleted)
        .ok_or_else(unknown)
}

/// The number of a revision, in the one form that the service writes.
pub(in crate::operations) fn revision_number(text: &str) -> Option<u32> {
    let written = !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| written)
}

/// The revision of a family that a request means.
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
        Some((family, revision)) => {
            revision_number(revision).map(|number| DefinitionName::Revision((family.to_owned(), number)))
        }
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
