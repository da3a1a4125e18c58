//! `ListClusters`.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::{answer, page};
use crate::records::cluster::Lifecycle;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
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
