//! Name and version of the provider.

/// Under which name users require the provider.
pub const SOURCE: &str = "managed-daemons/ecs";

/// Version of the build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
