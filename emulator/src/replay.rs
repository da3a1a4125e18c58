//! Repeating a run from its journal: the same inputs again, and a comparison of everything that came out.
//!
//! The journal holds what the world was started with and every request and control call with its virtual time. Since
//! the world after an input is a function of virtual time, a replay needs neither the clock's mode nor what moved it:
//! it advances to the time of each input and feeds it. Answers, scheduled calls and events are compared as they stand
//! in the journal, byte by byte but for the sequence numbers, which also count moves of time.

mod compare;

use std::collections::VecDeque;
use std::io::{self, BufRead};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde_json::{Map, Value};

pub use self::compare::Difference;
use self::compare::{difference, name, output};
use crate::api::{ApiError, ErrorKind, Scope};
use crate::clock::ClockMode;
use crate::faults::RATE;
use crate::handle::{BuildError, Emulator};
use crate::journal::JournalLimits;
use crate::knobs::Knobs;
use crate::scenario::Scenario;
use crate::timestamp;
use crate::wire::{Incoming, Principal, Service};

/// The reason for which a journal cannot be replayed.
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
        /// The mistake and what to do about it.
        problem: String,
    },
    /// The world cannot be started as it was.
    #[error("line {line}: the world cannot be started as it was: {source}")]
    Start {
        /// Line, from 1.
        line: usize,
        /// The reason.
        source: BuildError,
    },
}

/// The result of a replay.
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
    /// Lines in which or before which a run was cut; what is known of it ends there.
    pub cut_lines: Vec<usize>,
    /// The first difference; the replay ends there.
    pub difference: Option<Difference>,
}

/// Replays a journal in its file form, one JSON object a line. A line that was cut, by a process that was killed or a disk
/// that was full, ends what is known of its run; the next line begins another one.
pub fn replay(journal: impl BufRead) -> Result<Replay, ReplayError> {
    let mut run = Run::default();
    let (mut journal, mut bytes) = (journal, Vec::new());
    let mut number = 0;
    loop {
        bytes.clear();
        if journal.read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        number += 1;
        if !bytes.trim_ascii().is_empty() {
            run.line(number, &bytes)?;
        }
        if run.found.difference.is_some() {
            break;
        }
    }
    if run.emulator.is_none() {
        return Err(problem(
            number.max(1),
            "has no run: a journal begins with the start of one",
        ));
    }
    run.finish();
    Ok(run.found)
}

/// Outputs of a journal that are kept until the replay is brought as far.
const WINDOW: usize = 10_000;

/// A replay under way.
#[derive(Debug, Default)]
struct Run {
    emulator: Option<Emulator>,
    /// Output of the journal that has not been compared, with the lines.
    recorded: VecDeque<(usize, Map<String, Value>)>,
    /// Output of the replay that has not been compared.
    produced: VecDeque<Map<String, Value>>,
    /// The line compared last.
    line: usize,
    /// Virtual time that the journal has reached.
    reached: i64,
    /// A line that is no JSON: only a new run may follow.
    cut: Option<(usize, serde_json::Error)>,
    found: Replay,
}

impl Run {
    fn line(&mut self, line: usize, bytes: &[u8]) -> Result<(), ReplayError> {
        let entry: Map<String, Value> = match serde_json::from_slice(bytes) {
            Ok(entry) => entry,
            Err(error) if self.cut.is_none() && self.emulator.is_some() => {
                self.cut = Some((line, error));
                return Ok(());
            }
            Err(error) if self.emulator.is_none() => {
                let text = format!(
                    "is no JSON object, so no run begins here ({error}); was the journal cut in its first line?"
                );
                return Err(problem(line, text));
            }
            Err(error) => return Err(problem(line, format!("is no JSON object: {error}"))),
        };
        match &self.cut {
            Some((cut, error)) if !entry.contains_key("start") => Err(problem(
                *cut,
                format!("is no JSON object, and no run begins after it: {error}"),
            )),
            _ => self.entry(line, entry),
        }
    }

    fn entry(&mut self, line: usize, entry: Map<String, Value>) -> Result<(), ReplayError> {
        if let Some(start) = entry.get("start") {
            self.finish();
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
        if !is_input {
            self.recorded.push_back((line, entry));
            // Whatever happened before this moment has been caused by time alone.
            if self.recorded.len() >= WINDOW {
                self.reach(&emulator, self.reached - 1);
            }
            return Ok(());
        }
        self.reach(&emulator, self.reached);
        if entry.contains_key("control") {
            // What a control call causes stands before it in the journal.
            self.control(line, &emulator, &entry)?;
        } else {
            let (incoming, refused_by_rate) = incoming(line, &entry)?;
            emulator.repeat(&incoming, refused_by_rate);
            self.found.requests += 1;
            self.recorded.push_back((line, entry));
        }
        self.compare(&emulator);
        self.end_of_input();
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
            .tap()
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
        if let Some(entries) = start.get("journal_limit").and_then(Value::as_u64) {
            builder = builder.journal_limits(JournalLimits {
                entries: usize::try_from(entries).unwrap_or(usize::MAX),
                ..JournalLimits::default()
            });
        }
        if let Some(scenario) = start.get("scenario").filter(|scenario| !scenario.is_null()) {
            let member = |name: &str| scenario.get(name).and_then(Value::as_str).unwrap_or_default();
            let scenario = Scenario::parse(member("file"), member("text")).map_err(|error| ReplayError::Start {
                line,
                source: error.into(),
            })?;
            builder = builder.scenario(scenario);
        }
        self.reached = 0;
        self.emulator = Some(builder.build().map_err(|source| ReplayError::Start { line, source })?);
        Ok(())
    }

    /// Feeds a control call. What moved time is not repeated: the time that it reached is.
    fn control(&mut self, line: usize, emulator: &Emulator, entry: &Map<String, Value>) -> Result<(), ReplayError> {
        let control = entry.get("control").and_then(Value::as_str).unwrap_or_default();
        let (method, path) = control
            .split_once(' ')
            .ok_or_else(|| problem(line, "control: must be a method and a path"))?;
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

    /// Advances to a time, portion by portion, and compares what comes out on the way.
    fn reach(&mut self, emulator: &Emulator, time_ms: i64) {
        loop {
            let there = emulator.reach(time_ms);
            self.compare(emulator);
            if there || self.found.difference.is_some() {
                return;
            }
        }
    }

    /// Compares, pair by pair, what the journal says with what came out, and notes the first difference.
    fn compare(&mut self, emulator: &Emulator) {
        self.produced
            .extend(emulator.take_journal().into_iter().filter_map(output));
        while self.found.difference.is_none()
            && !self.recorded.is_empty()
            && let Some(replayed) = self.produced.pop_front()
            && let Some((line, mut recorded)) = self.recorded.pop_front()
        {
            recorded.remove("seq");
            self.line = line;
            self.found.compared += 1;
            self.found.difference = difference(line, &recorded, Some(&replayed));
        }
    }

    /// After an input nothing is left that one of the two knows alone.
    fn end_of_input(&mut self) {
        if self.found.difference.is_some() {
            return;
        }
        if let Some((line, recorded)) = self.recorded.pop_front() {
            self.found.difference = difference(line, &recorded, None);
        } else if let Some(more) = self.produced.pop_front() {
            self.found.difference = Some(Difference {
                line: self.line,
                what: format!("after this line the replay has another entry, {}", name(&more)),
                recorded: None,
                replayed: Some(Value::Object(more).to_string()),
            });
        }
    }

    /// Ends a run. If its process was killed, the last input may be missing in part or as a whole: what it caused stands
    /// before it.
    fn finish(&mut self) {
        let Some(emulator) = self.emulator.clone().filter(|_| self.found.difference.is_none()) else {
            return;
        };
        self.reach(&emulator, self.reached);
        let torn = !self.recorded.is_empty() || !self.produced.is_empty();
        let cut = self.cut.take().map(|(line, _)| line);
        self.found.cut_lines.extend(cut.or(torn.then_some(self.line + 1)));
        self.recorded.clear();
        self.produced.clear();
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
        protocol: service.protocol(),
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
pub(crate) mod tests;
