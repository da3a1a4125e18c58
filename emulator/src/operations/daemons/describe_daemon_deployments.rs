//! `DescribeDaemonDeployments`. What is not on record is a failure, not an error.

use serde_json::{Value, json};

use super::daemon_deployment_answer::{deployment as in_full, is_on_record};
use crate::api::{ApiError, Call};
use crate::operations::shared::answer;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;

/// Most ARNs of a request.
const MOST_ARNS: usize = 20;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let arns = wanted(call, "daemonDeploymentArns")?;
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for arn in arns {
        let deployment = reading.records.deployments.get(&arn);
        match deployment.filter(|deployment| is_on_record(reading, deployment)) {
            Some(deployment) => found.push(in_full(reading, deployment)),
            None => failures.push(answer::missing(&arn)),
        }
    }
    Ok(json!({ "daemonDeployments": found, "failures": failures }))
}

/// The ARNs of a request, each once.
pub(in crate::operations) fn wanted(call: &Call, member: &str) -> Result<Vec<String>, ApiError> {
    let mut arns: Vec<String> = Vec::new();
    for arn in Request(&call.body).texts(member) {
        if !arns.contains(&arn) {
            arns.push(arn);
        }
    }
    // Assumed: the type for none and for too many.
    if arns.is_empty() || arns.len() > MOST_ARNS {
        return Err(invalid(format!("{member} must have 1 to {MOST_ARNS} ARNs.")));
    }
    Ok(arns)
}
