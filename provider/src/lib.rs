//! The provider as Terraform sees it: the provider block, and the list of what it offers.
//!
//! | file | question it answers |
//! |---|---|
//! | `arguments` | what does the binary do when a person starts it? |
//! | `block` | which arguments does the provider block have? |
//! | `configuration` | what do they mean, together with the environment? |
//! | `provider` | what happens when they are given, and what is offered? |
//!
//! What is deliberately absent: nothing here knows what a daemon is, and nothing here calls AWS. That
//! is `daemons`, which this crate only configures.

pub mod arguments;
mod block;
mod configuration;
mod provider;
mod version;

pub use provider::EcsProvider;
pub use version::{SOURCE, VERSION};
