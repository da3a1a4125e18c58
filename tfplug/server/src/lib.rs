//! Terraform plugin protocol 6 for a [`Provider`](tfplug_core::Provider): the process contract of
//! go-plugin, mutual TLS, the RPCs, and the log.
//!
//! A provider binary calls [`serve()`] and returns its exit code.
//!
//! Deliberately absent: nothing here knows AWS or any particular resource, and nothing here
//! decides about values. Rules live in `tfplug-core`, meaning lives in the provider.

mod convert;
#[cfg(feature = "test-support")]
pub mod driver;
mod lifecycle;
mod log;
mod plugin;
#[cfg(not(feature = "test-support"))]
mod proto;
#[cfg(feature = "test-support")]
pub mod proto;
mod rpc;
mod serve;
mod service;
mod transport;

pub use serve::{Options, serve, serve_debug};
