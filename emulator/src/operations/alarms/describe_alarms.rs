//! `DescribeAlarms`: those that `PutMetricAlarm` made, by name. There are no composite ones.

use serde_json::{Value, json};

use super::refusal::{MOST, combination};
use crate::api::{ApiError, Call, ErrorKind};
use crate::operations::shared::answer::{structure, timestamp};
use crate::operations::shared::operation::{Answer, Reading};
use crate::operations::shared::request::Request;
use crate::records::alarm::{Alarm, AlarmDefinition};
use crate::seeded;

/// Alarms of a page, unless the request says otherwise.
const PAGE: i64 = 50;

pub(in crate::operations) fn run(reading: &Reading<'_>, call: &Call) -> Answer {
    let request = Request(&call.body);
    let names = request.texts("AlarmNames");
    let prefix = request.text("AlarmNamePrefix");
    if prefix.is_some() && !names.is_empty() {
        return Err(combination("Specify either AlarmNames or AlarmNamePrefix."));
    }
    let types = request.texts("AlarmTypes");
    let of_type = types.is_empty() || types.iter().any(|kind| kind == "MetricAlarm");
    // Children and parents are relations of composite alarms.
    let related = ["ChildrenOfAlarmName", "ParentsOfAlarmName"];
    let none = !of_type || related.into_iter().any(|member| request.text(member).is_some());
    let alarms = reading.records.alarms.iter();
    let chosen = alarms
        .filter(|_| !none)
        .filter_map(|(name, alarm)| Some((name, alarm, alarm.definition.as_ref()?)))
        .filter(|(name, ..)| names.is_empty() || names.contains(name))
        .filter(|(name, ..)| prefix.is_none_or(|prefix| name.starts_with(prefix)))
        .filter(|(_, alarm, _)| {
            request
                .text("StateValue")
                .is_none_or(|state| state == alarm.state.name())
        })
        .filter(|(.., definition)| has_action(definition, request.text("ActionPrefix")))
        .map(|(name, alarm, definition)| (name.clone(), answer(alarm, definition)))
        .collect();
    let (page, token) = page(reading.seed, request, chosen)?;
    Ok(structure(
        json!({ "MetricAlarms": page, "CompositeAlarms": [], "NextToken": token }),
    ))
}

fn has_action(definition: &AlarmDefinition, prefix: Option<&str>) -> bool {
    let content = Request(&definition.content);
    let lists = ["AlarmActions", "OKActions", "InsufficientDataActions"];
    let mut actions = lists.into_iter().flat_map(|member| content.texts(member));
    prefix.is_none_or(|prefix| actions.any(|action| action.starts_with(prefix)))
}

fn answer(alarm: &Alarm, definition: &AlarmDefinition) -> Value {
    let mut members = definition.content.clone();
    for list in ["AlarmActions", "OKActions", "InsufficientDataActions", "Dimensions"] {
        members.entry(list).or_insert_with(|| json!([]));
    }
    members.entry("ActionsEnabled").or_insert(Value::Bool(true));
    let facts = json!({
        "AlarmArn": definition.arn,
        "AlarmConfigurationUpdatedTimestamp": timestamp(definition.configured_at),
        "StateValue": alarm.state.name(),
        "StateReason": alarm.reason,
        "StateReasonData": alarm.reason_data,
        "StateUpdatedTimestamp": timestamp(alarm.updated_at),
        "StateTransitionedTimestamp": timestamp(alarm.changed_at),
    });
    if let Value::Object(facts) = facts {
        members.extend(facts);
    }
    structure(Value::Object(members))
}

/// One page, and the token of the next: a digest of the name that came last.
fn page(seed: u64, request: Request<'_>, alarms: Vec<(String, Value)>) -> Result<(Vec<Value>, Value), ApiError> {
    let most = request.integer("MaxRecords").unwrap_or(PAGE);
    let most = usize::try_from(most).unwrap_or(MOST).min(MOST);
    let token_of = |name: &str| seeded::hex(&seeded::hash(seed, "page of alarms", name, 0));
    let start = match request.text("NextToken") {
        None => 0,
        Some(token) => {
            let last = alarms.iter().position(|(name, _)| token_of(name) == token);
            let refused = || ApiError::new(ErrorKind::InvalidNextToken, "The next token specified is invalid.");
            last.ok_or_else(refused)? + 1
        }
    };
    let more = alarms.len() > start + most;
    let chosen: Vec<(String, Value)> = alarms.into_iter().skip(start).take(most).collect();
    let token = chosen.last().filter(|_| more).map(|(name, _)| token_of(name));
    Ok((chosen.into_iter().map(|(_, alarm)| alarm).collect(), json!(token)))
}
