//! The types of hashicorp/aws.

use std::collections::{BTreeMap, BTreeSet};

use tfplug::{Builder, Failure, Model, Provider, Tf};

use crate::kept::kept_in_state;

/// The provider block, without arguments.
#[derive(Model)]
pub(crate) struct Aws {}

impl Provider for Aws {
    const NAME: &'static str = "aws";
    const VERSION: &'static str = "6.62.0";
    type Client = ();

    async fn configure(self) -> Result<(), Failure> {
        Ok(())
    }
}

pub(crate) fn provider() -> Builder<Aws> {
    tfplug::provider::<Aws>()
        .resource::<Daemon>()
        .resource::<TaskDefinition>()
}

/// A daemon.
#[derive(Model)]
#[expect(clippy::struct_field_names, reason = "they are the names of the attributes")]
struct Daemon {
    /// ARN.
    #[tf(optional, computed)]
    arn: Tf<String>,
    /// Name.
    #[tf(required)]
    name: String,
    /// Cluster.
    #[tf(optional, computed)]
    cluster_arn: Tf<String>,
    /// Task definition.
    #[tf(required)]
    daemon_task_definition_arn: String,
    /// Capacity providers.
    #[tf(required)]
    capacity_provider_arns: BTreeSet<String>,
    /// Deployment.
    #[tf(optional, computed)]
    deployment_arn: Tf<String>,
    /// Status.
    #[tf(optional, computed)]
    status: Tf<String>,
    /// Region.
    #[tf(optional, computed)]
    region: Tf<String>,
    /// Tags of ECS.
    #[tf(optional, computed)]
    enable_ecs_managed_tags: Tf<bool>,
    /// ECS Exec.
    #[tf(optional, computed)]
    enable_execute_command: Tf<bool>,
    /// Tags of tasks.
    #[tf(optional, computed)]
    propagate_tags: Tf<String>,
    /// Tags.
    #[tf(optional)]
    tags: Option<BTreeMap<String, String>>,
    /// All tags.
    #[tf(optional, computed)]
    tags_all: Tf<BTreeMap<String, String>>,
    /// How rollouts go.
    #[tf(block, max = 1)]
    deployment_configuration: Vec<DeploymentConfiguration>,
}

/// How rollouts go.
#[derive(Model)]
struct DeploymentConfiguration {
    /// Share of instances in a batch.
    #[tf(optional, computed)]
    drain_percent: Tf<f64>,
    /// Minutes.
    #[tf(optional, computed)]
    bake_time_in_minutes: Tf<i64>,
}

/// A task definition, without most of its arguments: what a state lacks, the read after the move fills in.
#[derive(Model)]
struct TaskDefinition {
    /// ARN.
    #[tf(optional, computed)]
    arn: Tf<String>,
    /// Family.
    #[tf(required)]
    family: String,
    /// CPU units.
    #[tf(optional)]
    cpu: Option<String>,
    /// MiB.
    #[tf(optional)]
    memory: Option<String>,
}

kept_in_state!(Daemon, "aws_ecs_daemon");
kept_in_state!(TaskDefinition, "aws_ecs_daemon_task_definition");
