//! `ListServices`: those that are there, in pages of ten.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page::Size;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup, page};

/// Pages of services are short.
const TEN: Size = Size {
    default: 10,
    maximum: 100,
};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let is = |member: &str, value: &str| request.text(member).is_none_or(|wanted| wanted == value);
    let wanted = is("schedulingStrategy", "REPLICA") && is("launchType", "MANAGED_INSTANCES");
    let there = reading
        .records
        .services
        .values()
        .filter(|service| wanted && service.is_scheduled() && *service.cluster == *cluster.name);
    let entries = there
        .map(|service| (service.arn.to_string(), service.arn.to_string()))
        .collect();
    let (arns, token) = page::page(reading, call, TEN, entries)?;
    Ok(answer::structure(json!({ "serviceArns": arns, "nextToken": token })))
}
