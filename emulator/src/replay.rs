//! Repeating a run from its journal: the same inputs again, and a comparison of everything that came out.
//!
//! The journal holds what the world was started with and every request and control call with its virtual time. Since
//! the world after an input is a function of virtual time, a replay needs neither the clock's mode nor what moved it:
//! it advances to the time of each input and feeds it. Answers, scheduled calls and events are compared as they stand
//! in the journal, byte by byte but for the sequence numbers, which also count moves of time.

use std::fmt;
use std::io::{self, BufRead};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::api::{ApiError, ErrorKind, Scope};
use crate::clock::ClockMode;
use crate::faults::RATE;
use crate::handle::{BuildError, Emulator};
use crate::knobs::Knobs;
use crate::scenario::Scenario;
use crate::timestamp;
use crate::wire::{Incoming, Principal, Service};

/// Why a journal cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal cannot be read.
    #[error("the journal cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A line is none of a journal.
    #[error("line {line}: {problem}")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong with it and what to do about it.
        problem: String,
    },
    /// The world cannot be started as it was.
    #[error("line {line}: the world cannot be started as it was: {source}")]
    Start {
        /// Line, from 1.
        line: usize,
        /// Why not.
        source: BuildError,
    },
}

/// What a replay found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Requests of clients that were fed.
    pub requests: usize,
    /// Control calls that were fed.
    pub controls: usize,
    /// Answers, scheduled calls and events that were compared.
    pub compared: usize,
    /// Version that wrote the journal, when it is another one.
    pub other_version: Option<String>,
    /// The first difference; the replay ends there.
    pub difference: Option<Difference>,
}

/// Where a replay went another way than the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Line of the journal, from 1.
    pub line: usize,
    /// Entry and member in question.
    pub what: String,
    /// What the journal says; `None` when it says nothing.
    pub recorded: Option<String>,
    /// What the replay got; `None` when it got nothing.
    pub replayed: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(
            f,
            "line {}: {}\n  recorded: {}\n  replayed: {}",
            self.line,
            self.what,
            shown(&self.recorded),
            shown(&self.replayed)
        )
    }
}

/// Replays a journal in its file form, one JSON object a line.
pub fn replay(journal: impl BufRead) -> Result<Replay, ReplayError> {
    let mut run = Run::default();
    for (index, line) in journal.lines().enumerate() {
        let (number, line) = (index + 1, line?);
        if line.trim().is_empty() {
            continue;
        }
        let entry: Map<String, Value> =
            serde_json::from_str(&line).map_err(|error| problem(number, format!("is no JSON object: {error}")))?;
        run.entry(number, entry)?;
        if run.found.difference.is_some() {
            break;
        }
    }
    run.compare();
    Ok(run.found)
}

/// A replay under way.
#[derive(Debug, Default)]
struct Run {
    emulator: Option<Emulator>,
    /// What the journal says came out since the last comparison, with the lines.
    recorded: Vec<(usize, Map<String, Value>)>,
    /// Number of the last entry of the replay's own journal that has been compared.
    told: u64,
    /// Virtual time that the journal has reached.
    reached: i64,
    found: Replay,
}

impl Run {
    fn entry(&mut self, line: usize, entry: Map<String, Value>) -> Result<(), ReplayError> {
        if let Some(start) = entry.get("start") {
            self.compare();
            return self.start(line, start);
        }
        let emulator = self.emulator.clone().ok_or_else(|| {
            let text = "is no start of a run; use a journal that --journal has written from the start";
            problem(line, text)
        })?;
        self.reached = time(line, &entry)?;
        if entry.contains_key("clock") {
            return Ok(());
        }
        let is_input = !entry.contains_key("event") && entry.get("origin").is_none_or(|origin| origin != "action");
        if is_input && entry.contains_key("control") {
            // What a control call causes stands before it in the journal.
            self.control(line, &emulator, &entry)?;
            self.compare();
            return Ok(());
        }
        if is_input {
            let (incoming, refused_by_rate) = incoming(line, &entry)?;
            self.reach(&emulator);
            emulator.repeat(&incoming, refused_by_rate);
            self.found.requests += 1;
        }
        self.recorded.push((line, entry));
        if is_input {
            self.compare();
        }
        Ok(())
    }

    fn start(&mut self, line: usize, start: &Value) -> Result<(), ReplayError> {
        let text = |name: &str| start.get(name).and_then(Value::as_str);
        let missing = |name: &str| problem(line, format!("start.{name} is missing or of another form"));
        let version = text("version").ok_or_else(|| missing("version"))?;
        if version != env!("CARGO_PKG_VERSION") {
            self.found.other_version = Some(version.to_owned());
        }
        let mut knobs = start.get("knobs").cloned().unwrap_or_default();
        if let Value::Object(knobs) = &mut knobs {
            // What versions did that did not have the knob.
            knobs.entry("failed_first_deployment").or_insert_with(|| "kept".into());
        }
        let knobs: Knobs =
            serde_json::from_value(knobs).map_err(|error| problem(line, format!("start.knobs: {error}")))?;
        let mut builder = Emulator::builder()
            .clock(ClockMode::Manual)
            .knobs(knobs)
            .seed(
                start
                    .get("seed")
                    .and_then(Value::as_u64)
                    .ok_or_else(|| missing("seed"))?,
            )
            .epoch_ms(
                text("epoch")
                    .and_then(|epoch| timestamp::parse(epoch).ok())
                    .ok_or_else(|| missing("epoch"))?,
            );
        if let Some(scenario) = start.get("scenario").filter(|scenario| !scenario.is_null()) {
            let member = |name: &str| scenario.get(name).and_then(Value::as_str).unwrap_or_default();
            let scenario = Scenario::parse(member("file"), member("text")).map_err(|error| ReplayError::Start {
                line,
                source: error.into(),
            })?;
            builder = builder.scenario(scenario);
        }
        self.reached = 0;
        self.told = 0;
        self.emulator = Some(builder.build().map_err(|source| ReplayError::Start { line, source })?);
        Ok(())
    }

    /// Feeds a control call. What moved time is not repeated: the time that it reached is.
    fn control(&mut self, line: usize, emulator: &Emulator, entry: &Map<String, Value>) -> Result<(), ReplayError> {
        let control = entry.get("control").and_then(Value::as_str).unwrap_or_default();
        let (method, path) = control
            .split_once(' ')
            .ok_or_else(|| problem(line, "control: must be a method and a path"))?;
        self.reach(emulator);
        self.found.controls += 1;
        if path == "clock" {
            return Ok(());
        }
        let body = entry.get("request").cloned();
        emulator.control(method, path, body).map_err(|error| {
            problem(
                line,
                format!("the control call that was made then is refused now: {error}"),
            )
        })?;
        Ok(())
    }

    fn reach(&self, emulator: &Emulator) {
        while !emulator.reach(self.reached) {}
    }

    /// Compares what came out since the last time with what the journal says, and notes the first difference.
    fn compare(&mut self) {
        let Some(emulator) = self.emulator.clone() else { return };
        self.reach(&emulator);
        let (produced, told) = emulator.journal_after(self.told);
        self.told = told;
        let mut produced = produced.into_iter().filter_map(output).fuse();
        let mut line = 0;
        for (at, mut recorded) in std::mem::take(&mut self.recorded) {
            line = at;
            recorded.remove("seq");
            let replayed = produced.next();
            self.found.compared += 1;
            if let Some(difference) = difference(line, &recorded, replayed.as_ref()) {
                self.found.difference = Some(difference);
                return;
            }
        }
        if let Some(more) = produced.next() {
            self.found.difference = Some(Difference {
                line,
                what: format!("after this line the replay has another entry, {}", name(&more)),
                recorded: None,
                replayed: Some(Value::Object(more).to_string()),
            });
        }
    }
}

/// An entry of the replay's own journal that has its like in the other one: an answer or an event.
fn output(entry: Value) -> Option<Map<String, Value>> {
    match entry {
        Value::Object(mut entry) if !entry.contains_key("control") && !entry.contains_key("clock") => {
            entry.remove("seq");
            Some(entry)
        }
        _ => None,
    }
}

fn difference(line: usize, recorded: &Map<String, Value>, replayed: Option<&Map<String, Value>>) -> Option<Difference> {
    let Some(replayed) = replayed else {
        return Some(Difference {
            line,
            what: format!("{} did not happen", name(recorded)),
            recorded: Some(Value::Object(recorded.clone()).to_string()),
            replayed: None,
        });
    };
    if recorded == replayed {
        return None;
    }
    let (path, left, right) = first_difference(&Value::Object(recorded.clone()), &Value::Object(replayed.clone()));
    Some(Difference {
        line,
        what: format!("{} differs at {path}", name(recorded)),
        recorded: left.map(|value| value.to_string()),
        replayed: right.map(|value| value.to_string()),
    })
}

/// Path of the first place at which two values differ, with what stands there.
fn first_difference(left: &Value, right: &Value) -> (String, Option<Value>, Option<Value>) {
    let step = match (left, right) {
        (Value::Object(left), Value::Object(right)) => {
            let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
            keys.into_iter()
                .find(|key| left.get(*key) != right.get(*key))
                .map(|key| (key.clone(), left.get(key), right.get(key)))
        }
        (Value::Array(left), Value::Array(right)) => (0..left.len().max(right.len()))
            .find(|index| left.get(*index) != right.get(*index))
            .map(|index| (index.to_string(), left.get(index), right.get(index))),
        _ => None,
    };
    match step {
        None => (String::new(), Some(left.clone()), Some(right.clone())),
        Some((key, Some(left), Some(right))) => {
            let (path, left, right) = first_difference(left, right);
            let path = if path.is_empty() { key } else { format!("{key}.{path}") };
            (path, left, right)
        }
        Some((key, left, right)) => (key, left.cloned(), right.cloned()),
    }
}

/// What an entry is, for people.
fn name(entry: &Map<String, Value>) -> String {
    let text = |member: &str| entry.get(member).and_then(Value::as_str);
    match (text("event"), text("operation")) {
        (Some(event), _) => format!("the event {event}"),
        (None, Some(operation)) => format!("the answer of {operation}"),
        (None, None) => "the entry".to_owned(),
    }
}

fn problem(line: usize, problem: impl Into<String>) -> ReplayError {
    ReplayError::Line {
        line,
        problem: problem.into(),
    }
}

fn time(line: usize, entry: &Map<String, Value>) -> Result<i64, ReplayError> {
    let time = entry.get("time").and_then(Value::as_str).unwrap_or_default();
    timestamp::parse(time).map_err(|error| problem(line, format!("time: {error}")))
}

/// The request of an entry, and whether the published rates refused it.
fn incoming(line: usize, entry: &Map<String, Value>) -> Result<(Incoming, bool), ReplayError> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let service = entry.get("service").and_then(Value::as_str).unwrap_or("ecs");
    let service =
        Service::from_name(service).ok_or_else(|| problem(line, format!("service: '{service}' is unknown")))?;
    let body = match entry.get("body_base64").and_then(Value::as_str) {
        Some(encoded) => BASE64
            .decode(encoded)
            .map_err(|error| problem(line, format!("body_base64: {error}")))?,
        None => entry
            .get("request")
            .ok_or_else(|| problem(line, "is no request, control call, event or move of the clock"))?
            .to_string()
            .into_bytes(),
    };
    let incoming = Incoming {
        service,
        operation: text("operation"),
        principal: principal(line, entry)?,
        user_agent: text("user_agent"),
        body: Bytes::from(body),
    };
    Ok((incoming, text("fault") == RATE))
}

/// The caller of an entry. One that nobody signed was refused, and the refusal is all that is known about it.
fn principal(line: usize, entry: &Map<String, Value>) -> Result<Result<Principal, ApiError>, ReplayError> {
    let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let access_key = text("caller");
    if !access_key.is_empty() {
        let scope = Scope {
            account: text("account"),
            region: text("region"),
        };
        return Ok(Ok(Principal { access_key, scope }));
    }
    let error = |name: &str| {
        entry
            .get("error")
            .and_then(|error| error.get(name))
            .and_then(Value::as_str)
    };
    let kinds = [
        ErrorKind::MissingAuthenticationTokenException,
        ErrorKind::IncompleteSignatureException,
    ];
    let kind = kinds.into_iter().find(|kind| error("__type") == Some(&kind.name()));
    let kind = kind.ok_or_else(|| problem(line, "caller: is missing"))?;
    Ok(Err(ApiError::new(kind, error("message").unwrap_or_default())))
}

#[cfg(test)]
mod tests;
