//! `DescribeContainerInstances`.

use serde_json::json;

use super::instance_answer::{Include, instance as instance_answer};
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;

/// Most instances of a request.
const MOST: usize = 100;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let include = Include::of(request);
    let (found, failures) = lookup::instances(reading.records, reading.scope, &cluster.name, request, MOST)?;
    let found: Vec<_> = found
        .into_iter()
        .map(|instance| instance_answer(reading.records, instance, include))
        .collect();
    Ok(json!({ "containerInstances": found, "failures": failures }))
}
