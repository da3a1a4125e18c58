//! The record of a run, in order: requests with their answers, control actions, moves of time and events of the world.
//!
//! Together the entries hold every input of a run, beginning with what the world was started with, so that a run can
//! be repeated from its journal. Bodies are kept as bytes and rendered when read. Headers, signatures and session
//! tokens are never stored; of the caller only the access key id is, and the user agent.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::api::Scope;
use crate::records::events::Detail;
use crate::seeded;
use crate::stderr::tell;
use crate::timestamp;
use crate::wire::{BODY_LIMIT, Service};
use crate::world::WorldEvent;

/// Bounds of a journal; beyond them the oldest entries are dropped and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalLimits {
    /// Number of entries.
    pub entries: usize,
    /// Bytes of bodies and texts.
    pub bytes: usize,
}

impl Default for JournalLimits {
    fn default() -> Self {
        Self {
            entries: 100_000,
            bytes: 256 * 1024 * 1024,
        }
    }
}

/// A request and what became of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RequestRecord {
    pub(crate) operation: String,
    pub(crate) caller: String,
    pub(crate) user_agent: String,
    pub(crate) scope: Scope,
    #[serde(with = "crate::stored::bytes")]
    pub(crate) request: Bytes,
    /// Body as JSON and HTTP status; `None` when the request was neither executed nor answered.
    #[serde(with = "crate::stored::answer")]
    pub(crate) answer: Option<(Bytes, u16)>,
    /// Id of the fault rule that decided.
    pub(crate) fault: Option<String>,
    /// True if the answer reached the transport whole.
    pub(crate) delivered: bool,
    /// Its origin.
    pub(crate) origin: Origin,
    /// Number among the requests of its kind of origin; ids are drawn from it.
    pub(crate) number: u64,
}

/// Origin of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// A client, which asked this service.
    Client(Service),
    /// An action of the list of faults: no input, but a consequence of one.
    Action,
}

/// A control action.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ControlRecord {
    pub(crate) method: String,
    /// Path with query.
    pub(crate) path: String,
    #[serde(with = "crate::stored::json")]
    pub(crate) body: Value,
}

/// One entry of the journal. What is rare is boxed: most entries are events.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Record {
    Request(Box<RequestRecord>),
    Control(Box<ControlRecord>),
    /// A poll has moved time: virtual time before.
    Clock(i64),
    /// An event of the world.
    Event(Arc<WorldEvent>),
    /// The setup that a world was started with.
    Start(#[serde(with = "crate::stored::json")] Box<Value>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    seq: u64,
    time_ms: i64,
    size: usize,
    record: Record,
}

/// The entries that a reader wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Only requests of this operation.
    pub(crate) operation: Option<String>,
    /// Only entries after this sequence number.
    pub(crate) since: u64,
    /// At most this many, the latest ones.
    pub(crate) limit: Option<usize>,
    /// Only requests in this account and region.
    pub(crate) scope: Option<Scope>,
    /// Kinds besides requests: `control`, `clock`, `events`, `start`.
    pub(crate) include: Vec<String>,
}

/// The state of a journal file that cannot be written any more.
#[derive(Clone, Debug, Default)]
pub(crate) struct Loss {
    /// The reason.
    pub(crate) error: Option<String>,
    /// Entries that are not in the file.
    pub(crate) entries: u64,
    /// Told when it happens.
    alarm: Arc<Notify>,
}

/// The journal. A clone shares the file but not the entries.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    #[serde(skip)]
    limits: JournalLimits,
    bytes: usize,
    last_seq: u64,
    dropped: u64,
    /// The setup that the world was started with. It is never dropped.
    start: Option<Entry>,
    #[serde(skip)]
    file: Option<Arc<File>>,
    #[serde(skip)]
    loss: Loss,
    /// Entries that were added since somebody last took them, whatever the limits drop; none when nobody takes them.
    #[serde(skip)]
    tap: Option<Vec<Entry>>,
}

impl Journal {
    pub(crate) fn new(limits: JournalLimits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// The same entries within these limits.
    pub(crate) fn within(mut self, limits: JournalLimits) -> Self {
        self.limits = limits;
        self.trim();
        self
    }

    /// The events of the world, oldest first.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Arc<WorldEvent>> {
        self.entries.iter().filter_map(|entry| match &entry.record {
            Record::Event(event) => Some(event),
            _ => None,
        })
    }

    /// Number of the oldest event.
    pub(crate) fn first_event(&self) -> Option<u64> {
        self.events().next().map(|event| event.seq)
    }

    /// Streams every further entry to a file as one JSON object a line. An existing file is continued, on a new line
    /// when its last one was cut.
    pub(crate) fn stream_to(&mut self, path: &Path) -> std::io::Result<()> {
        let mut file = File::options().create(true).read(true).append(true).open(path)?;
        let mut last = [b'\n'];
        if file.metadata()?.is_file() && file.seek(SeekFrom::End(0))? > 0 {
            file.seek(SeekFrom::End(-1))?;
            file.read_exact(&mut last)?;
        }
        if last != [b'\n'] {
            file.write_all(b"\n")?;
        }
        self.file = Some(Arc::new(file));
        Ok(())
    }

    /// Keeps all further entries until they are taken.
    pub(crate) fn open_tap(&mut self) {
        self.tap = Some(Vec::new());
    }

    /// Takes the entries that have been added since this was last called, oldest first.
    pub(crate) fn take_new(&mut self) -> Vec<Value> {
        let new = self.tap.as_mut().map(std::mem::take).unwrap_or_default();
        new.iter().map(Entry::render).collect()
    }

    /// Forgets all entries and counts from 1 again. The file goes on.
    pub(crate) fn clear(&mut self) {
        let (file, tap, loss) = (self.file.take(), self.tap.take(), std::mem::take(&mut self.loss));
        *self = Self {
            file,
            loss,
            tap,
            ..Self::new(self.limits)
        };
    }

    /// Notes what the world is started with; the entry has the number 0.
    pub(crate) fn begin(&mut self, time_ms: i64, start: Value) {
        let entry = Entry {
            seq: 0,
            time_ms,
            size: 0,
            record: Record::Start(Box::new(start)),
        };
        self.write_line(&entry);
        self.start = Some(entry);
    }

    pub(crate) fn push(&mut self, time_ms: i64, record: Record) {
        self.last_seq += 1;
        let entry = Entry {
            seq: self.last_seq,
            time_ms,
            size: record.size(),
            record,
        };
        self.write_line(&entry);
        self.bytes += entry.size;
        if let Some(tap) = &mut self.tap {
            tap.push(entry.clone());
        }
        self.entries.push_back(entry);
        self.trim();
    }

    fn trim(&mut self) {
        while self.entries.len() > self.limits.entries || self.bytes > self.limits.bytes {
            let Some(oldest) = self.entries.pop_front() else { break };
            self.bytes -= oldest.size;
            self.dropped += 1;
        }
    }

    /// A file that cannot be written is given up with one line on stderr: the emulation itself is not at fault.
    fn write_line(&mut self, entry: &Entry) {
        let Some(file) = &self.file else {
            self.loss.entries += u64::from(self.loss.error.is_some());
            return;
        };
        let line = format!("{}\n", entry.render());
        if let Err(error) = file.as_ref().write_all(line.as_bytes()) {
            tell(format_args!("the journal file cannot be written any more: {error}"));
            self.file = None;
            self.loss.error = Some(error.to_string());
            self.loss.entries = 1;
            self.loss.alarm.notify_one();
        }
    }

    /// The entries that are not in the file because it cannot be written any more.
    pub(crate) fn loss(&self) -> &Loss {
        &self.loss
    }

    /// Tells when the file cannot be written any more.
    pub(crate) fn loss_alarm(&self) -> Arc<Notify> {
        self.loss.alarm.clone()
    }

    /// Entries that match, oldest first.
    pub(crate) fn read(&self, filter: &Filter) -> Vec<Value> {
        let matching = self.matching(filter);
        let skipped = filter
            .limit
            .map_or(0, |limit| matching.clone().count().saturating_sub(limit));
        matching.skip(skipped).map(Entry::render).collect()
    }

    fn matching<'j>(&'j self, filter: &'j Filter) -> impl Iterator<Item = &'j Entry> + Clone {
        let start = self.start.iter().filter(|_| filter.includes("start"));
        start.chain(self.entries.iter().filter(|entry| filter.matches(entry)))
    }

    /// Requests with their virtual times, latest first.
    pub(crate) fn requests(&self) -> impl Iterator<Item = (i64, &RequestRecord)> {
        self.entries.iter().rev().filter_map(|entry| match &entry.record {
            Record::Request(request) => Some((entry.time_ms, request.as_ref())),
            _ => None,
        })
    }

    /// Number of entries that were dropped because of the limits.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Sequence number of the latest entry; 0 before the first.
    pub(crate) fn last_seq(&self) -> u64 {
        self.last_seq
    }
}

impl Filter {
    fn matches(&self, entry: &Entry) -> bool {
        let wanted = match &entry.record {
            Record::Request(request) => {
                self.operation
                    .as_ref()
                    .is_none_or(|operation| *operation == request.operation)
                    && self.scope.as_ref().is_none_or(|scope| *scope == request.scope)
            }
            Record::Control(..) => self.includes("control"),
            Record::Clock(..) => self.includes("clock"),
            Record::Event(..) => self.includes("events"),
            Record::Start(_) => false,
        };
        wanted && entry.seq > self.since
    }

    fn includes(&self, kind: &str) -> bool {
        self.operation.is_none() && self.include.iter().any(|included| included == kind)
    }
}

impl Record {
    /// Rough size in memory, for the limit.
    fn size(&self) -> usize {
        let variable = match self {
            Self::Request(request) => {
                let answer = request.answer.as_ref().map_or(0, |(body, _)| body.len());
                request.request.len() + request.user_agent.len() + answer
            }
            Self::Control(control) => control.path.len() + weight(&control.body),
            Self::Clock(..) => 0,
            Self::Event(event) => match &event.detail {
                Detail::Other(detail) => weight(detail),
                Detail::Instance(_) | Detail::Task(_) => 0,
            },
            Self::Start(start) => weight(start),
        };
        variable + 200
    }
}

/// Rough size of a JSON value in memory.
fn weight(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() + 32,
        Value::Array(elements) => elements.iter().map(weight).sum::<usize>() + 32,
        Value::Object(members) => {
            members
                .iter()
                .map(|(key, value)| key.len() + weight(value) + 48)
                .sum::<usize>()
                + 32
        }
        _ => 32,
    }
}

impl Entry {
    fn render(&self) -> Value {
        let mut entry = match &self.record {
            Record::Request(request) => request.render(),
            Record::Control(control) => {
                let ControlRecord { method, path, body } = &**control;
                object(json!({"control": format!("{method} {path}"), "request": body}))
            }
            Record::Clock(from) => object(json!({"clock": "poll", "from": timestamp::render(*from)})),
            Record::Event(event) => object(json!({"event": event.kind(), "detail": event.detail()})),
            Record::Start(start) => object(json!({"start": start})),
        };
        entry.insert("seq".to_owned(), self.seq.into());
        entry.insert("time".to_owned(), timestamp::render(self.time_ms).into());
        Value::Object(entry)
    }
}

impl RequestRecord {
    /// Id in the header of the answer.
    pub(crate) fn request_id(&self, seed: u64) -> String {
        let purpose = match self.origin {
            Origin::Client(_) => "request",
            Origin::Action => "action",
        };
        seeded::uuid(seed, purpose, self.number)
    }

    /// Body and HTTP status of the answer.
    pub(crate) fn answered(&self) -> Option<(Value, u16)> {
        let (body, status) = self.answer.as_ref()?;
        Some((serde_json::from_slice(body).unwrap_or_default(), *status))
    }

    fn render(&self) -> Map<String, Value> {
        let answer = self.answered();
        let status = self.answer.as_ref().map(|(_, status)| *status);
        let body = as_json(&self.request);
        let mut entry = object(json!({
            "operation": self.operation,
            "caller": self.caller,
            "user_agent": self.user_agent,
            "account": self.scope.account,
            "region": self.scope.region,
            "request": body.clone().unwrap_or_else(|| String::from_utf8_lossy(&self.request).into()),
            "status": status,
            "fault": self.fault,
            "delivered": self.delivered,
        }));
        if let Some((body, status)) = answer {
            let name = if status == 200 { "response" } else { "error" };
            entry.insert(name.to_owned(), body);
        }
        match self.origin {
            Origin::Client(Service::Ecs) => {}
            Origin::Client(service) => {
                entry.insert("service".to_owned(), service.name().into());
            }
            Origin::Action => {
                entry.insert("origin".to_owned(), "action".into());
            }
        }
        // What is no JSON is shown as text and kept as it came.
        if body.is_none() {
            entry.insert("body_base64".to_owned(), BASE64.encode(&self.request).into());
        }
        entry
    }
}

/// A body as JSON, when it is JSON of an acceptable size.
fn as_json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok().filter(|_| body.len() <= BODY_LIMIT)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests;
