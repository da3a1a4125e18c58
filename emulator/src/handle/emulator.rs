//! The emulator as a value: one world behind one lock, and everything that stands between a request and that world.
//!
//! The HTTP server and the in-process client both call `receive`, so that they cannot differ.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Request, Response};
use serde_json::{Value, json};

use super::core::Core;
use super::time::Journey;
use crate::control::{self, Begun, ControlError, Motion};
use crate::journal::Filter;
use crate::state::StateError;
use crate::timestamp;
use crate::wire::{Incoming, Reply, control_answer};

/// With what paths of the control API begin.
const CONTROL: &str = "/_emulator/";
/// The time that somebody who moves time stands back for others.
const GIVE_WAY: Duration = Duration::from_millis(1);

/// The state of a request.
enum Exchange {
    Over(Reply),
    Moving(Motion),
}

/// A running emulator. Clones share the world.
#[derive(Clone)]
pub struct Emulator {
    core: Arc<Mutex<Core>>,
    /// Number of those who want the world at this moment.
    waiting: Arc<AtomicUsize>,
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    pub(super) fn new(core: Core) -> Self {
        Self {
            core: Arc::new(Mutex::new(core)),
            waiting: Arc::default(),
        }
    }

    /// The state. A panic in another thread leaves it as it was at that moment, which is still a world.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Core> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let core = self.core.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        core
    }

    /// Answers one HTTP request: an AWS call, or a control call under `/_emulator/`.
    pub fn receive(&self, request: &Request<Bytes>) -> Reply {
        match self.begin(request) {
            Exchange::Over(reply) => reply,
            Exchange::Moving(motion) => control::reply(self.finish(&motion)),
        }
    }

    /// The same for a server: its other connections are served while time moves.
    pub(crate) async fn receive_among_others(&self, request: &Request<Bytes>) -> Reply {
        let motion = match self.begin(request) {
            Exchange::Over(reply) => return reply,
            Exchange::Moving(motion) => motion,
        };
        loop {
            let over = control::proceed(&mut self.lock(), &motion);
            if let Some(answer) = over {
                return control::reply(answer);
            }
            if self.is_wanted() {
                tokio::time::sleep(GIVE_WAY).await;
            } else {
                tokio::task::yield_now().await;
            }
        }
    }

    /// Refuses a request that is not meant for the emulator, in the protocol that it is written in.
    pub(crate) fn refuse(&self, head: &Parts, message: &str) -> Response<Bytes> {
        if head.uri.path().starts_with(CONTROL) {
            return control_answer(403, &json!({"error": message}));
        }
        self.lock()
            .refuse(Incoming::protocol(&head.headers), "AccessDeniedException", 403, message)
    }

    fn begin(&self, request: &Request<Bytes>) -> Exchange {
        let mut core = self.lock();
        let path = request.uri().path();
        if let Some(path) = path.strip_prefix(CONTROL) {
            return match control::receive(&mut core, request, path) {
                Begun::Over(result) => Exchange::Over(control::reply(result)),
                Begun::Moving(motion) => Exchange::Moving(motion),
            };
        }
        let Some(operation) = Incoming::operation_in(path).filter(|_| request.method() == Method::POST) else {
            return Exchange::Over(core.not_found(request.method(), path));
        };
        let models = (core.model, core.cloudwatch);
        let incoming = Incoming::read(operation, request.headers(), request.body().clone(), models);
        Exchange::Over(core.answer(&incoming))
    }

    /// Goes on with a move of time to its end.
    fn finish(&self, motion: &Motion) -> Result<Value, ControlError> {
        loop {
            let over = control::proceed(&mut self.lock(), motion);
            if let Some(answer) = over {
                return answer;
            }
            self.give_way();
        }
    }

    fn travel(&self, journey: &Journey) -> bool {
        loop {
            let over = self.lock().go_on(journey);
            if let Some(met) = over {
                // The next call is refused if it cannot be written.
                let _ = self.lock().keep_time();
                return met;
            }
            self.give_way();
        }
    }

    /// True if somebody waits for the world.
    fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) > 0
    }

    /// Whoever has just had the world would get it again before those who wait for it.
    fn give_way(&self) {
        if self.is_wanted() {
            std::thread::sleep(GIVE_WAY);
        }
    }

    /// Answers a request that was taken from a journal, at the present virtual time.
    pub(crate) fn repeat(&self, incoming: &Incoming, refused_by_rate: bool) {
        let mut core = self.lock();
        if refused_by_rate {
            core.answer_refused_by_rate(incoming);
        } else {
            core.answer(incoming);
        }
    }

    /// Advances to a time that a journal tells of, a portion of the way. True: it is there.
    pub(crate) fn reach(&self, time_ms: i64) -> bool {
        self.lock().reach(time_ms)
    }

    /// The entries of the journal that nobody has taken yet. Only an emulator that is built for it keeps them.
    pub(crate) fn take_journal(&self) -> Vec<Value> {
        self.lock().journal.take_new()
    }

    /// The reason for which the journal file cannot be written any more, and the entries it lacks; none while it can.
    pub fn journal_loss(&self) -> Option<String> {
        let core = self.lock();
        let loss = core.journal.loss();
        let error = loss.error.as_ref()?;
        Some(format!(
            "the journal file lacks {} entries: it could not be written: {error}",
            loss.entries
        ))
    }

    /// Writes a snapshot of the state file, if there is one, so that the next process has nothing to repeat. Called
    /// when the process ends. An error: what was done last is in no file.
    pub fn save_state(&self) -> Result<(), StateError> {
        self.lock().save()
    }

    /// Waits until the journal file cannot be written any more.
    pub async fn journal_lost(&self) {
        let alarm = self.lock().journal.loss_alarm();
        alarm.notified().await;
    }

    /// Makes a control call without HTTP. `path` is what follows `/_emulator/`, with its query.
    pub fn control(&self, method: &str, path: &str, body: Option<Value>) -> Result<Value, ControlError> {
        let begun = control::begin(&mut self.lock(), method, path, body);
        match begun {
            Begun::Over(result) => result,
            Begun::Moving(motion) => self.finish(&motion),
        }
    }

    /// Virtual time in milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        let mut core = self.lock();
        core.sync();
        core.world.now_ms()
    }

    /// Virtual time without moving the world to it; for clocks of clients that look often.
    pub(crate) fn peek_ms(&self) -> i64 {
        self.lock().peek_ms()
    }

    /// Moves virtual time forward.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        let journey = self.lock().journey_by(by);
        self.travel(&journey);
    }

    /// Moves to the next milestone; `false` when there is none, or none in sight of a world that never comes to rest.
    pub fn next(&self) -> bool {
        let journey = self.lock().journey_to_milestone();
        self.travel(&journey)
    }

    /// Lets everything under way come to its end, for at most this much virtual time; `false` when it did not,
    /// or goes on for ever.
    pub fn settle(&self, limit: Duration) -> bool {
        let limit = i64::try_from(limit.as_millis()).unwrap_or(i64::MAX);
        let journey = self.lock().journey_to_rest(limit);
        self.travel(&journey)
    }

    /// The requests so far, oldest first, in the form of the control API.
    pub fn journal(&self) -> Vec<Value> {
        self.lock().journal.read(&Filter::default())
    }

    /// The whole world as JSON.
    pub fn world(&self) -> Value {
        let mut core = self.lock();
        core.sync();
        core.world.view(None)
    }

    /// The setup that the world was started with, the world as it is now, and its faults, as JSON.
    pub fn overview(&self) -> Value {
        let mut core = self.lock();
        core.sync();
        json!({
            "seed": core.setup.seed,
            "now": timestamp::render(core.world.now_ms()),
            "clock": core.clock.mode().to_string(),
            "knobs": core.world.knobs(),
            "world": core.world.view(None),
            "faults": core.faults.render(&core.world),
        })
    }

    /// Ids of the faults with `must_fire` that have not fired in this run. A reset changes nothing about that: what it
    /// removes before it has fired is here for good, and a fault of the scenario that has fired once is not.
    pub fn unfired_faults(&self) -> Vec<String> {
        let mut core = self.lock();
        core.sync();
        core.faults.unfired(&core.world)
    }

    /// The latest events of the world, oldest first, at most 10,000.
    pub fn events(&self) -> Vec<Value> {
        let mut core = self.lock();
        core.sync();
        core.observers.render()
    }
}
