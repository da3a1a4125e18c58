//! Shared by the operations of task protection: the tasks that can be protected, and how they are answered.

use serde_json::{Value, json};

use crate::api::Scope;
use crate::operations::shared::answer::{self, structure, timestamp};
use crate::operations::shared::lookup;
use crate::records::task::Task;
use crate::records::{Records, arn};

/// The tasks of a service that a request names, and the failures for the others.
pub(in crate::operations) fn tasks<'a>(
    records: &'a Records,
    scope: &Scope,
    cluster: &str,
    named: &[String],
) -> (Vec<&'a Task>, Vec<Value>) {
    let (mut found, mut failures) = (Vec::new(), Vec::new());
    for named in named {
        match lookup::task(records, cluster, named) {
            Some(task) if is_valid(task) => found.push(task),
            Some(task) => failures.push(json!({
                "arn": &*task.birth.arn,
                "reason": "TASK_NOT_VALID",
                "detail": "Only running tasks of a service can be protected.",
            })),
            None if named.starts_with("arn:") => failures.push(answer::missing(named)),
            None => failures.push(answer::missing(&arn::ecs(scope, &format!("task/{cluster}/{named}")))),
        }
    }
    (found, failures)
}

/// True if a task can be protected. Documented: those of services only.
pub(in crate::operations) fn is_valid(task: &Task) -> bool {
    task.service().is_some() && !task.is_going()
}

/// The protection of a task.
pub(in crate::operations) fn answer(records: &Records, now: i64, task: &Task) -> Value {
    let service = task.service().and_then(|service| records.services.get(&**service));
    let until = service.and_then(|service| service.protected_until(task.key, now));
    structure(json!({
        "taskArn": &*task.birth.arn,
        "protectionEnabled": until.is_some(),
        "expirationDate": until.map(timestamp),
    }))
}
