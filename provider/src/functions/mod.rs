//! The functions, `provider::ecs::NAME(…)`. They are pure: no session, no clock, no network.
//!
//! | file | question it answers |
//! |---|---|
//! | `arns` | which parts does an ARN have, and what is the ARN of parts? |
//! | `from_json` | which arguments has the JSON of the AWS CLI for a task definition? |

mod arns;
mod from_json;

use std::sync::Arc;

use tfplug_core::Function;

use self::{
    arns::{Build, Kind, Parse},
    from_json::FromJson,
};

/// All functions, one line each.
pub(crate) fn all() -> Vec<Arc<dyn Function>> {
    vec![
        Arc::new(Parse::new(Kind::Daemon, "daemon_arn_parse")),
        Arc::new(Build::new(Kind::Daemon, "daemon_arn_build")),
        Arc::new(Parse::new(Kind::TaskDefinition, "daemon_task_definition_arn_parse")),
        Arc::new(Build::new(Kind::TaskDefinition, "daemon_task_definition_arn_build")),
        Arc::new(Parse::new(Kind::Deployment, "daemon_deployment_arn_parse")),
        Arc::new(Build::new(Kind::Deployment, "daemon_deployment_arn_build")),
        Arc::new(Parse::new(Kind::Revision, "daemon_revision_arn_parse")),
        Arc::new(Build::new(Kind::Revision, "daemon_revision_arn_build")),
        Arc::new(FromJson::new()),
    ]
}

#[cfg(test)]
mod tests;
