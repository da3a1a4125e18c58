//! `DeleteDaemon`. The daemon stays readable while its instances are drained, then it is gone.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::answer::timestamp;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{DELETION_ONGOING, invalid};
use crate::operations::shared::request::Request;
use crate::records::counts::{Census, Subject};
use crate::records::daemon::{Daemon, Purpose};
use crate::records::events::Kind;
use crate::simulation::Opening;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let arn = request.required("daemonArn");
    let daemon = lookup::daemon(region.records, &region.scope, arn)?.clone();
    if !daemon.active {
        return Err(invalid(DELETION_ONGOING));
    }
    delete(region, &daemon);
    let deleted = lookup::daemon(region.records, &region.scope, arn)?;
    Ok(json!({
        "daemonArn": deleted.arn,
        "status": deleted.status(),
        "createdAt": timestamp(deleted.created_at),
        "updatedAt": timestamp(deleted.updated_at),
        "deploymentArn": deleted.deployment,
    }))
}

fn delete(region: &mut Region<'_>, daemon: &Daemon) {
    let sources = Census::of(region.records, Subject::of(daemon)).present(region.records);
    let configuration = region
        .records
        .deployments
        .get(&daemon.deployment)
        .map(|each| each.configuration.clone())
        .unwrap_or_default();
    region.overtake(daemon, "The deployment was stopped: the daemon is being deleted.");
    let opening = Opening {
        purpose: Purpose::Deletion,
        target: None,
        sources,
        configuration,
    };
    let deployment = region.open_deployment(daemon, opening);
    let (now, write) = (region.now(), region.write());
    if let Some(record) = region.records.daemons.change(&daemon.arn, write) {
        record.active = false;
        record.deployment = deployment;
        record.updated_at = now;
    }
    region.set_goal(&daemon.arn, None);
    let detail = json!({ "daemon": daemon.name, "daemonArn": daemon.arn, "status": "DELETE_IN_PROGRESS" });
    region.note(Kind::Daemon, detail);
}
