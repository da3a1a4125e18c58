//! Control calls about the list of faults.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::outcome::ControlError;
use crate::api::Scope;
use crate::faults::parse;
use crate::form::FormError;
use crate::handle::Core;

/// The list in order, with how often each fault was reached and fired.
pub(super) fn list(core: &Core) -> Value {
    Value::Array(core.faults.render(&core.world))
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
    // All or none: an id that is taken is found before anything is added.
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for (index, id) in parsed
        .iter()
        .enumerate()
        .filter_map(|(index, fault)| Some((index, fault.id.as_deref()?)))
    {
        if core.faults.contains(id) || !taken.insert(id) {
            let at = if single {
                "id".to_owned()
            } else {
                format!("[{index}].id")
            };
            return Err(FormError::new(at, format!("'{id}' is taken by another fault")).into());
        }
    }
    let ids = parsed
        .into_iter()
        .map(|fault| core.add_fault(fault.id, fault.fault, fault.must_fire))
        .collect::<Result<Vec<_>, _>>()?;
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
