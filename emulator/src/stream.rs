//! The event stream: what happens in the world, told to whoever keeps a connection open.
//!
//! Events have sequence numbers. A ring keeps the latest ones, so that a reader who was cut off resumes where it
//! stopped; what the ring has lost is told as one `gap`. A reader that does not take its frames is dropped, because
//! nobody may slow the world down. Where time follows the host, an open stream is a standing request: it sleeps until
//! the next event is due, advances the world, and tells. Otherwise it tells what others move.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

use crate::handle::{Core, Emulator};
use crate::timestamp;
use crate::world::WorldEvent;

/// How many events are kept for readers.
const RING: usize = 10_000;
/// Frames between the world and the connection of a reader.
const QUEUE: usize = 256;
/// Events that are rendered while the world is locked.
const BATCH: usize = 500;
/// How long a reader may leave its queue full, in host time.
const SLOW_READER: Duration = Duration::from_secs(10);
/// A comment is sent when nothing else was for this long, so that a connection that died is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// What readers are told, and the bell that wakes them.
#[derive(Debug)]
pub(crate) struct Observers {
    ring: VecDeque<Arc<WorldEvent>>,
    last_seq: u64,
    /// Counts fresh starts of the world, in which events are numbered from 1 again.
    generation: u64,
    /// Counts changes of the clock's mode.
    clock: u64,
    bell: watch::Sender<u64>,
}

impl Default for Observers {
    fn default() -> Self {
        Self {
            ring: VecDeque::new(),
            last_seq: 0,
            generation: 0,
            clock: 0,
            bell: watch::Sender::new(0),
        }
    }
}

impl Observers {
    /// Keeps what happened for readers; somebody must ring afterwards.
    pub(crate) fn push(&mut self, event: Arc<WorldEvent>) {
        if self.ring.len() >= RING {
            self.ring.pop_front();
        }
        self.last_seq = event.seq;
        self.ring.push_back(event);
    }

    /// The latest events, rendered, oldest first.
    pub(crate) fn render(&self) -> Vec<Value> {
        self.ring.iter().map(|event| render(event)).collect()
    }

    /// Sequence number of the latest event; 0 before the first.
    pub(crate) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The clock goes in another mode from now on.
    pub(crate) fn clock_changed(&mut self) {
        self.clock += 1;
        self.ring_bell();
    }

    /// Takes over the readers of a world that has ended: what they are told now are the events of another one.
    pub(crate) fn succeed(&mut self, earlier: Self) {
        self.bell = earlier.bell;
        self.generation = earlier.generation + 1;
        self.clock = earlier.clock;
        self.clock_changed();
    }

    /// Wakes the readers.
    pub(crate) fn ring_bell(&mut self) {
        self.bell.send_modify(|tick| *tick += 1);
    }
}

/// How far a reader has been told.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    generation: u64,
    /// State of the clock that the reader knows; `None` before the first frame.
    clock: Option<u64>,
    seq: u64,
}

impl Cursor {
    /// After the event that the reader names, else after the latest one. A number from the future is one of an earlier
    /// world, so that all of this one is news.
    fn new(observers: &Observers, last_event_id: Option<u64>) -> Self {
        let seq = match last_event_id {
            None => observers.last_seq,
            Some(id) if id > observers.last_seq => 0,
            Some(id) => id,
        };
        Self {
            generation: observers.generation,
            clock: None,
            seq,
        }
    }

    /// The next frames for the reader; empty when it knows everything.
    fn take(&mut self, core: &Core) -> Vec<Bytes> {
        let observers = &core.observers;
        let mut frames = Vec::new();
        if self.generation != observers.generation {
            self.generation = observers.generation;
            self.seq = 0;
        }
        if self.clock != Some(observers.clock) {
            self.clock = Some(observers.clock);
            frames.push(frame("clock", None, &clock(core)));
        }
        let missed = observers
            .ring
            .front()
            .map_or(0, |oldest| oldest.seq.saturating_sub(self.seq + 1));
        if missed > 0 {
            self.seq += missed;
            frames.push(frame("gap", None, &json!({"missed": missed, "next": self.seq + 1})));
        }
        let known = self.seq;
        let news = observers.ring.iter().filter(|event| event.seq > known);
        for event in news.take(BATCH) {
            self.seq = event.seq;
            frames.push(frame(event.kind(), Some(event.seq), &render(event)));
        }
        frames
    }
}

fn clock(core: &Core) -> Value {
    let mode = core.clock.mode();
    json!({
        "now": timestamp::render(core.world.now_ms()),
        "mode": mode.to_string(),
        "rate": mode.rate().unwrap_or(0),
    })
}

fn render(event: &WorldEvent) -> Value {
    json!({
        "seq": event.seq,
        "time": timestamp::render(event.time_ms),
        "kind": event.kind(),
        "detail": event.detail(),
    })
}

/// One server-sent event. JSON has no line breaks, so that one `data` line is enough.
fn frame(name: &str, id: Option<u64>, data: &Value) -> Bytes {
    let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
    Bytes::from(format!("{id}event: {name}\ndata: {data}\n\n"))
}

/// Opens a stream. It ends when the receiver is dropped or left full.
pub(crate) fn open(emulator: &Emulator, last_event_id: Option<u64>) -> mpsc::Receiver<Bytes> {
    let (sender, receiver) = mpsc::channel(QUEUE);
    let cursor = {
        let mut core = emulator.lock();
        core.sync();
        Cursor::new(&core.observers, last_event_id)
    };
    tokio::spawn(follow(emulator.clone(), cursor, sender));
    receiver
}

async fn follow(emulator: Emulator, mut cursor: Cursor, sender: mpsc::Sender<Bytes>) {
    let mut bell = emulator.lock().observers.bell.subscribe();
    loop {
        // Before the world is looked at, so that what happens meanwhile rings again.
        bell.borrow_and_update();
        let (frames, due) = {
            let mut core = emulator.lock();
            core.sync();
            (cursor.take(&core), core.host_time_to_next())
        };
        if !frames.is_empty() {
            if !send(&sender, frames).await {
                return;
            }
            continue;
        }
        let pause = due.map_or(KEEP_ALIVE, |due| due.min(KEEP_ALIVE));
        tokio::select! {
            _ = bell.changed() => {}
            () = sleep(pause) => {
                if pause == KEEP_ALIVE && !send(&sender, vec![Bytes::from_static(b":\n\n")]).await {
                    return;
                }
            }
            () = sender.closed() => return,
        }
    }
}

/// `false`: the reader is gone, or too slow.
async fn send(sender: &mpsc::Sender<Bytes>, frames: Vec<Bytes>) -> bool {
    for frame in frames {
        if !matches!(timeout(SLOW_READER, sender.send(frame)).await, Ok(Ok(()))) {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests;
