//! The outcome of a task by itself, of a daemon or not: it starts or fails to, gets healthy, exits, turns unhealthy.
//! The owner of the task decides what follows from that.

use super::timing;
use crate::records::must::Must;
use crate::records::task::{Fate, Health, Owner, Task, TaskStatus};
use crate::seeded::Span;
use crate::simulation::region::Region;

impl Region<'_> {
    /// Time at which a task that begins to start now runs, or fails to; `start` is what a start takes.
    pub(super) fn start_time(&self, task: &Task, start: Span) -> i64 {
        let fails = task.fate == Fate::FailsToStart;
        let span = if fails { timing::TASK_FAILURE } else { start };
        let told = task.fate_after.filter(|_| fails);
        self.now() + told.unwrap_or_else(|| self.draw(&task.birth.arn, span, 0))
    }

    /// Moves a task on whose change is due.
    pub(super) fn task_due(&mut self, key: u64) {
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.due = None;
        let asked_to_stop = task.stopping_at.is_some();
        match (task.status, task.fate) {
            (TaskStatus::Stopped, _) => {}
            (TaskStatus::Running, _) if asked_to_stop => self.finish_stop(key, "UserInitiated", "Task stopped."),
            (TaskStatus::Pending, Fate::FailsToStart) => {
                let reason = "CannotPullContainerError: the image could not be pulled.";
                self.fail_task(key, "TaskFailedToStart", reason);
            }
            (TaskStatus::Running, Fate::Exits) => {
                self.fail_task(key, "EssentialContainerExited", "Essential container in task exited");
            }
            (TaskStatus::Running, Fate::TurnsUnhealthy) => self.turn_unhealthy(key),
            (TaskStatus::Running, Fate::Runs | Fate::FailsToStart) => {
                task.health = Health::Healthy;
                self.task_changed(key);
            }
            (TaskStatus::Provisioning | TaskStatus::Pending, _) => self.run_task(key),
        }
    }

    fn run_task(&mut self, key: u64) {
        let now = self.now();
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.status = TaskStatus::Running;
        task.started_at = Some(now);
        let span = match (task.fate, task.health) {
            (Fate::Exits, _) => Some(timing::TASK_EXIT),
            (_, Health::Unknown) => Some(timing::HEALTH),
            _ => None,
        };
        let told = task
            .fate_after
            .filter(|_| matches!(task.fate, Fate::Exits | Fate::TurnsUnhealthy));
        let birth = task.birth.clone();
        if let Some(span) = span {
            let at = now + told.unwrap_or_else(|| self.draw(&birth.arn, span, 0));
            self.task_due_at(key, at);
        }
        self.task_changed(key);
    }

    /// A running task has changed by itself; a service or a registering instance may wait for it.
    fn task_changed(&mut self, key: u64) {
        self.regroup(key);
        self.note_task(key);
        let task = self.records.tasks.get(&key).filter(|task| task.daemon().is_some());
        if let Some(instance) = task.and_then(|task| task.instance) {
            self.check_registration(instance);
        }
    }

    fn turn_unhealthy(&mut self, key: u64) {
        let task = self.records.tasks.get_mut(&key).must("task", key);
        task.health = Health::Unhealthy;
        let (code, reason) = ("ServiceSchedulerInitiated", "Task failed container health checks");
        match &task.birth.owner {
            Owner::Daemon { .. } => self.fail_task(key, code, reason),
            Owner::Service { service, .. } => {
                let service = service.clone();
                self.note_task(key);
                self.ask_to_stop(key, code, reason);
                self.application_failed(&service);
            }
            // Nobody replaces it.
            Owner::Nobody => self.note_task(key),
        }
    }

    fn fail_task(&mut self, key: u64, code: &'static str, reason: &str) {
        let task = self.records.tasks.get(&key).must("task", key);
        let (birth, instance) = (task.birth.clone(), task.instance);
        match &birth.owner {
            Owner::Daemon { daemon, revision } => {
                self.stop_task(key, code, reason);
                if let Some(instance) = instance {
                    self.launch_failed(instance, daemon, revision, reason);
                }
            }
            Owner::Service { service, .. } => {
                self.finish_stop(key, code, reason);
                self.application_failed(service);
            }
            Owner::Nobody => self.finish_stop(key, code, reason),
        }
    }
}
