//! Commands that write inputs.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use sha2::{Digest, Sha256};

use super::SourceError;

/// Commands of inputs that are running. One that is left behind would keep the streams of the process open, and with them
/// the job that waits for their end.
#[derive(Clone, Debug, Default)]
pub struct Commands {
    running: Arc<Mutex<Running>>,
    /// Profile of the shared configuration files, for the AWS CLI.
    pub(super) profile: Option<String>,
}

#[derive(Debug, Default)]
struct Running {
    children: Vec<Child>,
    /// True if none may begin any more.
    is_over: bool,
}

impl Commands {
    /// Those of the AWS CLI with a profile of the shared configuration files; that of the environment unless given.
    pub fn with_profile(profile: Option<&str>) -> Self {
        Self {
            profile: profile.map(str::to_owned),
            ..Self::default()
        }
    }

    /// Ends those that are running, and lets none begin.
    pub fn end(&self) {
        let mut running = self.running();
        running.is_over = true;
        for child in &mut running.children {
            // One that has ended by itself needs nothing.
            let _ended = child.kill();
        }
    }

    /// Runs a command; returns its output, and the way in which it ended.
    fn run(&self, command: &mut Command) -> io::Result<(Vec<u8>, ExitStatus)> {
        let (id, stdout) = {
            let mut running = self.running();
            if running.is_over {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let mut child = command.stdout(Stdio::piped()).spawn()?;
            let pipe = (child.id(), child.stdout.take());
            running.children.push(child);
            pipe
        };
        let mut written = Vec::new();
        let read = stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut written));
        let mut running = self.running();
        let place = running.children.iter().position(|child| child.id() == id);
        let place = place.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let status = running.children.swap_remove(place).wait()?;
        read.map(|_| (written, status))
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A command as messages name it. Arguments may be secrets, so that a digest tells one command line from another.
pub(super) fn shown(command: &[String]) -> String {
    let (program, arguments) = command
        .split_first()
        .map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    if arguments.is_empty() {
        return program.to_owned();
    }
    let mut digest = Sha256::new();
    for argument in arguments {
        digest.update(argument.len().to_be_bytes());
        digest.update(argument);
    }
    let digest = format!("{:x}", digest.finalize());
    format!("{program} (arguments {})", digest.get(..8).unwrap_or_default())
}

/// An input that the machine does not give.
pub(super) fn unreadable(what: &str, error: &io::Error) -> SourceError {
    SourceError::new(
        "Input cannot be read",
        format!("{what}: {error}. Check the path and its permissions."),
    )
}

/// The output of the command that reports call `name`. Its errors go to our standard error, as they come.
pub(super) fn output(
    command: &[String],
    name: &str,
    folder: &Path,
    commands: &Commands,
) -> Result<Vec<u8>, SourceError> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(SourceError::new(
            "Invalid input",
            "The `command` of an `[[input]]` is empty. Give a program and its arguments.",
        ));
    };
    let mut process = Command::new(program);
    process.args(arguments).stdin(Stdio::null()).stderr(Stdio::inherit());
    if !folder.as_os_str().is_empty() {
        process.current_dir(folder);
    }
    let (written, status) = commands.run(&mut process).map_err(|error| {
        SourceError::new(
            "Input command cannot be run",
            format!("`{program}` cannot be started: {error}. Check that it is installed and on the PATH."),
        )
    })?;
    if status.success() {
        return Ok(written);
    }
    Err(SourceError::new(
        "Input command failed",
        format!("`{name}` ended with {status}. What it said stands above."),
    ))
}
