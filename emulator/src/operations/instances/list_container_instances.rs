//! `ListContainerInstances`. The cluster query language of `filter` is outside the emulator's scope; the model gives
//! this operation no `UnsupportedFeatureException` to say so.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup, page};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    if request.text("filter").is_some() {
        let text = "The emulator does not know the cluster query language of the filter member.";
        return Err(invalid(text));
    }
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let listed = reading
        .records
        .instances_of(&cluster.name)
        .filter(|instance| instance.is_listed());
    let chosen = listed.filter(|instance| {
        request
            .text("status")
            .is_none_or(|status| instance.status.name() == status)
    });
    let entries = chosen
        .map(|instance| (instance.arn.to_string(), instance.arn.to_string()))
        .collect();
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(
        json!({ "containerInstanceArns": arns, "nextToken": token }),
    ))
}
