//! The task definition structure of answers.

use serde_json::{Value, json};

use crate::operations::shared::answer::{optional_time, structure, timestamp};
use crate::records::service::AppDefinition;

/// Members of a container that the service answers as empty lists when nothing was given.
const EMPTY_LISTS: [&str; 5] = [
    "environment",
    "mountPoints",
    "portMappings",
    "systemControls",
    "volumesFrom",
];

/// A task definition as described.
pub(in crate::operations) fn definition(definition: &AppDefinition) -> Value {
    let mut members = definition.content.clone();
    let given = |member: &str| definition.content.get(member).cloned();
    members.insert("containerDefinitions".to_owned(), containers(definition));
    for list in ["volumes", "placementConstraints"] {
        members.insert(list.to_owned(), given(list).unwrap_or_else(|| json!([])));
    }
    let compatibilities = given("requiresCompatibilities").unwrap_or_else(|| json!(["MANAGED_INSTANCES"]));
    let facts = json!({
        "family": definition.family,
        "revision": definition.revision,
        "taskDefinitionArn": definition.arn,
        "status": definition.status.name(),
        "compatibilities": compatibilities,
        "registeredAt": timestamp(definition.registered_at),
        "registeredBy": definition.registered_by,
        "deregisteredAt": optional_time(definition.deregistered_at),
        "deleteRequestedAt": optional_time(definition.delete_requested_at),
    });
    if let Value::Object(facts) = facts {
        members.extend(facts);
    }
    structure(Value::Object(members))
}

fn containers(definition: &AppDefinition) -> Value {
    let containers = crate::records::definition::containers(&definition.content).map(|container| {
        let mut container = container.clone();
        container.entry("cpu").or_insert_with(|| 0.into());
        container.entry("essential").or_insert_with(|| true.into());
        for list in EMPTY_LISTS {
            container.entry(list).or_insert_with(|| json!([]));
        }
        Value::Object(container)
    });
    containers.collect()
}
