//! The place where a daemon is wanted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a daemon is wanted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SourceRef {
    /// Name of the input.
    pub input: String,
    /// Address of the resource, for example `module.agents.ecs_daemon.agent["a"]`; in a baseline the ARN.
    pub address: String,
    /// Resource type: `ecs_daemon`, `aws_ecs_daemon`, `awscc_ecs_daemon` or `baseline`.
    pub resource_type: String,
}
