//! The audit: one line of JSON for every decision and every call that changes something, on the disk before the call is
//! made. A file that cannot be written keeps the call from being made.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use daemons::settings::Settings;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::earlier::{Earlier, Made};
use crate::{
    repair::Verdict,
    surface::{self},
};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuditLine {
    /// When, by the clock of the host.
    pub at: Timestamp,
    /// Digest of the plan that is executed.
    pub plan: String,
    /// ARN of the daemon.
    pub daemon: String,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The daemon was read, and this is what that means for the plan.
    Decided {
        /// `send`, `await`, `done`, `rolled-back` or `skip`.
        decision: String,
        /// The deployment that was read.
        deployment_arn: String,
    },
    /// The call is about to be made.
    Sending {
        /// Operation.
        operation: String,
        /// The whole request.
        request: Json,
    },
    /// The call was carried out.
    Sent {
        /// Operation.
        operation: String,
        /// The deployment that it made, if it makes one.
        deployment_arn: Option<String>,
    },
    /// The call was refused, or nobody knows what became of it.
    Failed {
        /// Operation.
        operation: String,
        /// What AWS answered.
        error: String,
        /// True if nobody knows whether the call was carried out.
        unanswered: bool,
    },
    /// The repair has ended.
    Ended {
        /// How.
        verdict: Verdict,
        /// Why.
        reasons: Vec<String>,
    },
}

/// Where lines go.
#[derive(Debug, Default)]
pub struct Audit {
    file: Option<Mutex<File>>,
    plan: String,
    earlier: Earlier,
}

impl Audit {
    /// Lines go nowhere.
    pub fn none() -> Self {
        Self::default()
    }

    /// Lines are added to a file, after those of earlier runs. The error says what is wrong, in sentences.
    pub fn open(path: &Path) -> Result<Self, String> {
        let unusable = |error: io::Error| format!("{error}. Check that the folder is there and can be written.");
        let mut file = File::options().append(true).create(true).open(path).map_err(unusable)?;
        let mut earlier = Earlier::default();
        // What is no file, such as a pipe, has no earlier lines that could be read.
        if file.metadata().is_ok_and(|found| found.is_file() && found.len() > 0) {
            let mut written = File::open(path).map_err(unusable)?;
            let is_cut = is_cut(&mut written).map_err(unusable)?;
            earlier = Earlier::read(BufReader::new(written))?;
            if is_cut {
                file.write_all(b"\n").map_err(unusable)?;
            }
        }
        Ok(Self {
            file: Some(Mutex::new(file)),
            plan: String::new(),
            earlier,
        })
    }

    /// The same for a plan.
    #[must_use]
    pub fn of_plan(self, digest: &str) -> Self {
        Self {
            plan: digest.to_owned(),
            ..self
        }
    }

    /// What became of the latest `UpdateDaemon` for a daemon in earlier runs, if it sent these settings.
    pub(super) fn sent(&self, daemon: &str, settings: &Settings) -> Option<Made> {
        self.earlier.sent(daemon, settings)
    }

    /// Writes a line, and waits until it is on the disk.
    pub(super) fn note(&self, daemon: &str, event: Event) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let line = AuditLine {
            at: Timestamp::now(),
            plan: self.plan.clone(),
            daemon: daemon.to_owned(),
            event,
        };
        let text = surface::json_line(&line);
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_str().as_bytes())?;
        match file.sync_data() {
            // A pipe or a device has nothing to force to a disk.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        }
    }
}

/// True if the last line has no end. The file is read from its beginning after that.
fn is_cut(file: &mut File) -> io::Result<bool> {
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(last != *b"\n")
}
