//! `StopServiceDeployment`: a deployment under way ends and the service goes back to what ran before.

use serde_json::json;

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::service::Rollout;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    if request.text("stopType") == Some("ABORT") {
        // Documented: ROLLBACK is the only value that is valid. Assumed: the text.
        return Err(invalid(
            "The stopType ABORT is not valid: the only valid value is ROLLBACK.",
        ));
    }
    let arn = request.required("serviceDeploymentArn");
    let Some(deployment) = region.records.service_deployments.get(arn) else {
        let text = "The specified service deployment wasn't found.";
        return Err(ApiError::new(ErrorKind::ServiceDeploymentNotFoundException, text));
    };
    // Assumed: what goes back already cannot be stopped either.
    if deployment.rollout != Rollout::InProgress || deployment.rollback_of.is_some() {
        let text = format!(
            "The service deployment is {} and cannot be stopped.",
            deployment.status_name()
        );
        return Err(ApiError::new(ErrorKind::ConflictException, text));
    }
    let (service, name) = (deployment.service.clone(), deployment.arn.clone());
    region.stop_service_deployment(&service, &name);
    Ok(json!({ "serviceDeploymentArn": arn }))
}
