//! `POST clock`: moving virtual time by hand.

use serde_json::{Value, json};

use super::ControlError;
use crate::clock::ClockMode;
use crate::form::Form;
use crate::handle::Core;
use crate::timestamp;

/// How long `settle` looks ahead unless told otherwise: 30 days of virtual time.
const SETTLE_LIMIT_SECONDS: i64 = 30 * 24 * 3600;
/// Longest single move: 100 years.
const MOVE_LIMIT_SECONDS: f64 = 3.2e9;

/// `{"advance_seconds"}`, `{"until"}`, `{"next": "event" or "milestone"}`, `{"settle": true, "limit_seconds"}` or
/// `{"mode"}`. Answers the time reached, how many events that took, and how many are still pending.
pub(super) fn post(core: &mut Core, mut form: Form) -> Result<Value, ControlError> {
    let before = core.observers.last_seq();
    let mut settled = None;
    if let Some(seconds) = form.number("advance_seconds", 0.0, MOVE_LIMIT_SECONDS)? {
        form.close()?;
        #[expect(clippy::cast_possible_truncation, reason = "the number is bounded by the line above")]
        core.advance_by((seconds * 1000.0).round() as i64);
    } else if let Some(until) = form.text("until")? {
        let until = timestamp::parse(&until).map_err(|error| form.error("until", error))?;
        form.close()?;
        core.move_to(until);
    } else if let Some(next) = form.text("next")? {
        let what = form.error("next", format!("'{next}' is neither event nor milestone"));
        form.close()?;
        match next.as_str() {
            "event" => core.step_to_event(),
            "milestone" => core.jump_to_milestone(),
            _ => return Err(what.into()),
        };
    } else if form.flag("settle")? {
        let limit = form.integer::<i64>("limit_seconds")?.unwrap_or(SETTLE_LIMIT_SECONDS);
        form.close()?;
        settled = Some(core.settle(limit.clamp(0, i64::MAX / 2000) * 1000));
    } else if let Some(mode) = form.text("mode")? {
        let mode: ClockMode = mode.parse().map_err(|error: String| form.error("mode", error))?;
        form.close()?;
        core.clock.set_mode(mode);
        core.observers.clock_changed();
    } else {
        form.close()?;
        return Err(ControlError::new(
            400,
            "one of advance_seconds, until, next, settle, mode is required",
        ));
    }
    let mut answer = json!({
        "now": timestamp::render(core.world.now_ms()),
        "processed": core.observers.last_seq() - before,
        "pending": core.world.pending(),
    });
    if let (Some(settled), Value::Object(members)) = (settled, &mut answer) {
        members.insert("settled".to_owned(), settled.into());
    }
    Ok(answer)
}
