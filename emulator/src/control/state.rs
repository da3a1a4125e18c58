//! Control calls about the emulator as a whole: its health, its journal, a new beginning.

use serde_json::{Value, json};

use super::outcome::ControlError;
use super::query::Query;
use crate::form::Form;
use crate::handle::Core;
use crate::journal::Filter;
use crate::timestamp;

pub(super) fn health(core: &Core) -> Value {
    let mut journal = json!({"last": core.journal.last_seq(), "dropped": core.journal.dropped()});
    let loss = core.journal.loss();
    if let (Some(error), Value::Object(members)) = (&loss.error, &mut journal) {
        members.insert("file".to_owned(), json!({"error": error, "lost": loss.entries}));
    }
    let mut health = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "clock": core.clock.mode().to_string(),
        "seed": core.setup.seed,
        "now": timestamp::render(core.world.now_ms()),
        "journal": journal,
        "unfired_faults": core.faults.unfired(&core.world),
    });
    if let (Some((file, failing)), Value::Object(members)) = (core.state_file(), &mut health) {
        let state = json!({"file": file.display().to_string(), "written": !failing});
        members.insert("state".to_owned(), state);
    }
    health
}

pub(super) fn reset(core: &mut Core, form: Form) -> Result<Value, ControlError> {
    form.close()?;
    core.reset()
        .map_err(|error| ControlError::new(500, error.to_string()))?;
    Ok(health(core))
}

pub(super) fn journal(core: &Core, query: &Query) -> Result<Value, ControlError> {
    Ok(Value::Array(core.journal.read(&journal_filter(query)?)))
}

fn journal_filter(query: &Query) -> Result<Filter, ControlError> {
    query.only(&["operation", "since", "limit", "include", "account", "region"])?;
    let include: Vec<String> = query
        .get("include")
        .map(|kinds| kinds.split(',').map(str::to_owned).collect())
        .unwrap_or_default();
    if let Some(kind) = include
        .iter()
        .find(|kind| !["control", "clock", "events", "start"].contains(&kind.as_str()))
    {
        return Err(ControlError::new(
            400,
            format!("include: '{kind}' is none of control, clock, events, start"),
        ));
    }
    Ok(Filter {
        operation: query.get("operation").map(str::to_owned),
        since: query.integer("since")?.unwrap_or(0),
        limit: query.integer("limit")?,
        scope: query.scope_if_given(),
        include,
    })
}
