//! `DescribeDaemon`. The answer has nothing of name, definition or settings: they are read from
//! revision and deployment.

use serde_json::{Value, json};

use crate::api::Call;
use crate::knobs::RevisionsOrder;
use crate::operations::shared::answer::timestamp;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::records::arn;
use crate::records::counts::{Census, Draining, Subject};
use crate::records::daemon::Goal;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let daemon = lookup::daemon(
        reading.records,
        reading.scope,
        Request(&call.body).required("daemonArn"),
    )?;
    let census = Census::of(reading.records, Subject::of(daemon));
    let mut goals = census.present(reading.records);
    if reading.knobs.current_revisions_order == RevisionsOrder::NewestFirst {
        goals.reverse();
    }
    let revisions: Vec<Value> = goals.iter().map(|goal| revision(reading, &census, goal)).collect();
    Ok(json!({ "daemon": {
        "daemonArn": daemon.arn,
        "clusterArn": daemon.cluster_arn,
        "status": daemon.status(),
        "currentRevisions": revisions,
        "deploymentArn": daemon.deployment,
        "createdAt": timestamp(daemon.created_at),
        "updatedAt": timestamp(daemon.updated_at),
    } }))
}

fn revision(reading: &Reading<'_>, census: &Census<'_>, goal: &Goal) -> Value {
    let (mut running, mut without, mut providers) = (0, 0, Vec::new());
    for provider in &goal.providers {
        let tally = census.tally(&goal.revision, provider, Draining::Among);
        running += tally.running;
        without += tally.without;
        if tally.total() > 0 || !reading.knobs.omit_empty_providers {
            providers.push(json!({
                "arn": arn::ecs(reading.scope, &format!("capacity-provider/{provider}")),
                "runningCount": tally.running,
                "withoutDaemonCount": tally.without,
            }));
        }
    }
    json!({
        "arn": goal.revision,
        "capacityProviders": providers,
        "totalRunningCount": running,
        "totalWithoutDaemonCount": without,
    })
}
