//! `UntagResource`. Keys that are not there are no error.

use serde_json::json;

use super::tag_resource::not_found;
use crate::api::Call;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::tagging;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let keys = request.texts("tagKeys");
    if let Some(reserved) = keys.iter().find(|key| key.to_lowercase().starts_with("aws:")) {
        return Err(invalid(format!(
            "The tag key {reserved} is reserved: it begins with aws:."
        )));
    }
    let tagged = tagging::find(region.records, &region.scope, request.required("resourceArn")).ok_or_else(not_found)?;
    if let Some(tags) = tagging::tags_mut(region, &tagged) {
        tags.retain(|key, _| !keys.contains(key));
    }
    Ok(json!({}))
}
