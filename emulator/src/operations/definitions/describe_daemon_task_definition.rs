//! `DescribeDaemonTaskDefinition`. The answer fills in what the caller left out, as the published
//! sample does: empty lists, and the documented defaults.

use serde_json::{Map, Value, json};

use crate::api::{ApiError, Call};
use crate::knobs::EmptyValues;
use crate::operations::shared::answer::{optional_time, structure, timestamp};
use crate::operations::shared::lookup::{self, DefinitionName};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::records::definition::{Definition, DefinitionStatus};

/// Lists of a container that the answer has even when they are empty.
const CONTAINER_LISTS: [&str; 4] = ["environment", "mountPoints", "secrets", "systemControls"];

/// Defaults of a health check.
const HEALTH_DEFAULTS: [(&str, i64); 3] = [("interval", 30), ("timeout", 5), ("retries", 3)];

/// Members that nothing requires, so that an empty one may be described as none.
const OPTIONAL_VALUES: [&str; 6] = [
    "containerPath",
    "sourcePath",
    "startPeriod",
    "stopTimeout",
    "user",
    "workingDirectory",
];

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("daemonTaskDefinition");
    let definition = find(reading, named)?;
    let mut members = definition.content.clone();
    if reading.knobs.empty_values == EmptyValues::Dropped {
        members.values_mut().for_each(drop_empty);
    }
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
    Ok(json!({ "daemonTaskDefinition": members }))
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

/// Leaves out what says nothing: zeros and empty texts, also of environment variables.
fn drop_empty(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(drop_empty),
        Value::Object(members) => {
            members.retain(|name, member| !(OPTIONAL_VALUES.contains(&name.as_str()) && is_empty(member)));
            let variables = members.get_mut("environment").and_then(Value::as_array_mut);
            for variable in variables.into_iter().flatten().filter_map(Value::as_object_mut) {
                variable.retain(|name, member| name != "value" || !is_empty(member));
            }
            members.values_mut().for_each(drop_empty);
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_str() == Some("") || value.as_i64() == Some(0)
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
