//! The settings of a daemon as one struct, the only form in which they are sent.
//!
//! `UpdateDaemon` puts every member that is left out back to its default. So the request is built from
//! a struct that is taken apart without `..`: a setting that is added here does not compile until it
//! is sent.

use std::collections::BTreeSet;

use aws_sdk_ecs::{
    operation::{
        create_daemon::builders::CreateDaemonInputBuilder,
        update_daemon::{UpdateDaemonInput, builders::UpdateDaemonInputBuilder},
    },
    types::{DaemonAlarmConfiguration, DaemonDeploymentConfiguration, DaemonPropagateTags},
};
use tfplug_core::Value;

use super::table::{TABLE, default_drain_percent, name};
use crate::{
    attributes::Kind,
    wire::{self, WireError},
};

/// Everything that `UpdateDaemon` sets, with explicit values.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// ARN of the task definition, with its revision.
    pub task_definition_arn: String,
    /// ARNs of the capacity providers.
    pub capacity_provider_arns: BTreeSet<String>,
    /// Drain percent, bake time and alarms.
    pub deployment: Deployment,
    /// Whose tags the tasks get.
    pub propagate_tags: DaemonPropagateTags,
    /// Whether ECS adds its own tags.
    pub enable_ecs_managed_tags: bool,
    /// Whether commands may be executed in the tasks.
    pub enable_execute_command: bool,
    /// Whether instances depend on the daemon.
    pub critical: bool,
}

/// The deployment configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Percentage of instances replaced at a time.
    pub drain_percent: f64,
    /// Minutes to watch alarms at the end.
    pub bake_time_in_minutes: i32,
    /// Names of alarms.
    pub alarm_names: Vec<String>,
    /// Whether the alarms are watched.
    pub alarms_enabled: bool,
}

impl Settings {
    /// The settings of a daemon of which nothing can be known any more.
    pub fn unknown() -> Self {
        Self {
            task_definition_arn: String::new(),
            capacity_provider_arns: BTreeSet::new(),
            deployment: Deployment::defaults(),
            propagate_tags: DaemonPropagateTags::None,
            enable_ecs_managed_tags: false,
            enable_execute_command: false,
            critical: true,
        }
    }

    /// The settings of a planned or stored value. It must be wholly known where the service is concerned.
    pub fn from_value(value: &Value) -> Result<Self, WireError> {
        let mut tree = TABLE.to_api(value);
        fill_deployment(&mut tree);
        let input = wire::from_api(UpdateDaemonInput::SCHEMA, &tree, |source| {
            UpdateDaemonInput::deserialize(source)
        })?;
        let deployment = input
            .deployment_configuration
            .unwrap_or_else(|| DaemonDeploymentConfiguration::builder().build());
        Ok(Self {
            task_definition_arn: input.daemon_task_definition_arn.unwrap_or_default(),
            capacity_provider_arns: input.capacity_provider_arns.unwrap_or_default().into_iter().collect(),
            deployment: Deployment::from_api(&deployment),
            propagate_tags: input.propagate_tags.unwrap_or(DaemonPropagateTags::None),
            enable_ecs_managed_tags: input.enable_ecs_managed_tags.unwrap_or_default(),
            enable_execute_command: input.enable_execute_command.unwrap_or_default(),
            critical: input.critical.unwrap_or(true),
        })
    }

    /// The settings as a canonical Terraform object; attributes that are no settings are null.
    pub fn to_value(&self) -> Result<Value, WireError> {
        let input = self
            .clone()
            .update_request("")
            .build()
            .map_err(|error| WireError::from_build(&error))?;
        Ok(TABLE.to_value(&wire::to_api(UpdateDaemonInput::SCHEMA, &input)?))
    }

    /// The full request of an update.
    pub fn update_request(self, daemon_arn: &str) -> UpdateDaemonInputBuilder {
        let Self {
            task_definition_arn,
            capacity_provider_arns,
            deployment,
            propagate_tags,
            enable_ecs_managed_tags,
            enable_execute_command,
            critical,
        } = self;
        UpdateDaemonInputBuilder::default()
            .daemon_arn(daemon_arn)
            .daemon_task_definition_arn(task_definition_arn)
            .set_capacity_provider_arns(Some(capacity_provider_arns.into_iter().collect()))
            .deployment_configuration(deployment.to_api())
            .propagate_tags(propagate_tags)
            .enable_ecs_managed_tags(enable_ecs_managed_tags)
            .enable_execute_command(enable_execute_command)
            .critical(critical)
    }

    /// The request of a creation, without name, cluster, tags and token.
    pub fn create_request(self) -> CreateDaemonInputBuilder {
        let Self {
            task_definition_arn,
            capacity_provider_arns,
            deployment,
            propagate_tags,
            enable_ecs_managed_tags,
            enable_execute_command,
            critical,
        } = self;
        CreateDaemonInputBuilder::default()
            .daemon_task_definition_arn(task_definition_arn)
            .set_capacity_provider_arns(Some(capacity_provider_arns.into_iter().collect()))
            .deployment_configuration(deployment.to_api())
            .propagate_tags(propagate_tags)
            .enable_ecs_managed_tags(enable_ecs_managed_tags)
            .enable_execute_command(enable_execute_command)
            .critical(critical)
    }
}

impl Deployment {
    /// The configuration of a daemon whose creator said nothing.
    pub fn defaults() -> Self {
        Self::from_api(&DaemonDeploymentConfiguration::builder().build())
    }

    /// From the service's form; what it leaves out is at its default.
    pub fn from_api(api: &DaemonDeploymentConfiguration) -> Self {
        let alarms = api.alarms();
        Self {
            drain_percent: api.drain_percent().unwrap_or_else(default_drain_percent),
            bake_time_in_minutes: api.bake_time_in_minutes(),
            alarm_names: alarms.map(|alarms| alarms.alarm_names().to_vec()).unwrap_or_default(),
            alarms_enabled: alarms.is_some_and(DaemonAlarmConfiguration::enable),
        }
    }

    fn to_api(&self) -> DaemonDeploymentConfiguration {
        let Self {
            drain_percent,
            bake_time_in_minutes,
            alarm_names,
            alarms_enabled,
        } = self;
        let alarms = DaemonAlarmConfiguration::builder()
            .set_alarm_names(Some(alarm_names.clone()))
            .enable(*alarms_enabled)
            .build();
        DaemonDeploymentConfiguration::builder()
            .drain_percent(*drain_percent)
            .bake_time_in_minutes(*bake_time_in_minutes)
            .alarms(alarms)
            .build()
    }
}

/// Settings that differ between two values, by attribute name, in the order of the table.
pub fn differing(one: &Value, other: &Value) -> Vec<&'static str> {
    TABLE.differing(one, other).map(|leaf| leaf.name).collect()
}

/// A configuration without the block means the defaults of its table, and these are sent too.
fn fill_deployment(tree: &mut Value) {
    let Some(leaf) = TABLE.leaf(name::DEPLOYMENT_CONFIGURATION) else {
        return;
    };
    if let (Kind::Blocks(blocks), Some(api)) = (&leaf.kind, leaf.api)
        && tree.get(api).is_null()
    {
        tree.insert(api, blocks.table.to_api(&Value::Null));
    }
}
