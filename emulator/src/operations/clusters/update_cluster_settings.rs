//! `UpdateClusterSettings`: the settings alone of a cluster.

use serde_json::json;

use super::cluster_answer::cluster as cluster_answer;
use super::cluster_settings;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let settings = cluster_settings::read(request)?;
    if settings.is_empty() {
        // Assumed.
        return Err(invalid("Specify at least one cluster setting."));
    }
    let write = region.write();
    if let Some(cluster) = region.records.clusters.change(&name, write) {
        cluster_settings::change(cluster, &settings);
    }
    let changed = region.records.clusters.get(&name);
    Ok(json!({ "cluster": changed.map(|cluster| cluster_answer(region.records, cluster, |_| true)) }))
}
