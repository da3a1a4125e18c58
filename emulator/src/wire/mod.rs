//! Between HTTP and calls: who asks for what, in which protocol, and how answers and errors are written.

mod assumed;
mod cloudtrail;
mod incoming;
mod reply;
mod sts;
mod urlencoded;

pub(crate) use assumed::Sessions;
pub(crate) use cloudtrail::lookup_events;
pub(crate) use incoming::{Incoming, Principal, Protocol, Service};
pub(crate) use reply::{Failure, Stamp, answer, control_answer, failure};
pub use reply::{Outcome, Reply};
pub(crate) use sts::{assume_role, caller_identity};

/// Largest request body in bytes, as the service takes it (2 MiB, assumed).
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// Account of callers whose access key id is not itself an account id.
pub const DEFAULT_ACCOUNT: &str = "123456789012";
/// Region of callers whose credential scope names none.
pub const DEFAULT_REGION: &str = "us-east-1";
