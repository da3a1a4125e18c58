//! Emulator of the ECS API that simulates managed daemons on a fleet under a virtual clock.
//!
//! A request goes `server` or `in_process` → `handle` (faults, checks against `model`, time, `journal`) → `world`.
//! The world is a value without I/O; everything that may differ between two runs is an input of it. The library knows
//! no crate of ours: it meets the provider on the wire only, so that it cannot repeat the provider's mistakes.

pub mod api;
mod clock;
mod consistency;
mod control;
mod draw;
pub mod faults;
mod form;
mod glob;
mod handle;
mod in_process;
mod journal;
pub mod knobs;
pub mod model;
mod observers;
mod operations;
mod polls;
mod records;
mod replay;
mod scenario;
mod server;
mod simulation;
mod stream;
pub mod tamper;
mod throttle;
mod timestamp;
mod wire;
pub mod world;

pub use clock::{ClockMode, DEFAULT_EPOCH_MS};
pub use control::ControlError;
pub use form::FormError;
pub use handle::{BuildError, Builder, Emulator, FaultGuard, FaultList};
pub use journal::JournalLimits;
pub use replay::{Difference, Replay, ReplayError, replay};
pub use scenario::{Scenario, ScenarioError};
pub use server::Server;
pub use timestamp::parse as parse_time;
pub use wire::{BODY_LIMIT, DEFAULT_ACCOUNT, DEFAULT_REGION, Outcome, Reply};
