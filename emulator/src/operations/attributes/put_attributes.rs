//! `PutAttributes`: custom attributes of container instances. They go with the machine: its successor has none of them.

use serde_json::{Value, json};

use super::target;
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::lookup;
use crate::operations::shared::operation::Answer;
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

/// Longest name and value.
const LONGEST: usize = 128;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = lookup::cluster(region.records, &region.scope, request.text("cluster"))?
        .name
        .clone();
    let mut wanted: Vec<(u64, String, Option<String>)> = Vec::new();
    for attribute in target::attributes(request)? {
        let (name, value) = (attribute.required("name"), attribute.text("value"));
        check(name, value)?;
        let key = target::instance(region.records, &cluster, attribute)?.key;
        wanted.push((key, name.to_owned(), value.map(str::to_owned)));
    }
    check_number(region, &wanted)?;
    let mut answers: Vec<Value> = Vec::new();
    for (key, name, value) in wanted {
        if let Some(instance) = region.records.instances.get_mut(&key) {
            answers.push(target::answer(instance, &name, value.as_deref()));
            instance.attributes.insert(name, value);
        }
    }
    Ok(json!({ "attributes": answers }))
}

/// Documented: the characters of names and values. Assumed: the texts.
fn check(name: &str, value: Option<&str>) -> Result<(), ApiError> {
    let is_part = |character: char, more: &str| character.is_ascii_alphanumeric() || more.contains(character);
    let fits =
        |text: &str, more: &str| (1..=LONGEST).contains(&text.len()) && text.chars().all(|each| is_part(each, more));
    if !fits(name, "-_/\\.") {
        return Err(invalid(format!(
            "The name of an attribute has 1 to {LONGEST} letters, digits and characters of -_/\\. only."
        )));
    }
    if value.is_some_and(|value| !fits(value, "-_.@/\\: ") || value.trim() != value) {
        return Err(invalid(format!(
            "The value of the attribute {name} has 1 to {LONGEST} letters, digits and characters of -_.@/\\: and spaces \
             inside only."
        )));
    }
    Ok(())
}

/// Counts what each instance would have.
fn check_number(region: &Region<'_>, wanted: &[(u64, String, Option<String>)]) -> Result<(), ApiError> {
    for (key, ..) in wanted {
        let present = region.records.instances.get(key).map(|instance| &instance.attributes);
        let present = present.into_iter().flat_map(|attributes| attributes.keys());
        let added = wanted.iter().filter(|(of, ..)| of == key).map(|(_, name, _)| name);
        let names: std::collections::BTreeSet<&String> = present.chain(added).collect();
        if names.len() > target::MOST {
            let text = format!("A container instance has at most {} custom attributes.", target::MOST);
            return Err(ApiError::new(ErrorKind::AttributeLimitExceededException, text));
        }
    }
    Ok(())
}
