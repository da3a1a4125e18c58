//! The `ecs-emulator` command: serves unless told to do something else.

#![deny(
    clippy::print_stderr,
    reason = "`command::tell` does not end with what it cannot write"
)]

mod command;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::command::{Failure, exec, health, openapi, replay, scenario, serve, tell};

/// Emulator of Amazon ECS with Managed Daemons on a simulated fleet
#[derive(Debug, Parser)]
#[command(name = "ecs-emulator", version, args_conflicts_with_subcommands = true)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: serve::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Exec(Box<exec::Arguments>),
    Health(health::Arguments),
    Openapi(openapi::Arguments),
    Replay(replay::Arguments),
    Scenario(scenario::Arguments),
}

fn main() -> ExitCode {
    match run(&CommandLine::parse()) {
        Ok(code) => code,
        Err(error) => {
            tell(format_args!("ecs-emulator: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &CommandLine) -> Result<ExitCode, Failure> {
    match &arguments.command {
        None => serve::run(&arguments.serve).map(|()| ExitCode::SUCCESS),
        Some(Command::Exec(arguments)) => Ok(exec::run(arguments)),
        Some(Command::Health(arguments)) => health::run(arguments),
        Some(Command::Openapi(_)) => openapi::run().map(|()| ExitCode::SUCCESS),
        Some(Command::Replay(arguments)) => replay::run(arguments),
        Some(Command::Scenario(arguments)) => scenario::run(arguments),
    }
}
