//! `CreateService`: a service of replicas on managed instances. Its tasks are started a moment later.

use serde_json::json;

use super::service_answer::service as service_answer;
use crate::api::{ApiError, Call};
use crate::operations::services::service_request;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::{Request, is_name};
use crate::operations::shared::{lookup, tagging};
use crate::records::arn;
use crate::records::service::{Groups, Service, ServiceSettings, ServiceStatus};
use crate::simulation::region::Region;

/// Published quota of tasks of a service.
const MOST_TASKS: i64 = 5000;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.required("serviceName");
    if !is_name(name) {
        return Err(invalid("Invalid identifier: Unexpected number of separators"));
    }
    service_request::check_scope(request)?;
    let cluster = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?.clone();
    let settings = service_request::created(region.records, &region.scope, &cluster, request)?;
    let desired = desired_count(request)?.unwrap_or(1);
    let tags = tagging::requested(request)?;
    let arn = region.arn(&format!("service/{}/{name}", cluster.name));
    if region
        .records
        .services
        .get(arn.as_str())
        .is_some_and(Service::is_scheduled)
    {
        // The text that others saw.
        return Err(invalid("Creation of service was not idempotent."));
    }
    let service = Service {
        arn: region.records.name(&arn),
        name: name.to_owned(),
        cluster: region.records.name(&cluster.name),
        cluster_arn: cluster.arn,
        status: ServiceStatus::Active,
        desired,
        settings: settings.clone(),
        created_at: region.now(),
        created_by: arn::principal(&region.scope),
        tags,
        deployments: Vec::new(),
        events: std::collections::VecDeque::new(),
        groups: Groups::default(),
        protected: std::collections::BTreeMap::new(),
        steady: false,
        full: false,
        told: 0,
        failures: 0,
        retry_at: 0,
        due: None,
    };
    Ok(create(region, service, settings))
}

fn create(region: &mut Region<'_>, service: Service, settings: ServiceSettings) -> serde_json::Value {
    let (arn, write) = (service.arn.clone(), region.write());
    region.records.services.insert(arn.clone(), service, write);
    region.deploy_service(&arn, settings, None);
    let created = region.records.services.get(&arn);
    json!({ "service": created.map(|service| service_answer(region.records, service, true)) })
}

/// The desired count of a request, checked.
pub(in crate::operations) fn desired_count(request: Request<'_>) -> Result<Option<u32>, ApiError> {
    let Some(wanted) = request.integer("desiredCount") else {
        return Ok(None);
    };
    let count = u32::try_from(wanted).ok().filter(|_| wanted <= MOST_TASKS);
    count
        .map(Some)
        .ok_or_else(|| invalid(format!("desiredCount must be between 0 and {MOST_TASKS}.")))
}
