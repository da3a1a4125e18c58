//! The world: clusters, daemons and fleets of all accounts and regions under one virtual time.
//!
//! It is a value: no I/O, no wall clock, no randomness but seeded draws. The same sequence of
//! (virtual time, call or control action) gives the same answers, events and next world, whether
//! time is advanced in one step or in many.
//!
//! `records` and its neighbours say what there is, `simulation` what happens by itself,
//! `operations` what callers do. A [`region::Region`] is one account's region opened for change.

#[cfg(test)]
mod answer_tests;
pub(crate) mod arn;
pub(crate) mod capacity;
pub(crate) mod counts;
pub(crate) mod daemon;
pub(crate) mod draws;
pub(crate) mod events;
pub(crate) mod faults;
pub(crate) mod fleet;
pub(crate) mod fleet_table;
pub(crate) mod images;
#[cfg(test)]
pub(crate) mod invariants;
#[cfg(test)]
mod knob_tests;
pub(crate) mod lookout;
mod numbered;
#[cfg(test)]
mod percents;
#[cfg(test)]
mod random;
#[cfg(test)]
mod reading_tests;
pub(crate) mod records;
pub(crate) mod region;
#[cfg(test)]
mod repair_timelines;
#[cfg(test)]
mod rollback_timelines;
pub(crate) mod service;
pub(crate) mod table;
pub(crate) mod task;
pub(crate) mod task_table;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod timelines;
mod view;
#[cfg(test)]
mod walkthrough;
#[cfg(test)]
mod workload_invariants;
mod workload_view;
#[cfg(test)]
mod workloads;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

pub use self::events::WorldEvent;
pub use self::faults::{Window, WorldFault};
pub use self::images::{ImageEffect, ImageFault};
use self::records::Records;
use self::region::{Region, Shared};
use self::table::{NO_WRITE, Write};
use crate::api::{ApiError, Call, Scope, View};
use crate::knobs::Knobs;
use crate::operations::{self, Operation, Reading};
use crate::simulation::queue::{Class, Due, classify, is_stale};

/// What makes one world differ from another.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// Seed of all draws.
    pub seed: u64,
    /// Virtual time at the start, in milliseconds since the Unix epoch.
    pub epoch_ms: i64,
    /// Settings for what AWS leaves undocumented.
    pub knobs: Knobs,
}

/// How far ahead a milestone is looked for, in milliseconds: three weeks. A daemon that never
/// starts is tried again for ever, so that the search needs an end.
const MILESTONE_HORIZON_MS: i64 = 21 * 24 * 3_600_000;

/// The whole state of the emulated service.
#[derive(Clone, Debug)]
pub struct World {
    shared: Shared,
    scopes: BTreeMap<Arc<Scope>, Records>,
}

impl World {
    /// A world without any record.
    pub fn new(config: WorldConfig) -> Self {
        Self {
            shared: Shared::new(config.seed, config.epoch_ms, config.knobs),
            scopes: BTreeMap::new(),
        }
    }

    /// Virtual time in milliseconds since the Unix epoch.
    pub fn now_ms(&self) -> i64 {
        self.shared.now_ms
    }

    /// The knobs as they are set.
    pub fn knobs(&self) -> &Knobs {
        &self.shared.knobs
    }

    /// The knobs, to be changed; what has already been decided stays as it is.
    pub fn knobs_mut(&mut self) -> &mut Knobs {
        for records in self.scopes.values_mut() {
            records.lookouts.start_over();
        }
        &mut self.shared.knobs
    }

    /// Runs one operation at the current virtual time. None: the world does not know the operation.
    pub fn call(&mut self, call: &Call) -> Option<Result<Value, ApiError>> {
        let answer = match operations::find(&call.operation)? {
            Operation::Read(run) => self.read(call, run),
            Operation::Write(run) => self.write(call, run),
        };
        Some(answer)
    }

    /// Whether an operation only reads.
    pub fn is_read(operation: &str) -> bool {
        operation.starts_with("Describe") || operation.starts_with("List")
    }

    /// Whether a call was refused because of a transition under way, so that asking again later makes sense.
    pub fn is_transition_refusal(error: &ApiError) -> bool {
        operations::is_transition_refusal(error)
    }

    /// Lets everything happen that is due until then, and makes it the present. Time never goes back.
    pub fn advance_to(&mut self, ms: i64) {
        while self.shared.queue.first_at().is_some_and(|at| at <= ms) {
            self.happen_next();
        }
        self.shared.now_ms = self.shared.now_ms.max(ms);
    }

    /// When the next event is due, background timers included.
    pub fn next_event_ms(&self) -> Option<i64> {
        let is_stale = |scope: &Scope, at: i64, due: &Due| self.is_stale(scope, at, due);
        let queue = &self.shared.queue;
        let mut loud = queue.loud().filter(|(at, scope, due)| !is_stale(scope, *at, due));
        let loud = loud.next().map(|(at, _, _)| at);
        let quiet = queue
            .quiet()
            .take_while(|(at, _, _)| loud.is_none_or(|loud| *at < loud));
        let mut earlier = quiet.filter(|(at, scope, due)| !is_stale(scope, *at, due));
        earlier.next().map(|(at, _, _)| at).or(loud)
    }

    /// Moves to the next event and lets it happen. False: there is none.
    pub fn advance_to_next_event(&mut self) -> bool {
        while self.shared.queue.first_at().is_some() {
            if self.happen_next() {
                return true;
            }
        }
        false
    }

    /// When the next milestone will happen if nothing comes in between. None: there is none ahead.
    pub fn next_milestone_ms(&self) -> Option<i64> {
        // A look ahead plays on a copy of the world, which may be big.
        if !self.is_waited_for() {
            return None;
        }
        let mut ahead = self.clone();
        let passed = ahead.shared.log.milestones();
        let horizon = self.now_ms().saturating_add(MILESTONE_HORIZON_MS);
        while ahead.is_waited_for() && ahead.next_event_ms().is_some_and(|at| at <= horizon) {
            ahead.happen_next();
            if ahead.shared.log.milestones() > passed {
                return Some(ahead.now_ms());
            }
        }
        None
    }

    /// Lets events happen until only background timers are left or the next event lies after
    /// `limit_ms` (virtual time since the Unix epoch). True: the world is at rest.
    pub fn settle(&mut self, limit_ms: i64) -> bool {
        loop {
            if let Some(settled) = self.settle_a_while(limit_ms, usize::MAX) {
                return settled;
            }
        }
    }

    /// The same, but at most for so many events. None: it goes on.
    pub(crate) fn settle_a_while(&mut self, limit_ms: i64, events: usize) -> Option<bool> {
        let mut next = self.next_event_ms();
        for _ in 0..events {
            if !self.is_busy() {
                return Some(true);
            }
            if next.is_none_or(|at| at > limit_ms) {
                return Some(false);
            }
            self.advance_to_next_event();
            // After an event what comes first has not been overtaken.
            next = self.shared.queue.first_at();
        }
        None
    }

    /// How many events are queued, background timers not counted.
    pub fn pending(&self) -> usize {
        self.classified(self.shared.queue.loud())
            .filter(|(_, class)| *class == Class::Foreground)
            .count()
    }

    /// What has happened since this was last called.
    pub fn take_events(&mut self) -> Vec<Arc<WorldEvent>> {
        let mut events = Vec::new();
        self.move_events(&mut events);
        events
    }

    /// The same for callers that keep their memory from time to time.
    pub(crate) fn move_events(&mut self, into: &mut Vec<Arc<WorldEvent>>) {
        self.shared.log.move_into(into);
    }

    /// The world as readable JSON; one scope or all.
    pub fn view(&self, scope: Option<&Scope>) -> Value {
        let chosen = self
            .scopes
            .iter()
            .map(|(each, records)| (&**each, records))
            .filter(|(each, _)| scope.is_none_or(|scope| scope == *each));
        view::render(self.now_ms(), chosen)
    }

    /// Places instances that are ACTIVE on return, each daemon of the provider running on them;
    /// with `launch` they boot and register instead. Answers their ARNs.
    pub fn add_instances(
        &mut self,
        scope: &Scope,
        capacity_provider: &str,
        count: u32,
        launch: bool,
    ) -> Result<Vec<String>, ApiError> {
        self.control(scope, |region| region.add_instances(capacity_provider, count, launch))
    }

    /// Sets an alarm to OK, ALARM or `INSUFFICIENT_DATA`.
    pub fn set_alarm(&mut self, scope: &Scope, name: &str, state: &str) -> Result<(), ApiError> {
        self.control(scope, |region| region.set_alarm(name, state))
    }

    /// Lets the health checks of a running task fail, named by ARN or id.
    pub fn turn_unhealthy(&mut self, scope: &Scope, task: &str) -> Result<(), ApiError> {
        self.control(scope, |region| region.turn_named_task_unhealthy(task))
    }

    /// Stops a task, named by ARN or id.
    pub fn stop_task(&mut self, scope: &Scope, task: &str) -> Result<(), ApiError> {
        self.control(scope, |region| region.stop_named_task(task))
    }

    /// Adds a rule about what goes wrong and answers its id.
    pub fn add_fault(&mut self, fault: WorldFault) -> u64 {
        self.shared.faults.add(fault)
    }

    /// Removes a rule. False: there is none of this id.
    pub fn remove_fault(&mut self, id: u64) -> bool {
        self.shared.faults.remove(id)
    }

    /// How often a rule was reached and applied. None: there is none of this id.
    pub fn fault_counts(&self, id: u64) -> Option<(u64, u64)> {
        self.shared.faults.counts(id)
    }

    fn read(&self, call: &Call, run: operations::Read) -> Result<Value, ApiError> {
        let nothing = Records::default();
        let records = self.scopes.get(&call.scope).unwrap_or(&nothing);
        let stale;
        let records = match call.view {
            View::Fresh => records,
            View::Stale => {
                stale = records.stale();
                &stale
            }
        };
        let shared = &self.shared;
        run(
            &Reading {
                scope: &call.scope,
                records,
                now: shared.now_ms,
                seed: shared.seed,
                knobs: &shared.knobs,
            },
            call,
        )
    }

    fn write(&mut self, call: &Call, run: operations::Write) -> Result<Value, ApiError> {
        self.shared.writes += 1;
        self.shared.write = Write {
            number: self.shared.writes,
            at_ms: self.shared.now_ms,
        };
        let mut region = self.region(&call.scope);
        let answer = run(&mut region, call);
        if answer.is_ok() {
            region.records.latest_write = region.write();
            region.step_all();
        }
        self.shared.write = NO_WRITE;
        answer
    }

    fn control<T>(
        &mut self,
        scope: &Scope,
        act: impl FnOnce(&mut Region<'_>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let mut region = self.region(scope);
        let done = act(&mut region)?;
        region.step_all();
        Ok(done)
    }

    fn region(&mut self, scope: &Scope) -> Region<'_> {
        let known = self.scopes.get_key_value(scope).map(|(scope, _)| scope.clone());
        self.open(known.unwrap_or_else(|| Arc::new(scope.clone())))
    }

    fn open(&mut self, scope: Arc<Scope>) -> Region<'_> {
        Region {
            records: self.scopes.entry(scope.clone()).or_default(),
            shared: &mut self.shared,
            scope,
        }
    }

    fn is_busy(&self) -> bool {
        self.classified(self.shared.queue.loud())
            .any(|(_, class)| class == Class::Foreground)
    }

    /// Whether anything is ahead that a client may wait for.
    fn is_waited_for(&self) -> bool {
        self.classified(self.shared.queue.loud())
            .any(|(_, class)| matches!(class, Class::Foreground | Class::Patient))
    }

    fn classified<'w>(
        &'w self,
        lane: impl Iterator<Item = (i64, &'w Scope, &'w Due)>,
    ) -> impl Iterator<Item = (i64, Class)> {
        lane.map(|(at, scope, due)| {
            let class = self
                .scopes
                .get(scope)
                .map_or(Class::Stale, |records| classify(records, &self.shared.knobs, at, due));
            (at, class)
        })
    }

    fn is_stale(&self, scope: &Scope, at: i64, due: &Due) -> bool {
        let records = self.scopes.get(scope);
        records.is_none_or(|records| is_stale(records, at, due))
    }

    fn prune(&mut self) {
        let scopes = &self.scopes;
        self.shared.queue.prune(|at, scope, due| {
            let records = scopes.get(scope);
            records.is_none_or(|records| is_stale(records, at, due))
        });
    }

    /// Takes the first entry of the queue and lets it happen, at its time. False: it was overtaken.
    fn happen_next(&mut self) -> bool {
        let Some((at, scope, due)) = self.shared.queue.pop() else {
            return false;
        };
        if self.is_stale(&scope, at, &due) {
            return false;
        }
        self.shared.now_ms = self.shared.now_ms.max(at);
        self.open(scope).happen(due);
        // After every event and at no other time, so that the queue does not depend on the steps in which time moves.
        self.prune();
        true
    }
}
