//! `DescribeClusters`. Deleted clusters stay describable as INACTIVE.

use serde_json::{Value, json};

use super::cluster_answer::cluster as cluster_answer;
use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};
use crate::records::arn;

/// Most clusters of a request.
const MOST: usize = 100;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let mut wanted = request.texts("clusters");
    if wanted.len() > MOST {
        return Err(invalid(format!("Specify at most {MOST} clusters.")));
    }
    if wanted.is_empty() {
        wanted.push("default".to_owned());
    }
    let (mut clusters, mut failures): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in wanted {
        let name = lookup::name_of(reading.scope, &named, "cluster");
        match name.and_then(|name| reading.records.clusters.get(name)) {
            Some(cluster) => {
                clusters.push(cluster_answer(reading.records, cluster, |part| {
                    request.lists("include", part)
                }));
            }
            None if named.starts_with("arn:") => failures.push(answer::missing(&named)),
            None => failures.push(answer::missing(&arn::ecs(reading.scope, &format!("cluster/{named}")))),
        }
    }
    Ok(json!({ "clusters": clusters, "failures": failures }))
}
