//! `ListContainerInstances`.

use serde_json::json;

use super::request::Request;
use super::{Answer, Reading, answer, lookup, page};
use crate::api::{ApiError, Call, ErrorKind};

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    if request.text("filter").is_some() {
        let text = "The emulator does not know the cluster query language of the filter member.";
        return Err(ApiError::new(ErrorKind::UnsupportedFeatureException, text));
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
        .map(|instance| (instance.arn.clone(), instance.arn.clone()))
        .collect();
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(
        json!({ "containerInstanceArns": arns, "nextToken": token }),
    ))
}
