//! Overrides of `RunTask` and `StartTask`: which are refused, and what the task needs with them.

use serde_json::{Map, Value};

use crate::api::ApiError;
use crate::operations::definitions::task_definition_checks::units;
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::Request;
use crate::records::capacity::Size;
use crate::records::definition::containers;

/// The need of a task with the overrides of a request. None: there are none.
pub(in crate::operations) fn size(
    request: Request<'_>,
    content: &Map<String, Value>,
) -> Result<Option<Size>, ApiError> {
    let Some(overrides) = request.structure("overrides") else {
        return Ok(None);
    };
    let mut content = content.clone();
    for member in ["cpu", "memory"] {
        if let Some(text) = overrides.text(member) {
            let units = units(member, text)?;
            content.insert(member.to_owned(), units.to_string().into());
        }
    }
    for container in overrides.structures("containerOverrides") {
        let name = container.text("name").unwrap_or_default();
        if !containers(&content).any(|each| each.get("name").and_then(Value::as_str) == Some(name)) {
            // The text that others saw.
            let text = format!("Override for container named {name} is not a container in the TaskDefinition.");
            return Err(invalid(text));
        }
        for member in ["cpu", "memory", "memoryReservation"] {
            let Some(number) = container.integer(member) else {
                continue;
            };
            if number < 0 {
                return Err(client(format!(
                    "Invalid '{member}' setting for container '{name}': {number} is negative."
                )));
            }
            put(&mut content, name, member, number);
        }
        within(&content, container, name)?;
    }
    Ok(Some(Size::of_definition(&content)))
}

/// Refuses a container that needs more memory than its task has, as a registration does.
fn within(content: &Map<String, Value>, container: Request<'_>, name: &str) -> Result<(), ApiError> {
    let memory = content.get("memory").and_then(Value::as_str);
    let Some(memory) = memory.and_then(|text| text.parse::<i64>().ok()) else {
        return Ok(());
    };
    for member in ["memory", "memoryReservation"] {
        if let Some(number) = container.integer(member).filter(|number| *number > memory) {
            return Err(client(format!(
                "Invalid '{member}' setting for container '{name}': {number} MiB are more than the {memory} MiB of the task."
            )));
        }
    }
    Ok(())
}

/// Puts a member into a container of a task definition.
fn put(content: &mut Map<String, Value>, name: &str, member: &str, number: i64) {
    let list = content.get_mut("containerDefinitions").and_then(Value::as_array_mut);
    let named = |each: &&mut Value| each.get("name").and_then(Value::as_str) == Some(name);
    if let Some(Value::Object(members)) = list.into_iter().flatten().find(named) {
        members.insert(member.to_owned(), number.into());
    }
}
