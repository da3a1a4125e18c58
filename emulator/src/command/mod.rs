//! The `ecs-emulator` command, one module per task.

pub(crate) mod exec;
pub(crate) mod health;
pub(crate) mod openapi;
mod options;
mod printable;
pub(crate) mod replay;
pub(crate) mod scenario;
pub(crate) mod serve;

/// The failure of a task: text for people.
pub(crate) type Failure = Box<dyn std::error::Error>;
