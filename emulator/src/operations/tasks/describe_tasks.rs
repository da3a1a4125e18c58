//! `DescribeTasks`. Stopped tasks stay for an hour.

use serde_json::{Value, json};

use super::task_answer::task as task_answer;
use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};
use crate::records::arn;

/// Most tasks of a request.
const MOST: usize = 100;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let wanted = request.texts("tasks");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} tasks.")));
    }
    let with_tags = request.lists("include", "TAGS");
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        match lookup::task(reading.records, &cluster.name, &named) {
            Some(task) => found.push(task_answer(
                reading.records,
                reading.scope,
                reading.seed,
                task,
                with_tags,
            )),
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => {
                let resource = format!("task/{}/{named}", cluster.name);
                failures.push(answer::missing(&arn::ecs(reading.scope, &resource)));
            }
        }
    }
    Ok(json!({ "tasks": found, "failures": failures }))
}
