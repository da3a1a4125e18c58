//! `DescribeTaskDefinition`. A deregistered revision stays describable.

use serde_json::{Value, json};

use super::app_definition_answer::definition as definition_answer;
use super::request::Request;
use super::{Answer, Reading, answer, lookup};
use crate::api::Call;

pub(super) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
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
