//! `ExecuteCommand`: checked as ECS checks it, then refused, since no container runs anywhere and there is no shell.

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::tasks::task_answer::task as task_answer;
use crate::records::task::TaskStatus;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    if request.flag("interactive") != Some(true) {
        // Documented: sessions are interactive. Assumed: the text.
        return Err(invalid("Interactive is the only mode supported currently."));
    }
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?;
    let task = lookup::task(region.records, &cluster.name, request.required("task"))
        .filter(|task| task.is_alive())
        // The text that others saw.
        .ok_or_else(|| invalid("The referenced task was not found."))?;
    let shown = task_answer(region.records, &region.scope, region.shared.seed, task, false);
    if task.status != TaskStatus::Running || shown["enableExecuteCommand"] != true {
        // The text that others saw.
        return Err(invalid(
            "The execute command failed because execute command was not enabled when the task was run or the execute \
             command agent isn’t running. Wait and try again or run a new task with execute command enabled and try \
             again.",
        ));
    }
    let containers = shown["containers"].as_array().map_or(&[][..], Vec::as_slice);
    match request.text("container") {
        Some(named) if containers.iter().any(|container| container["name"] == named) => {}
        Some(named) => return Err(invalid(format!("The task has no container {named}."))),
        None if containers.len() > 1 => {
            return Err(invalid("Specify the container: the task has several."));
        }
        None => {}
    }
    let text = "The emulator runs no containers: there is no shell to connect to.";
    Err(ApiError::new(ErrorKind::TargetNotConnectedException, text))
}
