//! Operations on task definitions: of daemons, and of applications.

pub(super) mod app_definition_answer;
pub(super) mod delete_daemon_task_definition;
pub(super) mod delete_task_definitions;
pub(super) mod deregister_task_definition;
pub(super) mod describe_daemon_task_definition;
pub(super) mod describe_task_definition;
pub(super) mod list_daemon_task_definitions;
pub(super) mod list_task_definition_families;
pub(super) mod list_task_definitions;
pub(super) mod register_daemon_task_definition;
pub(super) mod register_task_definition;
pub(super) mod task_definition_checks;
