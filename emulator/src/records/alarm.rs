//! Alarms of `CloudWatch` that deployments watch.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::names::Tags;

/// State of a `CloudWatch` alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum AlarmState {
    Ok,
    Alarm,
    InsufficientData,
}

impl AlarmState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData]
            .into_iter()
            .find(|state| state.name() == name)
    }
}

/// An alarm: a state that somebody has set, a definition, or both.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Alarm {
    pub(crate) state: AlarmState,
    /// The reason for its state, as whoever set it gave it.
    pub(crate) reason: String,
    /// The same as JSON for programs.
    pub(crate) reason_data: Option<String>,
    /// Time at which its state was last set.
    pub(crate) updated_at: i64,
    /// Time at which its state last became another one.
    pub(crate) changed_at: i64,
    /// None: control calls or a scenario have set it, `CloudWatch` does not have it.
    pub(crate) definition: Option<AlarmDefinition>,
}

/// The part of an alarm that `PutMetricAlarm` makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct AlarmDefinition {
    pub(crate) arn: String,
    /// The request without tags.
    #[serde(with = "crate::stored::json")]
    pub(crate) content: Map<String, Value>,
    pub(crate) configured_at: i64,
    pub(crate) tags: Tags,
}
