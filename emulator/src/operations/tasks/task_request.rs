//! Shared by `RunTask` and `StartTask`: what the tasks of a request are made of.

use std::sync::Arc;

use crate::api::ApiError;
use crate::operations::services::service_request;
use crate::operations::shared::refusal::{invalid, unsupported};
use crate::operations::shared::request::Request;
use crate::operations::shared::tagging;
use crate::operations::tasks::overrides;
use crate::records::cluster::Cluster;
use crate::records::definition::containers;
use crate::records::names::{Name, Tags};
use crate::records::task::{Application, Owner};
use crate::simulation::region::Region;
use crate::simulation::workloads::application::Launch;

/// Longest text of who has started a task.
const LONGEST_STARTED_BY: usize = 128;

/// Refuses members of which at least one entry asks for something outside of the emulator's scope.
pub(in crate::operations) fn check_scope(request: Request<'_>) -> Result<(), ApiError> {
    let asked = ["volumeConfigurations", "placementConstraints"]
        .into_iter()
        .find(|member| !request.structures(member).is_empty());
    asked.map_or(Ok(()), |member| Err(unsupported(member)))
}

/// The tasks that a request asks for.
pub(in crate::operations) fn launch(
    region: &mut Region<'_>,
    request: Request<'_>,
    cluster: &Cluster,
) -> Result<Launch, ApiError> {
    let definition = service_request::definition(region.records, &region.scope, request.required("taskDefinition"))?;
    let started_by = started_by(region, request)?;
    let tags = tags(region, request, cluster, &definition)?;
    let group = request
        .text("group")
        .map_or_else(|| format!("family:{}", definition.0), str::to_owned);
    let content = region.records.app_definitions.get(&definition);
    let size = match content {
        Some(definition) => overrides::size(request, &definition.content)?,
        None => None,
    };
    let digests = content.and_then(|each| region.shared.faults.moved_digests(containers(&each.content)));
    let application = Arc::new(Application {
        definition,
        group: region.records.name(&group),
        execute_command: request.flag("enableExecuteCommand").unwrap_or(false),
        overrides: request.0.get("overrides").filter(|value| !value.is_null()).cloned(),
        size,
        digests,
    });
    Ok(Launch {
        cluster: region.records.name(&cluster.name),
        owner: Owner::Nobody,
        application,
        started_by,
        tags,
    })
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
