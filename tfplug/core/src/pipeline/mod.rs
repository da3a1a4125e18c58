//! Everything around a resource's own code: configurations are checked against the schema before
//! it sees them, plans are built for it, and its answers are brought into the shape that the client
//! demands.
//!
//! Everything here is a pure function of its arguments, and deterministic: the client makes each
//! plan again just before it applies it and refuses another result.

mod bug;
mod defaults;
mod fit;
mod listed;
mod plan;
mod replace;
mod settle;
mod start;
mod upgrade;
mod validate;
mod write_only;

pub use defaults::with_defaults;
pub use listed::settle_listed;
pub use plan::plan;
pub use settle::{settle_apply, settle_read};
pub use upgrade::{upgrade, upgrade_identity};
pub use validate::{refuse_write_only, validate, validate_resource};
pub use write_only::with_write_only;

#[cfg(test)]
mod tests;
