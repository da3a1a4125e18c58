//! Emulator of the ECS API that simulates managed daemons on a fleet under a virtual clock.
//!
//! A request goes `server` or `in_process` → `handle` (faults, checks against `model`, time, `journal`) → `world`.
//! The world is a value without I/O; everything that may differ between two runs is an input of it. The library knows
//! no crate of ours: it meets the provider on the wire only, so that it cannot repeat the provider's mistakes.
//!
//! An SDK client talks to an emulator in its own process. Under tokio's paused clock a wait of hours takes no time:
//!
//! ```
//! use std::time::Duration;
//!
//! use aws_sdk_ecs::{Client, client::Waiters, types::DaemonContainerDefinition};
//! use ecs_emulator::{Emulator, Scenario};
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenario = Scenario::parse(
//!     "fleet.toml",
//!     "[[cluster]]\nname = 'prod'\n[[capacity_provider]]\nname = 'fleet'\ncluster = 'prod'\ninstances = 4\n",
//! )?;
//! let emulator = Emulator::builder().seed(1).scenario(scenario).build()?;
//! let client = Client::new(&emulator.sdk_config("us-east-1"));
//! let arn = |resource: &str| format!("arn:aws:ecs:us-east-1:123456789012:{resource}");
//!
//! let container = DaemonContainerDefinition::builder().name("agent").image("agent:1").build()?;
//! let register = client.register_daemon_task_definition().family("agent");
//! let definition = register.container_definitions(container).send().await?;
//! let create = client
//!     .create_daemon()
//!     .daemon_name("agent")
//!     .cluster_arn(arn("cluster/prod"))
//!     .capacity_provider_arns(arn("capacity-provider/fleet"))
//!     .set_daemon_task_definition_arn(definition.daemon_task_definition_arn);
//! let deployment = create.send().await?.deployment_arn.unwrap_or_default();
//!
//! let rollout = client.wait_until_daemon_deployment_successful().daemon_deployment_arns(deployment);
//! rollout.wait(Duration::from_secs(7200)).await?;
//! assert!(emulator.journal().iter().any(|entry| entry["operation"] == "CreateDaemon"));
//! # Ok(())
//! # }
//! ```

#![deny(
    clippy::print_stderr,
    reason = "`stderr::tell` does not end with what it cannot write"
)]

pub mod api;
mod clock;
mod consistency;
mod control;
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
mod page;
mod polling;
mod records;
mod replay;
mod scenario;
mod seeded;
mod server;
mod simulation;
mod state;
mod stderr;
mod stored;
mod stream;
pub mod tamper;
mod throttle;
mod timestamp;
mod wire;
pub mod world;

pub use clock::{ClockMode, DEFAULT_EPOCH_MS};
pub use control::{ControlError, control_reference};
pub use form::FormError;
pub use handle::{BuildError, Builder, Emulator, FaultGuard, FaultList};
pub use journal::JournalLimits;
pub use replay::{Difference, Replay, ReplayError, replay};
pub use scenario::{Scenario, ScenarioError};
pub use server::Server;
pub use state::StateError;
pub use timestamp::parse as parse_time;
pub use wire::{BODY_LIMIT, DEFAULT_ACCOUNT, DEFAULT_REGION, Outcome, Reply};
