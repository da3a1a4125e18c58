//! Percentages of services, which they stay within from one event to the next: nothing that ECS does by itself takes a
//! running task from a service that needs it, and nothing that it starts is beyond the most that there may be.
//!
//! A task that fails, that a user stops, or whose machine ends at its last day is not ECS's doing.

use std::collections::{BTreeMap, BTreeSet};

use crate::records::Records;
use crate::records::fleet::Drain;
use crate::records::names::Name;
use crate::records::service::{Service, ServiceStatus};
use crate::records::task::Task;
use crate::world::World;

/// The tasks of each service, by ARN: those that there are, and those among them that do their work.
#[derive(Debug, Default)]
pub(in crate::world) struct Snapshot(BTreeMap<Name, (BTreeSet<u64>, BTreeSet<u64>)>);

impl Snapshot {
    pub(in crate::world) fn of(world: &World) -> Self {
        let mut snapshot = Self::default();
        for records in world.scopes().values() {
            for service in records.services.values() {
                let (all, ready) = tasks_of(records, service);
                snapshot.0.insert(service.arn.clone(), (all, ready));
            }
        }
        snapshot
    }

    /// Violations of a service by an event between this moment and the present.
    pub(in crate::world) fn violations(&self, world: &World) -> Vec<String> {
        let mut violations = Vec::new();
        for records in world.scopes().values() {
            for service in records.services.values() {
                if let Some((all, ready)) = self.0.get(&service.arn)
                    && service.status == ServiceStatus::Active
                {
                    needed_tasks_stay(records, service, ready, &mut violations);
                    no_more_than_allowed_start(records, service, all, &mut violations);
                }
            }
        }
        violations
    }
}

fn tasks_of(records: &Records, service: &Service) -> (BTreeSet<u64>, BTreeSet<u64>) {
    let all = records.tasks.values().filter(|task| task.is_alive());
    let all: Vec<&Task> = all.filter(|task| task.service() == Some(&service.arn)).collect();
    let ready = all.iter().filter(|task| task.is_ready() && !task.is_going());
    (
        all.iter().map(|task| task.key).collect(),
        ready.map(|task| task.key).collect(),
    )
}

fn needed_tasks_stay(records: &Records, service: &Service, before: &BTreeSet<u64>, violations: &mut Vec<String>) {
    let (_, ready) = tasks_of(records, service);
    let lost = before.difference(&ready).filter_map(|key| records.tasks.get(key));
    let (taken, failed): (Vec<&Task>, Vec<&Task>) = lost.partition(|task| is_taken(records, task));
    let fewest = u64::from(service.desired) * u64::from(service.settings.minimum_percent);
    let there = (ready.len() + failed.len()) as u64;
    if !taken.is_empty() && there < fewest.div_ceil(100) {
        let reasons: Vec<_> = taken.iter().map(|task| task.stopped_reason.as_deref()).collect();
        violations.push(format!(
            "{} had {} tasks and {there} of at least {} were left it: {reasons:?}",
            service.name,
            before.len(),
            fewest.div_ceil(100)
        ));
    }
}

/// True if ECS has stopped a task that worked, of its own accord.
fn is_taken(records: &Records, task: &Task) -> bool {
    let unhealthy = task
        .stopped_reason
        .as_deref()
        .is_some_and(|reason| reason.contains("health checks"));
    let instance = task.instance.and_then(|instance| records.instances.get(&instance));
    let last_day = instance.is_some_and(|instance| instance.drain == Some(Drain::Age) && instance.ends_at.is_none());
    let by_ecs = matches!(
        task.stop_code,
        Some("ServiceSchedulerInitiated" | "InfrastructureHealth")
    );
    by_ecs && !unhealthy && !last_day
}

fn no_more_than_allowed_start(
    records: &Records,
    service: &Service,
    before: &BTreeSet<u64>,
    violations: &mut Vec<String>,
) {
    let (all, _) = tasks_of(records, service);
    let most = u64::from(service.desired) * u64::from(service.settings.maximum_percent) / 100;
    let started = all.difference(before).count();
    if started > 0 && all.len() as u64 > most {
        violations.push(format!(
            "{} has started {started} tasks and has {} of at most {most}",
            service.name,
            all.len()
        ));
    }
}
