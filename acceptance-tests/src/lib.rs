//! The harness of the acceptance tests: a real Terraform or `OpenTofu` drives the provider binary,
//! which talks to the emulator binary (or, by choice, to AWS).
//!
//! A test is a [`Case`]: it gets a directory of its own, an emulator of its own and a Terraform
//! configuration, and takes *steps*. A step runs commands and then checks everything that must be
//! true after it without being asked: after an apply the next plan is empty, a refresh finds no
//! difference, plans only read, and each `UpdateDaemon` carries every setting. Invariants cannot
//! be switched off; where the opposite is right, the test states the opposite.
//!
//! ```no_run
//! use acceptance_tests::{Case, Outcome, Setup, Targets};
//!
//! fn tagged() -> Outcome {
//!     Case::new("tagged", Targets::Any, Setup::instances(2)).run(|case| {
//!         case.apply(r#"resource "ecs_daemon" "agent" { … }"#)?;
//!         Ok(())
//!     })
//! }
//! ```
//!
//! The modules: [`Case`] and its steps in `case` and `steps`; what is always checked in
//! `invariants` and `import`; the fleet behind a case in `testbed`, `emulator` and `other_caller`; servers that
//! others wrote in `foreign`; a registry that serves our packages in [`registry`]; the one table of redactions in `redactions`.

mod after;
mod case;
mod changes;
mod cli;
mod control;
mod emulator;
mod failure;
mod folder;
mod foreign;
mod import;
mod invariants;
mod journal;
mod other_caller;
mod process;
mod redactions;
pub mod registry;
mod run;
mod settings;
mod setup;
mod steps;
pub mod sweep;
mod target;
mod testbed;

pub use after::After;
pub use case::Case;
pub use changes::Changes;
pub use cli::{Cli, SNAPSHOT_VERSION, binary, harness, packages, xtask};
pub use control::Control;
pub use emulator::Emulator;
pub use failure::{Failure, Outcome, fail};
pub use folder::{Folder, HOSTS, cli_settings, platform};
pub use foreign::{Moto, Tinyproxy, TlsFront};
pub use journal::{Entry, Journal, settings_of_update};
pub use other_caller::OtherCaller;
pub use process::{Finished, Running};
pub use run::Plan;
pub use settings::{DaemonSettings, SETTINGS, Setting, arguments};
pub use setup::Setup;
pub use steps::{Applied, Drifted};
pub use target::{AwsTarget, Targets};
pub use testbed::Testbed;
