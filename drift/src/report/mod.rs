//! The result of a scan as one value. Every output (text, JSON, Markdown, SARIF, metrics, …) is a view
//! of it and adds nothing; the exit code is a function of it.
//!
//! A **finding** is one setting of one daemon that is not as wanted, or one condition of a daemon or of
//! a cluster. Differences decide about drift; conditions have a severity of their own. Findings that one
//! deployment caused stand in its [`Group`].
//!
//! The value is deterministic once [`Report::seal`] has run: same evidence, same report, byte for byte,
//! apart from times and durations of the run itself.

mod cause;
mod document;
mod entry;
#[cfg(test)]
mod entry_tests;
mod exit;
mod filter;
mod finding;
mod fingerprint;
#[cfg(test)]
pub(crate) mod golden;
mod likeness;
mod paste;
mod run;
mod severity;
mod shard;
mod shown;
mod source_ref;
mod summary;
#[cfg(test)]
mod tests;

pub use cause::{Cause, Kind};
pub use document::{Report, SCHEMA_VERSION};
pub(crate) use entry::PRICES;
pub use entry::{Cost, Entry, Part, Subject, entries, subjects};
pub use exit::{ExitPolicy, FailOn, Outcome, code, first_code};
pub use finding::{
    CONFIGURATION, Command, Confidence, Evidence, Finding, Location, NextStep, Repair, Suppression, SuppressionKind,
};
pub use fingerprint::fingerprint;
pub use paste::{Given, Paste};
pub use run::{Daemon, Group, Input, InputKind, Problem, Signal, Statistics, Tool, TrailEvent, Verdict};
pub use severity::Severity;
pub use shard::Shard;
pub use shown::{MASK, Origin, Shown};
pub use source_ref::SourceRef;
pub use summary::Summary;
