//! Invariants of services and application tasks in every world at every moment, counted by code of its own.

use serde_json::{Value, json};

use super::invariants::{ask, number};
use crate::api::Scope;
use crate::records::Records;
use crate::records::capacity::Size;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::records::service::{Group, Service, ServiceStatus};
use crate::records::task::{Task, TaskStatus};
use crate::world::World;

/// Adds every violation in a scope as a readable line.
pub(in crate::world) fn check(world: &World, scope: &Scope, records: &Records, violations: &mut Vec<String>) {
    if !records.instances.is_indexed() {
        violations.push("the indices of the fleet are out of date".to_owned());
    }
    places_agree(records, violations);
    daemons_come_first_and_go_last(records, violations);
    for service in records.services.values() {
        groups_agree(records, service, violations);
        percents_are_kept(records, service, violations);
        service_counts_are_right(world, scope, records, service, violations);
    }
    instance_counts_are_right(world, scope, records, violations);
}

fn applications(records: &Records) -> impl Iterator<Item = &Task> {
    records
        .tasks
        .values()
        .filter(|task| task.is_alive() && task.birth.application.is_some())
}

fn on<'a>(records: &'a Records, instance: &'a Instance) -> impl Iterator<Item = &'a Task> {
    applications(records).filter(|task| task.instance == Some(instance.key))
}

/// Tasks and instances know of each other, and nothing is overbooked.
fn places_agree(records: &Records, violations: &mut Vec<String>) {
    for instance in records.instances.values() {
        let keys: Vec<u64> = on(records, instance).map(|task| task.key).collect();
        if !keys.iter().eq(instance.tasks.iter()) {
            violations.push(format!(
                "{} has {keys:?} and knows of {:?}",
                instance.ec2_id, instance.tasks
            ));
        }
        let sizes = on(records, instance).filter_map(|task| {
            let application = task.birth.application.as_ref()?;
            let whole = records.app_definitions.get(&application.definition)?.size;
            Some(application.size.unwrap_or(whole))
        });
        let used = sizes.fold(Size::default(), Size::plus);
        if used != instance.used || !instance.size.holds(used) {
            violations.push(format!(
                "{} of {:?} uses {used:?}, counted {:?}",
                instance.ec2_id, instance.size, instance.used
            ));
        }
    }
    for instance in records.instances.values() {
        let alive = records.tasks.values().filter(|task| task.is_alive());
        let here = alive.filter(|task| task.instance == Some(instance.key));
        let taken = here.fold(Size::default(), |sum, task| sum.plus(size_of(records, task)));
        if !instance.size.holds(taken) {
            violations.push(format!(
                "{} of {:?} runs tasks of {taken:?}",
                instance.ec2_id, instance.size
            ));
        }
    }
    for task in applications(records).filter(|task| task.instance.is_none()) {
        let waits = records
            .waiting
            .get(&task.birth.provider)
            .is_some_and(|waiting| waiting.contains(&task.key));
        if !waits || task.status != TaskStatus::Provisioning {
            violations.push(format!("{} is nowhere and waits for nothing", task.birth.arn));
        }
    }
}

/// The room that a task takes of its machine.
fn size_of(records: &Records, task: &Task) -> Size {
    match (&task.birth.application, task.revision()) {
        (Some(application), _) => {
            let whole = records.app_definitions.get(&application.definition).unwrap().size;
            application.size.unwrap_or(whole)
        }
        (None, Some(revision)) => {
            let definition = &records.revisions.get(&**revision).unwrap().definition;
            records.definitions.get(definition).unwrap().size
        }
        (None, None) => Size::default(),
    }
}

/// No application task starts before its instance is in service; no daemon leaves before the last of them.
fn daemons_come_first_and_go_last(records: &Records, violations: &mut Vec<String>) {
    for task in applications(records).filter(|task| task.status != TaskStatus::Provisioning) {
        let instance = task.instance.and_then(|instance| records.instances.get(&instance));
        let activated = instance.and_then(|instance| instance.activated_at);
        let early = activated.is_none_or(|activated| task.started_at.is_some_and(|started| started <= activated));
        if early {
            violations.push(format!("{} started before its instance was in service", task.birth.arn));
        }
    }
    let leaving = |instance: &&Instance| instance.status == InstanceStatus::Deregistering && !instance.tasks.is_empty();
    for instance in records.instances.values().filter(leaving) {
        let gone = records
            .tasks
            .values()
            .filter(|task| task.daemon().is_some() && task.instance == Some(instance.key));
        let taken = gone
            .filter(|task| task.stopped_reason.as_deref() == Some("The container instance is taken out of service."));
        if taken.count() > 0 {
            violations.push(format!("{} lost daemons before its tasks", instance.ec2_id));
        }
    }
}

fn tasks_of<'a>(records: &'a Records, service: &'a Service) -> impl Iterator<Item = &'a Task> {
    applications(records).filter(|task| task.service() == Some(&service.arn))
}

fn groups_agree(records: &Records, service: &Service, violations: &mut Vec<String>) {
    if !tasks_of(records, service).map(|task| task.key).eq(service.groups.all()) {
        violations.push(format!("{} does not know its tasks", service.name));
    }
    let latest = service
        .deployments
        .first()
        .and_then(|arn| records.service_deployments.get(arn));
    for task in tasks_of(records, service) {
        let instance = task.instance.and_then(|instance| records.instances.get(&instance));
        let stays = instance.is_none_or(Instance::keeps_tasks);
        let current = latest.is_some_and(|latest| task.birth.started_by.as_ref() == Some(&latest.id));
        let expected = match (task.stopping_at.is_some(), current, stays, task.is_ready()) {
            (true, ..) => Group::Stopping,
            (_, false, ..) => Group::Outdated,
            (_, _, false, _) => Group::Moving,
            (_, _, _, true) => Group::Running,
            _ => Group::Starting,
        };
        if !service.groups.of(expected).any(|key| key == task.key) {
            violations.push(format!("{} of {} is not in {expected:?}", task.birth.arn, service.name));
        }
    }
}

/// A service has no more tasks than allowed, unless it could not spare one. What happens to it from one event to the
/// next is the matter of `percents`.
fn percents_are_kept(records: &Records, service: &Service, violations: &mut Vec<String>) {
    if service.status != ServiceStatus::Active || service.due.is_some() {
        return;
    }
    let share = |percent: u32| u64::from(service.desired) * u64::from(percent);
    let (fewest, most) = (
        share(service.settings.minimum_percent).div_ceil(100),
        share(service.settings.maximum_percent) / 100,
    );
    let staying = || tasks_of(records, service).filter(|task| !task.is_going());
    let (kept, ready) = (
        staying().count() as u64,
        staying().filter(|task| task.is_ready()).count() as u64,
    );
    if kept > most && ready > fewest {
        violations.push(format!("{} has {kept} tasks of at most {most}", service.name));
    }
}

fn service_counts_are_right(
    world: &World,
    scope: &Scope,
    records: &Records,
    service: &Service,
    violations: &mut Vec<String>,
) {
    let body = json!({ "cluster": &*service.cluster, "services": [service.name] });
    let answer = ask(world, scope, "DescribeServices", body)["services"][0].take();
    let running = tasks_of(records, service)
        .filter(|task| task.status == TaskStatus::Running)
        .count() as u64;
    let pending = tasks_of(records, service).count() as u64 - running;
    let told = (number(&answer, "runningCount"), number(&answer, "pendingCount"));
    if told != (running, pending) {
        violations.push(format!(
            "{} tells of {told:?}, there are {running} and {pending}",
            service.name
        ));
    }
    let sum = |member: &str| -> u64 {
        let deployments = answer["deployments"].as_array().into_iter().flatten();
        deployments.map(|each| number(each, member)).sum()
    };
    if service.status != ServiceStatus::Inactive && (sum("runningCount"), sum("pendingCount")) != told {
        violations.push(format!("the deployments of {} do not add up: {answer:#}", service.name));
    }
}

fn instance_counts_are_right(world: &World, scope: &Scope, records: &Records, violations: &mut Vec<String>) {
    for instance in records.instances.values().filter(|instance| instance.is_listed()) {
        let body = json!({ "cluster": &*instance.cluster, "containerInstances": [&*instance.arn] });
        let answer: Value = ask(world, scope, "DescribeContainerInstances", body)["containerInstances"][0].take();
        let here = || {
            records
                .tasks
                .values()
                .filter(|task| task.is_alive() && task.instance == Some(instance.key))
        };
        let running = here().filter(|task| task.status == TaskStatus::Running).count() as u64;
        let pending = here().count() as u64 - running;
        let told = (
            number(&answer, "runningTasksCount"),
            number(&answer, "pendingTasksCount"),
        );
        if told != (running, pending) {
            violations.push(format!(
                "{} tells of {told:?}, there are {running} and {pending}",
                instance.ec2_id
            ));
        }
    }
}
