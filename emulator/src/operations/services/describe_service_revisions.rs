//! `DescribeServiceRevisions`: what a deployment of a service brought. Here each deployment makes a revision of its own.

use serde_json::{Value, json};

use crate::api::Call;
use crate::operations::services::service_answer;
use crate::operations::shared::answer::{self, structure, timestamp};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::arn;
use crate::records::definition::containers;
use crate::records::service::{AppDefinition, ServiceDeployment};
use crate::seeded;

/// Most revisions of a request.
const MOST: usize = 20;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let wanted = Request(&call.body).texts("serviceRevisionArns");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} service revisions.")));
    }
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        let mut deployments = reading.records.service_deployments.values();
        match deployments.find(|each| each.revision == named) {
            Some(deployment) => found.push(revision(reading, deployment)),
            None => failures.push(answer::missing(&named)),
        }
    }
    Ok(json!({ "serviceRevisions": found, "failures": failures }))
}

fn revision(reading: &Reading<'_>, deployment: &ServiceDeployment) -> Value {
    let settings = &deployment.settings;
    let definition = reading.records.app_definitions.get(&settings.definition);
    structure(json!({
        "serviceRevisionArn": deployment.revision,
        "serviceArn": &*deployment.service,
        "clusterArn": arn::ecs(reading.scope, &format!("cluster/{}", deployment.cluster)),
        "taskDefinition": definition.map(|each| each.arn.as_str()),
        "capacityProviderStrategy": service_answer::strategy(&settings.strategy),
        "networkConfiguration": settings.kept.get("networkConfiguration"),
        "containerImages": definition.map(|definition| images(deployment, definition)),
        "guardDutyEnabled": false,
        "createdAt": timestamp(deployment.created_at),
    }))
}

/// The images with the digests that their tags stood for when the deployment began.
fn images(deployment: &ServiceDeployment, definition: &AppDefinition) -> Value {
    let each = containers(&definition.content).enumerate().map(|(index, container)| {
        let text = |member: &str| container.get(member).and_then(Value::as_str).unwrap_or_default();
        let moved = deployment.digests.as_deref().and_then(|digests| digests.get(index));
        let digest = moved.cloned().unwrap_or_else(|| seeded::image_digest(text("image"), 0));
        json!({ "containerName": text("name"), "image": text("image"), "imageDigest": digest })
    });
    each.collect()
}
