//! `DescribeCapacityProviders`. Without names, providers of managed instances are shown only for
//! their cluster. Deleted ones stay describable by name as INACTIVE.

use serde_json::{Value, json};

use super::provider_answer::provider as provider_answer;
use crate::api::{ApiError, Call};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page::{Size, page};
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, lookup};
use crate::records::cluster::{Lifecycle, Provider};

/// Pages are short here.
const TEN: Size = Size {
    default: 10,
    maximum: 10,
};

/// Most names of a request.
const MOST_NAMES: usize = 100;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let cluster = match request.text("cluster") {
        Some(named) => Some(
            lookup::cluster(reading.records, reading.scope, Some(named))?
                .name
                .as_str(),
        ),
        None => None,
    };
    let names = request.texts("capacityProviders");
    if names.len() > MOST_NAMES {
        return Err(crate::operations::shared::refusal::invalid(format!(
            "Specify at most {MOST_NAMES} capacity providers."
        )));
    }
    let (found, failures) = if names.is_empty() {
        (all(reading, cluster), Vec::new())
    } else {
        named(reading, &names, cluster)
    };
    let (shown, token) = shown(reading, call, found)?;
    let providers: Vec<Value> = shown
        .into_iter()
        .map(|provider| provider_answer(provider, request.lists("include", "TAGS")))
        .collect();
    Ok(answer::structure(
        json!({ "capacityProviders": providers, "failures": failures, "nextToken": token }),
    ))
}

fn shown<'a>(
    reading: &Reading<'_>,
    call: &Call,
    found: Vec<&'a Provider>,
) -> Result<(Vec<&'a Provider>, Value), ApiError> {
    let entries = found
        .into_iter()
        .map(|provider| (provider.name.clone(), provider))
        .collect();
    page(reading, call, TEN, entries)
}

fn all<'a>(reading: &Reading<'a>, cluster: Option<&str>) -> Vec<&'a Provider> {
    let alive = reading
        .records
        .providers
        .values()
        .filter(|provider| provider.status != Lifecycle::Inactive);
    alive.filter(|provider| provider.cluster() == cluster).collect()
}

fn named<'a>(reading: &Reading<'a>, names: &[String], cluster: Option<&str>) -> (Vec<&'a Provider>, Vec<Value>) {
    let (mut found, mut failures): (Vec<&Provider>, Vec<Value>) = (Vec::new(), Vec::new());
    for named in names {
        let name = lookup::name_of(reading.scope, named, "capacity-provider");
        let provider = name.and_then(|name| reading.records.providers.get(name));
        match provider.filter(|provider| cluster.is_none() || provider.cluster() == cluster) {
            Some(provider) if found.iter().any(|other| other.name == provider.name) => {}
            Some(provider) => found.push(provider),
            None => failures.push(answer::missing(named)),
        }
    }
    (found, failures)
}
