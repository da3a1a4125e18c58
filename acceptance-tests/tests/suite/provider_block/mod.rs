//! The provider block against servers that others wrote: credentials by moto's STS, the way of a
//! request through tinyproxy and TLS.

mod network;
mod regions;
mod roles;
mod unknown;

use acceptance_tests::{Case, Outcome, Setup, Targets};

/// A case with a fleet of one instance and a folder for other servers.
fn case(name: &'static str, steps: impl FnOnce(&mut Case) -> Outcome) -> Outcome {
    let targets = Targets::EmulatorOnly("the servers around it are on loopback");
    Case::new(name, targets, Setup::instances(1)).run(steps)
}

/// A provider block, and the rest of a configuration. A case puts back a plain one at its end, because
/// the harness goes on with it when the other servers are gone.
fn with(block: &str, rest: &str) -> String {
    format!("provider \"ecs\" {{\n{block}\n}}\n{rest}")
}
