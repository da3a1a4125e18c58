//! The resources in process: provider → real SDK client → emulator, under paused time and without a
//! socket. The driver checks the client's rules on every answer, so a broken rule fails any case.

#![expect(clippy::unwrap_used, reason = "helpers of tests, where a panic is a failed case")]
#![expect(clippy::needless_pass_by_value, reason = "literals read better without a reference")]

mod actions;
mod crashes;
mod create;
mod data;
mod drift;
mod every_call;
mod guides;
mod knobs;
mod lists;
mod lost_replies;
mod names;
mod random;
mod rollbacks;
mod settled_reads;
mod shared_reads;
mod support;
mod tampered;
mod task_definitions;
mod told_at_plan;
mod waits;
mod worlds;
