//! The control API: what a test or a demo does to the emulated world without being an AWS client.
//!
//! Everything lies under `/_emulator/`. `?account=&region=` choose the scope of a call; alone each of them goes with
//! the default of the other. Bodies and answers are JSON, errors are `{"error": TEXT}` and name path and member.

mod calls;
mod clock;
mod command;
mod faults;
mod outcome;
mod query;
mod record;
mod reference;
mod schema;
mod state;
mod world;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};

use self::calls::route;
use self::command::Command;
pub use self::outcome::ControlError;
use self::outcome::Routed;
use self::query::{Query, percent_decode};
pub use self::reference::document as control_reference;
use crate::handle::{Core, Journey};
use crate::wire::{BODY_LIMIT, Outcome, Reply, control_answer};

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
    // How the emulator is doing is told in any case.
    let must_be_kept = method != "GET" || segments != "health";
    if let (true, Err(unkept)) = (must_be_kept, core.ready()) {
        return Begun::Over(Err(unkept.into()));
    }
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
        core.note_control(method, path, command.body.clone());
    }
    // One that was refused may have left something, and a replay refuses it again.
    let kept = match (method, segments) {
        ("POST", "clock") if result.is_ok() => core.keep_clock(command.body),
        ("GET", _) | (_, "clock") => core.keep_time(),
        _ => core.keep_control(method, path, command.body),
    };
    let result = result.map_err(|error| ControlError {
        message: format!("{method} /_emulator/{segments}: {}", error.message),
        ..error
    });
    Begun::Over(match kept {
        Err(unkept) if must_be_kept => Err(unkept.into()),
        _ => result,
    })
}

/// Goes on with a control call that moves time. None: it is not over.
pub(crate) fn proceed(core: &mut Core, motion: &Motion) -> Option<Result<Value, ControlError>> {
    let met = core.go_on(&motion.journey)?;
    let mut answer = clock::answer(core, motion.before);
    if let (true, Value::Object(members)) = (motion.settles, &mut answer) {
        members.insert("settled".to_owned(), met.into());
        if !met {
            members.insert("moving".to_owned(), core.world.moving(None));
        }
    }
    // Time may have passed without an event.
    core.observers.clock_changed();
    core.note_control("POST", "clock", motion.body.clone());
    let kept = core.keep_clock(motion.body.clone());
    Some(kept.map(|()| answer).map_err(ControlError::from))
}
