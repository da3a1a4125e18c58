//! Why a state cannot be used, with what to do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::head::{FORMAT, Head, VERSION};

/// The reason for which a state file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The system refuses something.
    #[error("the state file {path} cannot be {action}: {source}")]
    Io {
        /// File in question.
        path: PathBuf,
        /// What was to be done with it.
        action: &'static str,
        /// The reason.
        source: io::Error,
    },
    /// Another process has it.
    #[error(
        "the state file {0} is in use by another process: stop that one, or name another file with --state. Two \
         emulators cannot share a file"
    )]
    InUse(PathBuf),
    /// It is something else.
    #[error(
        "{0} is no state file of ecs-emulator, and is left as it is: name another file with --state; one that does not \
         exist is made"
    )]
    Foreign(PathBuf),
    /// Another version has written it.
    #[error(
        "{path} was written by ecs-emulator {version} in format {format}; this is ecs-emulator {VERSION}, which reads \
         format {FORMAT} of its own version: go on with version {version}, or remove {path} and {path}.log to begin \
         anew"
    )]
    OtherVersion {
        /// File in question.
        path: PathBuf,
        /// Format of the file.
        format: u32,
        /// Version that wrote it.
        version: String,
    },
    /// It is not as it was written.
    #[error("{path} is damaged: {problem}. {advice}")]
    Damaged {
        /// File in question.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What can be done.
        advice: String,
    },
    /// The options ask for another world than the one of the file.
    #[error(
        "the state file {path} holds a world that was begun with {found}: leave {option} out to go on with it, or \
         remove {path} and {path}.log to begin anew"
    )]
    OtherWorld {
        /// File in question.
        path: PathBuf,
        /// The option that asks for another one.
        option: &'static str,
        /// What it was begun with.
        found: String,
    },
}

impl StateError {
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io {
            path: path.to_owned(),
            action,
            source,
        }
    }

    pub(super) fn other_version(path: &Path, head: &Head) -> Self {
        Self::OtherVersion {
            path: path.to_owned(),
            format: head.format,
            version: head.version.clone(),
        }
    }

    /// A snapshot that is not as it was written. The log alone is worth nothing.
    pub(crate) fn damaged_snapshot(path: &Path, problem: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            problem: problem.into(),
            advice: format!(
                "Put a copy of it back, or remove {0} and {0}.log to begin anew",
                path.display()
            ),
        }
    }

    /// A log that is not as it was written.
    pub(super) fn damaged_log(path: &Path, problem: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            problem: problem.into(),
            advice: "Put a copy of it back, or remove it to go on from the last snapshot, without the inputs since"
                .to_owned(),
        }
    }
}
