//! `ListAttributes`: the custom attributes of the container instances of a cluster.

use serde_json::json;

use super::target;
use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup, page};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(reading.records, reading.scope, request.text("cluster"))?;
    let (name, value) = (request.text("attributeName"), request.text("attributeValue"));
    if value.is_some() && name.is_none() {
        // Documented: a value needs a name. Assumed: the text.
        return Err(invalid("Specify the attributeName whose attributeValue is given."));
    }
    let listed = reading
        .records
        .instances_of(&cluster.name)
        .filter(|instance| instance.is_listed());
    let entries = listed
        .flat_map(|instance| instance.attributes.iter().map(move |attribute| (instance, attribute)))
        .filter(|(_, (of, _))| name.is_none_or(|name| name == *of))
        .filter(|(_, (_, is))| value.is_none_or(|value| is.as_deref() == Some(value)))
        .map(|(instance, (name, value))| {
            let key = format!("{} {name}", instance.arn);
            (key, target::answer(instance, name, value.as_deref()))
        })
        .collect();
    let (attributes, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(
        json!({ "attributes": attributes, "nextToken": token }),
    ))
}
