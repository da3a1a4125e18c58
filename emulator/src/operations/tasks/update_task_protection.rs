//! `UpdateTaskProtection`: the scheduler of a service stops no task that is protected, neither to scale in nor for a
//! deployment or a drain, until the protection ends.

use serde_json::{Value, json};

use super::protection;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

/// Most tasks of a request.
const MOST: usize = 10;
/// Longest protection, in minutes.
const LONGEST: i64 = 2880;
/// The protection of a request that names none, in minutes.
const DEFAULT: i64 = 120;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let named = request.texts("tasks");
    if named.is_empty() || named.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} tasks.")));
    }
    let minutes = request.integer("expiresInMinutes").unwrap_or(DEFAULT);
    if !(1..=LONGEST).contains(&minutes) {
        return Err(invalid(format!("expiresInMinutes must be between 1 and {LONGEST}.")));
    }
    let enabled = request.flag("protectionEnabled") == Some(true);
    let until = enabled.then(|| region.now() + minutes * 60_000);
    let (tasks, failures) = protection::tasks(region.records, &region.scope, &cluster, &named);
    let keys: Vec<u64> = tasks.into_iter().map(|task| task.key).collect();
    for key in &keys {
        region.protect(*key, until);
    }
    let now = region.now();
    let tasks = keys.iter().filter_map(|key| region.records.tasks.get(key));
    let protected: Vec<Value> = tasks
        .map(|task| protection::answer(region.records, now, task))
        .collect();
    Ok(json!({ "protectedTasks": protected, "failures": failures }))
}
