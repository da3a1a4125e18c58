//! With which credentials a daemon is looked at, and who makes a connection of that.

use aws::{Advice, Aws};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::report::Problem;

/// Names that messages about connections give to the settings of this program.
pub const ADVICE: Advice = Advice {
    program: "ecs-drift",
    arguments: "of the command line",
    region: "`--region`, `region` of the `[[input]]`",
    names_the_profile: "`--profile` names the profile",
    credentials: "Give `--profile`; or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, in the \
                  environment; or run where a role provides credentials.",
    throttled: "Run it again with a lower `--concurrency`, or when less else calls AWS with these credentials.",
    unreachable: "Check `--region`, `--endpoint-url` and the network of this machine.",
    ca_bundle: "AWS_CA_BUNDLE",
    attempts: "correct it",
};

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
