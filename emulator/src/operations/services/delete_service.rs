//! `DeleteService`: DRAINING until its tasks have stopped, then INACTIVE. Without `force` its desired count must be 0.

use serde_json::json;

use super::service_answer::service as service_answer;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::service::ServiceStatus;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?;
    let service = lookup::service(
        region.records,
        &region.scope,
        &cluster.name,
        request.required("service"),
    )
    .filter(|service| service.is_scheduled())
    .ok_or_else(|| ApiError::new(ErrorKind::ServiceNotFoundException, "Service not found."))?;
    if service.desired > 0 && service.status == ServiceStatus::Active && request.flag("force") != Some(true) {
        // The text that others saw.
        return Err(invalid("The service cannot be stopped while it is scaled above 0."));
    }
    let (arn, empty) = (service.arn.clone(), service.groups.len() == 0);
    let write = region.write();
    if let Some(service) = region.records.services.change(&arn, write) {
        service.desired = 0;
        service.steady = false;
        service.status = if empty {
            ServiceStatus::Inactive
        } else {
            ServiceStatus::Draining
        };
        if empty {
            service.due = None;
        }
    }
    region.wake_service(&arn);
    let deleted = region.records.services.get(&arn);
    Ok(json!({ "service": deleted.map(|service| service_answer(region.records, service, true)) }))
}
