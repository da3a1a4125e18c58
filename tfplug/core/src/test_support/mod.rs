//! The client's own rules, for tests: how it proposes a plan, what it demands of a plan, of a result
//! and of a schema, and random configurations to run all that over.
//!
//! These rules are written from what the clients do, not from our pipeline, so that a mistake there is
//! found here rather than by a user as "Provider produced inconsistent result after apply".

mod compatible;
mod conforms;
mod lints;
pub mod literal;
mod names;
mod plan_valid;
mod proposed;
mod provider_lints;
mod random;

pub use compatible::{assert_object_compatible, assert_plan_consistent};
pub use conforms::assert_conforms;
pub use fastrand::Rng;
pub use lints::{SchemaKind, lint_blocks, lint_identity, lint_schema};
pub use names::{names_missing, names_of};
pub use plan_valid::assert_plan_valid;
pub use proposed::proposed_new;
pub use provider_lints::{lint_function, lint_provider};
pub use random::{Generator, Hint, Unknowns, edit, fill_unknown, random_config};

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
