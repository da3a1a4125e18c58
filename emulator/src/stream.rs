//! The event stream: what happens in the world, told to whoever keeps a connection open.
//!
//! Events have sequence numbers. A ring keeps the latest ones, so that a reader who was cut off resumes where it
//! stopped; what the ring has lost is told as one `gap`. A reader that does not take its frames is dropped, because
//! nobody may slow the world down. Where time follows the host, an open stream is a standing request: it sleeps until
//! the next event is due, advances the world, and tells. Otherwise it tells what others move.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use crate::handle::{Core, Emulator};
use crate::observers::{Observers, render};
use crate::timestamp;

/// Frames between the world and the connection of a reader.
const QUEUE: usize = 256;
/// Events that are rendered while the world is locked.
const BATCH: usize = 500;
/// The time that a reader may leave its queue full, in host time.
const SLOW_READER: Duration = Duration::from_secs(10);
/// A comment is sent when nothing else was for this long, so that a connection that died is noticed.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// The place up to which a reader has been told.
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
            // Requests are refused if it cannot be written, and this reader is told nothing that will not happen again.
            let _ = core.keep_time();
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
