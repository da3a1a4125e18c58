//! `ListTaskDefinitions`.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, page};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let status = request.text("status").unwrap_or("ACTIVE");
    let prefix = request.text("familyPrefix");
    let fits = reading.records.app_definitions.values().filter(|each| {
        // The family prefix is a whole family, whatever its name says.
        prefix.is_none_or(|prefix| each.family == prefix) && status == each.status.name()
    });
    let mut entries: Vec<_> = fits.map(|each| (each.arn.clone(), each.arn.clone())).collect();
    if request.text("sort") == Some("DESC") {
        entries.reverse();
    }
    let (arns, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(
        json!({ "taskDefinitionArns": arns, "nextToken": token }),
    ))
}
