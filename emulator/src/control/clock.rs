//! `POST clock`: moving virtual time by hand.

use serde_json::{Value, json};

use super::outcome::{ControlError, Routed};
use crate::clock::ClockMode;
use crate::form::Form;
use crate::handle::Core;
use crate::timestamp;

/// The time that `settle` looks ahead unless told otherwise: 30 days of virtual time.
const SETTLE_LIMIT_SECONDS: i64 = 30 * 24 * 3600;
/// Longest single move: 100 years.
const MOVE_LIMIT_SECONDS: f64 = 3.2e9;

/// `{"advance_seconds"}`, `{"until"}`, `{"next": "event" or "milestone"}`, `{"settle": true, "limit_seconds"}` or
/// `{"mode"}`. What may take long is answered as a journey.
pub(super) fn post(core: &mut Core, mut form: Form) -> Result<Routed, ControlError> {
    let before = core.observers.last_seq();
    if let Some(seconds) = form.number("advance_seconds", 0.0, MOVE_LIMIT_SECONDS)? {
        form.close()?;
        #[expect(clippy::cast_possible_truncation, reason = "the number is bounded by the line above")]
        return Ok(Routed::Journey(core.journey_by((seconds * 1000.0).round() as i64)));
    }
    if let Some(until) = form.text("until")? {
        let until = timestamp::parse(&until).map_err(|error| form.error("until", error))?;
        form.close()?;
        return Ok(Routed::Journey(core.journey_to(until)));
    }
    if let Some(next) = form.text("next")? {
        let unknown = form.error("next", format!("'{next}' is neither event nor milestone"));
        form.close()?;
        return match next.as_str() {
            "event" => {
                core.step_to_event();
                Ok(Routed::Answer(answer(core, before)))
            }
            "milestone" => Ok(Routed::Journey(core.journey_to_milestone())),
            _ => Err(unknown.into()),
        };
    }
    if form.flag("settle")? {
        let limit = form.integer::<i64>("limit_seconds")?.unwrap_or(SETTLE_LIMIT_SECONDS);
        form.close()?;
        let limit_ms = limit.clamp(0, i64::MAX / 2000) * 1000;
        return Ok(Routed::Journey(core.journey_to_rest(limit_ms)));
    }
    let Some(mode) = form.text("mode")? else {
        form.close()?;
        return Err(ControlError::new(
            400,
            "one of advance_seconds, until, next, settle, mode is required, with a value that moves the clock",
        ));
    };
    let mode: ClockMode = mode.parse().map_err(|error: String| form.error("mode", error))?;
    form.close()?;
    core.clock.set_mode(mode);
    core.observers.clock_changed();
    Ok(Routed::Answer(answer(core, before)))
}

/// The time reached, how many events that took, and how many are still pending.
pub(super) fn answer(core: &Core, before: u64) -> Value {
    json!({
        "now": timestamp::render(core.world.now_ms()),
        "processed": core.observers.last_seq().saturating_sub(before),
        "pending": core.world.pending(),
    })
}
