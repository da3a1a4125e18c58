//! `UpdateCluster`: replaces the members that it names and leaves the others as they are.

use serde_json::json;

use super::cluster_answer::cluster as cluster_answer;
use super::cluster_settings;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

/// Members that are kept and answered without having an effect.
const KEPT: [&str; 2] = ["configuration", "serviceConnectDefaults"];

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = lookup::active_cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let settings = cluster_settings::read(request)?;
    let write = region.write();
    if let Some(cluster) = region.records.clusters.change(&name, write) {
        cluster_settings::change(cluster, &settings);
        for member in KEPT {
            if let Some(value) = request.0.get(member) {
                cluster.kept.insert(member.to_owned(), value.clone());
            }
        }
    }
    let changed = region.records.clusters.get(&name);
    Ok(json!({ "cluster": changed.map(|cluster| cluster_answer(region.records, cluster, |_| true)) }))
}
