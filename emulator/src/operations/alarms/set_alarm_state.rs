//! `SetAlarmState`. On the service the state lasts until the metric is evaluated again; here nothing evaluates it, so it
//! lasts until somebody sets another.

use serde_json::{Value, json};

use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::operation::Answer;
use crate::operations::shared::request::Request;
use crate::records::alarm::AlarmState;
use crate::simulation::region::Region;

pub(in crate::operations) fn run(region: &mut Region<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let name = request.required("AlarmName");
    let alarm = region.records.alarms.get(name);
    if alarm.is_none_or(|alarm| alarm.definition.is_none()) {
        let text = format!("There is no alarm {name}.");
        return Err(ApiError::new(ErrorKind::ResourceNotFound, text));
    }
    let data = request.text("StateReasonData");
    if data.is_some_and(|data| serde_json::from_str::<Value>(data).is_err()) {
        let text = "StateReasonData must be JSON.";
        return Err(ApiError::new(ErrorKind::InvalidFormatFault, text));
    }
    let state = AlarmState::parse(request.required("StateValue"));
    // The shape of the request has seen to it that the state is one of the three.
    if let Some(state) = state {
        region.change_alarm(name, state, request.required("StateReason"), data);
    }
    Ok(json!({}))
}
