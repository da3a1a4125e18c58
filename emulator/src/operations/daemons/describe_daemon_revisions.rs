//! `DescribeDaemonRevisions`.

use serde_json::{Value, json};

use super::describe_daemon_deployments::wanted;
use crate::api::Call;
use crate::operations::shared::answer;
use crate::operations::shared::operation::{Answer, Reading};
use crate::records::revision::Revision;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let (mut found, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for arn in wanted(call, "daemonRevisionArns")? {
        match reading.records.revisions.get(&arn) {
            Some(revision) => found.push(in_full(revision)),
            None => failures.push(answer::missing(&arn)),
        }
    }
    Ok(json!({ "daemonRevisions": found, "failures": failures }))
}

fn in_full(revision: &Revision) -> Value {
    let images: Vec<Value> = revision
        .images
        .iter()
        .map(|image| json!({ "containerName": image.container, "image": image.image, "imageDigest": image.digest }))
        .collect();
    let settings = &revision.settings;
    json!({
        "daemonRevisionArn": revision.arn,
        "clusterArn": revision.cluster_arn,
        "daemonArn": revision.daemon,
        "daemonTaskDefinitionArn": revision.definition_arn,
        "createdAt": answer::timestamp(revision.created_at),
        "containerImages": images,
        "propagateTags": if settings.propagate_tags { "DAEMON" } else { "NONE" },
        "enableECSManagedTags": settings.managed_tags,
        "enableExecuteCommand": settings.execute_command,
        "critical": settings.critical,
    })
}
