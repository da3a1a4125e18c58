//! Services and application tasks beside daemons.

pub(crate) mod application;
pub(super) mod placement;
pub(super) mod service;
pub(super) mod service_deployment;
