//! The types of hashicorp/awscc, which are named by the ARN. Its other attributes are not taken over.

use tfplug::{Builder, Failure, Model, Provider, Tf};

use crate::kept::kept_in_state;

/// The provider block, without arguments.
#[derive(Model)]
pub(crate) struct Awscc {}

impl Provider for Awscc {
    const NAME: &'static str = "awscc";
    const VERSION: &'static str = "1.99.0";
    type Client = ();

    async fn configure(self) -> Result<(), Failure> {
        Ok(())
    }
}

pub(crate) fn provider() -> Builder<Awscc> {
    tfplug::provider::<Awscc>()
        .resource::<Daemon>()
        .resource::<TaskDefinition>()
}

/// A daemon.
#[derive(Model)]
#[expect(clippy::struct_field_names, reason = "they are the names of the attributes")]
struct Daemon {
    /// Identifier.
    #[tf(optional, computed)]
    id: Tf<String>,
    /// ARN.
    #[tf(optional, computed)]
    daemon_arn: Tf<String>,
    /// Name.
    #[tf(required)]
    daemon_name: String,
}

/// A task definition.
#[derive(Model)]
struct TaskDefinition {
    /// Identifier.
    #[tf(optional, computed)]
    id: Tf<String>,
    /// ARN.
    #[tf(optional, computed)]
    daemon_task_definition_arn: Tf<String>,
    /// Family.
    #[tf(required)]
    family: String,
}

kept_in_state!(Daemon, "awscc_ecs_daemon");
kept_in_state!(TaskDefinition, "awscc_ecs_daemon_task_definition");
