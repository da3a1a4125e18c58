//! `DiscoverPollEndpoint`: where the agent of an instance is to ask for work. The emulator has no agents; the host names
//! are of the reserved domain `invalid`, so that one which was pointed here reaches nothing, above all not AWS.

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::records::arn::last_part;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let named = request.text("containerInstance");
    if request.text("cluster").is_some() || named.is_some() {
        // Assumed: the model gives this operation no ClusterNotFoundException.
        let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))
            .map_err(|error| invalid(error.message))?;
        let mut listed = reading.records.instances_of(&cluster.name);
        if let Some(named) = named
            && !listed.any(|instance| instance.is_listed() && instance.id == last_part(named))
        {
            return Err(invalid(format!("The container instance {named} was not found.")));
        }
    }
    let host = |kind: &str| format!("https://ecs-{kind}-1.{}.emulator.invalid/", reading.scope.region);
    Ok(json!({
        "endpoint": host("a"),
        "telemetryEndpoint": host("t"),
        "serviceConnectEndpoint": host("sc"),
    }))
}
