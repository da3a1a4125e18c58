//! `DeregisterContainerInstance`: the machine goes at once, with its daemons; application tasks on it need `force`.
//!
//! A machine that ECS manages has no life outside of its cluster. Assumed: it ends, and nobody replaces it; services
//! whose tasks it ran start others.

use serde_json::{Value, json};

use super::instance_answer::{Include, instance as instance_answer};
use crate::api::{ApiError, Call, Scope};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::{client, invalid};
use crate::operations::shared::request::Request;
use crate::records::Records;
use crate::records::arn::last_part;
use crate::records::fleet::{Instance, InstanceStatus};
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let named = request.required("containerInstance");
    let instance = find(region.records, &region.scope, request)?;
    if !matches!(instance.status, InstanceStatus::Active | InstanceStatus::Draining) {
        // Assumed: what comes or goes anyway is left alone.
        let text = format!("The container instance {named} is {}.", instance.status.name());
        return Err(invalid(text));
    }
    if !instance.tasks.is_empty() && request.flag("force") != Some(true) {
        // The text that others saw.
        return Err(invalid("Found running tasks on the instance."));
    }
    let mut shown = instance_answer(region.records, instance, Include::default());
    shown["status"] = Value::from("INACTIVE");
    let key = instance.key;
    region.forget_instance(key);
    Ok(json!({ "containerInstance": shown }))
}

fn find<'a>(records: &'a Records, scope: &Scope, request: Request<'_>) -> Result<&'a Instance, ApiError> {
    let cluster = lookup::cluster(records, scope, request.text("cluster"))?;
    let named = request.required("containerInstance");
    let mut listed = records.instances_of(&cluster.name).filter(|each| each.is_listed());
    listed
        .find(|each| each.id == last_part(named) && (named == each.id || *named == *each.arn))
        // Assumed: type and text.
        .ok_or_else(|| client("The referenced container instance was not found."))
}
