//! The order of repairs: which of them may begin, given those that run and those that ended.

use super::{document::Planned, outcome::Verdict};

/// Limits of an execution.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Repairs that run at a time.
    pub at_a_time: usize,
    /// Instances that may be drained at a time, over all repairs.
    pub max_instances: Option<u64>,
    /// Repairs that may go wrong before nothing new begins.
    pub max_failures: u64,
    /// True if the first one has to succeed before the others begin.
    pub canary: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            at_a_time: 16,
            max_instances: None,
            max_failures: 1,
            canary: false,
        }
    }
}

/// The course of an execution, as far as it decides what may begin.
#[derive(Clone, Debug)]
pub struct Schedule {
    limits: Limits,
    running: usize,
    draining: u64,
    failures: u64,
    begun: bool,
    is_proven: bool,
}

/// What may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The repair may begin.
    Begin,
    /// Something that runs has to end before.
    Wait,
    /// Nothing begins any more, for this reason.
    Stop(&'static str),
}

impl Schedule {
    /// Nothing has begun.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            running: 0,
            draining: 0,
            failures: 0,
            begun: false,
            is_proven: false,
        }
    }

    /// The turn of the next repair.
    pub fn turn(&self, next: &Planned) -> Turn {
        let Limits {
            at_a_time,
            max_instances,
            max_failures,
            canary,
        } = self.limits;
        if self.failures >= max_failures {
            return Turn::Stop("As many repairs went wrong as `--max-failures` allows.");
        }
        let waits_for_canary = canary && self.begun && !self.is_proven;
        if waits_for_canary && self.running == 0 {
            return Turn::Stop("The first repair, the canary, was not proven.");
        }
        let is_over = max_instances.is_some_and(|most| self.draining + next.at_a_time() > most);
        if is_over && self.running == 0 {
            return Turn::Stop("It drains more instances at a time than `--max-instances` allows.");
        }
        if waits_for_canary || is_over || self.running >= at_a_time.max(1) {
            return Turn::Wait;
        }
        Turn::Begin
    }

    /// A repair begins.
    pub fn begin(&mut self, planned: &Planned) {
        self.begun = true;
        self.running += 1;
        self.draining += planned.at_a_time();
    }

    /// A repair has ended.
    pub fn end(&mut self, planned: &Planned, verdict: Verdict) {
        self.running = self.running.saturating_sub(1);
        self.draining = self.draining.saturating_sub(planned.at_a_time());
        self.failures += u64::from(verdict.is_failure());
        self.is_proven |= verdict == Verdict::Repaired;
    }
}
