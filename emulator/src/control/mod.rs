//! The control API: what a test or a demo does to the emulated world without being an AWS client.
//!
//! Everything lies under `/_emulator/`. `?account=&region=` choose the scope of a call; alone each of them goes with
//! the default of the other. Bodies and answers are JSON, errors are `{"error": TEXT}` and name path and member.

mod clock;
mod faults;
mod outcome;
mod query;
mod world;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

pub use self::outcome::ControlError;
use self::outcome::Routed;
use self::query::{Query, percent_decode};
use crate::form::{Form, FormError};
use crate::handle::{Core, Journey};
use crate::journal::Filter;
use crate::timestamp;
use crate::wire::{BODY_LIMIT, Outcome, Reply, control_answer};

/// A control call that has been taken apart.
struct Command<'c> {
    /// Segments of the path after `/_emulator/`, decoded.
    path: Vec<String>,
    query: Query,
    method: &'c str,
    body: Value,
}

impl Command<'_> {
    fn form(&self) -> Result<Form, FormError> {
        Form::open(self.body.clone(), "")
    }
}

/// A control call that moves time, portion by portion, so that others are answered in between.
pub(crate) struct Motion {
    journey: Journey,
    /// Number of the latest event at the start.
    before: u64,
    body: Value,
    /// True if the answer tells if the world came to rest.
    settles: bool,
}

/// The state of a control call.
pub(crate) enum Begun {
    Over(Result<Value, ControlError>),
    Moving(Motion),
}

/// Begins to answer a control call over HTTP. `path` is what follows `/_emulator/`.
pub(crate) fn receive(core: &mut Core, request: &Request<Bytes>, path: &str) -> Begun {
    let path = request
        .uri()
        .query()
        .map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    match body_of(request) {
        Ok(body) => begin(core, request.method().as_str(), &path, body),
        Err(error) => Begun::Over(Err(error)),
    }
}

/// An answer over HTTP.
pub(crate) fn reply(result: Result<Value, ControlError>) -> Reply {
    let response = match result {
        Ok(answer) => control_answer(200, &answer),
        Err(error) => control_answer(error.status, &json!({"error": error.message})),
    };
    Outcome::Answer(response).into()
}

/// The JSON body of a control call. A POST must say that it is JSON, which keeps web pages from posting forms here.
fn body_of(request: &Request<Bytes>) -> Result<Option<Value>, ControlError> {
    if request.method() == http::Method::POST {
        let content_type = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        if content_type.split(';').next().map(str::trim) != Some("application/json") {
            return Err(ControlError::new(
                415,
                "control calls need the header content-type: application/json",
            ));
        }
    }
    if request.body().len() > BODY_LIMIT {
        let text = format!("the body is larger than {BODY_LIMIT} bytes; send what it asks for in several calls");
        return Err(ControlError::new(413, text));
    }
    if request.body().iter().all(u8::is_ascii_whitespace) {
        return Ok(None);
    }
    serde_json::from_slice(request.body())
        .map(Some)
        .map_err(|error| ControlError::new(400, format!("the body is not valid JSON: {error}")))
}

/// Begins to carry out a control call. `path` may have a query; no body counts as an empty object.
pub(crate) fn begin(core: &mut Core, method: &str, path: &str, body: Option<Value>) -> Begun {
    let (segments, query) = path.split_once('?').unwrap_or((path, ""));
    let command = Command {
        path: segments.split('/').map(percent_decode).collect(),
        query: Query::parse(query),
        method,
        body: body.unwrap_or_else(|| json!({})),
    };
    core.sync();
    let result = match command.query.check().and_then(|()| route(core, &command)) {
        Ok(Routed::Journey(journey)) => {
            return Begun::Moving(Motion {
                before: core.observers.last_seq(),
                settles: journey.ends_at_rest(),
                journey,
                body: command.body,
            });
        }
        Ok(Routed::Answer(answer)) => Ok(answer),
        Err(error) => Err(error),
    };
    if result.is_ok() && method != "GET" && segments != "reset" {
        core.note_control(method, path, command.body);
    }
    Begun::Over(result.map_err(|error| ControlError {
        message: format!("{method} /_emulator/{segments}: {}", error.message),
        ..error
    }))
}

/// Goes on with a control call that moves time. None: it is not over.
pub(crate) fn proceed(core: &mut Core, motion: &Motion) -> Option<Value> {
    let met = core.go_on(&motion.journey)?;
    let mut answer = clock::answer(core, motion.before);
    if let (true, Value::Object(members)) = (motion.settles, &mut answer) {
        members.insert("settled".to_owned(), met.into());
        if !met {
            members.insert("moving".to_owned(), core.world.moving(None));
        }
    }
    core.note_control("POST", "clock", motion.body.clone());
    Some(answer)
}

fn route(core: &mut Core, command: &Command<'_>) -> Result<Routed, ControlError> {
    let path: Vec<&str> = command.path.iter().map(String::as_str).collect();
    match (command.method, path.as_slice()) {
        ("POST", ["clock"]) => clock::post(core, command.form()?),
        (_, path) => perform(core, command, path).map(Routed::Answer),
    }
}

fn perform(core: &mut Core, command: &Command<'_>, path: &[&str]) -> Result<Value, ControlError> {
    match (command.method, path) {
        ("GET", ["health"]) => Ok(health(core)),
        ("GET", ["journal"]) => Ok(Value::Array(core.journal.read(&journal_filter(&command.query)?))),
        ("GET", ["events"]) => Ok(Value::Array(core.observers.render())),
        ("GET", ["world"]) => Ok(core.world.view(command.query.scope_if_given().as_ref())),
        ("POST", ["instances"]) => world::add_instances(core, &command.query.scope(), command.form()?),
        ("POST", ["alarms", name]) => world::set_alarm(core, &command.query.scope(), name, command.form()?),
        ("POST", ["tasks", id, "stop"]) => world::stop_task(core, &command.query.scope(), id, command.form()?),
        ("POST", ["tasks", id, "unhealthy"]) => {
            world::turn_unhealthy(core, &command.query.scope(), id, command.form()?)
        }
        ("POST", ["consistency"]) => world::consistency(core, command.form()?),
        ("GET", ["knobs"]) => world::knobs(core),
        ("POST", ["knobs"]) => world::set_knobs(core, command.form()?),
        ("GET", ["faults"]) => Ok(faults::list(core)),
        ("POST", ["faults"]) => faults::add(core, &command.query.scope(), command.body.clone()),
        ("DELETE", ["faults"]) => Ok(faults::clear(core)),
        ("DELETE", ["faults", id]) => faults::remove(core, id),
        ("POST", ["reset"]) => reset(core, command.form()?),
        (method, path) => Err(unknown(method, path)),
    }
}

/// The answer to a call without a meaning.
fn unknown(method: &str, path: &[&str]) -> ControlError {
    let allowed = match path {
        ["events" | "health" | "journal" | "world"] => "GET",
        ["clock" | "instances" | "consistency" | "reset"] | ["alarms", _] | ["tasks", _, "stop" | "unhealthy"] => {
            "POST"
        }
        ["knobs"] => "GET and POST",
        ["faults"] => "GET, POST and DELETE",
        ["faults", _] => "DELETE",
        _ => {
            return ControlError::new(
                404,
                "there is no such path; there are alarms/NAME, clock, consistency, events, faults, health, instances, \
                 journal, knobs, reset, tasks/ID/stop, tasks/ID/unhealthy, world",
            );
        }
    };
    ControlError::new(405, format!("{method} is not possible here, only {allowed}"))
}

fn health(core: &Core) -> Value {
    let mut journal = json!({"last": core.journal.last_seq(), "dropped": core.journal.dropped()});
    let loss = core.journal.loss();
    if let (Some(error), Value::Object(members)) = (&loss.error, &mut journal) {
        members.insert("file".to_owned(), json!({"error": error, "lost": loss.entries}));
    }
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "clock": core.clock.mode().to_string(),
        "seed": core.setup.seed,
        "now": timestamp::render(core.world.now_ms()),
        "journal": journal,
    })
}

fn reset(core: &mut Core, form: Form) -> Result<Value, ControlError> {
    form.close()?;
    core.reset()
        .map_err(|error| ControlError::new(500, error.to_string()))?;
    Ok(health(core))
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
