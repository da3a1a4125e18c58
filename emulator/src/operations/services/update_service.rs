//! `UpdateService`. What is left out stays as it is. A change of what tasks are made of starts a new deployment, as
//! `forceNewDeployment` does; a change of the desired count alone does not.

use serde_json::json;

use super::create_service::desired_count;
use super::service_answer::service as service_answer;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::services::service_request;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    service_request::check_scope(request)?;
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?.clone();
    let service = lookup::service(
        region.records,
        &region.scope,
        &cluster.name,
        request.required("service"),
    )
    .ok_or_else(|| ApiError::new(ErrorKind::ServiceNotFoundException, "Service not found."))?;
    if service.status != crate::records::service::ServiceStatus::Active {
        return Err(ApiError::new(
            ErrorKind::ServiceNotActiveException,
            "Service was not ACTIVE.",
        ));
    }
    let before = service.settings.clone();
    let after = service_request::updated(region.records, &region.scope, &cluster, &before, request)?;
    let (arn, desired) = (service.arn.clone(), desired_count(request)?);
    let write = region.write();
    if let Some(service) = region.records.services.change(&arn, write) {
        if let Some(desired) = desired {
            service.desired = desired;
            service.steady = false;
        }
        service.settings = after.clone();
    }
    if request.flag("forceNewDeployment") == Some(true) || after.makes_other_tasks(&before) {
        region.deploy_service(&arn, after, None);
    }
    region.wake_service(&arn);
    let updated = region.records.services.get(&arn);
    Ok(json!({ "service": updated.map(|service| service_answer(region.records, service, true)) }))
}
