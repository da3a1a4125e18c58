//! The command `ecs-drift`: the library behind arguments, and an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ecs_drift::cli::main()
}
