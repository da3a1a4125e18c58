//! The `ecs-emulator` command, one module per task.

use std::fmt::Display;
use std::io::{self, Write};

pub(crate) mod exec;
pub(crate) mod health;
pub(crate) mod openapi;
mod options;
mod printable;
pub(crate) mod replay;
pub(crate) mod scenario;
pub(crate) mod serve;

/// Writes a line to the error output. One that cannot be written is lost, and nothing ends with it.
pub(crate) fn tell(line: impl Display) {
    let _lost = io::stderr().write_all(format!("{line}\n").as_bytes());
}

/// The failure of a task: text for people.
pub(crate) type Failure = Box<dyn std::error::Error>;
