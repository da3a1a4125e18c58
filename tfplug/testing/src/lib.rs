//! A kit for tests of providers, made of the driver of `tfplug-server` and the rules in `tfplug-core`.

#![doc = include_str!("../README.md")]

mod lifecycles;

use std::sync::Arc;

pub use tfplug_core::{self as core, Provider, Value, test_support as rules};
pub use tfplug_server::driver::{Action, Driver, Found, Invoked, Opened, Outcome, Planned, Query, Stored};

pub use self::lifecycles::{Played, random_lifecycles};

/// Finds what clients refuse or what surprises users in the schemas of a provider.
///
/// # Panics
/// With everything that it found.
pub fn lint(provider: &Arc<dyn Provider>) {
    let found = rules::lint_provider(provider.as_ref());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
