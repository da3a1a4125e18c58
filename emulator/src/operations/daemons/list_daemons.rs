//! `ListDaemons`.

use serde_json::{Value, json};

use crate::api::Call;
use crate::knobs::ListScope;
use crate::operations::shared::answer::{structure, timestamp};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::operations::shared::{lookup, page};
use crate::records::daemon::Daemon;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let all = request.text("clusterArn").is_none() && reading.knobs.list_daemons_without_cluster == ListScope::All;
    let cluster = if all {
        None
    } else {
        Some(
            lookup::cluster(reading.records, reading.scope, request.text("clusterArn"))?
                .name
                .as_str(),
        )
    };
    let mut providers = Vec::new();
    for named in request.texts("capacityProviderArns") {
        providers.push(lookup::provider(reading.records, reading.scope, &named)?.name.clone());
    }
    let chosen = reading
        .records
        .daemons
        .values()
        .filter(|daemon| cluster.is_none_or(|cluster| daemon.cluster == cluster))
        .filter(|daemon| providers.is_empty() || providers.iter().any(|provider| is_on(reading, daemon, provider)));
    let entries = chosen.map(|daemon| (daemon.arn.clone(), summary(daemon))).collect();
    let (summaries, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(structure(
        json!({ "daemonSummariesList": summaries, "nextToken": token }),
    ))
}

fn is_on(reading: &Reading<'_>, daemon: &Daemon, provider: &str) -> bool {
    match &daemon.goal {
        Some(goal) => goal.includes(provider),
        None => reading
            .records
            .deployments
            .get(&daemon.deployment)
            .is_some_and(|each| each.concerns(provider)),
    }
}

fn summary(daemon: &Daemon) -> Value {
    json!({
        "daemonArn": daemon.arn,
        "status": daemon.status(),
        "createdAt": timestamp(daemon.created_at),
        "updatedAt": timestamp(daemon.updated_at),
    })
}
