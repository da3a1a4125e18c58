//! `RunTask`: tasks that no service keeps. They wait for room like those of a service.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::task_answer::task as task_answer;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::services::service_request;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::tasks::task_request;
use crate::records::cluster::Cluster;
use crate::records::names::Name;
use crate::records::replay::RunReplay;
use crate::records::service::StrategyItem;
use crate::simulation::region::Region;
use crate::simulation::workloads::application::Launch;

/// Most tasks of a request.
const MOST: usize = 10;

/// Longest client token.
const TOKEN_LENGTH: usize = 64;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?.clone();
    let Ok(count @ 1..=MOST) = usize::try_from(request.integer("count").unwrap_or(1)) else {
        return Err(invalid(format!("count must be between 1 and {MOST}.")));
    };
    task_request::check_scope(request)?;
    let token = token(region, request, &cluster)?;
    if let Some(made) = token.as_ref().and_then(|token| earlier(region, token)) {
        return repeated(region, made, call);
    }
    let strategy = service_request::strategy(region.records, &region.scope, &cluster, request)?;
    let launch = task_request::launch(region, request, &cluster)?;
    let (tasks, answers) = launch_all(region, &launch, &strategy, count);
    if let Some(token) = token {
        let records = &mut *region.records;
        let (runs, known) = (&mut records.runs, &records.tasks);
        runs.retain(|_, run| run.tasks.iter().any(|key| known.contains_key(key)));
        let body = call.body.clone();
        runs.insert(token, RunReplay { body, tasks });
    }
    Ok(json!({ "tasks": answers, "failures": [] }))
}

/// The client token of a request with its cluster, checked.
fn token(region: &mut Region<'_>, request: Request<'_>, cluster: &Cluster) -> Result<Option<(Name, String)>, ApiError> {
    let Some(token) = request.text("clientToken") else {
        return Ok(None);
    };
    let printable = token.bytes().all(|byte| (33..=126).contains(&byte));
    if printable && token.len() <= TOKEN_LENGTH {
        Ok(Some((region.records.name(&cluster.name), token.to_owned())))
    } else {
        Err(invalid(format!(
            "A client token has up to {TOKEN_LENGTH} printable ASCII characters without spaces."
        )))
    }
}

/// The tasks that were made with a token before. Assumed: the token is forgotten with the last of its tasks.
fn earlier<'a>(region: &'a Region<'_>, token: &(Name, String)) -> Option<&'a RunReplay> {
    let made = region.records.runs.get(token)?;
    let known = made.tasks.iter().any(|key| region.records.tasks.contains_key(key));
    known.then_some(made)
}

/// Documented: the same token with the same request answers the tasks that are there; with another one it conflicts.
fn repeated(region: &Region<'_>, made: &RunReplay, call: &Call) -> Answer {
    if made.body == call.body {
        return Ok(json!({ "tasks": answers(region, &made.tasks), "failures": [] }));
    }
    let text = "The provided clientToken is already in use with a different RunTask request.";
    Err(ApiError::new(ErrorKind::ConflictException, text))
}

/// Makes the tasks, and answers their keys and what they are before there is room for them.
fn launch_all(
    region: &mut Region<'_>,
    launch: &Launch,
    strategy: &[StrategyItem],
    count: usize,
) -> (Vec<u64>, Vec<Value>) {
    let mut counts = BTreeMap::new();
    let keys = region.launch_applications(launch, strategy, &mut counts, count);
    let answers = answers(region, &keys);
    for provider in counts.keys() {
        region.place_waiting(provider);
    }
    (keys, answers)
}

fn answers(region: &Region<'_>, keys: &[u64]) -> Vec<Value> {
    let tasks = keys.iter().filter_map(|key| region.records.tasks.get(key));
    tasks
        .map(|task| task_answer(region.records, &region.scope, region.shared.seed, task, true))
        .collect()
}
