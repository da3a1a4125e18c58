//! `ecs-emulator openapi`: the reference of the control API.

use std::io::Write;

use super::Failure;

/// Print the OpenAPI description of the control calls
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {}

/// Prints it.
pub(crate) fn run() -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{:#}", ecs_emulator::control_reference())?;
    Ok(())
}
