//! The daemon that an entry of a plan is about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::{Daemon, SourceRef};

/// A daemon of a plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Subject {
    /// ARN of the daemon; of the cluster where that is missing.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Name of the cluster.
    pub cluster: String,
    /// Team that it belongs to.
    pub owner: Option<String>,
    /// Input and address that want it.
    pub source: Option<SourceRef>,
}

impl Subject {
    /// Of a daemon of a report.
    pub(super) fn of(daemon: &Daemon) -> Self {
        Self {
            arn: daemon.arn.clone(),
            name: daemon.name.clone(),
            cluster: daemon.cluster.clone(),
            owner: daemon.owner.clone(),
            source: Some(daemon.source.clone()),
        }
    }
}
