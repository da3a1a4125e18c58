//! Operations on tasks.

pub(super) mod describe_tasks;
pub(super) mod execute_command;
pub(super) mod get_task_protection;
pub(super) mod list_tasks;
pub(super) mod overrides;
pub(super) mod protection;
pub(super) mod run_task;
pub(super) mod start_task;
pub(super) mod stop_task;
pub(super) mod task_answer;
pub(super) mod task_request;
pub(super) mod update_task_protection;
