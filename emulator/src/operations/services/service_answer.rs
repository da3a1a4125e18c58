//! The service structure of answers, and that of its deployments in it.

use serde_json::{Value, json};

use crate::operations::shared::answer::{self, structure, timestamp};
use crate::records::Records;
use crate::records::service::{Rollout, Service, ServiceDeployment, ServiceSettings, StrategyItem};

/// Counts of tasks that are desired, pending and running, and that have failed.
struct Counts {
    pending: usize,
    running: usize,
}

/// A service, with tags where the caller includes them.
pub(in crate::operations) fn service(records: &Records, service: &Service, with_tags: bool) -> Value {
    let settings = &service.settings;
    let counts = counts(records, service, None);
    let deployments = service.deployments.iter().enumerate().filter_map(|(n, arn)| {
        let deployment = records.service_deployments.get(arn)?;
        Some(in_service(records, service, deployment, n == 0))
    });
    let events = service
        .events
        .iter()
        .map(|(at, id, text)| json!({ "id": id, "createdAt": timestamp(*at), "message": text }));
    let mut members = json!({
        "serviceArn": &*service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status.name(),
        "desiredCount": service.desired,
        "pendingCount": counts.pending,
        "runningCount": counts.running,
        "capacityProviderStrategy": strategy(&settings.strategy),
        "taskDefinition": records.app_definitions.get(&settings.definition).map(|each| each.arn.as_str()),
        "deploymentConfiguration": configuration(settings),
        "deployments": deployments.collect::<Vec<_>>(),
        "currentServiceDeployment": service.deployments.first().map(|arn| &**arn),
        "events": events.collect::<Vec<_>>(),
        "createdAt": timestamp(service.created_at),
        "createdBy": service.created_by,
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        "schedulingStrategy": "REPLICA",
        "deploymentController": { "type": "ECS" },
        "propagateTags": settings.propagate_tags.name(),
        "enableECSManagedTags": settings.managed_tags,
        "enableExecuteCommand": settings.execute_command,
        "tags": if with_tags { answer::tags(&service.tags) } else { json!([]) },
    });
    if let Value::Object(members) = &mut members {
        members.extend(settings.kept.clone());
    }
    structure(members)
}

/// Counts from the tasks themselves: those of one deployment, or all.
fn counts(records: &Records, service: &Service, deployment: Option<&ServiceDeployment>) -> Counts {
    let tasks = service.groups.all().filter_map(|key| records.tasks.get(&key));
    let ours =
        tasks.filter(|task| deployment.is_none_or(|deployment| task.birth.started_by.as_ref() == Some(&deployment.id)));
    let mut counts = Counts { pending: 0, running: 0 };
    for task in ours {
        if task.status.is_pending() {
            counts.pending += 1;
        } else {
            counts.running += 1;
        }
    }
    counts
}

/// The strategy of a service or deployment.
pub(in crate::operations) fn strategy(items: &[StrategyItem]) -> Value {
    let each =
        |item: &StrategyItem| json!({ "capacityProvider": &*item.provider, "weight": item.weight, "base": item.base });
    items.iter().map(each).collect()
}

/// The deployment configuration with its defaults spelled out.
pub(in crate::operations) fn configuration(settings: &ServiceSettings) -> Value {
    json!({
        "deploymentCircuitBreaker": { "enable": settings.breaker, "rollback": settings.breaker_rollback },
        "minimumHealthyPercent": settings.minimum_percent,
        "maximumPercent": settings.maximum_percent,
        "strategy": "ROLLING",
        "bakeTimeInMinutes": 0,
    })
}

fn in_service(records: &Records, service: &Service, deployment: &ServiceDeployment, latest: bool) -> Value {
    let counts = counts(records, service, Some(deployment));
    let settings = &deployment.settings;
    let state = match deployment.rollout {
        Rollout::InProgress => "IN_PROGRESS",
        Rollout::Completed => "COMPLETED",
        Rollout::Failed | Rollout::Stopped => "FAILED",
    };
    structure(json!({
        "id": &*deployment.id,
        "status": if latest { "PRIMARY" } else { "ACTIVE" },
        "taskDefinition": records.app_definitions.get(&settings.definition).map(|each| each.arn.as_str()),
        "desiredCount": if latest { service.wanted() } else { 0 },
        "pendingCount": counts.pending,
        "runningCount": counts.running,
        "failedTasks": deployment.failures,
        "createdAt": timestamp(deployment.created_at),
        "updatedAt": timestamp(deployment.updated_at),
        "capacityProviderStrategy": strategy(&settings.strategy),
        "networkConfiguration": settings.kept.get("networkConfiguration"),
        "rolloutState": state,
        "rolloutStateReason": deployment.reason,
    }))
}

/// Tasks of a deployment: asked for, running and pending, as `DescribeServiceDeployments` counts them.
pub(in crate::operations) fn revision(records: &Records, deployment: &ServiceDeployment) -> Value {
    let service = records.services.get(&deployment.service);
    let counts = service.map(|service| counts(records, service, Some(deployment)));
    let latest = service.is_some_and(|service| service.deployments.first() == Some(&deployment.arn));
    json!({
        "arn": deployment.revision,
        "requestedTaskCount": service.filter(|_| latest).map_or(0, Service::wanted),
        "runningTaskCount": counts.as_ref().map_or(0, |counts| counts.running),
        "pendingTaskCount": counts.as_ref().map_or(0, |counts| counts.pending),
    })
}
