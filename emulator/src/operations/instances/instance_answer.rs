//! The container instance structure of answers.

use serde_json::{Value, json};

use crate::operations::shared::answer::{self, optional_time, structure, timestamp};
use crate::operations::shared::request::Request;
use crate::records::Records;
use crate::records::capacity::Size;
use crate::records::fleet::{Instance, InstanceStatus};

/// Parts of an instance that the caller includes.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::operations) struct Include {
    tags: bool,
    health: bool,
}

impl Include {
    /// Reads the `include` of a request.
    pub(in crate::operations) fn of(request: Request<'_>) -> Self {
        Self {
            tags: request.lists("include", "TAGS"),
            health: request.lists("include", "CONTAINER_INSTANCE_HEALTH"),
        }
    }
}

/// An instance with the parts that the caller includes.
pub(in crate::operations) fn instance(records: &Records, instance: &Instance, include: Include) -> Value {
    let daemons = instance
        .slots
        .keys()
        .filter_map(|daemon| records.slot_task(instance, daemon));
    let applications = instance.tasks.iter().filter_map(|task| records.tasks.get(task));
    let (mut running, mut pending) = (0, 0);
    for task in daemons.chain(applications) {
        if task.status.is_pending() {
            pending += 1;
        } else {
            running += 1;
        }
    }
    let failed = instance.status == InstanceStatus::RegistrationFailed;
    structure(json!({
        "containerInstanceArn": &*instance.arn,
        "ec2InstanceId": &*instance.ec2_id,
        "capacityProviderName": &*instance.provider,
        "status": instance.status.name(),
        "statusReason": failed.then_some("A critical daemon failed to start."),
        "agentConnected": !failed,
        "runningTasksCount": running,
        "pendingTasksCount": pending,
        "registeredAt": optional_time(instance.registered_at),
        "registeredResources": resources(instance.size),
        "remainingResources": resources(instance.free()),
        "attributes": attributes(instance),
        "attachments": [],
        "tags": if include.tags { answer::tags(&instance.tags) } else { json!([]) },
        "healthStatus": if include.health { health(records, instance) } else { Value::Null },
    }))
}

/// Custom attributes; those that agents of ECS set are not emulated.
fn attributes(instance: &Instance) -> Value {
    let each = instance.attributes.iter();
    each.map(|(name, value)| structure(json!({ "name": name, "value": value })))
        .collect()
}

fn resources(size: Size) -> Value {
    let resource = |name: &str, value: u32| json!({ "name": name, "type": "INTEGER", "integerValue": value, "longValue": 0, "doubleValue": 0.0 });
    json!([resource("CPU", size.cpu), resource("MEMORY", size.memory)])
}

/// Health as far as daemons make it up.
fn health(records: &Records, instance: &Instance) -> Value {
    let critical = instance.slots.iter().filter(|(_, slot)| {
        let revision = records.revisions.get(&*slot.revision);
        revision.is_some_and(|revision| revision.settings.critical)
    });
    let mut tasks = critical.map(|(daemon, _)| records.slot_task(instance, daemon));
    let status = if instance.impaired || instance.status == InstanceStatus::RegistrationFailed {
        "IMPAIRED"
    } else if tasks.all(|task| task.is_some_and(|task| task.is_ready())) {
        "OK"
    } else if instance.status == InstanceStatus::Registering {
        "INITIALIZING"
    } else {
        "IMPAIRED"
    };
    let changed = timestamp(instance.health_at);
    let detail = json!({ "type": "DAEMON", "status": status, "lastUpdated": changed, "lastStatusChange": changed });
    json!({ "overallStatus": status, "details": [detail] })
}
