//! `ListTagsForResource`.

use serde_json::json;

use super::refusal::client;
use super::request::Request;
use super::{Answer, Reading, answer, tagging};
use crate::api::Call;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let arn = Request(&call.body).required("resourceArn");
    let tagged = tagging::find(reading.records, reading.scope, arn);
    let tags = tagged.and_then(|tagged| tagging::tags(reading.records, &tagged));
    // Assumed: the model gives this operation no ResourceNotFoundException.
    let tags = tags.ok_or_else(|| client(format!("The specified resource was not found: {arn}.")))?;
    Ok(json!({ "tags": answer::tags(tags) }))
}
