//! `ListTasks` with all its filters. Those that name an owner exclude each other.

use serde_json::json;

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup, page};
use crate::records::Records;
use crate::records::arn::last_part;
use crate::records::task::Task;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    check(reading, request, &cluster.name)?;
    let chosen = reading
        .records
        .tasks
        .values()
        .filter(|task| *task.birth.cluster == *cluster.name && fits(reading.records, request, task));
    let entries = chosen
        .map(|task| (task.birth.arn.to_string(), task.birth.arn.to_string()))
        .collect();
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(json!({ "taskArns": arns, "nextToken": token })))
}

fn check(reading: &Reading<'_>, request: Request<'_>, cluster: &str) -> Result<(), ApiError> {
    let owners = ["serviceName", "daemonName", "startedBy", "family"];
    if owners.iter().filter(|member| request.text(member).is_some()).count() > 1 {
        // Assumed for daemonName; the others are known to exclude each other.
        return Err(invalid(
            "Specify at most one of family, serviceName, daemonName and startedBy.",
        ));
    }
    if let Some(named) = request.text("serviceName")
        && lookup::service(reading.records, reading.scope, cluster, named).is_none()
    {
        return Err(ApiError::new(ErrorKind::ServiceNotFoundException, "Service not found."));
    }
    Ok(())
}

fn fits(records: &Records, request: Request<'_>, task: &Task) -> bool {
    let of = |member: &str, value: Option<&str>| {
        request
            .text(member)
            .is_none_or(|wanted| Some(last_part(wanted)) == value)
    };
    let desired = request.text("desiredStatus").unwrap_or("RUNNING");
    let started_by = || {
        request
            .text("startedBy")
            .is_none_or(|wanted| Some(wanted) == task.birth.started_by.as_deref())
    };
    // ECS knows the desired status PENDING but never sets it.
    desired == task.desired()
        && of("launchType", Some("MANAGED_INSTANCES"))
        && of("daemonName", task.daemon().map(|daemon| last_part(daemon)))
        && of("serviceName", task.service().map(|service| last_part(service)))
        && of("containerInstance", task.instance_arn.as_deref().map(last_part))
        && started_by()
        && request
            .text("family")
            .is_none_or(|wanted| Some(wanted) == family(records, task))
}

fn family<'a>(records: &'a Records, task: &'a Task) -> Option<&'a str> {
    if let Some(application) = &task.birth.application {
        return Some(&application.definition.0);
    }
    let revision = records.revisions.get(&**task.revision()?)?;
    Some(&revision.definition.0)
}
