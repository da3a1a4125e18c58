//! The settings of a daemon: those that a revision carries and those of its deployment, each as answers of ECS and as the
//! view of the world have them. Structs are taken apart without `..`, so that a setting that is added does not compile until
//! it is answered and shown.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The settings that a revision carries. What a request leaves out is at its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches of the API")]
pub(crate) struct Settings {
    pub(crate) propagate_tags: bool,
    pub(crate) managed_tags: bool,
    pub(crate) execute_command: bool,
    pub(crate) critical: bool,
}

impl Settings {
    /// Members of a revision in answers.
    pub(crate) fn answer(&self) -> Value {
        let Self {
            propagate_tags,
            managed_tags,
            execute_command,
            critical,
        } = self;
        json!({
            "propagateTags": if *propagate_tags { "DAEMON" } else { "NONE" },
            "enableECSManagedTags": managed_tags,
            "enableExecuteCommand": execute_command,
            "critical": critical,
        })
    }

    /// Members of a revision in the view of the world.
    pub(crate) fn view(&self) -> Value {
        let Self {
            propagate_tags,
            managed_tags,
            execute_command,
            critical,
        } = self;
        json!({
            "propagate_tags": propagate_tags,
            "managed_tags": managed_tags,
            "execute_command": execute_command,
            "critical": critical,
        })
    }
}

/// Deployment configuration as it holds for one deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Configuration {
    /// Percentage of instances that a batch drains.
    pub(crate) drain_percent: f64,
    /// Minutes of watching after the last batch.
    pub(crate) bake_minutes: u32,
    pub(crate) alarm_names: Vec<String>,
    pub(crate) alarms_enabled: bool,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            drain_percent: 25.0,
            bake_minutes: 0,
            alarm_names: Vec::new(),
            alarms_enabled: false,
        }
    }
}

impl Configuration {
    /// As answers have it.
    pub(crate) fn answer(&self) -> Value {
        let Self {
            drain_percent,
            bake_minutes,
            alarm_names,
            alarms_enabled,
        } = self;
        json!({
            "drainPercent": drain_percent,
            "bakeTimeInMinutes": bake_minutes,
            "alarms": { "alarmNames": alarm_names, "enable": alarms_enabled },
        })
    }

    /// As the view of the world has it.
    pub(crate) fn view(&self) -> Value {
        let Self {
            drain_percent,
            bake_minutes,
            alarm_names,
            alarms_enabled,
        } = self;
        json!({
            "drain_percent": drain_percent,
            "bake_time_in_minutes": bake_minutes,
            "alarm_names": alarm_names,
            "alarms_enabled": alarms_enabled,
        })
    }
}
