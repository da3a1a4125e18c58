//! `DeleteCluster`. What is still in the cluster has to go first.

use serde_json::json;

use super::cluster_answer::cluster as cluster_answer;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{PROVIDERS_ATTACHED, client};
use crate::operations::shared::request::Request;
use crate::records::cluster::Lifecycle;
use crate::records::events::Kind;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = lookup::cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let attached = |cluster: Option<&str>| cluster == Some(name.as_str());
    let providers = region.records.providers.values();
    if providers
        .filter(|each| each.status != Lifecycle::Inactive)
        .any(|each| attached(each.cluster()))
    {
        return Err(client(PROVIDERS_ATTACHED));
    }
    let records = &*region.records;
    if records
        .services
        .values()
        .any(|service| service.is_scheduled() && *service.cluster == *name)
    {
        let text = "The Cluster cannot be deleted while Services are active.";
        return Err(ApiError::new(ErrorKind::ClusterContainsServicesException, text));
    }
    if records
        .tasks
        .values()
        .any(|task| task.is_alive() && *task.birth.cluster == *name)
    {
        let text = "The Cluster cannot be deleted while Tasks are active.";
        return Err(ApiError::new(ErrorKind::ClusterContainsTasksException, text));
    }
    if region.records.instances_of(&name).next().is_some() {
        let text = "The Cluster cannot be deleted while Container Instances are active or draining.";
        return Err(ApiError::new(
            ErrorKind::ClusterContainsContainerInstancesException,
            text,
        ));
    }
    let write = region.write();
    if let Some(cluster) = region.records.clusters.change(&name, write) {
        cluster.status = Lifecycle::Inactive;
        cluster.providers.clear();
        cluster.strategy.clear();
        cluster.due = None;
    }
    region.note(
        Kind::Cluster,
        json!({ "cluster": name, "status": Lifecycle::Inactive.name() }),
    );
    let deleted = region.records.clusters.get(&name);
    Ok(json!({ "cluster": deleted.map(|cluster| cluster_answer(region.records, cluster, |_| false)) }))
}
