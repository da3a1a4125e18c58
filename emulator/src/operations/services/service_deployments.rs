//! `DescribeServiceDeployments` and `ListServiceDeployments`: the history of a service, as far as rolling deployments
//! make it up.

use serde_json::{Value, json};

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::services::service_answer;
use crate::operations::shared::answer::{self, optional_time, structure, timestamp};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{lookup, page};
use crate::records::service::{Rollout, ServiceDeployment};
use crate::records::{Records, arn};

/// Most deployments of a request.
const MOST: usize = 20;

/// Pages of deployments are short.
const TWENTY: page::Size = page::Size {
    default: 20,
    maximum: 100,
};

/// `DescribeServiceDeployments`.
pub(in crate::operations) fn describe(reading: &Reading<'_>, call: &Call) -> Answer {
    let wanted = Request(&call.body).texts("serviceDeploymentArns");
    if wanted.is_empty() || wanted.len() > MOST {
        return Err(invalid(format!("Specify 1 to {MOST} service deployments.")));
    }
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        match reading.records.service_deployments.get(named.as_str()) {
            Some(deployment) => found.push(in_full(reading, deployment)),
            None => failures.push(answer::missing(&named)),
        }
    }
    Ok(json!({ "serviceDeployments": found, "failures": failures }))
}

/// `ListServiceDeployments`, latest first.
pub(in crate::operations) fn list(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let service = lookup::service(
        reading.records,
        reading.scope,
        &cluster.name,
        request.required("service"),
    )
    .ok_or_else(|| ApiError::new(ErrorKind::ServiceNotFoundException, "Service not found."))?;
    let statuses = request.texts("status");
    let within = |at: i64| {
        let period = request.structure("createdAt");
        let bound = |member: &str| {
            period
                .and_then(|period| period.number(member))
                .map(|seconds| seconds * 1000.0)
        };
        #[expect(
            clippy::cast_precision_loss,
            reason = "milliseconds since the epoch fit into 53 bits"
        )]
        let at = at as f64;
        bound("after").is_none_or(|after| at >= after) && bound("before").is_none_or(|before| at <= before)
    };
    let mut chosen: Vec<&ServiceDeployment> = reading
        .records
        .service_deployments
        .values()
        .filter(|each| each.service == service.arn && within(each.created_at))
        .filter(|each| statuses.is_empty() || statuses.iter().any(|status| status == each.status_name()))
        .collect();
    chosen.sort_by_key(|each| std::cmp::Reverse(each.serial));
    let entries = chosen
        .into_iter()
        .map(|each| (each.arn.to_string(), in_short(reading, each)))
        .collect();
    let (deployments, token) = page::page(reading, call, TWENTY, entries)?;
    Ok(structure(
        json!({ "serviceDeployments": deployments, "nextToken": token }),
    ))
}

fn in_short(reading: &Reading<'_>, deployment: &ServiceDeployment) -> Value {
    structure(json!({
        "serviceDeploymentArn": &*deployment.arn,
        "serviceArn": &*deployment.service,
        "clusterArn": arn::ecs(reading.scope, &format!("cluster/{}", deployment.cluster)),
        "createdAt": timestamp(deployment.created_at),
        "startedAt": timestamp(deployment.created_at),
        "finishedAt": optional_time(deployment.finished_at),
        "targetServiceRevisionArn": deployment.revision,
        "status": deployment.status_name(),
        "statusReason": deployment.reason,
    }))
}

fn in_full(reading: &Reading<'_>, deployment: &ServiceDeployment) -> Value {
    let settings = &deployment.settings;
    let monitor = match (settings.breaker, deployment.rollout) {
        (false, _) => "DISABLED",
        (true, Rollout::InProgress) => "MONITORING",
        (true, Rollout::Failed) => "TRIGGERED",
        (true, Rollout::Completed | Rollout::Stopped) => "MONITORING_COMPLETE",
    };
    let mut members = in_short(reading, deployment);
    let more = json!({
        "updatedAt": timestamp(deployment.updated_at),
        "stoppedAt": optional_time(deployment.finished_at.filter(|_| deployment.status_name() == "STOPPED")),
        "sourceServiceRevisions": sources(reading.records, deployment),
        "targetServiceRevision": service_answer::revision(reading.records, deployment),
        "deploymentConfiguration": service_answer::configuration(settings),
        "deploymentCircuitBreaker": {
            "status": monitor,
            "failureCount": deployment.failures,
            "threshold": deployment.threshold(),
        },
        "alarms": { "status": "DISABLED" },
    });
    if let (Value::Object(members), Value::Object(more)) = (&mut members, more) {
        members.remove("targetServiceRevisionArn");
        members.extend(more);
    }
    structure(members)
}

fn sources(records: &Records, deployment: &ServiceDeployment) -> Value {
    let before = records
        .service_deployments
        .values()
        .filter(|each| each.service == deployment.service && each.serial < deployment.serial)
        .max_by_key(|each| each.serial);
    before
        .map(|each| service_answer::revision(records, each))
        .into_iter()
        .collect()
}
