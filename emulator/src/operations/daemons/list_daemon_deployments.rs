//! `ListDaemonDeployments`: newest first, as far as they are on record.

use serde_json::json;

use super::daemon_deployment_answer::{is_on_record, summary};
use crate::api::{ApiError, Call};
use crate::operations::shared::answer::structure;
use crate::operations::shared::lookup;
use crate::operations::shared::lookup::daemon_parts;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page::{Size, page};
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::Request;
use crate::records::daemon::Deployment;

/// Pages have 20 entries unless told otherwise.
const TWENTY: Size = Size {
    default: 20,
    maximum: 100,
};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let arn = request.required("daemonArn").to_owned();
    let (cluster, _) = daemon_parts(reading.scope, &arn)?;
    lookup::cluster(reading.records, reading.scope, Some(cluster))?;
    if !reading.records.daemons.contains(&arn) {
        // Assumed: the model gives this operation no DaemonNotFoundException.
        return Err(client("The specified daemon was not found."));
    }
    let statuses = request.texts("status");
    let (after, before) = period(request)?;
    let mut chosen: Vec<&Deployment> = reading
        .records
        .deployments
        .values()
        .filter(|each| each.daemon == arn && is_on_record(reading, each))
        .filter(|each| statuses.is_empty() || statuses.iter().any(|status| status == each.status.name()))
        .filter(|each| (after..=before).contains(&each.created_at))
        .collect();
    chosen.sort_by_key(|each| std::cmp::Reverse((each.created_at, each.serial)));
    let entries = chosen
        .into_iter()
        .map(|each| (each.arn.clone(), summary(each)))
        .collect();
    let (deployments, token) = page(reading, call, TWENTY, entries)?;
    Ok(structure(
        json!({ "daemonDeployments": deployments, "nextToken": token }),
    ))
}

/// First and last time of creation that are wanted, in milliseconds.
fn period(request: Request<'_>) -> Result<(i64, i64), ApiError> {
    let bounds = request.structure("createdAt");
    let bound = |member: &str| bounds.and_then(|bounds| bounds.number(member));
    let after = bound("after").map_or(i64::MIN, milliseconds);
    let before = bound("before").map_or(i64::MAX, milliseconds);
    if after > before {
        return Err(invalid("createdAt.after must not lie behind createdAt.before."));
    }
    Ok((after, before))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the conversion saturates, and any such time means no bound"
)]
fn milliseconds(seconds: f64) -> i64 {
    (seconds * 1000.0).round() as i64
}
