//! `DescribeServices`. A deleted service stays describable as INACTIVE.

use serde_json::{Value, json};

use super::service_answer::service as service_answer;
use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};
use crate::records::arn;

/// Most services of a request.
const MOST: usize = 10;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let wanted = request.texts("services");
    if wanted.is_empty() {
        return Err(invalid("Services cannot be empty."));
    }
    if wanted.len() > MOST {
        return Err(invalid(format!("Specify at most {MOST} services.")));
    }
    let with_tags = request.lists("include", "TAGS");
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        match lookup::service(reading.records, reading.scope, &cluster.name, &named) {
            Some(service) => found.push(service_answer(reading.records, service, with_tags)),
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => {
                let resource = format!("service/{}/{named}", cluster.name);
                failures.push(answer::missing(&arn::ecs(reading.scope, &resource)));
            }
        }
    }
    Ok(json!({ "services": found, "failures": failures }))
}
