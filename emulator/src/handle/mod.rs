//! The emulator for those who embed or serve it, and the state behind its lock.

mod actions;
mod builder;
mod cloudwatch;
mod core;
mod emulator;
mod fault_list;
mod image;
mod keep;
mod keeper;
mod receive;
mod resume;
mod setup;
mod time;

pub use builder::{BuildError, Builder};
pub(crate) use core::Core;
pub use emulator::Emulator;
pub use fault_list::{FaultGuard, FaultList};
pub(crate) use keeper::Unkept;
pub(crate) use time::Journey;
