//! `ListDaemonTaskDefinitions`: by family, then by revision.

use serde_json::{Value, json};

use crate::api::Call;
use crate::operations::shared::answer::{optional_time, structure, timestamp};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page;
use crate::operations::shared::request::Request;
use crate::records::definition::{Definition, DefinitionStatus};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let mut chosen: Vec<&Definition> = reading
        .records
        .definitions
        .values()
        .filter(|each| request.text("family").is_none_or(|family| each.family == family))
        .filter(|each| {
            request
                .text("familyPrefix")
                .is_none_or(|prefix| each.family.starts_with(prefix))
        })
        .filter(|each| match request.text("status") {
            Some("ALL") => true,
            Some(status) => each.status.name() == status,
            None => each.status == DefinitionStatus::Active,
        })
        .collect();
    if request.text("revision") == Some("LAST_REGISTERED") {
        let later =
            |each: &Definition, other: &Definition| other.family == each.family && other.revision > each.revision;
        let all = chosen.clone();
        chosen.retain(|each| !all.iter().any(|other| later(each, other)));
    }
    if request.text("sort") == Some("DESC") {
        chosen.reverse();
    }
    let entries = chosen
        .into_iter()
        .map(|each| (each.arn.clone(), summary(each)))
        .collect();
    let (definitions, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(structure(
        json!({ "daemonTaskDefinitions": definitions, "nextToken": token }),
    ))
}

fn summary(definition: &Definition) -> Value {
    structure(json!({
        "arn": definition.arn,
        "registeredAt": timestamp(definition.registered_at),
        "registeredBy": definition.registered_by,
        "deleteRequestedAt": optional_time(definition.delete_requested_at),
        "status": definition.status.name(),
    }))
}
