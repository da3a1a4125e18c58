//! The command line. The report goes to standard output and to files, everything else to standard error, so
//! that a pipe gets nothing but the report.
//!
//! | file | question it answers |
//! |---|---|
//! | `arguments` | what can be asked for, and how is it said? |
//! | `values` | which form have times and moments? |
//! | `clusters` | which cluster is meant by a name? |
//! | `connect` | where and as whom is AWS called? |
//! | `shared`, `reconcile_arguments`, `watch_arguments`, `notify_arguments` | the same, for what several commands have, and for `reconcile`, `watch` and `notify` |
//! | `look` | how do inputs, credentials and signals reach the engine? |
//! | `scan`, `reconcile` | what is made of what was found? |
//! | `watch` | how are rollouts followed, and compared with what was wanted? |
//! | `notify` | who is told of reports? |
//! | `signals` | which signals end a scan, and how? |
//! | `apply` | how is a plan read, asked about and carried out? |
//! | `baseline` | how is what is live recorded, and accepted later? |
//! | `doctor` | can a scan work here? |
//! | `stored` | how is a stored report read, and how do several become one? |
//! | `files` | how is a file replaced, and which must not be? |
//! | `finish` | what do rules make of a report, and where does it go? |
//! | `streams` | how is something printed or said? |
//! | `progress` | what does a long scan say while it runs? |
//! | `failure` | why could a command not do what it was asked for? |
//! | `diff` | what is new or gone between two reports? |

mod apply;
mod arguments;
mod baseline;
mod clusters;
mod connect;
mod diff;
mod doctor;
mod failure;
mod files;
mod finish;
mod look;
mod notify;
mod notify_arguments;
mod progress;
mod reconcile;
mod reconcile_arguments;
mod scan;
mod shared;
mod signals;
mod stored;
mod streams;
#[cfg(test)]
mod tests;
mod values;
mod watch;
mod watch_arguments;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use self::{
    arguments::{Arguments, Task},
    failure::{ERROR, Failure},
    finish::Finish,
};
use crate::surface::{self, Finished, sheet};

/// Parses the arguments of the process, does what they ask for and answers the exit code.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors.
            let code = if error.use_stderr() { ERROR } else { 0 };
            streams::parser(error);
            return ExitCode::from(code);
        }
    };
    match run(&arguments.task) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            streams::say(sheet!("ecs-drift: ", failure.sheet()));
            ExitCode::from(ERROR)
        }
    }
}

fn run(task: &Task) -> Result<u8, Failure> {
    match task {
        Task::Scan(arguments) => scan::run(arguments),
        Task::Reconcile(arguments) => reconcile::run(arguments),
        Task::Watch(arguments) => watch::run(arguments),
        Task::Baseline(arguments) => baseline::run(arguments),
        Task::Doctor(arguments) => doctor::run(arguments),
        Task::Diff(arguments) => diff::run(arguments),
        Task::Notify(arguments) => notify::run(arguments),
        Task::Merge(arguments) => {
            let finish = Finish::new(&arguments.finish)?;
            finish.spare(arguments.reports.iter().map(std::path::PathBuf::as_path))?;
            let report = stored::merge(stored::read_all(&arguments.reports)?);
            Ok(finish.run(report, None))
        }
        Task::Schema(arguments) => print(&surface::generated(arguments.schema.published().text())),
        Task::Completions(arguments) => {
            let mut script = Vec::new();
            clap_complete::generate(arguments.shell, &mut Arguments::command(), "ecs-drift", &mut script);
            print(&surface::generated(String::from_utf8_lossy(&script)))
        }
        Task::Man => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Arguments::command())
                .render(&mut page)
                .map_err(|error| Failure::new("Manual cannot be written", error.to_string()))?;
            print(&surface::generated(String::from_utf8_lossy(&page)))
        }
    }
}

fn print(text: &Finished) -> Result<u8, Failure> {
    streams::write(text)?;
    Ok(0)
}
