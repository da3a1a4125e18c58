//! `ListTagsForResource`.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::client;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, tagging};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let arn = Request(&call.body).required("resourceArn");
    let tagged = tagging::find(reading.records, reading.scope, arn);
    let tags = tagged.and_then(|tagged| tagging::tags(reading.records, &tagged));
    // Assumed: the model gives this operation no ResourceNotFoundException.
    let tags = tags.ok_or_else(|| client(format!("The specified resource was not found: {arn}.")))?;
    Ok(json!({ "tags": answer::tags(tags) }))
}
