//! The audit: one line of JSON for every decision and every call that changes something, on the disk before the call is
//! made. A file that cannot be written keeps the call from being made.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

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
}

impl Audit {
    /// Lines go nowhere.
    pub fn none() -> Self {
        Self::default()
    }

    /// Lines are added to a file.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::options().append(true).create(true).open(path)?;
        Ok(Self {
            file: Some(Mutex::new(file)),
            plan: String::new(),
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

    /// Writes a line, and waits until it is on the disk.
    pub(super) fn note(&self, daemon: &str, event: Event) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let line = AuditLine {
            at: Timestamp::now(),
            plan: self.plan.clone(),
            daemon: daemon.to_owned(),
            event,
        };
        let text = surface::json_lines(std::iter::once(line));
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(text.as_str().as_bytes())?;
        match file.sync_data() {
            // A pipe or a device has nothing to force to a disk.
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
            done => done,
        }
    }
}
