//! Events, kept for those who read the event stream.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::timestamp;
use crate::world::WorldEvent;

/// Number of events that are kept for readers.
pub(crate) const RING: usize = 10_000;

/// News for readers, and the bell that wakes them.
#[derive(Debug)]
pub(crate) struct Observers {
    pub(crate) ring: VecDeque<Arc<WorldEvent>>,
    pub(crate) last_seq: u64,
    /// Counts fresh starts of the world, in which events are numbered from 1 again.
    pub(crate) generation: u64,
    /// Counts changes of the clock's mode, and moves of virtual time by hand.
    pub(crate) clock: u64,
    pub(crate) bell: watch::Sender<u64>,
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

    /// The clock goes in another mode from now on, or has been moved by hand.
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

/// An event as readers get it.
pub(crate) fn render(event: &WorldEvent) -> Value {
    json!({
        "seq": event.seq,
        "time": timestamp::render(event.time_ms),
        "kind": event.kind(),
        "detail": event.detail(),
    })
}
