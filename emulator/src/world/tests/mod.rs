//! The world from the outside: timelines, knobs, invariants, and random sequences of calls.

mod answers;
mod blocked;
mod effects;
pub(crate) mod invariants;
mod knobs;
pub(crate) mod lab;
mod percents;
mod random;
mod reading;
mod repair_timelines;
mod rollback_timelines;
mod room;
mod timelines;
mod walkthrough;
mod workload_invariants;
mod workloads;
