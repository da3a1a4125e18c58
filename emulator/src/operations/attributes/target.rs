//! The target of an attribute in a request, and an attribute as answered.

use serde_json::{Value, json};

use crate::api::{ApiError, ErrorKind};
use crate::operations::shared::answer::structure;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::arn::last_part;
use crate::records::{Records, fleet::Instance};

/// Most attributes of a request, and of an instance.
pub(in crate::operations) const MOST: usize = 10;

/// The attributes of a request.
pub(in crate::operations) fn attributes(request: Request<'_>) -> Result<Vec<Request<'_>>, ApiError> {
    let attributes = request.structures("attributes");
    if attributes.is_empty() || attributes.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} attributes.")));
    }
    Ok(attributes)
}

/// The instance that an attribute is for. Documented: a target that is no ARN needs its type.
pub(in crate::operations) fn instance<'a>(
    records: &'a Records,
    cluster: &'a str,
    attribute: Request<'_>,
) -> Result<&'a Instance, ApiError> {
    let named = attribute
        .text("targetId")
        .filter(|named| !named.is_empty())
        .ok_or_else(|| invalid("An attribute needs a targetId."))?;
    if !named.starts_with("arn:") && attribute.text("targetType").is_none() {
        return Err(invalid(format!(
            "The target {named} is no ARN: specify its targetType."
        )));
    }
    let id = last_part(named);
    let mut listed = records.instances_of(cluster).filter(|instance| instance.is_listed());
    listed
        .find(|instance| instance.id == id && (named == id || *named == *instance.arn))
        .ok_or_else(|| {
            let text = format!("The target {named} was not found.");
            ApiError::new(ErrorKind::TargetNotFoundException, text)
        })
}

/// An attribute of an instance as answered.
pub(in crate::operations) fn answer(instance: &Instance, name: &str, value: Option<&str>) -> Value {
    structure(json!({ "name": name, "value": value, "targetId": &*instance.arn }))
}
