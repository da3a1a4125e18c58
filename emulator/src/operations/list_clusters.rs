//! `ListClusters`.

use serde_json::json;

use super::{Answer, Reading, answer, page};
use crate::api::Call;
use crate::records::cluster::Lifecycle;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let alive = reading
        .records
        .clusters
        .values()
        .filter(|cluster| cluster.status != Lifecycle::Inactive);
    let entries = alive
        .map(|cluster| (cluster.name.clone(), cluster.arn.clone()))
        .collect();
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(json!({ "clusterArns": arns, "nextToken": token })))
}
