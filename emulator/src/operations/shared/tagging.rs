//! Tags of requests: their rules, and the resources that carry them.

use super::lookup;
use super::refusal::invalid;
use super::request::Request;
use crate::api::{ApiError, Scope};
use crate::records::cluster::Lifecycle;
use crate::records::names::{Name, Tags};
use crate::records::service::AppStatus;
use crate::records::{Records, arn};
use crate::simulation::region::Region;

/// Most tags of a resource.
pub(crate) const MOST_TAGS: usize = 50;

/// The tags of a request that creates something.
pub(crate) fn requested(request: Request<'_>) -> Result<Tags, ApiError> {
    let tags = given(request)?;
    if tags.len() > MOST_TAGS {
        return Err(invalid(format!("A resource has at most {MOST_TAGS} tags.")));
    }
    Ok(tags)
}

/// The tags of a request, of any number.
pub(crate) fn given(request: Request<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::new();
    for tag in request.structures("tags") {
        let key = tag.text("key").ok_or_else(|| invalid("A tag needs a key."))?;
        if key.to_lowercase().starts_with("aws:") {
            return Err(invalid(format!("The tag key {key} is reserved: it begins with aws:.")));
        }
        let value = tag.text("value").unwrap_or_default().to_owned();
        if tags.insert(key.to_owned(), value).is_some() {
            return Err(invalid(format!("The tag key {key} is given twice.")));
        }
    }
    Ok(tags)
}

/// A resource that carries tags.
#[derive(Clone, Debug)]
pub(crate) enum Tagged {
    Cluster(String),
    Provider(String),
    Daemon(String),
    Definition((String, u32)),
    AppDefinition((String, u32)),
    /// ARN.
    Service(Name),
    Task(u64),
    /// By its order of launch.
    Instance(u64),
}

/// The resource of an ARN. None: there is no such resource, or it carries no tags.
pub(crate) fn find(records: &Records, scope: &Scope, arn: &str) -> Option<Tagged> {
    let of_kind = |kind: &str| arn::resource(scope, arn, kind).map(str::to_owned);
    if let Some(name) = of_kind("cluster") {
        let alive = records
            .clusters
            .get(&name)
            .is_some_and(|cluster| cluster.status != Lifecycle::Inactive);
        alive.then_some(Tagged::Cluster(name))
    } else if let Some(name) = of_kind("capacity-provider") {
        let alive = records
            .providers
            .get(&name)
            .is_some_and(|provider| provider.status != Lifecycle::Inactive);
        alive.then_some(Tagged::Provider(name))
    } else if let Some(name) = of_kind("daemon-task-definition") {
        let (family, revision) = name.split_once(':')?;
        let key = (family.to_owned(), lookup::revision_number(revision)?);
        records.definitions.contains(&key).then_some(Tagged::Definition(key))
    } else if let Some(name) = of_kind("task-definition") {
        let (family, revision) = name.split_once(':')?;
        let key = (family.to_owned(), lookup::revision_number(revision)?);
        let there = records
            .app_definitions
            .get(&key)
            .is_some_and(|definition| definition.status != AppStatus::Deleted);
        there.then_some(Tagged::AppDefinition(key))
    } else if let Some(service) = records.services.get(arn) {
        service.is_scheduled().then(|| Tagged::Service(service.arn.clone()))
    } else if records.daemons.contains(arn) {
        Some(Tagged::Daemon(arn.to_owned()))
    } else if of_kind("container-instance").is_some() {
        let mut listed = records.instances.values().filter(|instance| instance.is_listed());
        listed
            .find(|instance| *instance.arn == *arn)
            .map(|instance| Tagged::Instance(instance.key))
    } else {
        records
            .tasks
            .values()
            .find(|task| *task.birth.arn == *arn)
            .map(|task| Tagged::Task(task.key))
    }
}

/// The tags of a resource.
pub(crate) fn tags<'a>(records: &'a Records, tagged: &Tagged) -> Option<&'a Tags> {
    Some(match tagged {
        Tagged::Cluster(name) => &records.clusters.get(name)?.tags,
        Tagged::Provider(name) => &records.providers.get(name)?.tags,
        Tagged::Daemon(arn) => &records.daemons.get(arn)?.tags,
        Tagged::Definition(key) => &records.definitions.get(key)?.tags,
        Tagged::AppDefinition(key) => &records.app_definitions.get(key)?.tags,
        Tagged::Service(arn) => &records.services.get(arn)?.tags,
        Tagged::Task(key) => &records.tasks.get(key)?.tags,
        Tagged::Instance(key) => &records.instances.get(key)?.tags,
    })
}

/// The tags of a resource, opened for an API write.
pub(crate) fn tags_mut<'a>(region: &'a mut Region<'_>, tagged: &Tagged) -> Option<&'a mut Tags> {
    let write = region.write();
    let records = &mut *region.records;
    Some(match tagged {
        Tagged::Cluster(name) => &mut records.clusters.change(name, write)?.tags,
        Tagged::Provider(name) => &mut records.providers.change(name, write)?.tags,
        Tagged::Daemon(arn) => &mut records.daemons.change(arn, write)?.tags,
        Tagged::Definition(key) => &mut records.definitions.change(key, write)?.tags,
        Tagged::AppDefinition(key) => &mut records.app_definitions.change(key, write)?.tags,
        Tagged::Service(arn) => &mut records.services.change(arn, write)?.tags,
        Tagged::Task(key) => &mut records.tasks.get_mut(key)?.tags,
        Tagged::Instance(key) => &mut records.instances.get_mut(key)?.tags,
    })
}
