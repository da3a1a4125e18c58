//! The state behind the lock: the world with its clock, faults, journal and memory of polls.

use std::collections::VecDeque;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::builder::Setup;
use crate::clock::{Clock, ClockMode};
use crate::consistency::Consistency;
use crate::faults::{Action, Condition, Fault, Faults};
use crate::form::FormError;
use crate::journal::Journal;
use crate::model::Model;
use crate::polls::Polls;
use crate::scenario::ScenarioError;
use crate::throttle::Throttle;
use crate::timestamp;
use crate::world::{World, WorldConfig, WorldEvent};

/// How many events are kept for readers.
const EVENT_LIMIT: usize = 10_000;

/// All state of an emulator.
pub(crate) struct Core {
    pub(crate) model: &'static Model,
    pub(crate) setup: Setup,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) polls: Polls,
    pub(crate) faults: Faults,
    pub(crate) consistency: Consistency,
    pub(super) throttle: Option<Throttle>,
    pub(crate) journal: Journal,
    /// Number of AWS requests so far; their ids are drawn from it.
    pub(super) requests: u64,
    pub(super) recent_events: VecDeque<WorldEvent>,
}

impl Core {
    /// A fresh world with the scenario played into it.
    pub(crate) fn start(model: &'static Model, setup: Setup, journal: Journal) -> Result<Self, ScenarioError> {
        let config = WorldConfig {
            seed: setup.seed,
            epoch_ms: setup.epoch_ms,
            knobs: setup.knobs.clone(),
        };
        let scenario = setup.scenario.clone();
        let mut core = Self {
            model,
            world: World::new(config),
            clock: Clock::new(setup.clock),
            polls: Polls::default(),
            faults: Faults::default(),
            consistency: Consistency::default(),
            throttle: setup.throttle.then(Throttle::default),
            journal,
            requests: 0,
            recent_events: VecDeque::new(),
            setup,
        };
        scenario.play(&mut core)?;
        Ok(core)
    }

    /// Goes back to the start: world, clock, faults and journal.
    pub(crate) fn reset(&mut self) -> Result<(), ScenarioError> {
        self.journal.clear();
        let journal = self.journal.clone();
        *self = Self::start(self.model, self.setup.clone(), journal)?;
        Ok(())
    }

    /// Adds a fault and lets it act if its moment is now. Answers the id.
    pub(crate) fn add_fault(&mut self, id: Option<String>, fault: Fault, must_fire: bool) -> Result<String, FormError> {
        let world_id = match &fault {
            Fault::Image(image) => Some(self.world.add_image_fault(image.clone())),
            Fault::Request(_) | Fault::Action(..) => None,
        };
        let added = self.faults.push(id, fault, must_fire, world_id);
        if let (Err(_), Some(world_id)) = (&added, world_id) {
            self.world.remove_image_fault(world_id);
        }
        self.act();
        added
    }

    /// Removes a fault; `false` when there is none of that id.
    pub(crate) fn remove_fault(&mut self, id: &str) -> bool {
        let removed = self.faults.remove(id);
        if let Some(world_id) = removed.and_then(|removed| removed.world_id) {
            self.world.remove_image_fault(world_id);
        }
        removed.is_some()
    }

    /// Lets an action happen at its moment, or now.
    pub(crate) fn schedule(&mut self, condition: Option<Condition>, action: Action) -> Result<String, FormError> {
        let condition = condition.unwrap_or_else(|| Condition::At(self.world.now_ms()));
        self.add_fault(None, Fault::Action(condition, action), false)
    }

    /// The latest events, rendered.
    pub(crate) fn events(&self) -> Vec<Value> {
        let render = |event: &WorldEvent| json!({"seq": event.seq, "time": timestamp::render(event.time_ms), "kind": event.kind, "detail": event.detail});
        self.recent_events.iter().map(render).collect()
    }

    /// How many events have happened so far.
    pub(crate) fn event_count(&self) -> u64 {
        self.recent_events.back().map_or(0, |event| event.seq)
    }

    pub(super) fn remember(&mut self, event: WorldEvent) {
        if self.recent_events.len() >= EVENT_LIMIT {
            self.recent_events.pop_front();
        }
        self.recent_events.push_back(event);
    }

    /// Time for the `Date` header: the host's. Inside an embedder the host's clock is the embedder's, because the
    /// client beside us reads that one too.
    pub(super) fn date(&self) -> SystemTime {
        if self.clock.mode() != ClockMode::Embedder {
            return SystemTime::now();
        }
        let ms = u64::try_from(self.world.now_ms()).unwrap_or(0);
        SystemTime::UNIX_EPOCH + Duration::from_millis(ms)
    }
}
