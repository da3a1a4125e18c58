//! `DeregisterTaskDefinition`: the revision becomes INACTIVE. What runs goes on; nothing new may use it.

use serde_json::json;

use super::app_definition_answer::definition as definition_answer;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::client;
use crate::operations::shared::request::Request;
use crate::records::service::AppStatus;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("taskDefinition");
    if !named.rsplit('/').next().unwrap_or(named).contains(':') {
        // Assumed: the text. A family alone is known to be refused.
        return Err(client("Deregistering a task definition needs its revision."));
    }
    let found = lookup::app_definition(region.records, &region.scope, named)?;
    let key = (found.family.clone(), found.revision);
    let (now, write) = (region.now(), region.write());
    if let Some(definition) = region.records.app_definitions.change(&key, write)
        && definition.status == AppStatus::Active
    {
        definition.status = AppStatus::Inactive;
        definition.deregistered_at = Some(now);
    }
    let changed = region.records.app_definitions.get(&key);
    Ok(json!({ "taskDefinition": changed.map(definition_answer) }))
}
