//! Control calls that change the world itself: instances, alarms, tasks, knobs, consistency.

use serde_json::{Value, json};

use super::outcome::ControlError;
use crate::api::Scope;
use crate::faults::{Action, alarm_state, condition};
use crate::form::Form;
use crate::handle::Core;
use crate::knobs::Knobs;

/// `{"capacity_provider": NAME or ARN, "count": n, "launch": false}`.
pub(super) fn add_instances(core: &mut Core, scope: &Scope, mut form: Form) -> Result<Value, ControlError> {
    let provider = form.required_text("capacity_provider")?;
    let count: u32 = form
        .integer("count")?
        .ok_or_else(|| form.error("count", "is required"))?;
    let launch = form.flag("launch")?;
    if count > 5000 {
        return Err(form
            .error("count", "must be at most 5000, the service's limit of a cluster")
            .into());
    }
    form.close()?;
    let arns = core.world.add_instances(scope, &provider, count, launch)?;
    core.finish_instant();
    Ok(json!({"instances": arns}))
}

/// `{"state": "ALARM", "when"?}`.
pub(super) fn set_alarm(core: &mut Core, scope: &Scope, name: &str, mut form: Form) -> Result<Value, ControlError> {
    let state = alarm_state(&mut form)?;
    let when = condition(&mut form, scope, core.world.now_ms())?;
    form.close()?;
    if when.is_some() {
        let action = Action::Alarm {
            scope: scope.clone(),
            name: name.to_owned(),
            state,
        };
        return Ok(json!({"id": core.schedule(when, action)?}));
    }
    core.world.set_alarm(scope, name, &state)?;
    core.finish_instant();
    Ok(json!({"name": name, "state": state}))
}

/// `{}`.
pub(super) fn stop_task(core: &mut Core, scope: &Scope, id: &str, form: Form) -> Result<Value, ControlError> {
    form.close()?;
    core.world.stop_task(scope, id)?;
    core.finish_instant();
    Ok(json!({"stopped": id}))
}

/// `{}`.
pub(super) fn turn_unhealthy(core: &mut Core, scope: &Scope, id: &str, form: Form) -> Result<Value, ControlError> {
    form.close()?;
    core.world.turn_unhealthy(scope, id)?;
    core.finish_instant();
    Ok(json!({"unhealthy": id}))
}

/// `{"reads": n}` and `{"monotonic": false}` set the knobs, `{"heal": true}` ends the staleness there is.
pub(super) fn consistency(core: &mut Core, mut form: Form) -> Result<Value, ControlError> {
    let reads: Option<u32> = form.integer("reads")?;
    let monotonic = form.choice("monotonic")?;
    let heal = form.flag("heal")?;
    if reads.is_none() && monotonic.is_none() && !heal {
        return Err(ControlError::new(400, "one of reads, monotonic, heal is required"));
    }
    form.close()?;
    let knobs = core.world.knobs_mut();
    knobs.stale_reads = reads.unwrap_or(knobs.stale_reads);
    knobs.monotonic_reads = monotonic.unwrap_or(knobs.monotonic_reads);
    let answer = json!({"reads": knobs.stale_reads, "monotonic": knobs.monotonic_reads});
    if heal {
        core.consistency.heal();
    }
    Ok(answer)
}

/// All knobs as they stand.
pub(super) fn knobs(core: &Core) -> Result<Value, ControlError> {
    serde_json::to_value(core.world.knobs()).map_err(|error| ControlError::new(500, error.to_string()))
}

/// Sets the knobs that the body names; the others stay.
pub(super) fn set_knobs(core: &mut Core, form: Form) -> Result<Value, ControlError> {
    let mut all = knobs(core)?;
    let named = form.into_rest();
    // One by one, so that what is said names the knob.
    for (name, value) in &named {
        let one = json!({ name.as_str(): value });
        let check: Result<Knobs, _> = serde_json::from_value(one);
        check.map_err(|error| ControlError::new(400, format!("{name}: {error}")))?;
    }
    if let Value::Object(all) = &mut all {
        all.extend(named);
    }
    let knobs_now: Knobs = serde_json::from_value(all).map_err(|error| ControlError::new(400, error.to_string()))?;
    *core.world.knobs_mut() = knobs_now;
    knobs(core)
}
