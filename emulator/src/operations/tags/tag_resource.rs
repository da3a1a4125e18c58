//! `TagResource`. Running tasks keep the tags that they were started with.

use serde_json::json;

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::operations::shared::tagging;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let tags = tagging::given(request)?;
    let tagged = tagging::find(region.records, &region.scope, request.required("resourceArn")).ok_or_else(not_found)?;
    let present = tagging::tags(region.records, &tagged).ok_or_else(not_found)?;
    let merged = present
        .keys()
        .chain(tags.keys())
        .collect::<std::collections::BTreeSet<_>>();
    let own = merged.into_iter().filter(|key| !key.starts_with("aws:")).count();
    if own > tagging::MOST_TAGS {
        let text = format!("The resource would have more than {} tags.", tagging::MOST_TAGS);
        return Err(ApiError::new(ErrorKind::LimitExceededException, text));
    }
    if let Some(present) = tagging::tags_mut(region, &tagged) {
        present.extend(tags);
    }
    Ok(json!({}))
}

/// The answer of the tagging operations for an unknown resource.
pub(in crate::operations) fn not_found() -> ApiError {
    ApiError::new(
        ErrorKind::ResourceNotFoundException,
        "The specified resource wasn't found.",
    )
}
