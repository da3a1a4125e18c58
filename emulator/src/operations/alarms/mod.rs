//! Operations of `CloudWatch` on alarms, which rollouts watch. No metric is ever evaluated: an alarm has the state that
//! somebody has set.

mod alarm_tags;
mod delete_alarms;
mod describe_alarms;
mod put_metric_alarm;
mod set_alarm_state;

use super::shared::operation::Operation;
use crate::api::{ApiError, ErrorKind};

/// Most alarms of a request.
const MOST: usize = 100;

/// The operation of a name.
pub(crate) fn find(name: &str) -> Option<Operation> {
    use Operation::{Read, Write};
    Some(match name {
        "DeleteAlarms" => Write(delete_alarms::run),
        "DescribeAlarms" => Read(describe_alarms::run),
        "ListTagsForResource" => Read(alarm_tags::list),
        "PutMetricAlarm" => Write(put_metric_alarm::run),
        "SetAlarmState" => Write(set_alarm_state::run),
        "TagResource" => Write(alarm_tags::tag),
        "UntagResource" => Write(alarm_tags::untag),
        _ => return None,
    })
}

/// Members that do not go together. Assumed: the texts, as of all refusals of `CloudWatch`.
fn combination(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterCombinationException, text)
}

/// A value that makes no sense.
fn value(text: impl Into<String>) -> ApiError {
    ApiError::new(ErrorKind::InvalidParameterValueException, text)
}
