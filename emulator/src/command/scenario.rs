//! `ecs-emulator scenario`: what a scenario file is worth before anything runs on it.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use ecs_emulator::{Emulator, Scenario};

use super::{Failure, tell};

/// Check a scenario file, or show the world that it begins with
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Say whether a world can be started from the files
    Check {
        /// Scenario files
        #[arg(value_name = "FILE.toml", required = true)]
        files: Vec<PathBuf>,
    },
    /// Print what the world begins with, as JSON
    Show {
        /// Scenario file
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Print the JSON Schema of scenario files
    Schema,
}

/// Exit status 1: a file is wrong. All files are checked, whatever the first one is like.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut stdout = std::io::stdout().lock();
    match &arguments.task {
        Task::Schema => write!(stdout, "{}", Scenario::schema())?,
        Task::Show { file } => {
            let shown = Emulator::builder().scenario(Scenario::load(file)?).build()?.overview();
            writeln!(stdout, "{shown:#}")?;
        }
        Task::Check { files } => {
            let mut wrong = false;
            for file in files {
                match check(file) {
                    Ok(()) => writeln!(stdout, "{}: ok", file.display())?,
                    Err(error) => {
                        wrong = true;
                        tell(error);
                    }
                }
            }
            if wrong {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check(file: &std::path::Path) -> Result<(), Failure> {
    Emulator::builder().scenario(Scenario::load(file)?).build()?;
    Ok(())
}
