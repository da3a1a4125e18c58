//! `StopTask`. A service starts another task; a daemon is launched again, or its instance is repaired.

use serde_json::json;

use super::task_answer::task as task_answer;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?;
    let found = lookup::task(region.records, &cluster.name, request.required("task"));
    // The text that others saw.
    let key = found.ok_or_else(|| invalid("The referenced task was not found."))?.key;
    region.stop_for_user(key, request.text("reason").unwrap_or("Task stopped by user"));
    let stopped = region.records.tasks.get(&key);
    Ok(json!({
        "task": stopped.map(|task| task_answer(region.records, &region.scope, region.shared.seed, task, false)),
    }))
}
