//! Operations of `CloudWatch` on alarms, which rollouts watch. No metric is ever evaluated: an alarm has the state that
//! somebody has set.

pub(super) mod alarm_tags;
pub(super) mod delete_alarms;
pub(super) mod describe_alarms;
pub(super) mod put_metric_alarm;
mod refusal;
pub(super) mod set_alarm_state;
