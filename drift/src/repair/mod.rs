//! Repairs, as far as they can be thought through without a call: the plan of a report, and what it costs.
//!
//! | file | question it answers |
//! |---|---|
//! | `document` | what is in a plan? |
//! | `payload` | how are the members of a request held? |
//! | `digest` | is a document still what was written? |
//! | `subject` | which daemon is it about? |
//! | `selection` | what is asked for, and what is allowed? |
//! | `refused` | why is a daemon not repaired, and which flag allows it? |
//! | `daemon` | what is sent for one daemon? |
//! | `plan` | who is repaired, and in which order? |
//! | `file` | is a plan in a file still what was written, and by whom? |
//! | `now` | what does a reading just before the call mean for the plan? |
//! | `schedule` | which repairs may run side by side, and when does none begin any more? |
//! | `window` | when may repairs begin? |
//! | `outcome` | what became of it? |
//!
//! All of it is pure: no clock, no network, no environment.

mod daemon;
mod digest;
mod document;
mod file;
mod now;
mod outcome;
mod payload;
mod plan;
mod refused;
mod schedule;
mod selection;
mod subject;
mod window;

pub use document::{Action, From, Member, PLAN_VERSION, Plan, Planned, TagChange};
pub use now::{Decision, Now, is_as};
pub use outcome::{RESULT_VERSION, Repaired, Results, Verdict};
pub use payload::Payload;
pub use plan::plan;
pub use refused::{Reason, Refused, Remaining};
pub use schedule::{Limits, Schedule, Turn};
pub use selection::{Allowed, Selection};
pub use subject::Subject;
pub use window::{Window, Windows};
