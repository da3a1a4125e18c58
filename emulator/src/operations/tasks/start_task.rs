//! `StartTask`: tasks on the instances that the caller names. What has no room is a failure; nothing waits or grows for it.

use serde_json::{Value, json};

use super::task_answer::task as task_answer;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::operations::tasks::task_request;
use crate::records::capacity::Size;
use crate::records::fleet::Instance;
use crate::simulation::region::Region;

/// Most instances of a request.
const MOST: usize = 10;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?.clone();
    task_request::check_scope(request)?;
    let (found, mut failures) = lookup::instances(region.records, &region.scope, &cluster.name, request, MOST)?;
    let wanted: Vec<u64> = found.into_iter().map(|instance| instance.key).collect();
    let launch = task_request::launch(region, request, &cluster)?;
    let need = region.size_of(&launch.application);
    let mut tasks: Vec<Value> = Vec::new();
    for key in wanted {
        let obstacle = region.records.instances.get(&key).and_then(|each| obstacle(each, need));
        if let Some(failure) = obstacle {
            failures.push(failure);
            continue;
        }
        let Some(task) = region.start_on(launch.clone(), key) else {
            continue;
        };
        let task = region.records.tasks.get(&task);
        tasks.extend(task.map(|task| task_answer(region.records, &region.scope, region.shared.seed, task, true)));
    }
    Ok(json!({ "tasks": tasks, "failures": failures }))
}

/// The reason for which an instance does not take a task. Documented: those of resources. Assumed: that of the status.
fn obstacle(instance: &Instance, need: Size) -> Option<Value> {
    let free = instance.free();
    let reason = if !instance.takes_tasks() {
        "INACTIVE"
    } else if free.cpu < need.cpu {
        "RESOURCE:CPU"
    } else if free.memory < need.memory {
        "RESOURCE:MEMORY"
    } else {
        return None;
    };
    Some(json!({ "arn": &*instance.arn, "reason": reason }))
}
