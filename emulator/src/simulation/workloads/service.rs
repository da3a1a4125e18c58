//! The scheduler of services: it looks at a service a second or two after something changed, starts what is missing
//! and stops what is too much, within the percentages of the service's deployment configuration.
//!
//! `minimumHealthyPercent` (rounded up) bounds how few tasks run, `maximumPercent` (rounded down) how many there are.
//! Tasks on a drained instance stay until the instance leaves, unless they have to make room for their successors.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;

use super::application::Launch;
use crate::records::arn::last_part;
use crate::records::events::Kind;
use crate::records::must::Must;
use crate::records::names::{Name, Tags};
use crate::records::queue::Due;
use crate::records::service::{Group, Rollout, Service, ServiceStatus, TagSource};
use crate::records::task::{Application, Owner};
use crate::seeded;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// Most events that a service shows.
const MOST_EVENTS: usize = 100;

/// Number of tasks of a service, and the bounds of it.
#[derive(Clone, Copy, Debug)]
struct Balance {
    wanted: usize,
    fewest: usize,
    most: usize,
    all: usize,
    /// Starting and running tasks of the latest deployment that may stay where they are.
    kept: usize,
    /// Tasks that do their work, wherever they are.
    healthy: usize,
}

impl Region<'_> {
    /// Lets the scheduler look at a service soon.
    pub(crate) fn wake_service(&mut self, arn: &Name) {
        let now = self.now();
        let service = self.records.services.get(arn);
        if !service.is_some_and(|service| timing::is_asleep(service, now)) {
            return;
        }
        let at = now + self.draw(arn, timing::SCHEDULER, u64::try_from(now).unwrap_or(0));
        self.service_due_at(arn, at);
    }

    fn service_due_at(&mut self, arn: &Name, at: i64) {
        if let Some(service) = self.records.services.quiet(arn) {
            service.due = Some(at);
            self.queue(at, Due::Service(arn.clone()));
        }
    }

    /// The scheduler looks at a service.
    pub(in crate::simulation) fn service_due(&mut self, arn: &Name) {
        let service = self.records.services.quiet(arn).must("service", arn);
        service.due = None;
        let Some(mut balance) = self.balance(arn) else { return };
        for step in [Self::stop_surplus, Self::start_missing, Self::make_way] {
            if step(self, arn, balance) {
                let Some(changed) = self.balance(arn) else { return };
                balance = changed;
            }
        }
        self.conclude(arn, balance);
        self.wait_for_protected(arn);
        self.check_leaving_of(arn);
    }

    fn balance(&self, arn: &Name) -> Option<Balance> {
        let service = self.records.services.get(arn)?;
        let wanted = service.wanted();
        let share = |percent: u32| wanted as u64 * u64::from(percent);
        let ready = |group: Group| {
            let tasks = service.groups.of(group).filter_map(|key| self.records.tasks.get(&key));
            tasks.filter(|task| task.is_ready()).count()
        };
        let (starting, running) = (
            service.groups.count(Group::Starting),
            service.groups.count(Group::Running),
        );
        Some(Balance {
            wanted,
            fewest: usize::try_from(share(service.settings.minimum_percent).div_ceil(100)).unwrap_or(usize::MAX),
            most: usize::try_from(share(service.settings.maximum_percent) / 100).unwrap_or(usize::MAX),
            all: service.groups.len(),
            kept: starting + running,
            healthy: running + ready(Group::Moving) + ready(Group::Outdated),
        })
    }

    /// Stops the youngest tasks of a service that has more than it wants. True: something has changed.
    fn stop_surplus(&mut self, arn: &Name, balance: Balance) -> bool {
        let service = self.records.services.get(arn).must("service", arn);
        let groups = &service.groups;
        let surplus = balance.kept.saturating_sub(balance.wanted);
        let now = self.now();
        let may_stop = |key: &u64| !service.protects(*key, now);
        let youngest = groups.of(Group::Starting).rev().chain(groups.of(Group::Running).rev());
        let mut going: Vec<u64> = youngest.filter(may_stop).take(surplus).collect();
        if balance.wanted == 0 {
            let elsewhere = groups.of(Group::Moving).chain(groups.of(Group::Outdated));
            going.extend(elsewhere.filter(may_stop));
        }
        self.stop_for_scheduler(arn, &going)
    }

    /// Starts tasks until there are as many as wanted, or as allowed. True: something has changed.
    fn start_missing(&mut self, arn: &Name, balance: Balance) -> bool {
        let allowed = balance.most.saturating_sub(balance.all);
        let missing = balance.wanted.saturating_sub(balance.kept).min(allowed);
        let service = self.records.services.get(arn).must("service", arn);
        if missing == 0 {
            return false;
        }
        if service.retry_at > self.now() {
            self.service_due_at(arn, service.retry_at);
            return false;
        }
        let mut counts: BTreeMap<Name, u32> = BTreeMap::new();
        if service.settings.strategy.len() > 1 {
            let tasks = service.groups.all().filter_map(|key| self.records.tasks.get(&key));
            for task in tasks.filter(|task| !task.is_going()) {
                *counts.entry(task.birth.provider.clone()).or_default() += 1;
            }
        }
        let strategy = service.settings.strategy.clone();
        let Some(launch) = self.task_of_service(arn) else {
            return false;
        };
        let started = self.launch_applications(&launch, &strategy, &mut counts, missing);
        for provider in counts.keys() {
            self.place_waiting(provider);
        }
        if !started.is_empty() {
            let text = format!("has started {} tasks: {}.", started.len(), self.ids(&started));
            self.tell_service(arn, &text);
        }
        !started.is_empty()
    }

    fn ids(&self, tasks: &[u64]) -> String {
        let mut ids = String::new();
        for task in tasks.iter().filter_map(|key| self.records.tasks.get(key)) {
            let space = if ids.is_empty() { "" } else { " " };
            ids.extend([space, "(task ", last_part(&task.birth.arn), ")"]);
        }
        ids
    }

    fn task_of_service(&mut self, arn: &Name) -> Option<Launch> {
        let service = self.records.services.get(arn)?;
        let latest = service.deployments.first()?;
        let deployment = self.records.service_deployments.get(latest)?;
        let (id, settings) = (deployment.id.clone(), &deployment.settings);
        let tags = self.tags_of_service_task(service);
        let (definition, execute_command) = (settings.definition.clone(), settings.execute_command);
        let digests = deployment.digests.clone();
        let cluster = service.cluster.clone();
        let group = format!("service:{}", service.name);
        Some(Launch {
            cluster,
            owner: Owner::Service {
                service: arn.clone(),
                deployment: latest.clone(),
            },
            application: Arc::new(Application {
                definition,
                group: self.records.name(&group),
                execute_command,
                overrides: None,
                size: None,
                digests,
            }),
            started_by: Some(id),
            tags,
        })
    }

    fn tags_of_service_task(&self, service: &Service) -> Tags {
        let settings = &service.settings;
        let mut tags = match settings.propagate_tags {
            TagSource::Nothing => Tags::new(),
            TagSource::Service => service.tags.clone(),
            TagSource::TaskDefinition => {
                let definition = self.records.app_definitions.get(&settings.definition);
                definition.map(|definition| definition.tags.clone()).unwrap_or_default()
            }
        };
        if settings.managed_tags {
            tags.insert("aws:ecs:clusterName".to_owned(), service.cluster.to_string());
            tags.insert("aws:ecs:serviceName".to_owned(), service.name.clone());
        }
        tags
    }

    /// Stops tasks that have successors, or that have to make room for them. True: something has changed.
    fn make_way(&mut self, arn: &Name, balance: Balance) -> bool {
        let service = self.records.services.get(arn).must("service", arn);
        let is_ready = |key: &u64| self.records.tasks.get(key).is_some_and(|task| task.is_ready());
        let now = self.now();
        let may_stop = |key: &u64| !service.protects(*key, now);
        let outdated = service.groups.of(Group::Outdated).filter(may_stop);
        let (ready, idle): (Vec<u64>, Vec<u64>) = outdated.partition(is_ready);
        let spare = balance.healthy.saturating_sub(balance.fewest);
        let cramped = balance.kept < balance.wanted && balance.all >= balance.most;
        // There may be too many because somebody has lowered the most that there may be.
        let staying = balance.all - service.groups.count(Group::Stopping);
        let beyond = staying.saturating_sub(balance.most);
        let mut going = idle;
        going.extend(ready.into_iter().take(spare));
        if going.is_empty() {
            let movable = if cramped { spare } else { spare.min(beyond) };
            going.extend(service.groups.of(Group::Moving).filter(may_stop).take(movable));
        }
        self.stop_for_scheduler(arn, &going)
    }

    /// Protects a task of a service until a time, or no longer.
    pub(crate) fn protect(&mut self, task: u64, until: Option<i64>) {
        let service = self.records.tasks.get(&task).and_then(|task| task.service().cloned());
        let write = self.write();
        let Some(arn) = service else { return };
        let Some(service) = self.records.services.change(&*arn, write) else {
            return;
        };
        match until {
            Some(until) => service.protected.insert(task, until),
            None => service.protected.remove(&task),
        };
        self.wake_service(&arn);
    }

    /// Looks again when a protection ends that may hold up something.
    fn wait_for_protected(&mut self, arn: &Name) {
        let now = self.now();
        let service = self.records.services.quiet(arn).must("service", arn);
        if service.protected.is_empty() {
            return;
        }
        let tasks = &self.records.tasks;
        let is_there = |key: &u64| tasks.get(key).is_some_and(|task| !task.is_going());
        service.protected.retain(|key, until| *until > now && is_there(key));
        let held_up = service.is_scheduled() && !service.steady && service.due.is_none();
        if let Some(until) = service.protected.values().min().copied().filter(|_| held_up) {
            self.service_due_at(arn, until);
        }
    }

    fn stop_for_scheduler(&mut self, arn: &Name, tasks: &[u64]) -> bool {
        if tasks.is_empty() {
            return false;
        }
        let reason = match self
            .records
            .services
            .get(arn)
            .and_then(|service| service.deployments.first())
        {
            Some(deployment) => format!("Scaling activity initiated by (deployment {})", last_part(deployment)),
            None => "Scaling activity initiated by the service".to_owned(),
        };
        for key in tasks {
            self.ask_to_stop(*key, "ServiceSchedulerInitiated", &reason);
        }
        let text = format!("has stopped {} running tasks: {}.", tasks.len(), self.ids(tasks));
        self.tell_service(arn, &text);
        true
    }

    /// Tells what the look has found: a service that has what it wants, has lost it, or is gone.
    fn conclude(&mut self, arn: &Name, balance: Balance) {
        let service = self.records.services.quiet(arn).must("service", arn);
        let running = service.groups.count(Group::Running);
        let settled = running == balance.wanted && balance.all == running;
        let was_full = std::mem::replace(&mut service.full, balance.healthy >= balance.wanted);
        let (full, was_steady) = (service.full, std::mem::replace(&mut service.steady, settled));
        let draining = service.status == ServiceStatus::Draining;
        if settled {
            service.deployments.truncate(1);
            service.failures = 0;
        }
        if settled && draining {
            self.end_service(arn);
        } else if settled && !was_steady {
            self.complete_rollout(arn);
            self.tell_service(arn, "has reached a steady state.");
            self.note_service(arn, "SERVICE_STEADY_STATE", true);
        } else if full != was_full {
            let name = if full {
                "SERVICE_DESIRED_COUNT_REACHED"
            } else {
                "SERVICE_DESIRED_COUNT_LOST"
            };
            self.note_service(arn, name, true);
        }
    }

    fn end_service(&mut self, arn: &Name) {
        if let Some(service) = self.records.services.change(arn, crate::records::table::NO_WRITE) {
            service.status = ServiceStatus::Inactive;
            service.due = None;
        }
        self.note_service(arn, "SERVICE_INACTIVE", true);
    }

    /// A task of a service has failed: the next ones wait longer and longer, and the circuit breaker hears of it.
    pub(in crate::simulation) fn application_failed(&mut self, arn: &Name) {
        let now = self.now();
        let service = self.records.services.quiet(arn).must("service", arn);
        service.failures = service.failures.saturating_add(1);
        let failures = service.failures;
        let doubled = timing::BACK_OFF.to << failures.saturating_sub(1).min(8);
        let wait = doubled.min(timing::LONGEST_BACK_OFF);
        if let Some(service) = self.records.services.quiet(arn) {
            service.retry_at = now + wait;
        }
        self.note_service(arn, "SERVICE_TASK_START_IMPAIRED", false);
        self.charge_service_failure(arn);
        self.wake_service(arn);
    }

    /// Adds a line to the events of a service.
    fn tell_service(&mut self, arn: &Name, text: &str) {
        let (seed, now) = (self.shared.seed, self.now());
        let service = self.records.services.quiet(arn).must("service", arn);
        service.told += 1;
        let id = seeded::hex_id(seed, &format!("event of {arn}"), service.told, 32);
        let text = format!("(service {}) {text}", service.name);
        service.events.push_front((now, id, text));
        service.events.truncate(MOST_EVENTS);
    }

    /// Tells observers about a service; a milestone is what clients wait for.
    fn note_service(&mut self, arn: &Name, name: &str, milestone: bool) {
        let service = self.records.services.get(arn).must("service", arn);
        let detail = json!({
            "cluster": &*service.cluster,
            "service": service.name,
            "serviceArn": &**arn,
            "eventName": name,
            "desired": service.wanted(),
            "running": service.groups.count(Group::Running),
        });
        self.note(if milestone { Kind::Service } else { Kind::ServiceAction }, detail);
    }

    fn complete_rollout(&mut self, arn: &Name) {
        let service = self.records.services.get(arn).must("service", arn);
        let Some(deployment) = service.deployments.first().cloned() else {
            return;
        };
        let ended = self
            .records
            .service_deployments
            .get(&deployment)
            .is_none_or(|deployment| deployment.rollout != Rollout::InProgress);
        if !ended {
            let text = format!("ECS deployment {} completed.", self.deployment_id(&deployment));
            self.set_rollout(&deployment, Rollout::Completed, &text);
        }
    }
}
