//! `DescribeContainerInstances`. Resources and attributes of the machine are left out: nothing is
//! placed by them yet.

use serde_json::{Value, json};

use super::answer::{optional_time, structure};
use super::refusal::invalid;
use super::request::Request;
use super::{Answer, Reading, answer, lookup};
use crate::api::Call;
use crate::world::arn;
use crate::world::fleet::{Instance, InstanceStatus, TaskStatus};
use crate::world::records::Records;

/// Most instances of a request.
const MOST: usize = 100;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let wanted = request.texts("containerInstances");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} container instances.")));
    }
    let with_health = request.lists("include", "CONTAINER_INSTANCE_HEALTH");
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        let id = arn::last_part(&named);
        let mut listed = reading
            .records
            .instances_of(&cluster.name)
            .filter(|instance| instance.is_listed());
        match listed.find(|instance| instance.id == id && (named == id || named == instance.arn)) {
            Some(instance) => found.push(in_full(reading.records, instance, with_health)),
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => {
                let resource = format!("container-instance/{}/{named}", cluster.name);
                failures.push(answer::missing(&arn::ecs(reading.scope, &resource)));
            }
        }
    }
    Ok(json!({ "containerInstances": found, "failures": failures }))
}

fn in_full(records: &Records, instance: &Instance, with_health: bool) -> Value {
    let tasks = |status: TaskStatus| {
        records
            .tasks
            .values()
            .filter(|task| task.instance == instance.key && task.status == status)
            .count()
    };
    structure(json!({
        "containerInstanceArn": instance.arn,
        "ec2InstanceId": instance.ec2_id,
        "capacityProviderName": instance.provider,
        "status": instance.status.name(),
        "agentConnected": true,
        "runningTasksCount": tasks(TaskStatus::Running),
        "pendingTasksCount": tasks(TaskStatus::Pending),
        "registeredAt": optional_time(instance.registered_at),
        "attributes": [],
        "attachments": [],
        "tags": [],
        "healthStatus": if with_health { health(records, instance) } else { Value::Null },
    }))
}

/// Health as far as daemons make it up.
fn health(records: &Records, instance: &Instance) -> Value {
    let critical = instance.slots.iter().filter(|(_, slot)| {
        records
            .revisions
            .get(&slot.revision)
            .is_some_and(|revision| revision.settings.critical)
    });
    let mut tasks = critical.map(|(daemon, _)| records.slot_task(instance, daemon));
    let status = if tasks.all(|task| task.is_some_and(|task| task.is_ready())) {
        "OK"
    } else if instance.status == InstanceStatus::Registering {
        "INITIALIZING"
    } else {
        "IMPAIRED"
    };
    json!({ "overallStatus": status, "details": [{ "type": "DAEMON", "status": status }] })
}
