//! Between HTTP and calls: who asks for what, in which protocol, and how answers and errors are written.

mod assumed;
mod cloudtrail;
mod incoming;
mod limits;
mod reply;
mod secrets;
mod sts;
mod urlencoded;

pub(crate) use assumed::Sessions;
pub(crate) use cloudtrail::lookup_events;
pub(crate) use incoming::{Incoming, Principal, Protocol, Service};
pub use limits::{BODY_LIMIT, DEFAULT_ACCOUNT, DEFAULT_REGION};
pub(crate) use reply::{Failure, Stamp, answer, control_answer, failure};
pub use reply::{Outcome, Reply};
pub(crate) use sts::{assume_role, caller_identity};
