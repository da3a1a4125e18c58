//! The task structure of answers.

use serde_json::{Value, json};

use crate::api::Scope;
use crate::operations::shared::answer::{self, optional_time, structure, timestamp};
use crate::records::Records;
use crate::records::arn::{self, last_part};
use crate::records::definition::containers;
use crate::records::task::{Task, TaskStatus};
use crate::seeded;

/// The parts that a task is made of, whoever owns it.
struct Parts {
    definition_arn: String,
    group: String,
    execute_command: bool,
    cpu: Value,
    memory: Value,
    /// Name, image and digest.
    containers: Vec<(String, String, String)>,
    overrides: Value,
}

/// A task, with tags where the caller includes them.
pub(in crate::operations) fn task(records: &Records, scope: &Scope, seed: u64, task: &Task, with_tags: bool) -> Value {
    let parts = of_daemon(records, task).or_else(|| of_application(records, task));
    let stopped = task.status == TaskStatus::Stopped;
    let list = parts.as_ref().map(|parts| {
        let containers = parts.containers.iter();
        containers
            .map(|each| container(scope, seed, task, each))
            .collect::<Vec<_>>()
    });
    let part = |read: fn(&Parts) -> Value| parts.as_ref().map_or(Value::Null, read);
    structure(json!({
        "taskArn": &*task.birth.arn,
        "clusterArn": arn::ecs(scope, &format!("cluster/{}", task.birth.cluster)),
        "containerInstanceArn": task.instance_arn.as_deref(),
        "capacityProviderName": &*task.birth.provider,
        "taskDefinitionArn": part(|parts| parts.definition_arn.as_str().into()),
        "group": part(|parts| parts.group.as_str().into()),
        "startedBy": task.birth.started_by.as_deref(),
        "launchType": "MANAGED_INSTANCES",
        "lastStatus": task.status.name(),
        "desiredStatus": task.desired(),
        "healthStatus": task.health.name(),
        "enableExecuteCommand": part(|parts| parts.execute_command.into()),
        "cpu": part(|parts| parts.cpu.clone()),
        "memory": part(|parts| parts.memory.clone()),
        "overrides": part(|parts| parts.overrides.clone()),
        "containers": list.unwrap_or_default(),
        "attachments": [],
        "attributes": [],
        "tags": if with_tags { answer::tags(&task.tags) } else { json!([]) },
        "createdAt": timestamp(task.created_at),
        "startedAt": optional_time(task.started_at),
        "stoppingAt": optional_time(task.stopping_at),
        "executionStoppedAt": optional_time(task.stopped_at.filter(|_| task.started_at.is_some())),
        "stoppedAt": optional_time(task.stopped_at),
        "stopCode": task.stop_code.filter(|_| stopped || task.stopping_at.is_some()),
        "stoppedReason": task.stopped_reason.as_deref(),
    }))
}

fn of_daemon(records: &Records, task: &Task) -> Option<Parts> {
    let revision = records.revisions.get(&**task.revision()?)?;
    let definition = records.definitions.get(&revision.definition);
    let size = |member: &str| {
        definition
            .and_then(|each| each.content.get(member))
            .cloned()
            .unwrap_or_default()
    };
    let images = revision.images.iter();
    Some(Parts {
        definition_arn: revision.definition_arn.clone(),
        group: format!("daemon:{}", last_part(&revision.daemon)),
        execute_command: revision.settings.execute_command,
        cpu: size("cpu"),
        memory: size("memory"),
        containers: images
            .map(|each| (each.container.clone(), each.image.clone(), each.digest.clone()))
            .collect(),
        overrides: Value::Null,
    })
}

fn of_application(records: &Records, task: &Task) -> Option<Parts> {
    let application = task.birth.application.as_ref()?;
    let definition = records.app_definitions.get(&application.definition)?;
    let size = |member: &str| {
        let overridden = application
            .overrides
            .as_ref()
            .and_then(|overrides| overrides.get(member));
        let size = overridden.or_else(|| definition.content.get(member));
        size.cloned().unwrap_or_default()
    };
    let images = containers(&definition.content).enumerate().map(|(index, container)| {
        let text = |member: &str| {
            container
                .get(member)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let moved = application.digests.as_deref().and_then(|digests| digests.get(index));
        let digest = moved
            .cloned()
            .unwrap_or_else(|| seeded::image_digest(&text("image"), 0));
        (text("name"), text("image"), digest)
    });
    let overrides = application.overrides.clone();
    Some(Parts {
        definition_arn: definition.arn.clone(),
        group: application.group.to_string(),
        execute_command: application.execute_command,
        cpu: size("cpu"),
        memory: size("memory"),
        containers: images.collect(),
        overrides: overrides.unwrap_or_else(|| json!({ "containerOverrides": [] })),
    })
}

fn container(scope: &Scope, seed: u64, task: &Task, (name, image, digest): &(String, String, String)) -> Value {
    let id = seeded::hex_id(
        seed,
        &format!("container {name} of {}", last_part(&task.birth.arn)),
        0,
        32,
    );
    let path = task.birth.arn.rsplit_once(":task/").map_or("", |(_, path)| path);
    structure(json!({
        "containerArn": arn::ecs(scope, &format!("container/{path}/{id}")),
        "taskArn": &*task.birth.arn,
        "name": name,
        "image": image,
        "imageDigest": digest,
        "lastStatus": task.status.name(),
        "healthStatus": task.health.name(),
        "exitCode": task.stop_code.filter(|code| *code == "EssentialContainerExited").map(|_| 1),
        "networkBindings": [],
        "networkInterfaces": [],
    }))
}
