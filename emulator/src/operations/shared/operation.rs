//! An operation: a function that reads the records of a region, or one that may change it.

use serde_json::Value;

use crate::api::{ApiError, Call, Scope};
use crate::knobs::Knobs;
use crate::records::Records;
use crate::simulation::region::Region;

/// The answer of an operation.
pub(crate) type Answer = Result<Value, ApiError>;

/// An operation that changes nothing.
pub(crate) type Read = fn(&Reading<'_>, &Call) -> Answer;

/// An operation that may change something.
pub(crate) type Write = fn(&mut Region<'_>, &Call) -> Answer;

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Read(Read),
    Write(Write),
}

/// The view of a reading operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) records: &'a Records,
    /// Virtual time in milliseconds since the Unix epoch.
    pub(crate) now: i64,
    pub(crate) seed: u64,
    pub(crate) knobs: &'a Knobs,
}
