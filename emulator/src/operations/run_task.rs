//! `RunTask`: tasks that no service keeps. They wait for room like those of a service.

use serde_json::{Value, json};

use super::refusal::{invalid, unsupported};
use super::request::Request;
use super::task_answer::task as task_answer;
use super::{Answer, lookup, service_request, tagging};
use crate::api::{ApiError, Call};
use crate::simulation::application::Launch;
use crate::world::records::{Cluster, Name, Tags};
use crate::world::region::Region;
use crate::world::service::{StrategyItem, next_provider};
use crate::world::task::{Application, Owner};

/// Most tasks of a request.
const MOST: i64 = 10;

/// Longest text of who has started a task.
const LONGEST_STARTED_BY: usize = 128;

pub(super) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?.clone();
    let count = request.integer("count").unwrap_or(1);
    if !(1..=MOST).contains(&count) {
        return Err(invalid(format!("count must be between 1 and {MOST}.")));
    }
    if !request.structures("volumeConfigurations").is_empty() {
        return Err(unsupported("volumeConfigurations"));
    }
    let definition = service_request::definition(region.records, &region.scope, request.required("taskDefinition"))?;
    let strategy = service_request::strategy(region.records, &region.scope, &cluster, request)?;
    let started_by = started_by(region, request)?;
    let tags = tags(region, request, &cluster, &definition)?;
    let group = request
        .text("group")
        .map_or_else(|| format!("family:{}", definition.0), str::to_owned);
    let application = Application {
        definition,
        group: region.records.name(&group),
        execute_command: request.flag("enableExecuteCommand").unwrap_or(false),
        overrides: request
            .0
            .get("overrides")
            .filter(|value| !value.is_null())
            .cloned()
            .map(Box::new),
    };
    let launch = Launch {
        cluster: region.records.name(&cluster.name),
        provider: region.records.name(""),
        owner: Owner::Nobody,
        application,
        started_by,
        tags,
    };
    let tasks = launch_all(region, &launch, &strategy, count);
    Ok(json!({ "tasks": tasks, "failures": [] }))
}

fn launch_all(region: &mut Region<'_>, launch: &Launch, strategy: &[StrategyItem], count: i64) -> Vec<Value> {
    let mut counts = std::collections::BTreeMap::new();
    let mut keys = Vec::new();
    for _ in 0..count {
        let Some(provider) = next_provider(strategy, &counts) else {
            break;
        };
        *counts.entry(provider.clone()).or_default() += 1;
        let launch = Launch {
            provider,
            ..launch.clone()
        };
        keys.push(region.launch_application(launch));
    }
    // The answer shows the tasks before there is room for them.
    let tasks = keys.iter().filter_map(|key| region.records.tasks.get(key));
    let answers = tasks
        .map(|task| task_answer(region.records, &region.scope, region.shared.seed, task, true))
        .collect();
    for provider in counts.keys() {
        region.place_waiting(provider);
    }
    answers
}

fn started_by(region: &mut Region<'_>, request: Request<'_>) -> Result<Option<Name>, ApiError> {
    match request.text("startedBy") {
        Some(text) if text.len() > LONGEST_STARTED_BY => Err(invalid(format!(
            "startedBy has at most {LONGEST_STARTED_BY} characters."
        ))),
        Some(text) => Ok(Some(region.records.name(text))),
        None => Ok(None),
    }
}

fn tags(
    region: &Region<'_>,
    request: Request<'_>,
    cluster: &Cluster,
    definition: &(String, u32),
) -> Result<Tags, ApiError> {
    let mut tags = match request.text("propagateTags") {
        Some("TASK_DEFINITION") => {
            let definition = region.records.app_definitions.get(definition);
            definition.map(|definition| definition.tags.clone()).unwrap_or_default()
        }
        _ => Tags::new(),
    };
    tags.extend(tagging::requested(request)?);
    if request.flag("enableECSManagedTags") == Some(true) {
        tags.insert("aws:ecs:clusterName".to_owned(), cluster.name.clone());
    }
    Ok(tags)
}
