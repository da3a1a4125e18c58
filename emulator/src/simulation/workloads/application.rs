//! The life of an application task: waiting for room, started when its instance is in service, asked to stop, gone.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::records::capacity::Size;
use crate::records::definition::containers;
use crate::records::fleet::InstanceStatus;
use crate::records::must::Must;
use crate::records::names::{Name, Tags};
use crate::records::queue::Due;
use crate::records::service::{Group, StrategyItem, next_provider};
use crate::records::task::{Application, Birth, Fate, Health, Owner, Task, TaskStatus};
use crate::seeded;
use crate::simulation::region::Region;
use crate::simulation::timing;

/// Application tasks to be made, which are alike.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) cluster: Name,
    pub(crate) owner: Owner,
    pub(crate) application: Arc<Application>,
    pub(crate) started_by: Option<Name>,
    pub(crate) tags: Tags,
}

impl Region<'_> {
    /// Makes application tasks that wait for room and answers their keys. `counts` are the tasks that there are on each
    /// provider of the strategy.
    pub(crate) fn launch_applications(
        &mut self,
        launch: &Launch,
        strategy: &[StrategyItem],
        counts: &mut BTreeMap<Name, u32>,
        number: usize,
    ) -> Vec<u64> {
        let mut keys = Vec::new();
        while keys.len() < number
            && let Some(provider) = next_provider(strategy, counts)
        {
            *counts.entry(provider.clone()).or_default() += 1;
            keys.push(self.launch_application(launch.clone(), provider));
        }
        keys
    }

    /// Makes an application task on an instance that has room for it.
    pub(crate) fn start_on(&mut self, launch: Launch, instance: u64) -> Option<u64> {
        let provider = self.records.instances.get(&instance)?.provider.clone();
        let key = self.launch_application(launch, provider);
        self.bind(key, instance);
        Some(key)
    }

    fn launch_application(&mut self, launch: Launch, provider: Name) -> u64 {
        let series = ["application task of ", &*launch.cluster].concat();
        let n = self.next(&series);
        let id = seeded::hex_id(self.shared.seed, &series, n, 32);
        let definition = self.records.app_definitions.get(&launch.application.definition);
        let ((fate, fate_after), health) = match definition {
            Some(definition) => (
                self.shared.faults.decide(&containers(&definition.content)),
                Health::at_first(containers(&definition.content)),
            ),
            None => ((Fate::FailsToStart, None), Health::Unchecked),
        };
        let task = Task {
            key: self.next("task"),
            birth: Arc::new(Birth {
                arn: self.arn(&["task/", &*launch.cluster, "/", &id].concat()).into(),
                cluster: launch.cluster,
                provider: provider.clone(),
                owner: launch.owner,
                application: Some(launch.application),
                started_by: launch.started_by,
            }),
            instance: None,
            instance_arn: None,
            status: TaskStatus::Provisioning,
            fate,
            fate_after,
            health,
            group: None,
            due: None,
            created_at: self.now(),
            started_at: None,
            stopping_at: None,
            stopped_at: None,
            stop_code: None,
            stopped_reason: None,
            tags: launch.tags,
        };
        let key = task.key;
        self.records.tasks.insert(key, task);
        self.records.waiting.entry(provider).or_default().insert(key);
        self.regroup(key);
        self.note_task(key);
        key
    }

    /// The need of an application task.
    pub(super) fn task_size(&self, key: u64) -> Size {
        let task = self.records.tasks.get(&key);
        let application = task.and_then(|task| task.birth.application.as_ref());
        application.map(|each| self.size_of(each)).unwrap_or_default()
    }

    /// The need of each task that is made of these parts.
    pub(crate) fn size_of(&self, application: &Application) -> Size {
        let definition = || self.records.app_definitions.get(&application.definition);
        let size = application.size.or_else(|| Some(definition()?.size));
        size.unwrap_or_default()
    }

    /// Gives a waiting task its place on an instance.
    pub(in crate::simulation) fn bind(&mut self, key: u64, instance: u64) {
        let size = self.task_size(key);
        let place = self.records.instances.get_mut(&instance).must("instance", instance);
        place.tasks.insert(key);
        place.used = place.used.plus(size);
        place.idle_since = None;
        let (arn, active) = (place.arn.clone(), place.status == InstanceStatus::Active);
        self.records.instances.refresh(instance);
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.instance = Some(instance);
        task.instance_arn = Some(arn);
        if let Some(waiting) = self.records.waiting.get_mut(&task.birth.provider) {
            waiting.remove(&key);
        }
        if active {
            self.start_application(key);
        }
    }

    /// Starts the tasks that waited for their instance to be in service.
    pub(in crate::simulation) fn start_applications(&mut self, instance: u64) {
        for key in self.applications_of(instance) {
            self.start_application(key);
        }
    }

    fn applications_of(&self, instance: u64) -> Vec<u64> {
        let instance = self.records.instances.get(&instance);
        instance
            .map(|instance| instance.tasks.iter().copied().collect())
            .unwrap_or_default()
    }

    fn start_application(&mut self, key: u64) {
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.status = TaskStatus::Pending;
        let task = self.records.tasks.get(&key).must("task", key);
        let at = self.start_time(task, timing::APPLICATION_START);
        self.task_due_at(key, at);
        self.note_task(key);
    }

    /// An instance is lost: what ran on it has stopped, what had not started waits for room again. True: something does.
    pub(in crate::simulation) fn lose_applications(&mut self, instance: u64) -> bool {
        let mut waiting = false;
        for key in self.applications_of(instance) {
            let started = self
                .records
                .tasks
                .get(&key)
                .is_some_and(|task| task.status != TaskStatus::Provisioning);
            if started {
                self.finish_stop(key, "InfrastructureHealth", "The container instance was terminated.");
            } else {
                self.unbind(key);
                waiting = true;
            }
        }
        waiting
    }

    /// Takes a task that has not started off its instance.
    pub(in crate::simulation) fn unbind(&mut self, key: u64) {
        self.release(key);
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.status = TaskStatus::Provisioning;
        task.instance = None;
        task.instance_arn = None;
        let provider = task.birth.provider.clone();
        self.records.waiting.entry(provider).or_default().insert(key);
    }

    /// Gives back the room of a task.
    fn release(&mut self, key: u64) {
        let size = self.task_size(key);
        let task = self.records.tasks.get(&key).must("task", key);
        if let Some(instance) = task
            .instance
            .and_then(|instance| self.records.instances.get_mut(&instance))
            && instance.tasks.remove(&key)
        {
            instance.used = instance.used.minus(size);
            let instance = instance.key;
            self.records.instances.refresh(instance);
        }
        if let Some(waiting) = self.records.waiting.get_mut(&task.birth.provider) {
            waiting.remove(&key);
        }
    }

    /// Asks an application task to stop: one that runs gets the time that containers have to stop.
    pub(in crate::simulation) fn ask_to_stop(&mut self, key: u64, code: &'static str, reason: &str) {
        let now = self.now();
        let reason = self.records.name(reason);
        let task = self.records.tasks.get_mut(&key).must("task", key);
        if task.is_going() {
            return;
        }
        if task.status != TaskStatus::Running {
            return self.finish_stop(key, code, &reason);
        }
        task.stopping_at = Some(now);
        task.stop_code = Some(code);
        task.stopped_reason = Some(reason);
        let arn = task.birth.arn.clone();
        let at = now + self.draw(&arn, timing::APPLICATION_STOP, 0);
        self.task_due_at(key, at);
        self.regroup(key);
        self.note_task(key);
    }

    /// An application task has stopped.
    pub(in crate::simulation) fn finish_stop(&mut self, key: u64, code: &'static str, reason: &str) {
        let now = self.now();
        let reason = self.records.name(reason);
        let task = self.records.tasks.get_mut(&key).must("task", key);
        if !task.is_alive() {
            return;
        }
        task.status = TaskStatus::Stopped;
        task.stopping_at.get_or_insert(now);
        task.stopped_at = Some(now);
        task.stop_code.get_or_insert(code);
        task.stopped_reason.get_or_insert(reason);
        let (instance, provider) = (task.instance, task.birth.provider.clone());
        self.release(key);
        self.task_due_at(key, now + timing::STOPPED_TASK);
        self.regroup(key);
        self.note_task(key);
        if let Some(instance) = instance {
            self.application_left(instance);
        }
        self.place_waiting(&provider);
    }

    fn application_left(&mut self, instance: u64) {
        let status = self.records.instances.get(&instance).map(|instance| instance.status);
        match status {
            Some(InstanceStatus::Active) => self.watch_instance(instance),
            Some(InstanceStatus::Draining) => self.check_leave(instance),
            Some(InstanceStatus::Deregistering) => self.stop_daemons_after_applications(instance),
            _ => {}
        }
    }

    /// Puts a task of a service into the group that it belongs to now, and wakes the scheduler.
    pub(in crate::simulation) fn regroup(&mut self, key: u64) {
        let task = self.records.tasks.get_mut(&key).must("task", key);
        let Owner::Service { service, deployment } = &task.birth.owner else {
            return;
        };
        let drained = task
            .instance
            .and_then(|instance| self.records.instances.get(&instance))
            .is_some_and(|instance| !instance.keeps_tasks());
        let record = self.records.services.quiet(service).must("service", service);
        let group = if !task.is_alive() {
            None
        } else if task.is_going() {
            Some(Group::Stopping)
        } else if record.deployments.first() != Some(deployment) {
            Some(Group::Outdated)
        } else if drained {
            Some(Group::Moving)
        } else if task.is_ready() {
            Some(Group::Running)
        } else {
            Some(Group::Starting)
        };
        record.groups.shift(key, task.group, group);
        let asleep = timing::is_asleep(record, self.shared.now_ms).then(|| service.clone());
        task.group = group;
        if let Some(service) = asleep {
            self.wake_service(&service);
        }
    }

    /// Puts the tasks of an instance into the groups that they belong to now.
    pub(in crate::simulation) fn regroup_tasks_of(&mut self, instance: u64) {
        for key in self.applications_of(instance) {
            self.regroup(key);
        }
    }

    /// Lets the next change of a task happen at that time.
    pub(in crate::simulation) fn task_due_at(&mut self, key: u64, at: i64) {
        if let Some(task) = self.records.tasks.get_mut(&key) {
            task.due = Some(at);
            let due = if task.is_alive() {
                Due::Task(key)
            } else {
                Due::StoppedTask(key)
            };
            self.queue(at, due);
        }
    }
}
