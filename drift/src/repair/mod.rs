//! Repairs, as far as they can be thought through without a call: the plan of a report, and what it costs.
//!
//! | file | question it answers |
//! |---|---|
//! | `document` | what is in a plan, and is a file still what was written? |
//! | `subject` | which daemon is it about? |
//! | `selection` | what is asked for, and what is allowed? |
//! | `refused` | why is a daemon not repaired, and which flag allows it? |
//! | `daemon` | what is sent for one daemon? |
//! | `plan` | who is repaired, and in which order? |
//!
//! All of it is pure: no clock, no network, no environment.

mod daemon;
mod document;
mod plan;
mod refused;
mod selection;
mod subject;

pub use document::{Action, From, Member, PLAN_VERSION, Plan, Planned, TagChange};
pub use plan::plan;
pub use refused::{Reason, Refused, Remaining};
pub use selection::{Allowed, Selection};
pub use subject::Subject;
