//! The operations that callers can use: one file per operation, one line per operation in [`find`]. Those of `CloudWatch`
//! have a registry of their own, since two of them have the names of others of ECS.
//!
//! Shapes have been checked before; an operation checks what the request means, acts, and answers
//! with modelled members only. A refused call changes nothing.

mod account;
mod alarms;
mod attributes;
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
        "DeleteAttributes" => Write(attributes::delete_attributes::run),
        "DeleteCapacityProvider" => Write(providers::delete_capacity_provider::run),
        "DeleteCluster" => Write(clusters::delete_cluster::run),
        "DeleteDaemon" => Write(daemons::delete_daemon::run),
        "DeleteDaemonTaskDefinition" => Write(definitions::delete_daemon_task_definition::run),
        "DeleteService" => Write(services::delete_service::run),
        "DeleteTaskDefinitions" => Write(definitions::delete_task_definitions::run),
        "DeregisterContainerInstance" => Write(instances::deregister_container_instance::run),
        "DeregisterTaskDefinition" => Write(definitions::deregister_task_definition::run),
        "DescribeCapacityProviders" => Read(providers::describe_capacity_providers::run),
        "DescribeClusters" => Read(clusters::describe_clusters::run),
        "DescribeContainerInstances" => Read(instances::describe_container_instances::run),
        "DescribeDaemon" => Read(daemons::describe_daemon::run),
        "DescribeDaemonDeployments" => Read(daemons::describe_daemon_deployments::run),
        "DescribeDaemonRevisions" => Read(daemons::describe_daemon_revisions::run),
        "DescribeDaemonTaskDefinition" => Read(definitions::describe_daemon_task_definition::run),
        "DescribeServiceDeployments" => Read(services::service_deployments::describe),
        "DescribeServiceRevisions" => Read(services::describe_service_revisions::run),
        "DescribeServices" => Read(services::describe_services::run),
        "DescribeTaskDefinition" => Read(definitions::describe_task_definition::run),
        "DescribeTasks" => Read(tasks::describe_tasks::run),
        "DiscoverPollEndpoint" => Read(instances::discover_poll_endpoint::run),
        "ExecuteCommand" => Write(tasks::execute_command::run),
        "GetTaskProtection" => Read(tasks::get_task_protection::run),
        "ListAccountSettings" => Read(account::list_account_settings::run),
        "ListAttributes" => Read(attributes::list_attributes::run),
        "ListClusters" => Read(clusters::list_clusters::run),
        "ListContainerInstances" => Read(instances::list_container_instances::run),
        "ListDaemonDeployments" => Read(daemons::list_daemon_deployments::run),
        "ListDaemonTaskDefinitions" => Read(definitions::list_daemon_task_definitions::run),
        "ListDaemons" => Read(daemons::list_daemons::run),
        "ListServiceDeployments" => Read(services::service_deployments::list),
        "ListServices" => Read(services::list_services::run),
        "ListServicesByNamespace" => Read(services::list_services_by_namespace::run),
        "ListTagsForResource" => Read(tags::list_tags_for_resource::run),
        "ListTaskDefinitionFamilies" => Read(definitions::list_task_definition_families::run),
        "ListTaskDefinitions" => Read(definitions::list_task_definitions::run),
        "ListTasks" => Read(tasks::list_tasks::run),
        "PutAccountSetting" => Write(account::put_account_setting::run),
        "PutAccountSettingDefault" => Write(account::put_account_setting_default::run),
        "PutAttributes" => Write(attributes::put_attributes::run),
        "PutClusterCapacityProviders" => Write(clusters::put_cluster_capacity_providers::run),
        "RegisterDaemonTaskDefinition" => Write(definitions::register_daemon_task_definition::run),
        "RegisterTaskDefinition" => Write(definitions::register_task_definition::run),
        "RunTask" => Write(tasks::run_task::run),
        "StartTask" => Write(tasks::start_task::run),
        "StopServiceDeployment" => Write(services::stop_service_deployment::run),
        "StopTask" => Write(tasks::stop_task::run),
        "TagResource" => Write(tags::tag_resource::run),
        "UntagResource" => Write(tags::untag_resource::run),
        "UpdateCapacityProvider" => Write(providers::update_capacity_provider::run),
        "UpdateCluster" => Write(clusters::update_cluster::run),
        "UpdateClusterSettings" => Write(clusters::update_cluster_settings::run),
        "UpdateContainerInstancesState" => Write(instances::update_container_instances_state::run),
        "UpdateDaemon" => Write(daemons::update_daemon::run),
        "UpdateService" => Write(services::update_service::run),
        "UpdateTaskProtection" => Write(tasks::update_task_protection::run),
        _ => return None,
    })
}

/// The operation of `CloudWatch` of a name.
pub(crate) fn find_of_cloudwatch(name: &str) -> Option<Operation> {
    use Operation::{Read, Write};
    Some(match name {
        "DeleteAlarms" => Write(alarms::delete_alarms::run),
        "DescribeAlarms" => Read(alarms::describe_alarms::run),
        "ListTagsForResource" => Read(alarms::alarm_tags::list),
        "PutMetricAlarm" => Write(alarms::put_metric_alarm::run),
        "SetAlarmState" => Write(alarms::set_alarm_state::run),
        "TagResource" => Write(alarms::alarm_tags::tag),
        "UntagResource" => Write(alarms::alarm_tags::untag),
        _ => return None,
    })
}
