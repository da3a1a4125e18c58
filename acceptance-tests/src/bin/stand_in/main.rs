//! A stand-in of hashicorp/aws and hashicorp/awscc, as far as a state of theirs can be moved from: the types of the daemon
//! and its task definition, whose objects exist in the state only. A state that names a provider wants its schema, so that a
//! move can be tried on real clients only where something is installed under that name.
//!
//! It is also the examples `gate` and `shelf` of tfplug.
//!
//! It is the one or the other by the name of its file.

mod aws;
mod awscc;
#[allow(dead_code, unreachable_pub, reason = "the example is a binary")]
#[path = "../../../../tfplug/facade/examples/gate.rs"]
mod gate;
mod kept;
#[allow(dead_code, unreachable_pub, reason = "the example is a binary")]
#[path = "../../../../tfplug/facade/examples/shelf.rs"]
mod shelf;

use std::{env, path::Path, process::ExitCode};

fn main() -> ExitCode {
    let program = env::args_os().next().unwrap_or_default();
    let name = Path::new(&program).file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("terraform-provider-awscc") {
        awscc::provider().serve("hashicorp/awscc")
    } else if name.starts_with("terraform-provider-shelf") {
        shelf::provider().serve("acme/shelf")
    } else if name.starts_with("terraform-provider-gate") {
        gate::provider().serve("acme/gate")
    } else {
        aws::provider().serve("hashicorp/aws")
    }
}
