//! `GetTaskProtection`: of the tasks that a request names, or of all tasks of services in a cluster.

use serde_json::{Value, json};

use super::protection;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;

/// Most tasks of a request.
const MOST: usize = 100;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let named = request.texts("tasks");
    if named.len() > MOST {
        return Err(invalid(format!("Specify at most {MOST} tasks.")));
    }
    let (tasks, failures) = if named.is_empty() {
        // Assumed: without names it is about all.
        let all = reading.records.tasks.values();
        let here = all.filter(|task| *task.birth.cluster == *cluster.name && protection::is_valid(task));
        (here.collect(), Vec::new())
    } else {
        protection::tasks(reading.records, reading.scope, &cluster.name, &named)
    };
    let protected: Vec<Value> = tasks
        .into_iter()
        .map(|task| protection::answer(reading.records, reading.now, task))
        .collect();
    Ok(json!({ "protectedTasks": protected, "failures": failures }))
}
