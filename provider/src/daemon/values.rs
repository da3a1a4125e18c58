//! Between the settings of a daemon and Terraform's values, through the members of `UpdateDaemon`.

use daemons::settings::Settings;
use serde_json::Value as Json;
use tfplug_core::{Number, Value};

use super::table::TABLE;
use crate::wire::WireError;

/// The settings of a planned or stored value. What is not known is taken as left out.
pub fn settings_of(value: &Value) -> Result<Settings, WireError> {
    Settings::from_members(&to_json(&TABLE.to_api(value))).map_err(|reason| WireError {
        shape: "UpdateDaemonRequest".to_owned(),
        reason,
    })
}

/// Settings as a canonical Terraform object; attributes that are no settings are null.
pub fn value_of(settings: &Settings) -> Value {
    TABLE.to_value(&from_json(&settings.members()))
}

/// Names of the settings that differ between two values, in the order of the table.
pub fn differing(one: &Value, other: &Value) -> Vec<&'static str> {
    TABLE.differing(one, other).map(|leaf| leaf.name).collect()
}

fn to_json(tree: &Value) -> Json {
    match tree {
        Value::Null | Value::Unknown => Json::Null,
        Value::Bool(flag) => Json::from(*flag),
        Value::Number(number) => number.to_i64().map_or_else(|| Json::from(number.to_f64()), Json::from),
        Value::String(text) => Json::from(text.as_str()),
        Value::List(_) | Value::Set(_) => tree.elements().map(to_json).collect(),
        Value::Map(members) => members
            .iter()
            .map(|(name, member)| (name.clone(), to_json(member)))
            .collect(),
        Value::Dynamic(typed) => to_json(&typed.1),
    }
}

/// A value without a type, as a member of an API tree has it.
pub(super) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Number(Number::from(whole)),
            None => number.as_f64().and_then(Number::from_f64).into(),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(elements) => Value::list(elements.iter().map(from_json)),
        Json::Object(members) => Value::object(members.iter().map(|(name, member)| (name.clone(), from_json(member)))),
    }
}
