//! Finds and explains drift of Amazon ECS Managed Daemons.
//!
//! A scan is four steps, each a module that knows only the ones before it:
//!
//! | step | module | question it answers |
//! |---|---|---|
//! | wanted | `source` | what do state, plan or baseline say the daemons should be? |
//! | live | `observe` | what does ECS say they are? |
//! | why | `explain` | what differs, since when, and by which call? |
//! | told | `report` | the one value of which every output is a view |
//!
//! Then `render` writes the report in the forms that people and their tools read; `surface` keeps text of others data in
//! each of them.
//!
//! `repair` makes the plan that puts things back, of the same report.
//!
//! `explain`, `report`, `repair` and `render` are pure: no clock, no network, no environment.

pub mod baseline_recording;
pub mod cli;
pub mod doctor;
pub mod engine;
pub mod execute;
pub mod explain;
pub mod interrupt;
mod notify;
pub mod observe;
mod pattern;
pub mod render;
pub mod repair;
pub mod report;
mod rollout;
pub mod rules;
pub mod scan;
pub mod schemas;
pub mod setting;
pub mod source;
pub mod surface;
pub mod watch;
