//! What callers can do: one file per operation, one line per operation in [`find`].
//!
//! Shapes have been checked before; an operation checks what the request means, acts, and answers
//! with modelled members only. A refused call changes nothing.

mod answer;
mod app_definition_answer;
mod cluster_answer;
mod create_capacity_provider;
mod create_cluster;
mod create_daemon;
mod create_service;
mod daemon_deployment_answer;
mod daemon_request;
mod delete_capacity_provider;
mod delete_cluster;
mod delete_daemon;
mod delete_daemon_task_definition;
mod delete_service;
mod deregister_task_definition;
mod describe_capacity_providers;
mod describe_clusters;
mod describe_container_instances;
mod describe_daemon;
mod describe_daemon_deployments;
mod describe_daemon_revisions;
mod describe_daemon_task_definition;
mod describe_services;
mod describe_task_definition;
mod describe_tasks;
mod instance_answer;
mod list_clusters;
mod list_container_instances;
mod list_daemon_deployments;
mod list_daemon_task_definitions;
mod list_daemons;
mod list_services;
mod list_tags_for_resource;
mod list_task_definition_families;
mod list_task_definitions;
mod list_tasks;
mod lookup;
mod overrides;
mod page;
mod provider_answer;
mod put_cluster_capacity_providers;
mod refusal;
mod register_daemon_task_definition;
mod register_task_definition;
mod request;
mod run_task;
mod service_answer;
mod service_deployments;
mod service_request;
#[cfg(test)]
mod size_tests;
mod stop_task;
mod tag_resource;
mod tagging;
mod task_answer;
mod task_definition_checks;
#[cfg(test)]
mod tests;
mod untag_resource;
mod update_capacity_provider;
mod update_container_instances_state;
mod update_daemon;
mod update_service;
#[cfg(test)]
mod workload_tests;

use serde_json::Value;

pub(crate) use self::refusal::is_transition as is_transition_refusal;
use crate::api::{ApiError, Call, Scope};
use crate::knobs::Knobs;
use crate::records::Records;
use crate::simulation::region::Region;

/// What an operation answers.
pub(crate) type Answer = Result<Value, ApiError>;

/// An operation that changes nothing.
pub(crate) type Read = fn(&Reading<'_>, &Call) -> Answer;

/// An operation that may change something.
pub(crate) type Write = fn(&mut Region<'_>, &Call) -> Answer;

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Read(Read),
    Write(Write),
}

/// What a reading operation sees.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) records: &'a Records,
    /// Virtual time in milliseconds since the Unix epoch.
    pub(crate) now: i64,
    pub(crate) seed: u64,
    pub(crate) knobs: &'a Knobs,
}

/// The operation of a name.
pub(crate) fn find(name: &str) -> Option<Operation> {
    use Operation::{Read, Write};
    Some(match name {
        "CreateCapacityProvider" => Write(create_capacity_provider::run),
        "CreateCluster" => Write(create_cluster::run),
        "CreateDaemon" => Write(create_daemon::run),
        "CreateService" => Write(create_service::run),
        "DeleteCapacityProvider" => Write(delete_capacity_provider::run),
        "DeleteCluster" => Write(delete_cluster::run),
        "DeleteDaemon" => Write(delete_daemon::run),
        "DeleteDaemonTaskDefinition" => Write(delete_daemon_task_definition::run),
        "DeleteService" => Write(delete_service::run),
        "DeregisterTaskDefinition" => Write(deregister_task_definition::run),
        "DescribeCapacityProviders" => Read(describe_capacity_providers::run),
        "DescribeClusters" => Read(describe_clusters::run),
        "DescribeContainerInstances" => Read(describe_container_instances::run),
        "DescribeDaemon" => Read(describe_daemon::run),
        "DescribeDaemonDeployments" => Read(describe_daemon_deployments::run),
        "DescribeDaemonRevisions" => Read(describe_daemon_revisions::run),
        "DescribeDaemonTaskDefinition" => Read(describe_daemon_task_definition::run),
        "DescribeServiceDeployments" => Read(service_deployments::describe),
        "DescribeServices" => Read(describe_services::run),
        "DescribeTaskDefinition" => Read(describe_task_definition::run),
        "DescribeTasks" => Read(describe_tasks::run),
        "ListClusters" => Read(list_clusters::run),
        "ListContainerInstances" => Read(list_container_instances::run),
        "ListDaemonDeployments" => Read(list_daemon_deployments::run),
        "ListDaemonTaskDefinitions" => Read(list_daemon_task_definitions::run),
        "ListDaemons" => Read(list_daemons::run),
        "ListServiceDeployments" => Read(service_deployments::list),
        "ListServices" => Read(list_services::run),
        "ListTagsForResource" => Read(list_tags_for_resource::run),
        "ListTaskDefinitionFamilies" => Read(list_task_definition_families::run),
        "ListTaskDefinitions" => Read(list_task_definitions::run),
        "ListTasks" => Read(list_tasks::run),
        "PutClusterCapacityProviders" => Write(put_cluster_capacity_providers::run),
        "RegisterDaemonTaskDefinition" => Write(register_daemon_task_definition::run),
        "RegisterTaskDefinition" => Write(register_task_definition::run),
        "RunTask" => Write(run_task::run),
        "StopTask" => Write(stop_task::run),
        "TagResource" => Write(tag_resource::run),
        "UntagResource" => Write(untag_resource::run),
        "UpdateCapacityProvider" => Write(update_capacity_provider::run),
        "UpdateContainerInstancesState" => Write(update_container_instances_state::run),
        "UpdateDaemon" => Write(update_daemon::run),
        "UpdateService" => Write(update_service::run),
        _ => return None,
    })
}
