//! `DeleteDaemonTaskDefinition`. Daemons that have it keep it; the record goes when nobody does.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::lookup::{self, DefinitionName};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{BEING_DELETED, client, invalid};
use crate::operations::shared::request::Request;
use crate::records::definition::DefinitionStatus;
use crate::records::events::Kind;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("daemonTaskDefinition");
    let DefinitionName::Revision(key) = lookup::definition_name(&region.scope, named)? else {
        return Err(invalid("Specify the revision of the daemon task definition."));
    };
    let definition = lookup::definition(region.records, &key)?;
    let arn = definition.arn.clone();
    match definition.status {
        DefinitionStatus::Active => {}
        DefinitionStatus::DeleteInProgress => {
            return Err(client(format!("The daemon task definition {arn} {BEING_DELETED}")));
        }
        // Assumed: a deleted one is not there for another deletion.
        DefinitionStatus::Deleted => return Err(lookup::definition_not_found()),
    }
    let (now, write) = (region.now(), region.write());
    if let Some(definition) = region.records.definitions.change(&key, write) {
        definition.status = DefinitionStatus::DeleteInProgress;
        definition.delete_requested_at = Some(now);
    }
    region.expire_definition_later(&key);
    let status = DefinitionStatus::DeleteInProgress.name();
    region.note(
        Kind::TaskDefinition,
        json!({ "daemonTaskDefinitionArn": arn, "status": status }),
    );
    Ok(json!({ "daemonTaskDefinitionArn": arn }))
}
