//! Rollouts of daemons: their deployments, and their place on an instance.

pub(super) mod batch;
pub(super) mod blocked;
pub(super) mod daemon_slot;
pub(super) mod deletion;
pub(super) mod deployment;
pub(super) mod monitor;
pub(crate) mod progress;
pub(super) mod rollback;
pub(super) mod rollout;
