//! `CreateCapacityProvider`. One of managed instances belongs to its cluster from the start.

use serde_json::{Map, Value, json};

use super::provider_answer::provider as provider_answer;
use crate::api::{ApiError, Call};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::Request;
use crate::operations::shared::{lookup, tagging};
use crate::records::cluster::{Lifecycle, Provider, ProviderKind};
use crate::records::names::Tags;
use crate::simulation::region::Region;

/// The beginnings that names must not have.
const RESERVED: [&str; 3] = ["aws", "ecs", "fargate"];

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.required("name");
    check_name(name)?;
    let existing = region.records.providers.get(name);
    if existing.is_some_and(|provider| provider.status != Lifecycle::Inactive) {
        // Assumed: the type; the service asks to use UpdateCapacityProvider.
        return Err(client(format!(
            "The specified capacity provider {name} already exists."
        )));
    }
    let (kind, configuration) = kind(region, request)?;
    let tags = tagging::requested(request)?;
    create(region, name, kind, configuration, tags);
    let created = region.records.providers.get(name);
    Ok(json!({ "capacityProvider": created.map(|provider| provider_answer(provider, true)) }))
}

fn create(region: &mut Region<'_>, name: &str, kind: ProviderKind, configuration: Map<String, Value>, tags: Tags) {
    let arn = region.arn(&format!("capacity-provider/{name}"));
    let (status, due) = region.creation(&arn);
    let update_status = if due.is_some() {
        "CREATE_IN_PROGRESS"
    } else {
        "CREATE_COMPLETE"
    };
    let provider = Provider {
        name: name.to_owned(),
        arn,
        kind,
        status,
        update_status,
        configuration,
        tags,
        due: None,
    };
    let cluster = provider.cluster().map(str::to_owned);
    let write = region.write();
    region.records.providers.insert(name.to_owned(), provider, write);
    if let Some(at) = due {
        region.provider_due_at(name, at);
    }
    if let Some(cluster) = cluster.and_then(|cluster| region.records.clusters.change(&cluster, write)) {
        cluster.providers.push(name.to_owned());
    }
    region.note_provider(name);
}

fn check_name(name: &str) -> Result<(), ApiError> {
    if !crate::operations::shared::request::is_name(name) {
        return Err(invalid(
            "A capacity provider name has up to 255 letters, digits, hyphens and underscores.",
        ));
    }
    let lower = name.to_lowercase();
    if RESERVED.iter().any(|prefix| lower.starts_with(prefix)) {
        return Err(invalid(
            "The specified capacity provider name must not begin with aws, ecs or fargate.",
        ));
    }
    Ok(())
}

fn kind(region: &Region<'_>, request: Request<'_>) -> Result<(ProviderKind, Map<String, Value>), ApiError> {
    let managed = request.structure("managedInstancesProvider");
    let scaling = request.structure("autoScalingGroupProvider");
    match (managed, scaling, request.text("cluster")) {
        (Some(managed), None, Some(named)) => {
            let cluster = lookup::active_cluster(region.records, &region.scope, Some(named))?
                .name
                .clone();
            Ok((ProviderKind::ManagedInstances { cluster }, managed.0.clone()))
        }
        (Some(_), None, None) => Err(invalid("A capacity provider of managed instances needs a cluster.")),
        (None, Some(scaling), None) => Ok((ProviderKind::AutoScalingGroup, scaling.0.clone())),
        (None, Some(_), Some(_)) => Err(invalid(
            "A capacity provider of an Auto Scaling group takes no cluster.",
        )),
        _ => Err(invalid(
            "Specify exactly one of managedInstancesProvider and autoScalingGroupProvider.",
        )),
    }
}
