//! `ListTaskDefinitionFamilies`. A family is ACTIVE while one of its revisions is.

use std::collections::BTreeMap;

use serde_json::json;

use crate::api::Call;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::operations::shared::{answer, page};
use crate::records::service::AppStatus;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let prefix = request.text("familyPrefix").unwrap_or_default();
    let mut families: BTreeMap<&str, bool> = BTreeMap::new();
    let there = reading.records.app_definitions.values();
    for each in there.filter(|each| each.status != AppStatus::Deleted) {
        *families.entry(&each.family).or_default() |= each.status == AppStatus::Active;
    }
    let status = request.text("status").unwrap_or("ALL");
    let fits = |active: bool| status == "ALL" || status == if active { "ACTIVE" } else { "INACTIVE" };
    let entries = families
        .into_iter()
        .filter(|(family, active)| family.starts_with(prefix) && fits(*active))
        .map(|(family, _)| (family.to_owned(), family.to_owned()))
        .collect();
    let (names, token) = page::page(reading, call, page::HUNDRED, entries)?;
    Ok(answer::structure(json!({ "families": names, "nextToken": token })))
}
