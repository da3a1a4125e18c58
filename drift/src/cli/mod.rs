//! The command line. The report goes to standard output and to files, everything else to standard error, so
//! that a pipe gets nothing but the report.
//!
//! | file | question it answers |
//! |---|---|
//! | `arguments` | what can be asked for, and how is it said? |
//! | `connect` | where and as whom is AWS called? |
//! | `scan` | how do inputs, credentials and signals reach the engine? |
//! | `baseline` | how is what is live recorded, and accepted later? |
//! | `doctor` | can a scan work here? |
//! | `stored` | how is a stored report read, and how do several become one? |
//! | `files` | how is a file replaced, and which must not be? |
//! | `finish` | what do rules make of a report, and where does it go? |
//! | `progress` | what does a long scan say while it runs? |
//! | `diff` | what is new or gone between two reports? |
//!
//! `reconcile` and `watch` have their place beside these; they are not there yet.

mod arguments;
mod baseline;
mod connect;
mod diff;
mod doctor;
mod files;
mod finish;
mod progress;
mod scan;
mod stored;
#[cfg(test)]
mod tests;

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use clap::{CommandFactory, Parser};

use self::{
    arguments::{Arguments, Task},
    finish::Finish,
};
use crate::{report::Problem, source::SourceError};

/// Exit code of errors, also of wrong arguments: 2, which parsers use, means drift here.
const ERROR: u8 = 1;

/// Parses the arguments of the process, does what they ask for and answers the exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors, and a closed pipe is none either.
            let _closed = error.print();
            return ExitCode::from(if error.use_stderr() { ERROR } else { 0 });
        }
    };
    match run(&arguments.task) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            let _closed = writeln!(io::stderr(), "ecs-drift: {failure}");
            ExitCode::from(ERROR)
        }
    }
}

fn run(task: &Task) -> Result<u8, Failure> {
    match task {
        Task::Scan(arguments) => scan::run(arguments),
        Task::Baseline(arguments) => baseline::run(arguments),
        Task::Doctor(arguments) => doctor::run(arguments),
        Task::Diff(arguments) => diff::run(arguments),
        Task::Merge(arguments) => {
            let finish = Finish::new(&arguments.finish)?;
            finish.spare(arguments.reports.iter().map(std::path::PathBuf::as_path))?;
            let report = stored::merge(stored::read_all(&arguments.reports)?);
            finish.run(report, None)
        }
        Task::Schema(arguments) => print(&arguments.schema.published().text()),
        Task::Completions(arguments) => {
            let mut script = Vec::new();
            clap_complete::generate(arguments.shell, &mut Arguments::command(), "ecs-drift", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
        Task::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut page)
                .map_err(|error| Failure::new("Manual cannot be written", error.to_string()))?;
            print(&String::from_utf8_lossy(&page))
        }
    }
}

fn print(text: &str) -> Result<u8, Failure> {
    write_stdout(text)?;
    Ok(0)
}

/// Writes to standard output. A reader that has seen enough closes the pipe; that is no failure.
fn write_stdout(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::new(
            "Report cannot be written",
            format!("standard output: {error}."),
        )),
        _ => Ok(()),
    }
}

/// Why a command could not do what it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Failure {
    summary: String,
    detail: String,
}

impl Failure {
    fn new(summary: &str, detail: impl Into<String>) -> Self {
        Self {
            summary: summary.to_owned(),
            detail: detail.into(),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        Self::new(error.summary, error.detail)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(&problem.summary, problem.detail)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.summary, self.detail)
    }
}
