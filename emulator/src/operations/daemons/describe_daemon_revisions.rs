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
    let mut answer = revision.settings.answer();
    answer["daemonRevisionArn"] = revision.arn.as_str().into();
    answer["clusterArn"] = revision.cluster_arn.as_str().into();
    answer["daemonArn"] = revision.daemon.as_str().into();
    answer["daemonTaskDefinitionArn"] = revision.definition_arn.as_str().into();
    answer["createdAt"] = answer::timestamp(revision.created_at);
    answer["containerImages"] = images.into();
    answer
}
