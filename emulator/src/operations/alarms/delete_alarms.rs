//! `DeleteAlarms`. Documented: one wrong name, and none is deleted.

use serde_json::json;

use super::refusal::{MOST, value};
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let names = Request(&call.body).texts("AlarmNames");
    if names.is_empty() || names.len() > MOST {
        return Err(value(format!("Specify 1 to {MOST} alarms.")));
    }
    let is_there = |name: &&String| {
        let alarm = region.records.alarms.get(*name);
        alarm.is_some_and(|alarm| alarm.definition.is_some())
    };
    if let Some(unknown) = names.iter().find(|name| !is_there(name)) {
        let text = format!("There is no alarm {unknown}.");
        return Err(ApiError::new(ErrorKind::ResourceNotFound, text));
    }
    for name in names {
        region.records.alarms.remove(&name);
    }
    Ok(json!({}))
}
