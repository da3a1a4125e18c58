//! The execution of a plan: the only part of the program that changes anything. A scan cannot name it.
//!
//! | file | question it answers |
//! |---|---|
//! | `execution` | what decides how a plan is executed? |
//! | `run` | which repairs begin, and when does it end? |
//! | `job` | how is one daemon repaired, and how is that proven? |
//! | `end` | how has it ended? |
//! | `sharing` | how do reads of several repairs share calls? |
//! | `place` | who asks and calls ECS, and is the plan for this account? |
//! | `audit` | what was decided and sent, in a file that outlives the process? |
//! | `earlier` | what did earlier runs send, by their audit? |
//!
//! What a reading means for the plan, and which repairs may run side by side, is decided in `repair`.

mod audit;
mod earlier;
mod end;
mod execution;
mod job;
mod place;
mod run;
mod sharing;

pub use audit::{Audit, AuditLine, Event};
pub use execution::Execution;
pub use run::execute;
