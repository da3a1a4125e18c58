//! Operations on container instances.

pub(super) mod deregister_container_instance;
pub(super) mod describe_container_instances;
pub(super) mod discover_poll_endpoint;
pub(super) mod instance_answer;
pub(super) mod list_container_instances;
pub(super) mod update_container_instances_state;
