//! What the `ecs-emulator` command does, one module per task.

pub(crate) mod replay;
pub(crate) mod scenario;
pub(crate) mod serve;

/// What a task fails with: text for people.
pub(crate) type Failure = Box<dyn std::error::Error>;
