//! `CreateCluster`. A name that is taken answers the existing cluster, as for services and clusters of old.

use serde_json::{Map, Value, json};

use super::cluster_answer::cluster as cluster_answer;
use super::cluster_settings;
use crate::api::Call;
use crate::operations::account::settings;
use crate::operations::clusters::put_cluster_capacity_providers as providers;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::{Request, is_name};
use crate::operations::shared::tagging;
use crate::records::cluster::{Cluster, Lifecycle};
use crate::records::events::Kind;
use crate::records::queue::Due;
use crate::simulation::region::Region;

/// Members that are kept and answered without having an effect.
const KEPT: [&str; 2] = ["configuration", "serviceConnectDefaults"];

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.text("clusterName").unwrap_or("default");
    if !is_name(name) {
        return Err(invalid(
            "A cluster name has up to 255 letters, digits, hyphens and underscores.",
        ));
    }
    let existing = region.records.clusters.get(name);
    if existing.is_none_or(|cluster| cluster.status == Lifecycle::Inactive) {
        create(region, request, name)?;
    }
    let created = region.records.clusters.get(name);
    let answer = created.map(|cluster| cluster_answer(region.records, cluster, |_| true));
    Ok(json!({ "cluster": answer }))
}

fn create(region: &mut Region<'_>, request: Request<'_>, name: &str) -> Result<(), crate::api::ApiError> {
    let tags = tagging::requested(request)?;
    let mut chosen = cluster_settings::read(request)?;
    let wanted = providers::Wanted::read(region.records, &region.scope, name, request)?;
    let arn = region.arn(&format!("cluster/{name}"));
    let (status, due) = region.creation(&arn);
    let mut kept: Map<String, Value> = request
        .0
        .iter()
        .filter(|(member, _)| KEPT.contains(&member.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    if chosen.is_empty() {
        // Documented: a cluster that says nothing takes the account's setting when it is created.
        let insights = settings::of_caller(region.records, &region.scope, settings::CONTAINER_INSIGHTS);
        chosen.extend(insights.map(|value| (settings::CONTAINER_INSIGHTS.to_owned(), value.to_owned())));
    }
    kept.insert("settings".to_owned(), cluster_settings::kept(&chosen));
    let cluster = Cluster {
        name: name.to_owned(),
        arn,
        status,
        providers: wanted.providers,
        strategy: wanted.strategy,
        kept,
        tags,
        due,
    };
    let write = region.write();
    region.records.clusters.insert(name.to_owned(), cluster, write);
    if let Some(at) = due {
        region.queue(at, Due::Cluster(name.to_owned()));
    }
    region.note(Kind::Cluster, json!({ "cluster": name, "status": status.name() }));
    Ok(())
}
