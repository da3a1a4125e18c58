//! Control calls about the list of faults.

use serde_json::{Value, json};

use super::ControlError;
use crate::api::Scope;
use crate::faults::parse;
use crate::handle::Core;

/// The list in order, with how often each fault was reached and fired.
pub(super) fn list(core: &Core) -> Value {
    Value::Array(core.faults.render())
}

/// Adds one fault, or a list of them: all or none.
pub(super) fn add(core: &mut Core, scope: &Scope, body: Value) -> Result<Value, ControlError> {
    let (entries, single) = match body {
        Value::Array(entries) => (entries, false),
        entry => (vec![entry], true),
    };
    let now = core.world.now_ms();
    let path = |index: usize| if single { String::new() } else { format!("[{index}]") };
    let parsed = entries
        .into_iter()
        .enumerate()
        .map(|(index, entry)| parse(entry, &path(index), scope, now))
        .collect::<Result<Vec<_>, _>>()?;
    let mut ids = Vec::new();
    for fault in parsed {
        match core.add_fault(fault.id, fault.fault, fault.must_fire) {
            Ok(id) => ids.push(id),
            Err(error) => {
                for id in &ids {
                    core.remove_fault(id);
                }
                return Err(error.into());
            }
        }
    }
    Ok(if single {
        json!({"id": ids.first(), "ids": ids})
    } else {
        json!({"ids": ids})
    })
}

/// Removes one fault.
pub(super) fn remove(core: &mut Core, id: &str) -> Result<Value, ControlError> {
    if core.remove_fault(id) {
        return Ok(json!({"removed": [id]}));
    }
    Err(ControlError::new(404, format!("there is no fault '{id}'")))
}

/// Removes all faults.
pub(super) fn clear(core: &mut Core) -> Value {
    let ids = core.faults.ids();
    for id in &ids {
        core.remove_fault(id);
    }
    json!({"removed": ids})
}
