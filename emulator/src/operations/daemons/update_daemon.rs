//! `UpdateDaemon`. Always a new revision and a new deployment, even when nothing differs; a running
//! deployment is overtaken, and the new one starts from what is on the instances.

use serde_json::json;

use super::daemon_request::{Wanted, make_revision};
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::answer::timestamp;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::records::counts::{Census, Subject};
use crate::records::daemon::{Daemon, Purpose};
use crate::simulation::Opening;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let arn = request.required("daemonArn");
    let daemon = lookup::daemon(region.records, &region.scope, arn)?.clone();
    if !daemon.active {
        let text = "The specified daemon isn't active. Use CreateDaemon to create it again.";
        return Err(ApiError::new(ErrorKind::DaemonNotActiveException, text));
    }
    let wanted = Wanted::read(region.records, &region.scope, &daemon.cluster, request)?;
    update(region, daemon, &wanted);
    let updated = lookup::daemon(region.records, &region.scope, arn)?;
    Ok(json!({
        "daemonArn": updated.arn,
        "status": updated.status(),
        "createdAt": timestamp(updated.created_at),
        "updatedAt": timestamp(updated.updated_at),
        "deploymentArn": updated.deployment,
    }))
}

fn update(region: &mut Region<'_>, mut daemon: Daemon, wanted: &Wanted) {
    let sources = Census::of(region.records, Subject::of(&daemon)).present(region.records);
    region.overtake(
        &daemon,
        "The deployment was stopped: a newer deployment of the daemon took its place.",
    );
    let goal = make_revision(region, &daemon, wanted);
    daemon.goal = Some(goal.clone());
    let opening = Opening {
        purpose: Purpose::Rollout,
        target: Some(goal.clone()),
        sources,
        configuration: wanted.configuration.clone(),
    };
    let deployment = region.open_deployment(&daemon, opening);
    let (now, write) = (region.now(), region.write());
    if let Some(record) = region.records.daemons.change(&daemon.arn, write) {
        record.deployment = deployment;
        record.updated_at = now;
    }
    region.set_goal(&daemon.arn, Some(&goal));
}
