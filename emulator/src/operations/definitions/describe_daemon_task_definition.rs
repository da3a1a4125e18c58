//! `DescribeDaemonTaskDefinition`. The answer fills in what the caller left out, as the published
//! sample does: empty lists, and the documented defaults.

use serde_json::{Map, Value, json};

use crate::api::{ApiError, Call};
use crate::knobs::EmptyValues;
use crate::model::{Model, drop_empty};
use crate::operations::shared::answer::{optional_time, structure, timestamp};
use crate::operations::shared::lookup::{self, DefinitionName};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::records::definition::{Definition, DefinitionStatus};

/// Lists of a container that the answer has even when they are empty.
const CONTAINER_LISTS: [&str; 4] = ["environment", "mountPoints", "secrets", "systemControls"];

/// Defaults of a health check.
const HEALTH_DEFAULTS: [(&str, i64); 3] = [("interval", 30), ("timeout", 5), ("retries", 3)];

/// Shape of what is described.
const SHAPE: &str = "DaemonTaskDefinition";

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("daemonTaskDefinition");
    let definition = find(reading, named)?;
    let mut described = Value::Object(definition.content.clone());
    if let (EmptyValues::Dropped, Ok(model)) = (reading.knobs.empty_values, Model::embedded()) {
        // A default would take the place of those that have one.
        drop_empty(model, SHAPE, &mut described, &HEALTH_DEFAULTS.map(|(member, _)| member));
    }
    if let Value::Object(members) = &mut described {
        complete(members, definition);
    }
    Ok(json!({ "daemonTaskDefinition": described }))
}

/// Adds what the service knows of a definition and what the caller left out.
fn complete(members: &mut Map<String, Value>, definition: &Definition) {
    members.entry("volumes").or_insert_with(|| json!([]));
    if let Some(Value::Array(containers)) = members.get_mut("containerDefinitions") {
        containers.iter_mut().filter_map(Value::as_object_mut).for_each(fill_in);
    }
    let known = structure(json!({
        "daemonTaskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": definition.status.name(),
        "registeredAt": timestamp(definition.registered_at),
        "deleteRequestedAt": optional_time(definition.delete_requested_at),
        "registeredBy": definition.registered_by,
    }));
    if let Value::Object(known) = known {
        members.extend(known);
    }
}

fn find<'a>(reading: &Reading<'a>, named: &str) -> Result<&'a Definition, ApiError> {
    match lookup::definition_name(reading.scope, named)? {
        DefinitionName::Revision(key) => lookup::definition(reading.records, &key),
        DefinitionName::Latest(family) => {
            let active = reading.records.definitions.values().rev();
            active
                .filter(|definition| definition.status == DefinitionStatus::Active)
                .find(|definition| definition.family == family)
                .ok_or_else(lookup::definition_not_found)
        }
    }
}

fn fill_in(container: &mut Map<String, Value>) {
    for list in CONTAINER_LISTS {
        container.entry(list).or_insert_with(|| json!([]));
    }
    container.entry("essential").or_insert(true.into());
    container.entry("cpu").or_insert(0.into());
    if let Some(Value::Object(health)) = container.get_mut("healthCheck") {
        for (member, value) in HEALTH_DEFAULTS {
            health.entry(member).or_insert(value.into());
        }
    }
}
