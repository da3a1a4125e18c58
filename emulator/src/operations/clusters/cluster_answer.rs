//! The cluster structure of answers.

use serde_json::{Value, json};

use crate::operations::shared::answer;
use crate::records::Records;
use crate::records::cluster::Cluster;
use crate::records::service::ServiceStatus;
use crate::records::task::TaskStatus;

/// A cluster with the optional parts that the caller includes, named as in `DescribeClusters`.
pub(in crate::operations) fn cluster(records: &Records, cluster: &Cluster, includes: impl Fn(&str) -> bool) -> Value {
    let instances = records
        .instances_of(&cluster.name)
        .filter(|instance| instance.is_up())
        .count();
    let tasks = |counts: fn(TaskStatus) -> bool| {
        let tasks = records
            .tasks
            .values()
            .filter(|task| *task.birth.cluster == *cluster.name);
        tasks.filter(|task| counts(task.status)).count()
    };
    let services = records
        .services
        .values()
        .filter(|service| *service.cluster == *cluster.name && service.status != ServiceStatus::Inactive);
    let kept = |member: &str| cluster.kept.get(member).cloned();
    answer::structure(json!({
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status.name(),
        "registeredContainerInstancesCount": instances,
        "runningTasksCount": tasks(|status| status == TaskStatus::Running),
        "pendingTasksCount": tasks(TaskStatus::is_pending),
        "activeServicesCount": services.count(),
        "statistics": [],
        "tags": if includes("TAGS") { answer::tags(&cluster.tags) } else { json!([]) },
        "settings": if includes("SETTINGS") {
            kept("settings").unwrap_or_default()
        } else {
            json!([])
        },
        "configuration": kept("configuration").filter(|_| includes("CONFIGURATIONS")),
        "serviceConnectDefaults": kept("serviceConnectDefaults"),
        "capacityProviders": cluster.providers,
        "defaultCapacityProviderStrategy": cluster.strategy,
    }))
}
