//! `DescribeTaskDefinition`. A deregistered revision stays describable.

use serde_json::{Value, json};

use super::app_definition_answer::definition as definition_answer;
use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let found = lookup::app_definition(reading.records, reading.scope, request.required("taskDefinition"))?;
    let tags = if request.lists("include", "TAGS") {
        answer::tags(&found.tags)
    } else {
        Value::Null
    };
    Ok(answer::structure(
        json!({ "taskDefinition": definition_answer(found), "tags": tags }),
    ))
}
