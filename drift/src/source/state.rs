//! States in both of their forms: as `show -json` writes them and as `state pull` does.

use serde_json::{Map, Value};

use super::{
    SourceError,
    document::{self, Document},
    resource::{self, Instance},
};
use crate::report::InputKind;

/// Major version of the form of `show -json` for states.
pub(super) const MAJOR: &str = "1";
/// Version of the raw form.
const RAW: u64 = 4;

/// A state as `show -json` writes it.
pub(super) fn shown(name: &str, members: &Map<String, Value>) -> Result<Document, SourceError> {
    let mut wanted = Vec::new();
    // An empty state has no values at all.
    if let Some(module) = members.get("values").and_then(|values| values.get("root_module")) {
        walk(module, &mut |instance| {
            wanted.extend(resource::wanted(name, instance)?);
            Ok(())
        })?;
    }
    Ok(Document {
        input: document::input(name, InputKind::StateJson, members),
        lineage: None,
        wanted,
    })
}

/// Visits the managed resources of a module and of the modules in it.
fn walk(module: &Value, visit: &mut dyn FnMut(&Instance<'_>) -> Result<(), SourceError>) -> Result<(), SourceError> {
    for resource in elements(module.get("resources")) {
        let text = |member: &str| resource.get(member).and_then(Value::as_str).unwrap_or_default();
        // An object that was replaced and not yet deleted is not wanted any more.
        if text("mode") != "managed" || resource.get("deposed_key").is_some() {
            continue;
        }
        visit(&Instance {
            address: text("address").to_owned(),
            resource_type: text("type"),
            schema_version: resource
                .get("schema_version")
                .and_then(Value::as_u64)
                .unwrap_or_default(),
            attributes: resource.get("values").unwrap_or(&Value::Null),
            sensitive: resource::marked(resource.get("sensitive_values").unwrap_or(&Value::Null)),
        })?;
    }
    for child in elements(module.get("child_modules")) {
        walk(child, visit)?;
    }
    Ok(())
}

/// A state as `state pull` writes it.
pub(super) fn raw(name: &str, members: &Map<String, Value>) -> Result<Document, SourceError> {
    let version = members.get("version").and_then(Value::as_u64);
    if version != Some(RAW) {
        let version = members.get("version").map(Value::to_string).unwrap_or_default();
        return Err(SourceError::new(
            "Unknown state version",
            format!(
                "The state has version {version}, but this version of ecs-drift knows only version {RAW}. Give the \
                 output of `terraform show -json`, or use a newer ecs-drift."
            ),
        ));
    }
    let mut wanted = Vec::new();
    for block in elements(members.get("resources")) {
        let text = |member: &str| block.get(member).and_then(Value::as_str).unwrap_or_default();
        if text("mode") != "managed" {
            continue;
        }
        for instance in elements(block.get("instances")).filter(|instance| instance.get("deposed").is_none()) {
            wanted.extend(resource::wanted(
                name,
                &Instance {
                    address: address(text("module"), text("type"), text("name"), instance.get("index_key")),
                    resource_type: text("type"),
                    schema_version: instance
                        .get("schema_version")
                        .and_then(Value::as_u64)
                        .unwrap_or_default(),
                    attributes: instance.get("attributes").unwrap_or(&Value::Null),
                    sensitive: resource::marked_paths(instance.get("sensitive_attributes")),
                },
            )?);
        }
    }
    Ok(Document {
        input: document::input(name, InputKind::RawState, members),
        lineage: members.get("lineage").and_then(Value::as_str).map(str::to_owned),
        wanted,
    })
}

fn address(module: &str, resource_type: &str, name: &str, key: Option<&Value>) -> String {
    let module = if module.is_empty() {
        String::new()
    } else {
        format!("{module}.")
    };
    // A JSON string is spelled as Terraform spells keys.
    let key = key.map(|key| format!("[{key}]")).unwrap_or_default();
    format!("{module}{resource_type}.{name}{key}")
}

/// Elements of a list; nothing else has any.
pub(super) fn elements(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}
