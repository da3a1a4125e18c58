//! `UpdateContainerInstancesState`: takes instances out of service and back. Only an ACTIVE one can be drained.

use serde_json::{Value, json};

use super::instance_answer::{Include, instance as instance_answer};
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::fleet::{Drain, InstanceStatus};
use crate::simulation::region::Region;

/// Most instances of a request.
const MOST: usize = 10;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let wanted = match request.required("status") {
        "ACTIVE" => InstanceStatus::Active,
        "DRAINING" => InstanceStatus::Draining,
        other => return Err(invalid(format!("Container instances cannot be set to {other}."))),
    };
    let (found, mut failures) = lookup::instances(region.records, &region.scope, &cluster, request, MOST)?;
    let found: Vec<_> = found
        .into_iter()
        .map(|each| {
            (
                each.key,
                each.status,
                each.drain == Some(Drain::User),
                each.arn.to_string(),
            )
        })
        .collect();
    let mut answers: Vec<Value> = Vec::new();
    for (key, status, by_user, arn) in found {
        match (status, wanted) {
            (InstanceStatus::Active, InstanceStatus::Draining) => region.drain_for_user(key),
            (InstanceStatus::Draining, InstanceStatus::Active) if by_user => region.return_to_service(key),
            (status, wanted) if status == wanted => {}
            // Assumed: the reason. Only ACTIVE instances can be drained, and what ECS drains itself goes.
            _ => {
                failures
                    .push(json!({ "arn": arn, "reason": "INACTIVE", "detail": format!("It is {}.", status.name()) }));
                continue;
            }
        }
        let changed = region.records.instances.get(&key);
        answers.extend(changed.map(|each| instance_answer(region.records, each, Include::default())));
    }
    Ok(json!({ "containerInstances": answers, "failures": failures }))
}
