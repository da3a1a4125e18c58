//! Computed values of what is read at once: they are not known until the code sets them, so that one which it forgets is told
//! instead of being null.

use tfplug_core::{Block, Path, Value};

use crate::Failure;

/// A configuration in which what the code has to set is not known yet.
pub(crate) fn begun(block: &Block, mut config: Value) -> Value {
    for attribute in block.attributes.iter().filter(|attribute| attribute.mode.is_computed()) {
        if config.get(&attribute.name).is_null() {
            config.insert(attribute.name.clone(), Value::Unknown);
        }
    }
    config
}

/// The value after the code ran; what it has not set is a failure.
pub(crate) fn ended(block: &Block, value: Value, what: &str) -> Result<Value, Failure> {
    let unset = block
        .attributes
        .iter()
        .find(|attribute| !value.get(&attribute.name).is_wholly_known());
    match unset {
        None => Ok(value),
        Some(attribute) => {
            let text = format!(
                "`{}` was not set when the {what} was read. This is a bug in the provider; please report it.",
                attribute.name
            );
            Err(Failure::new("Value missing", text).at(Path::attribute(&attribute.name)))
        }
    }
}
