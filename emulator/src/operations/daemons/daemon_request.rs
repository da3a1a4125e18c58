//! Shared by `CreateDaemon` and `UpdateDaemon`: a task definition, providers and the
//! settings of a revision and of its deployment. What is left out is at its default; nothing is
//! taken over from an earlier revision.

use crate::api::{ApiError, Scope};
use crate::operations::shared::lookup::{self, DefinitionName};
use crate::operations::shared::refusal::{NOT_IN_ACTIVE_STATE, client, invalid};
use crate::operations::shared::request::Request;
use crate::records::Records;
use crate::records::cluster::Lifecycle;
use crate::records::daemon::{Daemon, Goal};
use crate::records::daemon_settings::{Configuration, Settings};
use crate::records::definition::{Definition, DefinitionStatus};
use crate::records::faults::WorldFaults;
use crate::records::names::DefinitionKey;
use crate::records::revision::{ContainerImage, Revision};
use crate::seeded;
use crate::simulation::region::Region;

/// Longest bake time: a day.
const LONGEST_BAKE: i64 = 1440;

/// The wanted daemon, checked.
#[derive(Debug)]
pub(in crate::operations) struct Wanted {
    pub(in crate::operations) definition: DefinitionKey,
    /// Names.
    pub(in crate::operations) providers: Vec<String>,
    pub(in crate::operations) configuration: Configuration,
    pub(in crate::operations) settings: Settings,
}

impl Wanted {
    /// Reads and checks the members that both operations have.
    pub(in crate::operations) fn read(
        records: &Records,
        scope: &Scope,
        cluster: &str,
        request: Request<'_>,
    ) -> Result<Self, ApiError> {
        Ok(Self {
            definition: definition(records, scope, request.required("daemonTaskDefinitionArn"))?,
            providers: providers(records, scope, cluster, &request.texts("capacityProviderArns"))?,
            configuration: configuration(request.structure("deploymentConfiguration"))?,
            settings: settings(request),
        })
    }
}

fn definition(records: &Records, scope: &Scope, arn: &str) -> Result<DefinitionKey, ApiError> {
    let DefinitionName::Revision(key) = lookup::definition_name(scope, arn)? else {
        // Assumed: an update must not depend on what the latest revision happens to be.
        return Err(invalid("The daemon task definition needs its revision."));
    };
    let definition = lookup::definition(records, &key)?;
    if definition.status == DefinitionStatus::Active {
        Ok(key)
    } else {
        // Assumed: the type.
        Err(client(format!(
            "The daemon task definition {} {NOT_IN_ACTIVE_STATE}",
            definition.arn
        )))
    }
}

fn providers(records: &Records, scope: &Scope, cluster: &str, named: &[String]) -> Result<Vec<String>, ApiError> {
    let mut chosen = Vec::new();
    for named in named {
        let provider = lookup::provider(records, scope, named)?;
        let name = &provider.name;
        // Assumed: the types and texts of these three.
        match provider.cluster() {
            None => {
                return Err(invalid(format!(
                    "The capacity provider {name} does not have managed instances."
                )));
            }
            Some(other) if other != cluster => {
                return Err(invalid(format!(
                    "The capacity provider {name} does not belong to cluster {cluster}."
                )));
            }
            Some(_) => {}
        }
        if provider.status != Lifecycle::Active {
            return Err(invalid(format!(
                "The specified capacity provider '{name}' {NOT_IN_ACTIVE_STATE}"
            )));
        }
        if !chosen.contains(name) {
            chosen.push(name.clone());
        }
    }
    // Assumed.
    if chosen.is_empty() {
        Err(invalid("A daemon needs at least one capacity provider."))
    } else {
        Ok(chosen)
    }
}

/// Each member is read at its place in the struct: one that is added does not compile until it is read.
fn configuration(request: Option<Request<'_>>) -> Result<Configuration, ApiError> {
    let defaults = Configuration::default();
    let Some(request) = request else {
        return Ok(defaults);
    };
    let alarms = request.structure("alarms");
    Ok(Configuration {
        drain_percent: drain_percent(request)?.unwrap_or(defaults.drain_percent),
        bake_minutes: bake_minutes(request)?.unwrap_or(defaults.bake_minutes),
        alarm_names: alarms.map(|alarms| alarms.texts("alarmNames")).unwrap_or_default(),
        alarms_enabled: alarms.and_then(|alarms| alarms.flag("enable")).unwrap_or(false),
    })
}

fn drain_percent(request: Request<'_>) -> Result<Option<f64>, ApiError> {
    match request.number("drainPercent") {
        Some(percent) if !(0.0..=100.0).contains(&percent) => {
            Err(invalid("drainPercent must be between 0.0 and 100.0."))
        }
        percent => Ok(percent),
    }
}

fn bake_minutes(request: Request<'_>) -> Result<Option<u32>, ApiError> {
    let Some(minutes) = request.integer("bakeTimeInMinutes") else {
        return Ok(None);
    };
    let valid = u32::try_from(minutes).ok().filter(|_| minutes <= LONGEST_BAKE);
    let invalid = || invalid(format!("bakeTimeInMinutes must be between 0 and {LONGEST_BAKE}."));
    valid.ok_or_else(invalid).map(Some)
}

fn settings(request: Request<'_>) -> Settings {
    Settings {
        propagate_tags: request.text("propagateTags") == Some("DAEMON"),
        managed_tags: request.flag("enableECSManagedTags").unwrap_or(false),
        execute_command: request.flag("enableExecuteCommand").unwrap_or(false),
        critical: request.flag("critical").unwrap_or(true),
    }
}

/// Makes a revision of a daemon and answers what it is to be where.
pub(in crate::operations) fn make_revision(region: &mut Region<'_>, daemon: &Daemon, wanted: &Wanted) -> Goal {
    let series = format!("revision of {}", daemon.arn);
    let n = region.next(&series);
    let id = seeded::decimal_id(region.shared.seed, &series, n);
    let arn = region.arn(&format!("daemon-revision/{}/{}/{id}", daemon.cluster, daemon.name));
    let definition = region.records.definitions.get(&wanted.definition);
    let faults = &mut region.shared.faults;
    let images = definition
        .map(|definition| images(definition, faults))
        .unwrap_or_default();
    let revision = Revision {
        arn: arn.clone(),
        daemon: daemon.arn.clone(),
        cluster_arn: daemon.cluster_arn.clone(),
        definition: wanted.definition.clone(),
        definition_arn: definition.map(|definition| definition.arn.clone()).unwrap_or_default(),
        images,
        created_at: region.now(),
        serial: region.next("revision"),
        settings: wanted.settings.clone(),
    };
    let write = region.write();
    region.records.revisions.insert(arn.clone(), revision, write);
    Goal {
        revision: arn,
        providers: wanted.providers.clone(),
    }
}

fn images(definition: &Definition, faults: &mut WorldFaults) -> Vec<ContainerImage> {
    let text = |container: &serde_json::Map<String, serde_json::Value>, member: &str| {
        container
            .get(member)
            .and_then(|value| value.as_str())
            .unwrap_or_default()
            .to_owned()
    };
    definition
        .containers()
        .map(|container| {
            let image = text(container, "image");
            ContainerImage {
                container: text(container, "name"),
                digest: faults.digest(&image),
                image,
            }
        })
        .collect()
}
