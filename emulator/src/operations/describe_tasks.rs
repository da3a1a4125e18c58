//! `DescribeTasks`. Stopped tasks stay for an hour.

use serde_json::{Value, json};

use super::answer::{optional_time, structure, timestamp};
use super::refusal::invalid;
use super::request::Request;
use super::{Answer, Reading, answer, lookup};
use crate::api::Call;
use crate::world::arn::{self, last_part};
use crate::world::draws;
use crate::world::fleet::{Task, TaskStatus};
use crate::world::records::{ContainerImage, Revision};

/// Most tasks of a request.
const MOST: usize = 100;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let wanted = request.texts("tasks");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} tasks.")));
    }
    let with_tags = request.lists("include", "TAGS");
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        let mut tasks = reading
            .records
            .tasks
            .values()
            .filter(|task| task.cluster == cluster.name);
        match tasks.find(|task| named == task.arn || named == last_part(&task.arn)) {
            Some(task) => found.push(in_full(reading, &cluster.arn, task, with_tags)),
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => {
                failures.push(answer::missing(&arn::ecs(
                    reading.scope,
                    &format!("task/{}/{named}", cluster.name),
                )));
            }
        }
    }
    Ok(json!({ "tasks": found, "failures": failures }))
}

fn in_full(reading: &Reading<'_>, cluster_arn: &str, task: &Task, with_tags: bool) -> Value {
    let revision = reading.records.revisions.get(&task.revision);
    let definition = revision.and_then(|revision| reading.records.definitions.get(&revision.definition));
    let size = |member: &str| {
        definition
            .and_then(|definition| definition.content.get(member))
            .cloned()
    };
    let containers: Vec<Value> = revision
        .map(|revision| {
            revision
                .images
                .iter()
                .map(|image| container(reading, task, image))
                .collect()
        })
        .unwrap_or_default();
    let stopped = task.status == TaskStatus::Stopped;
    structure(json!({
        "taskArn": task.arn,
        "clusterArn": cluster_arn,
        "containerInstanceArn": task.instance_arn,
        "capacityProviderName": task.provider,
        "taskDefinitionArn": revision.map(|revision: &Revision| revision.definition_arn.as_str()),
        "group": format!("daemon:{}", last_part(&task.daemon)),
        "startedBy": last_part(&task.started_by),
        "launchType": "MANAGED_INSTANCES",
        "lastStatus": task.status.name(),
        "desiredStatus": if stopped { "STOPPED" } else { "RUNNING" },
        "healthStatus": task.health.name(),
        "enableExecuteCommand": revision.map(|revision| revision.settings.execute_command),
        "cpu": size("cpu"),
        "memory": size("memory"),
        "containers": containers,
        "attachments": [],
        "attributes": [],
        "tags": if with_tags { answer::tags(&task.tags) } else { json!([]) },
        "createdAt": timestamp(task.created_at),
        "startedAt": optional_time(task.started_at),
        "stoppingAt": optional_time(task.stopped_at),
        "executionStoppedAt": optional_time(task.stopped_at.filter(|_| task.started_at.is_some())),
        "stoppedAt": optional_time(task.stopped_at),
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
    }))
}

fn container(reading: &Reading<'_>, task: &Task, image: &ContainerImage) -> Value {
    let task_id = last_part(&task.arn);
    let id = draws::hex_id(
        reading.seed,
        &format!("container {} of {task_id}", image.container),
        0,
        32,
    );
    let path = task.arn.rsplit_once(":task/").map_or("", |(_, path)| path);
    structure(json!({
        "containerArn": arn::ecs(reading.scope, &format!("container/{path}/{id}")),
        "taskArn": task.arn,
        "name": image.container,
        "image": image.image,
        "imageDigest": image.digest,
        "lastStatus": task.status.name(),
        "healthStatus": task.health.name(),
        "exitCode": task.stop_code.filter(|code| *code == "EssentialContainerExited").map(|_| 1),
        "networkBindings": [],
        "networkInterfaces": [],
    }))
}
