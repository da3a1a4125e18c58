//! `DeleteAttributes`. An attribute that is not there is no error and is not answered.

use serde_json::{Value, json};

use super::target;
use crate::api::Call;
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let mut going: Vec<(u64, &str)> = Vec::new();
    for attribute in target::attributes(request)? {
        let instance = target::instance(region.records, &cluster, attribute)?;
        going.push((instance.key, attribute.required("name")));
    }
    let mut answers: Vec<Value> = Vec::new();
    for (key, name) in going {
        if let Some(instance) = region.records.instances.get_mut(&key)
            && let Some(value) = instance.attributes.remove(name)
        {
            answers.push(target::answer(instance, name, value.as_deref()));
        }
    }
    Ok(json!({ "attributes": answers }))
}
