//! Operations on capacity providers.

pub(super) mod create_capacity_provider;
pub(super) mod delete_capacity_provider;
pub(super) mod describe_capacity_providers;
pub(super) mod provider_answer;
pub(super) mod update_capacity_provider;
