//! The life of a task: pending, running, stopped, forgotten.

use serde_json::json;

use super::queue::Due;
use super::timing;
use crate::api::{ApiError, ErrorKind};
use crate::world::arn::last_part;
use crate::world::events::Kind;
use crate::world::fleet::{Fate, Health, Task, TaskStatus};
use crate::world::region::Region;

impl Region<'_> {
    /// Moves a task on whose change is due.
    pub(super) fn task_due(&mut self, key: u64) {
        let Some(task) = self.records.tasks.get_mut(&key) else {
            return;
        };
        task.due = None;
        match (task.status, task.fate) {
            (TaskStatus::Pending, Fate::FailsToStart) => {
                self.fail_task(
                    key,
                    "TaskFailedToStart",
                    "CannotPullContainerError: the image could not be pulled.",
                );
            }
            (TaskStatus::Pending, _) => self.run_task(key),
            (TaskStatus::Running, Fate::Exits) => {
                self.fail_task(
                    key,
                    "EssentialContainerExited",
                    "An essential container in the task exited.",
                );
            }
            (TaskStatus::Running, Fate::TurnsUnhealthy) => {
                task.health = Health::Unhealthy;
                self.fail_task(
                    key,
                    "ServiceSchedulerInitiated",
                    "The task failed its container health checks.",
                );
            }
            (TaskStatus::Running, _) => {
                task.health = Health::Healthy;
                let instance = task.instance;
                self.note_task(key);
                self.check_registration(instance);
            }
            (TaskStatus::Stopped, _) => {
                self.records.tasks.remove(&key);
            }
        }
    }

    fn run_task(&mut self, key: u64) {
        let now = self.now();
        let Some(task) = self.records.tasks.get_mut(&key) else {
            return;
        };
        task.status = TaskStatus::Running;
        task.started_at = Some(now);
        let instance = task.instance;
        let span = match (task.fate, task.health) {
            (Fate::Exits, _) => Some(timing::TASK_EXIT),
            (_, Health::Unknown) => Some(timing::HEALTH),
            _ => None,
        };
        let arn = task.arn.clone();
        if let Some(span) = span {
            let at = now + self.draw(&arn, span, 0);
            self.task_due_at(key, at);
        }
        self.note_task(key);
        self.check_registration(instance);
    }

    fn task_due_at(&mut self, key: u64, at: i64) {
        if let Some(task) = self.records.tasks.get_mut(&key) {
            task.due = Some(at);
            self.queue(at, Due::Task(key));
        }
    }

    fn fail_task(&mut self, key: u64, code: &'static str, reason: &str) {
        let Some(task) = self.records.tasks.get(&key) else {
            return;
        };
        let (instance, daemon, revision) = (task.instance, task.daemon.clone(), task.revision.clone());
        self.stop_task(key, code, reason);
        self.launch_failed(instance, &daemon, &revision, reason);
    }

    /// Stops a task; what becomes of its place on the instance is the caller's matter.
    pub(super) fn stop_task(&mut self, key: u64, code: &'static str, reason: &str) {
        let now = self.now();
        let Some(task) = self.records.tasks.get_mut(&key) else {
            return;
        };
        if task.status == TaskStatus::Stopped {
            return;
        }
        task.status = TaskStatus::Stopped;
        task.stopped_at = Some(now);
        task.stop_code = Some(code);
        task.stopped_reason = Some(reason.to_owned());
        let (instance, daemon) = (task.instance, task.daemon.clone());
        if let Some(slot) = self
            .records
            .instances
            .get_mut(&instance)
            .and_then(|instance| instance.slots.get_mut(&daemon))
            && slot.task == Some(key)
        {
            slot.task = None;
        }
        self.task_due_at(key, now + timing::STOPPED_TASK);
        self.note_task(key);
    }

    /// Stops a task for a user, who names it by ARN or id. The daemon is launched again.
    pub(crate) fn stop_named_task(&mut self, name: &str) -> Result<(), ApiError> {
        let named = |task: &&Task| task.arn == name || last_part(&task.arn) == name;
        let task = self
            .records
            .tasks
            .values()
            .find(|task| task.status != TaskStatus::Stopped && named(task));
        let Some(task) = task else {
            let text = format!("There is no task {name} that has not stopped.");
            return Err(ApiError::new(ErrorKind::InvalidParameterException, text));
        };
        let (key, instance, daemon) = (task.key, task.instance, task.daemon.clone());
        self.stop_task(key, "UserInitiated", "Task stopped by user");
        self.retry_later(instance, &daemon);
        self.check_registration(instance);
        Ok(())
    }

    pub(super) fn note_task(&mut self, key: u64) {
        let Some(task) = self.records.tasks.get(&key) else {
            return;
        };
        let detail = json!({
            "cluster": task.cluster,
            "daemon": last_part(&task.daemon),
            "daemonRevisionArn": task.revision,
            "taskArn": task.arn,
            "containerInstanceArn": task.instance_arn,
            "status": task.status.name(),
            "health": task.health.name(),
            "reason": task.stopped_reason,
        });
        self.note(Kind::Task, detail);
    }
}
