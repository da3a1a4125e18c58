//! Faults in their JSON form, as control calls and scenarios write them.
//!
//! | form | what it is |
//! |---|---|
//! | `{"operation", "resource", "account", "region", "after", "count", "probability", "effect", "must_fire"}` | rule |
//! | `{"image", "effect", "seconds", "after", "count"}` | images that break, at once or at `when` |
//! | `{"image", "effect": "moved"}` | tags that stand for other contents from then on |
//! | `{"effect": "no_capacity", "capacity_provider", "after", "count"}` | machines that cannot be had |
//! | `{"effect": "slow_drain", "factor", "capacity_provider", "after", "count"}` | drains that take longer |
//! | `{"call": {"operation", "body"}, "when"}` | call as another principal |
//! | `{"alarm", "state", "when"}` | alarm that changes |
//!
//! Any of them may carry `id` and `must_fire`; those with `when` also `account` and `region`. `when` is `{"at": TIME}`, or `{"daemon": GLOB}` with
//! `"deployment": STATUS`, `"batch": NUMBER` or `"bake": "start"`.

use std::time::Duration;

use serde_json::Value;

use super::{Action, Condition, Effect, Fault, FaultRule, Glob, Turn, checks};
use crate::api::Scope;
use crate::form::{Form, FormError, nearest};
use crate::timestamp;
use crate::world::{ImageEffect, ImageFault, Window, WorldFault};

/// Longest time until an image breaks: a year.
const LONGEST_SECONDS: u32 = 31_536_000;
/// Largest factor of a slow drain.
const LONGEST_FACTOR: u32 = 1000;

/// Effects on requests.
const ON_REQUESTS: [&str; 10] = [
    "throttle",
    "server_error",
    "error",
    "timeout",
    "reset",
    "lost_reply",
    "stale",
    "slow",
    "truncated",
    "extra_members",
];
/// Effects on tasks of images, which name an image.
const ON_IMAGES: [&str; 4] = ["fails_to_start", "exits", "unhealthy", "moved"];
/// Effects on the fleet.
const ON_FLEETS: [&str; 2] = ["no_capacity", "slow_drain"];

/// A fault that was read, with what the list needs beside it.
#[derive(Clone, Debug)]
pub(crate) struct Parsed {
    pub(crate) id: Option<String>,
    pub(crate) fault: Fault,
    pub(crate) must_fire: bool,
}

/// Reads a fault. `scope` is where actions happen unless they name an account or region.
pub(crate) fn parse(value: Value, path: &str, scope: &Scope, now_ms: i64) -> Result<Parsed, FormError> {
    let mut form = Form::open(value, path)?;
    let id = checks::named(&mut form, "id")?;
    let must_fire = form.flag("must_fire")?;
    let fault = if form.has("image") && form.is_text("effect", "moved") {
        moved(&mut form, scope, now_ms)?
    } else if form.has("image") {
        image(&mut form, scope, now_ms)?
    } else if form.has("call") {
        call(&mut form, scope, now_ms)?
    } else if form.has("alarm") {
        alarm(&mut form, scope, now_ms)?
    } else if ON_FLEETS.iter().any(|effect| form.is_text("effect", effect)) {
        fleet(&mut form, scope, now_ms)?
    } else if ON_IMAGES.iter().any(|effect| form.is_text("effect", effect)) {
        return Err(form.missing("image"));
    } else if form.has("effect") {
        Fault::Request(rule(&mut form, id.clone(), must_fire)?)
    } else {
        let misspelt = form.misspelt(&["effect", "image", "call", "alarm"]);
        return Err(misspelt.unwrap_or_else(|| form.error_here("one of effect, image, call, alarm is required")));
    };
    form.close()?;
    Ok(Parsed { id, fault, must_fire })
}

fn rule(form: &mut Form, id: Option<String>, must_fire: bool) -> Result<FaultRule, FormError> {
    let count = count(form)?;
    Ok(FaultRule {
        id,
        operation: checks::operations(form)?,
        resource: checks::named(form, "resource")?.map(Glob::new),
        account: checks::account(form)?,
        region: checks::region(form)?,
        after: form.integer("after")?.unwrap_or(0),
        count,
        probability: form.number("probability", 0.0, 1.0)?.unwrap_or(1.0),
        effect: effect(form)?,
        must_fire,
    })
}

/// `count`: 1 when absent, for ever when null or, since TOML knows no null, `"for_ever"`.
fn count(form: &mut Form) -> Result<Option<u32>, FormError> {
    if form.is_text("count", "for_ever") {
        form.take("count");
        return Ok(None);
    }
    let absent = !form.has("count");
    match form.integer("count")? {
        Some(0) => Err(form.error("count", "must be at least 1; a fault that never applies does nothing")),
        count => Ok(count.or(absent.then_some(1))),
    }
}

/// `"throttle"`, or `{"slow": {"seconds": 3}}`. Parameters may also stand beside the name: `"slow", "seconds": 3`.
fn effect(form: &mut Form) -> Result<Effect, FormError> {
    match form.take("effect") {
        Some(Value::String(name)) => named_effect(&name, form),
        Some(Value::Object(members)) if members.len() == 1 => {
            let (name, parameters) = members.into_iter().next().unwrap_or_default();
            let mut parameters = Form::open(parameters, form.at(&format!("effect.{name}")))?;
            let effect = named_effect(&name, &mut parameters)?;
            parameters.close()?;
            Ok(effect)
        }
        Some(_) => Err(form.error("effect", "must be a name, or an object with one name")),
        None => Err(form.missing("effect")),
    }
}

fn named_effect(name: &str, parameters: &mut Form) -> Result<Effect, FormError> {
    Ok(match name {
        "throttle" => Effect::Throttle,
        "server_error" => Effect::ServerError,
        "error" => Effect::Error {
            kind: checks::required_name(parameters, "type")?,
            message: parameters.text("message")?.unwrap_or_default(),
            status: status(parameters)?,
        },
        "timeout" => Effect::Timeout,
        "reset" => Effect::Reset,
        "lost_reply" => Effect::LostReply,
        "stale" => Effect::Stale,
        "slow" => {
            let seconds = parameters.number("seconds", 0.0, 86_400.0)?;
            Effect::Slow(Duration::from_secs_f64(
                seconds.ok_or_else(|| parameters.missing("seconds"))?,
            ))
        }
        "truncated" => Effect::Truncated,
        "extra_members" => Effect::ExtraMembers,
        _ => {
            return Err(parameters.error("effect", unknown_effect(name)));
        }
    })
}

fn unknown_effect(name: &str) -> String {
    let all = ON_REQUESTS.into_iter().chain(ON_IMAGES).chain(ON_FLEETS);
    let nearest = nearest(name, all).map_or(String::new(), |nearest| format!("the nearest effect is {nearest}; "));
    format!(
        "'{name}' is not known; {nearest}effects on requests are {}, on images {}, on fleets {}",
        ON_REQUESTS.join(", "),
        ON_IMAGES.join(", "),
        ON_FLEETS.join(", "),
    )
}

/// HTTP status of an error: 400 unless given.
fn status(form: &mut Form) -> Result<u16, FormError> {
    let status = form.integer::<u16>("status")?.unwrap_or(400);
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(form.error("status", "must be from 400 to 599"))
    }
}

fn image(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    let count = count(form)?;
    let seconds: Option<u32> = form.integer("seconds")?;
    if seconds.is_some_and(|seconds| seconds > LONGEST_SECONDS) {
        return Err(form.error("seconds", format!("must be at most {LONGEST_SECONDS}")));
    }
    let fault = ImageFault {
        image: checks::required_name(form, "image")?,
        effect: image_effect(form)?,
        after: form.integer("after")?.unwrap_or(0),
        count,
    };
    world(WorldFault::Image { fault, seconds }, form, scope, now_ms)
}

fn moved(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    form.take("effect");
    let image = checks::required_name(form, "image")?;
    world(WorldFault::TagMoved { image }, form, scope, now_ms)
}

fn fleet(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    let window = Window {
        provider: checks::named(form, "capacity_provider")?.unwrap_or_else(|| "*".to_owned()),
        after: form.integer("after")?.unwrap_or(0),
        count: count(form)?,
    };
    let fault = if form.required_text("effect")? == "no_capacity" {
        WorldFault::NoCapacity(window)
    } else {
        let factor = form.integer::<u32>("factor")?;
        let factor = factor.filter(|factor| (1..=LONGEST_FACTOR).contains(factor));
        let out_of_range = || form.error("factor", format!("must be from 1 to {LONGEST_FACTOR}"));
        let factor = factor.ok_or_else(|| form.misspelt(&["factor"]).unwrap_or_else(out_of_range))?;
        WorldFault::SlowDrain { window, factor }
    };
    world(fault, form, scope, now_ms)
}

/// A rule of the world, in force at once or at its moment.
fn world(fault: WorldFault, form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    let scope = own_scope(form, scope)?;
    Ok(match condition(form, &scope, now_ms)? {
        None => Fault::World(fault),
        Some(condition) => Fault::Action(condition, Action::World { scope, fault }),
    })
}

fn image_effect(form: &mut Form) -> Result<ImageEffect, FormError> {
    match form.required_text("effect")?.as_str() {
        "fails_to_start" => Ok(ImageEffect::FailsToStart),
        "exits" => Ok(ImageEffect::Exits),
        "unhealthy" => Ok(ImageEffect::Unhealthy),
        other => {
            let nearest =
                nearest(other, ON_IMAGES).map_or(String::new(), |nearest| format!("the nearest is {nearest}; "));
            let message =
                format!("'{other}' is not known; {nearest}images have fails_to_start, exits, unhealthy or moved");
            Err(form.error("effect", message))
        }
    }
}

fn call(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    let scope = own_scope(form, scope)?;
    let mut call = form
        .object("call")?
        .ok_or_else(|| form.error("call", "must be an object"))?;
    let operation = call.required_text("operation")?;
    let body = call.object("body")?.map(Form::into_rest).unwrap_or_default();
    call.nothing_else()?;
    checks::call(&call, &operation, &body)?;
    let condition = condition(form, &scope, now_ms)?.unwrap_or(Condition::At(now_ms));
    Ok(Fault::Action(condition, Action::Call { scope, operation, body }))
}

fn alarm(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Fault, FormError> {
    let scope = own_scope(form, scope)?;
    let name = checks::required_name(form, "alarm")?;
    let state = checks::alarm_state(form)?;
    let condition = condition(form, &scope, now_ms)?.unwrap_or(Condition::At(now_ms));
    Ok(Fault::Action(condition, Action::Alarm { scope, name, state }))
}

fn own_scope(form: &mut Form, scope: &Scope) -> Result<Scope, FormError> {
    Ok(Scope {
        account: checks::account(form)?.unwrap_or_else(|| scope.account.clone()),
        region: checks::region(form)?.unwrap_or_else(|| scope.region.clone()),
    })
}

/// `when`: a point in virtual time (ISO 8601, or seconds from now), or a turn of a deployment.
pub(crate) fn condition(form: &mut Form, scope: &Scope, now_ms: i64) -> Result<Option<Condition>, FormError> {
    let Some(mut when) = form.object("when")? else {
        return Ok(None);
    };
    let condition = match when.take("at") {
        Some(Value::String(text)) => Condition::At(timestamp::parse(&text).map_err(|error| when.error("at", error))?),
        Some(Value::Number(seconds)) => {
            let seconds = seconds.as_i64().filter(|seconds| (0..=1_000_000_000).contains(seconds));
            let seconds = seconds.ok_or_else(|| when.error("at", "must be a time, or whole seconds from now"))?;
            Condition::At(now_ms.saturating_add(seconds * 1000))
        }
        Some(_) => return Err(when.error("at", "must be a time, or whole seconds from now")),
        None => Condition::Daemon {
            scope: scope.clone(),
            daemon: Glob::new(when.text("daemon")?.unwrap_or_else(|| "*".to_owned())),
            turn: turn(&mut when)?,
        },
    };
    when.close()?;
    Ok(Some(condition))
}

fn turn(when: &mut Form) -> Result<Turn, FormError> {
    for name in ["deployment", "batch", "bake"] {
        when.know(name);
    }
    if let Some(status) = when.text("deployment")? {
        return Ok(Turn::Status(checks::status(when, status)?));
    }
    if let Some(number) = when.integer::<u32>("batch")? {
        if number == 0 {
            return Err(when.error("batch", "must be at least 1: batches are counted from there"));
        }
        return Ok(Turn::Batch(number.into()));
    }
    match when.text("bake")?.as_deref() {
        Some("start") => Ok(Turn::BakeStart),
        Some(other) => Err(when.error("bake", format!("'{other}' is not known; only start is"))),
        None => {
            let misspelt = when.misspelt(&["at", "deployment", "batch", "bake"]);
            Err(misspelt.unwrap_or_else(|| when.error_here("one of at, deployment, batch, bake is required")))
        }
    }
}
