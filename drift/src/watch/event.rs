//! Lines of `watch --json`: what happens to the rollouts that are watched, as it happens.

use std::collections::BTreeMap;

use daemons::observe::Rollout;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{Cause, Severity};

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct WatchLine {
    /// When, by the clock of the host.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub event: WatchEvent,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum WatchEvent {
    /// A rollout goes on, and something about it is new.
    Progress {
        /// ARN of the daemon.
        daemon: String,
        /// ARN of the deployment.
        deployment_arn: String,
        /// Its status, as ECS writes it.
        status: String,
        /// Instances by ARN of their capacity provider.
        instances: BTreeMap<String, Instances>,
        /// The same for people, with what the circuit breaker counted and the bake time that is left.
        text: String,
    },
    /// A newer deployment is the latest, and is watched from now on.
    Superseded {
        /// ARN of the daemon.
        daemon: String,
        /// ARN of the deployment that was watched.
        deployment_arn: String,
        /// ARN of the newer one.
        by: String,
    },
    /// The watch of a daemon has ended.
    Ended(Watched),
    /// What a daemon is otherwise than its input wants it, after all rollouts.
    Finding {
        /// ARN of the daemon.
        daemon: String,
        /// Cause.
        cause: Cause,
        /// Severity.
        severity: Severity,
        /// Setting as Terraform names it, if it is about one.
        setting: Option<String>,
        /// What was found, in a sentence.
        message: String,
    },
    /// Everything has ended; the last line of a stream that was not cut short.
    Finished {
        /// Exit code.
        code: u8,
        /// Daemons by the end of their watch.
        daemons: BTreeMap<WatchEnd, u64>,
    },
}

/// Instances of one provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Instances {
    /// Running the revision that the deployment brings.
    pub running: i32,
    /// Registered without the daemon.
    pub without_daemon: i32,
    /// Being drained.
    pub draining: i32,
}

/// The end of the watch of one daemon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Watched {
    /// ARN of the daemon.
    pub daemon: String,
    /// How it ended.
    pub end: WatchEnd,
    /// ARN of the latest deployment that was seen.
    pub deployment_arn: Option<String>,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

/// How the watch of a daemon ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WatchEnd {
    /// Its latest rollout was over when the watch began, and has succeeded.
    AtRest,
    /// The rollout has succeeded.
    Successful,
    /// ECS rolled it back.
    RolledBack,
    /// It was stopped, or its rollback failed: the fleet is on no single revision.
    Failed,
    /// ECS no longer has a record of the latest rollout.
    NotOnRecord,
    /// The daemon is being deleted.
    BeingDeleted,
    /// The daemon is not there.
    Missing,
    /// The rollout did not end in time, and goes on.
    TimedOut,
    /// A signal ended the watch; the rollout goes on.
    Interrupted,
    /// The daemon or its rollout could not be read.
    Unread,
}

impl WatchEnd {
    /// Words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::AtRest => "nothing rolls out",
            Self::Successful => "successful",
            Self::RolledBack => "rolled back",
            Self::Failed => "failed",
            Self::NotOnRecord => "no longer on record",
            Self::BeingDeleted => "being deleted",
            Self::Missing => "missing",
            Self::TimedOut => "timed out",
            Self::Interrupted => "interrupted",
            Self::Unread => "unread",
        }
    }

    /// The exit code that it calls for, but for signals.
    pub fn code(self) -> u8 {
        match self {
            Self::AtRest | Self::Successful | Self::NotOnRecord | Self::Interrupted => 0,
            Self::RolledBack | Self::Failed | Self::BeingDeleted | Self::Missing | Self::TimedOut => 2,
            Self::Unread => 4,
        }
    }
}

impl WatchEvent {
    /// The progress of a rollout.
    pub(super) fn progress(daemon: &str, rollout: &Rollout, text: String) -> Self {
        let instances = rollout.counts.iter().map(|(provider, counts)| {
            let counts = Instances {
                running: counts.running,
                without_daemon: counts.without_daemon,
                draining: counts.draining,
            };
            (provider.clone(), counts)
        });
        Self::Progress {
            daemon: daemon.to_owned(),
            deployment_arn: rollout.arn.clone(),
            status: rollout.status.as_str().to_owned(),
            instances: instances.collect(),
            text,
        }
    }
}

impl Watched {
    /// An end with its reasons.
    pub(super) fn new(daemon: &str, end: WatchEnd, reasons: Vec<String>) -> Self {
        Self {
            daemon: daemon.to_owned(),
            end,
            deployment_arn: None,
            reasons,
        }
    }

    /// The same of a deployment.
    pub(super) fn of(self, deployment_arn: &str) -> Self {
        let deployment_arn = Some(deployment_arn.to_owned());
        Self { deployment_arn, ..self }
    }
}
