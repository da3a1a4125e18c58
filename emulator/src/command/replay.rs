//! `ecs-emulator replay`: a run again from its journal.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::{Failure, tell};

/// Repeat a run from the journal that --journal has written, and compare every answer and event
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The journal
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
}

/// Exit status 0: everything was the same; 1: something differed.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let shown = arguments.journal.display();
    let file = File::open(&arguments.journal).map_err(|error| format!("{shown} cannot be opened: {error}"))?;
    let found = ecs_emulator::replay(BufReader::new(file)).map_err(|error| format!("{shown}: {error}"))?;
    if let Some(version) = &found.other_version {
        let ours = env!("CARGO_PKG_VERSION");
        tell(format_args!(
            "{shown} was written by version {version}, this is {ours}: differences may come from that"
        ));
    }
    for line in &found.cut_lines {
        tell(format_args!(
            "{shown}: the run was cut in line {line}: what it did from there on is not known"
        ));
    }
    let mut stdout = std::io::stdout().lock();
    if let Some(difference) = &found.difference {
        writeln!(stdout, "{shown}: {difference}")?;
        return Ok(ExitCode::FAILURE);
    }
    writeln!(
        stdout,
        "{shown}: no difference in {} answers and events, after {} requests and {} control calls",
        found.compared, found.requests, found.controls
    )?;
    Ok(ExitCode::SUCCESS)
}
