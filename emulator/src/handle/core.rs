//! The state behind the lock: the world with its clock, faults, journal and memory of polls.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::keeper::Keeper;
use super::setup::Setup;
use crate::clock::{Clock, ClockMode};
use crate::consistency::Consistency;
use crate::faults::{Action, Condition, Fault, Faults};
use crate::form::FormError;
use crate::journal::{ControlRecord, Journal, Record};
use crate::model::Model;
use crate::observers::Observers;
use crate::polling::Polls;
use crate::scenario::ScenarioError;
use crate::throttle::Throttle;
use crate::wire::Sessions;
use crate::world::{World, WorldConfig, WorldEvent};

/// All state of an emulator.
pub(crate) struct Core {
    pub(crate) model: &'static Model,
    /// The model of `CloudWatch`'s alarms.
    pub(crate) cloudwatch: &'static Model,
    pub(crate) setup: Setup,
    pub(crate) world: World,
    pub(crate) clock: Clock,
    pub(crate) polls: Polls,
    pub(crate) faults: Faults,
    pub(crate) consistency: Consistency,
    /// Roles that callers have assumed.
    pub(super) sessions: Sessions,
    pub(super) throttle: Option<Throttle>,
    pub(crate) journal: Journal,
    /// Number of AWS requests so far; their ids are drawn from it.
    pub(super) requests: u64,
    /// Number of scheduled calls of other principals so far.
    pub(super) calls: u64,
    /// Number of requests so far that were none of the API.
    pub(super) strays: u64,
    pub(crate) observers: Observers,
    /// Events on their way from the world to journal and observers; empty but for its memory.
    pub(super) news: Vec<Arc<WorldEvent>>,
    /// Where everything is kept, if it is.
    pub(super) keeper: Option<Keeper>,
}

impl Core {
    /// A fresh world with the scenario played into it.
    pub(crate) fn start(
        (model, cloudwatch): (&'static Model, &'static Model),
        setup: Setup,
        journal: Journal,
    ) -> Result<Self, ScenarioError> {
        let config = WorldConfig {
            seed: setup.seed,
            epoch_ms: setup.epoch_ms,
            knobs: setup.knobs.clone(),
        };
        let scenario = setup.scenario.clone();
        let mut journal = journal;
        journal.begin(setup.epoch_ms, setup.render());
        let mut core = Self {
            model,
            cloudwatch,
            world: World::new(config),
            clock: Clock::new(setup.clock),
            polls: Polls::default(),
            faults: Faults::default(),
            consistency: Consistency::default(),
            sessions: Sessions::default(),
            throttle: setup.throttle.then(Throttle::default),
            journal,
            requests: 0,
            calls: 0,
            strays: 0,
            observers: Observers::default(),
            news: Vec::new(),
            keeper: None,
            setup,
        };
        scenario.play(&mut core)?;
        Ok(core)
    }

    /// Goes back to the start: world, clock, faults and journal.
    pub(crate) fn reset(&mut self) -> Result<(), ScenarioError> {
        self.journal.clear();
        let fresh = Self::start((self.model, self.cloudwatch), self.setup.clone(), self.journal.clone())?;
        let past = self.faults.past(&self.world);
        let before = std::mem::replace(self, fresh);
        self.faults.recall(past);
        self.keeper = before.keeper;
        self.observers.succeed(before.observers);
        Ok(())
    }

    /// Adds a fault and lets it act if its moment is now. Answers the id.
    pub(crate) fn add_fault(&mut self, id: Option<String>, fault: Fault, must_fire: bool) -> Result<String, FormError> {
        // Nothing is counted for a fault that is refused.
        if let Some(id) = id.as_ref().filter(|id| self.faults.contains(id)) {
            return Err(FormError::new("id", format!("'{id}' is taken by another fault")));
        }
        let world_id = match &fault {
            Fault::World(fault) => Some(self.world.add_fault(fault.clone())),
            Fault::Request(_) | Fault::Action(..) => None,
        };
        let added = self.faults.push(id, fault, must_fire, world_id);
        self.finish_instant();
        added
    }

    /// Removes a fault; `false` when there is none of that id.
    pub(crate) fn remove_fault(&mut self, id: &str) -> bool {
        let removed = self.faults.remove(&self.world, id);
        if let Some(world_id) = removed.and_then(|removed| removed.world_id) {
            self.world.remove_fault(world_id);
        }
        removed.is_some()
    }

    /// Adds a fault for an embedder; the journal shows it like one of the control API.
    pub(super) fn push_fault(
        &mut self,
        id: Option<String>,
        fault: Fault,
        must_fire: bool,
    ) -> Result<String, FormError> {
        self.sync();
        let mut body = fault.render();
        let id = self.add_fault(id, fault, must_fire)?;
        if let Value::Object(members) = &mut body {
            members.insert("id".to_owned(), id.clone().into());
            members.insert("must_fire".to_owned(), must_fire.into());
        }
        self.note_control("POST", "faults", body.clone());
        let kept = self.keep_control("POST", "faults", body);
        kept.map_err(|unkept| FormError::new("", unkept.to_string()))?;
        Ok(id)
    }

    /// Removes a fault for an embedder.
    pub(super) fn drop_fault(&mut self, id: &str) {
        self.sync();
        if self.remove_fault(id) {
            let path = format!("faults/{id}");
            self.note_control("DELETE", &path, json!({}));
            // Nobody is there to be told: a guard is dropped. The next call is refused if it cannot be written.
            let _ = self.keep_control("DELETE", &path, json!({}));
        }
    }

    /// Notes a control call in the journal.
    pub(crate) fn note_control(&mut self, method: &str, path: &str, body: Value) {
        let record = Record::Control(Box::new(ControlRecord {
            method: method.to_owned(),
            path: path.to_owned(),
            body,
        }));
        self.journal.push(self.world.now_ms(), record);
    }

    /// Lets an action happen at its moment, or now.
    pub(crate) fn schedule(&mut self, condition: Option<Condition>, action: Action) -> Result<String, FormError> {
        let condition = condition.unwrap_or_else(|| Condition::At(self.world.now_ms()));
        self.add_fault(None, Fault::Action(condition, action), false)
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
