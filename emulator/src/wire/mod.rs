//! Between HTTP and calls: who asks for what, in which protocol, and how answers and errors are written.

mod assumed;
mod cbor;
mod cloudtrail;
mod cloudwatch;
mod incoming;
mod limits;
mod query;
mod reply;
mod secrets;
mod sts;
mod urlencoded;
mod xml;

pub(crate) use assumed::Sessions;
pub(crate) use cloudtrail::lookup_events;
pub(crate) use cloudwatch::body as cloudwatch_body;
pub(crate) use incoming::{Incoming, Principal, Protocol, Service};
pub use limits::{BODY_LIMIT, DEFAULT_ACCOUNT, DEFAULT_REGION};
pub(crate) use reply::{Failure, Stamp, answer, control_answer, failure};
pub use reply::{Outcome, Reply};
pub(crate) use sts::{assume_role, caller_identity};
