//! The world: clusters, daemons and fleets of all accounts and regions under one virtual time.
//!
//! It is a value: no I/O, no wall clock, no randomness but seeded draws. The same sequence of
//! (virtual time, call or control action) gives the same answers, events and next world, whether
//! time is advanced in one step or in many.
//!
//! `records` says what there is, `simulation` what happens by itself and `passage` when, `operations` what callers do. A
//! [`Region`] is one account's region opened for change.

pub(crate) mod passage;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod unrest;
mod view;
mod workload_view;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::{ApiError, Call, Scope, View};
use crate::knobs::Knobs;
use crate::operations::{self, Operation, Reading};
use crate::records::Records;
pub use crate::records::events::WorldEvent;
pub use crate::records::faults::{Window, WorldFault};
pub use crate::records::image_faults::{ImageEffect, ImageFault};
use crate::records::table::{NO_WRITE, Write};
use crate::simulation::region::{Region, Shared};

/// The settings in which one world differs from another.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// Seed of all draws.
    pub seed: u64,
    /// Virtual time at the start, in milliseconds since the Unix epoch.
    pub epoch_ms: i64,
    /// Settings for what AWS leaves undocumented.
    pub knobs: Knobs,
}

/// The whole state of the emulated service.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
            let all = records.lookouts.clusters().map(|cluster| (cluster.clone(), None));
            records.stirred.extend(all);
        }
        &mut self.shared.knobs
    }

    /// Runs one operation at the current virtual time. None: the world does not know the operation.
    pub fn call(&mut self, call: &Call) -> Option<Result<Value, ApiError>> {
        operations::find(&call.operation).map(|operation| self.perform(call, operation))
    }

    /// The same for the operations of `CloudWatch` on alarms.
    pub(crate) fn call_cloudwatch(&mut self, call: &Call) -> Option<Result<Value, ApiError>> {
        operations::find_of_cloudwatch(&call.operation).map(|operation| self.perform(call, operation))
    }

    fn perform(&mut self, call: &Call, operation: Operation) -> Result<Value, ApiError> {
        match operation {
            Operation::Read(run) => self.read(call, run),
            Operation::Write(run) => self.write(call, run),
        }
    }

    /// True if an operation only reads. One that the world does not have is told by its name: it appears in trails.
    pub fn is_read(operation: &str) -> bool {
        match operations::find(operation) {
            Some(found) => matches!(found, Operation::Read(_)),
            None => ["Describe", "Get", "List"]
                .iter()
                .any(|verb| operation.starts_with(verb)),
        }
    }

    /// True if a call was refused because of a transition under way, so that asking again later makes sense.
    pub fn is_transition_refusal(error: &ApiError) -> bool {
        operations::is_transition_refusal(error)
    }

    /// The events since this was last called.
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

    /// Counts of a rule: how often it was reached and applied. None: there is none of this id.
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
            region.shared.calm();
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
        region.shared.calm();
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
}
