//! The cluster structure of answers.

use serde_json::{Value, json};

use super::answer;
use crate::world::fleet::TaskStatus;
use crate::world::records::{Cluster, Records};

/// A cluster with the optional parts that the caller includes, named as in `DescribeClusters`.
pub(super) fn cluster(records: &Records, cluster: &Cluster, includes: impl Fn(&str) -> bool) -> Value {
    let instances = records
        .instances_of(&cluster.name)
        .filter(|instance| instance.is_up())
        .count();
    let tasks = |status: TaskStatus| {
        records
            .tasks
            .values()
            .filter(|task| task.cluster == cluster.name && task.status == status)
            .count()
    };
    let kept = |member: &str| cluster.kept.get(member).cloned();
    let default_settings = || json!([{ "name": "containerInsights", "value": "disabled" }]);
    answer::structure(json!({
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status.name(),
        "registeredContainerInstancesCount": instances,
        "runningTasksCount": tasks(TaskStatus::Running),
        "pendingTasksCount": tasks(TaskStatus::Pending),
        "activeServicesCount": 0,
        "statistics": [],
        "tags": if includes("TAGS") { answer::tags(&cluster.tags) } else { json!([]) },
        "settings": if includes("SETTINGS") {
            kept("settings").unwrap_or_else(default_settings)
        } else {
            json!([])
        },
        "configuration": kept("configuration").filter(|_| includes("CONFIGURATIONS")),
        "serviceConnectDefaults": kept("serviceConnectDefaults"),
        "capacityProviders": cluster.providers,
        "defaultCapacityProviderStrategy": cluster.strategy,
    }))
}
