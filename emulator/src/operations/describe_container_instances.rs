//! `DescribeContainerInstances`.

use serde_json::json;

use super::instance_answer::{Include, instance as instance_answer};
use super::request::Request;
use super::{Answer, Reading, lookup};
use crate::api::Call;

/// Most instances of a request.
const MOST: usize = 100;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
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
