//! The common part of tasks of daemons and application tasks beside their fate: how those of daemons stop, how
//! somebody names a task, and what observers hear of it.

use super::timing;
use crate::api::{ApiError, ErrorKind};
use crate::records::arn::last_part;
use crate::records::events::{Detail, Kind, TaskDetail};
use crate::records::must::Must;
use crate::records::task::{Fate, Health, Owner, Task, TaskStatus};
use crate::simulation::region::Region;

impl Region<'_> {
    /// Stops a daemon's task; what becomes of its place on the instance is the caller's matter.
    pub(super) fn stop_task(&mut self, key: u64, code: &'static str, reason: &str) {
        let now = self.now();
        let reason = self.records.name(reason);
        let task = self.records.tasks.get_mut(&key).must("task", key);
        if !task.is_alive() {
            return;
        }
        task.status = TaskStatus::Stopped;
        task.stopping_at = Some(now);
        task.stopped_at = Some(now);
        task.stop_code = Some(code);
        task.stopped_reason = Some(reason);
        if let (Some(instance), Some(daemon)) = (task.instance, task.daemon())
            && let Some(slot) = self
                .records
                .instances
                .get_mut(&instance)
                .and_then(|instance| instance.slots.get_mut(daemon))
            && slot.task == Some(key)
        {
            slot.task = None;
        }
        self.task_due_at(key, now + timing::STOPPED_TASK);
        self.note_task(key);
    }

    /// Lets the health checks of a running task fail, from outside. Without a health check nobody would notice.
    pub(crate) fn turn_named_task_unhealthy(&mut self, name: &str) -> Result<(), ApiError> {
        let task = self.named_task(name)?;
        let key = task.key;
        let problem = match (task.status, task.health) {
            (_, Health::Unchecked) => "has no container with a health check",
            (TaskStatus::Running, _) => {
                if let Some(task) = self.records.tasks.get_mut(&key) {
                    task.fate = Fate::TurnsUnhealthy;
                }
                self.task_due_at(key, self.now());
                self.task_due(key);
                return Ok(());
            }
            _ => "does not run yet",
        };
        let text = format!("The task {name} {problem}.");
        Err(ApiError::new(ErrorKind::InvalidParameterException, text))
    }

    /// A task that has not stopped, by ARN or id.
    fn named_task(&self, name: &str) -> Result<&Task, ApiError> {
        let named = |task: &&Task| *task.birth.arn == *name || last_part(&task.birth.arn) == name;
        let mut tasks = self.records.tasks.values();
        tasks.find(|task| task.is_alive() && named(task)).ok_or_else(|| {
            let text = format!("There is no task {name} that has not stopped.");
            ApiError::new(ErrorKind::InvalidParameterException, text)
        })
    }

    /// Stops a task for somebody who names it by ARN or id.
    pub(crate) fn stop_named_task(&mut self, name: &str) -> Result<(), ApiError> {
        let key = self.named_task(name)?.key;
        self.stop_for_user(key, "Task stopped by user");
        Ok(())
    }

    /// Stops a task because somebody asked for it. A daemon is launched again, or its instance replaced.
    pub(crate) fn stop_for_user(&mut self, key: u64, reason: &str) {
        let task = self.records.tasks.get(&key);
        let daemon = task.and_then(|task| Some((task.instance?, task.daemon()?.clone())));
        match daemon {
            Some((instance, daemon)) => {
                self.stop_task(key, "UserInitiated", reason);
                self.recover(instance, &daemon);
                self.check_registration(instance);
            }
            None => self.ask_to_stop(key, "UserInitiated", reason),
        }
    }

    pub(super) fn note_task(&mut self, key: u64) {
        let task = self.records.tasks.get(&key).must("task", key);
        // Whoever runs a task by hand waits for it to run and to stop.
        let awaited =
            task.birth.owner == Owner::Nobody && matches!(task.status, TaskStatus::Running | TaskStatus::Stopped);
        let kind = if awaited && task.stopping_at.is_some() == (task.status == TaskStatus::Stopped) {
            Kind::RunTask
        } else {
            Kind::Task
        };
        let detail = detail(task);
        if let (Some(instance), Some(daemon)) = (task.instance, task.daemon()) {
            let (cluster, daemon) = (task.birth.cluster.clone(), daemon.clone());
            self.touch_slot(&cluster, instance, &daemon);
        }
        self.note(kind, detail);
    }
}

fn detail(task: &Task) -> Detail {
    Detail::Task(TaskDetail {
        birth: task.birth.clone(),
        instance_arn: task.instance_arn.clone(),
        status: task.status,
        going: task.is_going(),
        health: task.health,
        reason: task.stopped_reason.clone(),
    })
}
