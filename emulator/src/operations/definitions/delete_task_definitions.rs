//! `DeleteTaskDefinitions`: deregistered revisions are deleted once no service and no task needs them any more.

use serde_json::{Value, json};

use super::app_definition_answer::definition as definition_answer;
use crate::api::{ApiError, Call};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};
use crate::records::arn;
use crate::records::events::Kind;
use crate::records::names::DefinitionKey;
use crate::records::service::{AppDefinition, AppStatus};
use crate::simulation::region::Region;

/// Most task definitions of a request.
const MOST: usize = 10;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let wanted = Request(&call.body).texts("taskDefinitions");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} task definitions.")));
    }
    // Assumed: a family without its revision fails the whole call.
    if let Some(named) = wanted.iter().find(|named| !arn::last_part(named).contains(':')) {
        return Err(invalid(format!("Specify the revision of the task definition {named}.")));
    }
    let (mut answers, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        match deletable(region, &named) {
            Ok(Ok(key)) => {
                delete(region, &key);
                answers.extend(region.records.app_definitions.get(&key).map(definition_answer));
            }
            Ok(Err(failure)) => failures.push(failure),
            Err(_) if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            Err(_) => failures.push(answer::missing(&region.arn(&format!("task-definition/{named}")))),
        }
    }
    Ok(json!({ "taskDefinitions": answers, "failures": failures }))
}

/// The key of a revision that may be deleted, or the failure that says why it may not.
fn deletable(region: &Region<'_>, named: &str) -> Result<Result<DefinitionKey, Value>, ApiError> {
    let found = lookup::app_definition(region.records, &region.scope, named)?;
    let key = |definition: &AppDefinition| (definition.family.clone(), definition.revision);
    Ok(match found.status {
        // Assumed: reason and detail. That it has to be deregistered first is documented.
        AppStatus::Active => Err(json!({
            "arn": found.arn,
            "reason": "ACTIVE",
            "detail": "Deregister the task definition before you delete it.",
        })),
        _ => Ok(key(found)),
    })
}

fn delete(region: &mut Region<'_>, key: &DefinitionKey) {
    let (now, write) = (region.now(), region.write());
    let Some(definition) = region.records.app_definitions.change(key, write) else {
        return;
    };
    // Assumed: a second deletion is no error and begins nothing.
    if definition.status != AppStatus::Inactive {
        return;
    }
    definition.status = AppStatus::DeleteInProgress;
    definition.delete_requested_at = Some(now);
    let detail = json!({ "taskDefinitionArn": definition.arn, "status": definition.status.name() });
    region.note(Kind::TaskDefinition, detail);
    region.expire_app_definition_later(key);
}
