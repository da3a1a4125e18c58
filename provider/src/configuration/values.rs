//! Values of arguments as settings take them.

use tfplug_core::Value;

/// The only element of a block that may be there once.
pub(super) fn only(blocks: &Value) -> &Value {
    static NONE: Value = Value::Null;
    blocks.elements().next().unwrap_or(&NONE)
}

pub(super) fn is_set(config: &Value, name: &str) -> bool {
    config.get(name).as_bool().unwrap_or_default()
}

/// A string that is set. Modules pass empty strings for "not set".
pub(super) fn text(object: &Value, name: &str) -> Option<String> {
    object
        .get(name)
        .as_str()
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

pub(super) fn texts(collection: &Value) -> Vec<String> {
    collection
        .elements()
        .filter_map(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
        .collect()
}
