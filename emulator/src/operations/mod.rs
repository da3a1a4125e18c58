//! The operations that callers can use: one file per operation, one line per operation in [`find`].
//!
//! Shapes have been checked before; an operation checks what the request means, acts, and answers
//! with modelled members only. A refused call changes nothing.

mod account;
mod clusters;
mod daemons;
mod definitions;
mod instances;
mod providers;
mod services;
mod shared;
mod tags;
mod tasks;
#[cfg(test)]
mod tests;

pub(crate) use self::shared::operation::{Operation, Read, Reading, Write};
pub(crate) use self::shared::refusal::is_transition as is_transition_refusal;

/// The operation of a name.
pub(crate) fn find(name: &str) -> Option<Operation> {
    use Operation::{Read, Write};
    Some(match name {
        "CreateCapacityProvider" => Write(providers::create_capacity_provider::run),
        "CreateCluster" => Write(clusters::create_cluster::run),
        "CreateDaemon" => Write(daemons::create_daemon::run),
        "CreateService" => Write(services::create_service::run),
        "DeleteAccountSetting" => Write(account::delete_account_setting::run),
        "DeleteCapacityProvider" => Write(providers::delete_capacity_provider::run),
        "DeleteCluster" => Write(clusters::delete_cluster::run),
        "DeleteDaemon" => Write(daemons::delete_daemon::run),
        "DeleteDaemonTaskDefinition" => Write(definitions::delete_daemon_task_definition::run),
        "DeleteService" => Write(services::delete_service::run),
        "DeregisterTaskDefinition" => Write(definitions::deregister_task_definition::run),
        "DescribeCapacityProviders" => Read(providers::describe_capacity_providers::run),
        "DescribeClusters" => Read(clusters::describe_clusters::run),
        "DescribeContainerInstances" => Read(instances::describe_container_instances::run),
        "DescribeDaemon" => Read(daemons::describe_daemon::run),
        "DescribeDaemonDeployments" => Read(daemons::describe_daemon_deployments::run),
        "DescribeDaemonRevisions" => Read(daemons::describe_daemon_revisions::run),
        "DescribeDaemonTaskDefinition" => Read(definitions::describe_daemon_task_definition::run),
        "DescribeServiceDeployments" => Read(services::service_deployments::describe),
        "DescribeServices" => Read(services::describe_services::run),
        "DescribeTaskDefinition" => Read(definitions::describe_task_definition::run),
        "DescribeTasks" => Read(tasks::describe_tasks::run),
        "ListAccountSettings" => Read(account::list_account_settings::run),
        "ListClusters" => Read(clusters::list_clusters::run),
        "ListContainerInstances" => Read(instances::list_container_instances::run),
        "ListDaemonDeployments" => Read(daemons::list_daemon_deployments::run),
        "ListDaemonTaskDefinitions" => Read(definitions::list_daemon_task_definitions::run),
        "ListDaemons" => Read(daemons::list_daemons::run),
        "ListServiceDeployments" => Read(services::service_deployments::list),
        "ListServices" => Read(services::list_services::run),
        "ListTagsForResource" => Read(tags::list_tags_for_resource::run),
        "ListTaskDefinitionFamilies" => Read(definitions::list_task_definition_families::run),
        "ListTaskDefinitions" => Read(definitions::list_task_definitions::run),
        "ListTasks" => Read(tasks::list_tasks::run),
        "PutAccountSetting" => Write(account::put_account_setting::run),
        "PutAccountSettingDefault" => Write(account::put_account_setting_default::run),
        "PutClusterCapacityProviders" => Write(clusters::put_cluster_capacity_providers::run),
        "RegisterDaemonTaskDefinition" => Write(definitions::register_daemon_task_definition::run),
        "RegisterTaskDefinition" => Write(definitions::register_task_definition::run),
        "RunTask" => Write(tasks::run_task::run),
        "StopTask" => Write(tasks::stop_task::run),
        "TagResource" => Write(tags::tag_resource::run),
        "UntagResource" => Write(tags::untag_resource::run),
        "UpdateCapacityProvider" => Write(providers::update_capacity_provider::run),
        "UpdateContainerInstancesState" => Write(instances::update_container_instances_state::run),
        "UpdateDaemon" => Write(daemons::update_daemon::run),
        "UpdateService" => Write(services::update_service::run),
        _ => return None,
    })
}
