//! `DeleteCapacityProvider`. Daemons have to be gone first; the instances go with it.

use serde_json::json;

use super::provider_answer::provider as provider_answer;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::clusters::put_cluster_capacity_providers::{is_in_use, is_used_by_applications};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{DAEMONS_ASSOCIATED, IN_USE, client};
use crate::operations::shared::request::Request;
use crate::records::cluster::Lifecycle;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let named = request.required("capacityProvider");
    let provider = lookup::provider(region.records, &region.scope, named)?;
    let name = provider.name.clone();
    if let Some(cluster) = request.text("cluster") {
        let cluster = lookup::cluster(region.records, &region.scope, Some(cluster))?;
        if provider.cluster() != Some(cluster.name.as_str()) {
            return Err(client(format!(
                "The capacity provider {named} does not exist in cluster {}.",
                cluster.name
            )));
        }
    }
    if provider.status == Lifecycle::Deprovisioning {
        // Assumed: which of the modelled refusals a second deletion gets.
        let text = format!("The capacity provider {name} is being deleted already.");
        return Err(ApiError::new(ErrorKind::UpdateInProgressException, text));
    }
    if is_in_use(region.records, &name) {
        return Err(client(DAEMONS_ASSOCIATED));
    }
    if is_used_by_applications(region.records, &name) {
        return Err(client(IN_USE));
    }
    region.deprovision(&name);
    let deleted = region.records.providers.get(&name);
    Ok(json!({ "capacityProvider": deleted.map(|provider| provider_answer(provider, true)) }))
}
