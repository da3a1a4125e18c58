//! Operations on attributes of container instances.

pub(super) mod delete_attributes;
pub(super) mod list_attributes;
pub(super) mod put_attributes;
pub(super) mod target;
