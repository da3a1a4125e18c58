//! Operations on tasks.

pub(super) mod describe_tasks;
pub(super) mod list_tasks;
pub(super) mod overrides;
pub(super) mod run_task;
pub(super) mod stop_task;
pub(super) mod task_answer;
