//! `UpdateCapacityProvider`. Only instances launched later would differ.

use serde_json::{Map, Value, json};

use super::provider_answer::provider as provider_answer;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{NOT_IN_ACTIVE_STATE, client, invalid};
use crate::operations::shared::request::Request;
use crate::records::cluster::{Lifecycle, ProviderKind};
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let provider = lookup::provider(region.records, &region.scope, request.required("name"))?;
    let name = provider.name.clone();
    if let Some(named) = request.text("cluster") {
        let cluster = lookup::cluster(region.records, &region.scope, Some(named))?;
        if provider.cluster() != Some(cluster.name.as_str()) {
            return Err(invalid(format!(
                "The capacity provider {name} does not belong to cluster {}.",
                cluster.name
            )));
        }
    }
    if provider.status != Lifecycle::Active {
        return Err(client(format!(
            "The specified capacity provider '{name}' {NOT_IN_ACTIVE_STATE}"
        )));
    }
    let member = match provider.kind {
        ProviderKind::ManagedInstances { .. } => "managedInstancesProvider",
        ProviderKind::AutoScalingGroup => "autoScalingGroupProvider",
    };
    let Some(update) = request.structure(member) else {
        return Err(invalid(format!("The update of {name} needs {member}.")));
    };
    let write = region.write();
    if let Some(provider) = region.records.providers.change(&name, write) {
        merge(&mut provider.configuration, update.0);
        provider.update_status = "UPDATE_COMPLETE";
    }
    let changed = region.records.providers.get(&name);
    Ok(json!({ "capacityProvider": changed.map(|provider| provider_answer(provider, true)) }))
}

/// Puts the members of an update over those present; the launch template member by member.
fn merge(configuration: &mut Map<String, Value>, update: &Map<String, Value>) {
    for (name, value) in update {
        match (
            name.as_str(),
            configuration.get_mut(name).and_then(Value::as_object_mut),
            value.as_object(),
        ) {
            ("instanceLaunchTemplate", Some(present), Some(wanted)) => {
                present.extend(wanted.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
            _ => {
                configuration.insert(name.clone(), value.clone());
            }
        }
    }
}
