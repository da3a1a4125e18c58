//! Everything that an emulator knows, as a state file has it, and an emulator that is made of it again.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::core::Core;
use super::setup::Setup;
use crate::clock::{Clock, ClockMode};
use crate::consistency::Consistency;
use crate::faults::Faults;
use crate::journal::{Journal, JournalLimits};
use crate::knobs::Knobs;
use crate::model::Model;
use crate::observers::Observers;
use crate::polling::Polls;
use crate::wire::Sessions;
use crate::world::{World, WorldEvent};

/// What a world was begun with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Beginning {
    pub(super) seed: u64,
    pub(super) epoch_ms: i64,
    pub(super) clock: ClockMode,
    #[serde(with = "crate::stored::json")]
    pub(super) knobs: Knobs,
    /// Name and text.
    pub(super) scenario: Option<(String, String)>,
}

/// Everything that an answer may depend on. Token buckets are left out: they follow host time and are full again.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Image<'c> {
    pub(super) beginning: Beginning,
    pub(super) clock: ClockMode,
    world: Cow<'c, World>,
    polls: Cow<'c, Polls>,
    faults: Cow<'c, Faults>,
    consistency: Cow<'c, Consistency>,
    sessions: Cow<'c, Sessions>,
    journal: Cow<'c, Journal>,
    requests: u64,
    calls: u64,
    strays: u64,
    events: Events,
}

/// The events for readers of the stream. Most of them stand in the journal as well and are not written twice.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Events {
    first: u64,
    last: u64,
    /// Those that the journal has dropped.
    others: Vec<Arc<WorldEvent>>,
}

impl<'c> Image<'c> {
    pub(super) fn of(core: &'c Core) -> Self {
        let setup = &core.setup;
        let (ring, known) = (&core.observers.ring, core.journal.first_event());
        let dropped = ring
            .iter()
            .take_while(|event| known.is_none_or(|known| event.seq < known));
        Self {
            beginning: Beginning {
                seed: setup.seed,
                epoch_ms: setup.epoch_ms,
                clock: setup.clock,
                knobs: setup.knobs.clone(),
                scenario: setup
                    .scenario
                    .source()
                    .map(|(file, text)| (file.to_owned(), text.to_owned())),
            },
            clock: core.clock.mode(),
            world: Cow::Borrowed(&core.world),
            polls: Cow::Borrowed(&core.polls),
            faults: Cow::Borrowed(&core.faults),
            consistency: Cow::Borrowed(&core.consistency),
            sessions: Cow::Borrowed(&core.sessions),
            journal: Cow::Borrowed(&core.journal),
            requests: core.requests,
            calls: core.calls,
            strays: core.strays,
            events: Events {
                first: ring.front().map_or(u64::MAX, |event| event.seq),
                last: core.observers.last_seq,
                others: dropped.cloned().collect(),
            },
        }
    }

    /// An emulator that knows what is in the image. Nothing moves its time and nothing limits rates yet.
    pub(super) fn wake(
        self,
        (model, cloudwatch): (&'static Model, &'static Model),
        setup: Setup,
        limits: JournalLimits,
    ) -> Core {
        let mut observers = Observers::default();
        let journal = self.journal.into_owned().within(limits);
        observers.ring.extend(self.events.others);
        let first = self.events.first;
        observers
            .ring
            .extend(journal.events().filter(|event| event.seq >= first).cloned());
        observers.last_seq = self.events.last;
        Core {
            model,
            cloudwatch,
            setup,
            world: self.world.into_owned(),
            clock: Clock::new(ClockMode::Manual),
            polls: self.polls.into_owned(),
            faults: self.faults.into_owned(),
            consistency: self.consistency.into_owned(),
            sessions: self.sessions.into_owned(),
            throttle: None,
            journal,
            requests: self.requests,
            calls: self.calls,
            strays: self.strays,
            observers,
            news: Vec::new(),
            keeper: None,
        }
    }
}
