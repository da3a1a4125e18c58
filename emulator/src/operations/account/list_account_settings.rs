//! `ListAccountSettings`: what is set for a principal, or what holds for it.

use serde_json::json;

use super::settings::{self, Known};
use crate::api::Call;
use crate::operations::shared::answer;
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::page::{self, Size};
use crate::operations::shared::refusal::invalid;
use crate::operations::shared::request::Request;

/// Pages of settings are short.
const TEN: Size = Size {
    default: 10,
    maximum: 10,
};

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let (name, value) = (request.text("name"), request.text("value"));
    if value.is_some() && name.is_none() {
        // Documented: a value needs a name. Assumed: the text.
        return Err(invalid("Specify the name of the account setting whose value is given."));
    }
    let principal = settings::principal(reading.scope, request.text("principalArn"))?;
    let effective = request.flag("effectiveSettings") == Some(true);
    let value_of = |setting: &Known| {
        if effective {
            Some(settings::effective(
                reading.records,
                reading.scope,
                &principal,
                *setting,
            ))
        } else {
            settings::own(reading.records, &principal, setting.name)
        }
    };
    let entries = settings::ALL
        .iter()
        .filter(|setting| name.is_none_or(|name| setting.name == name))
        .filter_map(|setting| Some((setting.name, value_of(setting)?)))
        .filter(|(_, found)| value.is_none_or(|value| value == *found))
        .map(|(name, value)| (name.to_owned(), settings::structure(name, value, &principal)))
        .collect();
    let (settings, token) = page::page(reading, call, TEN, entries)?;
    Ok(answer::structure(json!({ "settings": settings, "nextToken": token })))
}
