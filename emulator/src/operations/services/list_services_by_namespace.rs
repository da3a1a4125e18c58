//! `ListServicesByNamespace`. Service Connect is outside of the emulator's scope, so no service is in a namespace; those
//! that clusters name as their default are known.

use serde_json::{Value, json};

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::answer;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page::{self, Size};
use crate::operations::shared::request::Request;
use crate::records::cluster::Lifecycle;

/// Pages of services are short.
const TEN: Size = Size {
    default: 10,
    maximum: 100,
};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("namespace");
    let clusters = reading.records.clusters.values();
    let mut known = clusters
        .filter(|cluster| cluster.status != Lifecycle::Inactive)
        .filter_map(|cluster| cluster.kept.get("serviceConnectDefaults")?.get("namespace")?.as_str());
    if !known.any(|namespace| namespace == named) {
        let text = "The specified namespace wasn't found.";
        return Err(ApiError::new(ErrorKind::NamespaceNotFoundException, text));
    }
    let (arns, token) = page::page::<Value>(reading, call, TEN, Vec::new())?;
    Ok(answer::structure(json!({ "serviceArns": arns, "nextToken": token })))
}
