//! `TagResource`, `UntagResource` and `ListTagsForResource` of `CloudWatch`, for alarms.

use serde_json::{Value, json};

use super::refusal::value;
use crate::api::{ApiError, Call, ErrorKind, Scope};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::operations::shared::tagging::MOST_TAGS;
use crate::records::alarm::AlarmDefinition;
use crate::records::names::Tags;
use crate::records::{Records, arn};
use crate::simulation::region::Region;

/// `ListTagsForResource`.
pub(in crate::operations) fn list(reading: &Reading<'_>, call: &Call) -> Answer {
    let named = Request(&call.body).required("ResourceARN");
    let name = name(reading.records, reading.scope, named)?;
    let tags = definition(reading.records, &name).map(|alarm| {
        let each = alarm.tags.iter();
        each.map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect::<Value>()
    });
    Ok(json!({ "Tags": tags }))
}

/// `TagResource`.
pub(in crate::operations) fn tag(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let tags = given(request)?;
    let name = name(region.records, &region.scope, request.required("ResourceARN"))?;
    let present = definition(region.records, &name).map(|alarm| alarm.tags.clone());
    let mut merged = present.unwrap_or_default();
    merged.extend(tags);
    if merged.len() > MOST_TAGS {
        return Err(value(format!("An alarm has at most {MOST_TAGS} tags.")));
    }
    set(region, &name, merged);
    Ok(json!({}))
}

/// `UntagResource`.
pub(in crate::operations) fn untag(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = name(region.records, &region.scope, request.required("ResourceARN"))?;
    let keys = request.texts("TagKeys");
    let present = definition(region.records, &name).map(|alarm| alarm.tags.clone());
    let mut tags = present.unwrap_or_default();
    tags.retain(|key, _| !keys.contains(key));
    set(region, &name, tags);
    Ok(json!({}))
}

/// The tags of a request.
pub(super) fn given(request: Request<'_>) -> Result<Tags, ApiError> {
    let mut tags = Tags::new();
    for tag in request.structures("Tags") {
        let (key, text) = (tag.required("Key"), tag.required("Value"));
        if key.to_lowercase().starts_with("aws:") {
            return Err(value(format!("The tag key {key} is reserved: it begins with aws:.")));
        }
        tags.insert(key.to_owned(), text.to_owned());
    }
    if tags.len() > MOST_TAGS {
        return Err(value(format!("An alarm has at most {MOST_TAGS} tags.")));
    }
    Ok(tags)
}

fn set(region: &mut Region<'_>, name: &str, tags: Tags) {
    let alarm = region.records.alarms.get_mut(name);
    if let Some(definition) = alarm.and_then(|alarm| alarm.definition.as_mut()) {
        definition.tags = tags;
    }
}

fn definition<'a>(records: &'a Records, name: &str) -> Option<&'a AlarmDefinition> {
    records.alarms.get(name)?.definition.as_ref()
}

/// The name of the alarm of an ARN.
fn name(records: &Records, scope: &Scope, named: &str) -> Result<String, ApiError> {
    let name = named.strip_prefix(&arn::alarm(scope, "")).unwrap_or_default();
    if definition(records, name).is_none() {
        let text = format!("There is no alarm {named}.");
        return Err(ApiError::new(ErrorKind::ResourceNotFoundException, text));
    }
    Ok(name.to_owned())
}
