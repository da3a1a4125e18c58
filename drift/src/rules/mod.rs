//! `.ecs-drift.toml`: what a scan reads, what of its findings counts, how much, and whose it is.
//!
//! | file | question it answers |
//! |---|---|
//! | `file` | what may stand in the file, and what is wrong with it? |
//! | `glob` | does a pattern match an address, an ARN or a setting? |
//! | `apply` | what do the rules do to a report? |
//!
//! A rule that hides something must say why, and may say until when. One that hides nothing any more is
//! reported, so that the file does not become a list of things that nobody dares to touch.

mod apply;
mod file;
mod glob;
#[cfg(test)]
mod tests;

pub use apply::{Context, apply};
pub use file::{FILE_NAME, IgnoreRule, OwnerRule, Rules, RulesError, SeverityRule};
pub use glob::matches_name;
