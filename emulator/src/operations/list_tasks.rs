//! `ListTasks`. There are no services, so that their tasks cannot be asked for.

use serde_json::json;

use super::request::Request;
use super::{Answer, Reading, answer, lookup, page};
use crate::api::{ApiError, Call, ErrorKind};
use crate::world::arn::last_part;
use crate::world::fleet::{Task, TaskStatus};

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    if request.text("serviceName").is_some() {
        return Err(ApiError::new(ErrorKind::ServiceNotFoundException, "Service not found."));
    }
    let chosen = reading
        .records
        .tasks
        .values()
        .filter(|task| task.cluster == cluster.name && fits(reading, request, task));
    let entries = chosen.map(|task| (task.arn.clone(), task.arn.clone())).collect();
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(json!({ "taskArns": arns, "nextToken": token })))
}

fn fits(reading: &Reading<'_>, request: Request<'_>, task: &Task) -> bool {
    let desired = if task.status == TaskStatus::Stopped {
        "STOPPED"
    } else {
        "RUNNING"
    };
    let family = || {
        reading
            .records
            .revisions
            .get(&task.revision)
            .map(|revision| revision.definition.0.as_str())
    };
    let is = |member: &str, value: &str| request.text(member).is_none_or(|wanted| wanted == value);
    request.text("desiredStatus").unwrap_or("RUNNING") == desired
        && is("launchType", "MANAGED_INSTANCES")
        && is("daemonName", last_part(&task.daemon))
        && is("startedBy", last_part(&task.started_by))
        && request.text("family").is_none_or(|wanted| Some(wanted) == family())
        && request
            .text("containerInstance")
            .is_none_or(|wanted| wanted == task.instance_arn || wanted == last_part(&task.instance_arn))
}
