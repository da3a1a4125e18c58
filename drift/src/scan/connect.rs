//! With which credentials a daemon is looked at, and who makes a connection of that.

use daemons::aws::Aws;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Problem;

/// Credentials for the daemons of an input; the program's own if empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Access {
    /// Role to assume.
    pub role_arn: Option<String>,
    /// External id for that.
    pub external_id: Option<String>,
    /// Region to begin in, which finds STS; the daemons' own regions stand in their ARNs.
    pub region: Option<String>,
}

/// Makes connections. The command line and tests do it differently.
pub trait Connect: Sync {
    /// Connects with the credentials.
    fn connect(&self, access: &Access) -> impl Future<Output = Result<Aws, Problem>> + Send;
}
