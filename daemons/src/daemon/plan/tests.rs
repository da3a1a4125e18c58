//! The effects that the table states are those that an update has.

use serde_json::json;

use super::sends_update;
use crate::{
    attributes::{
        Effect,
        variations::{value_of, variations},
    },
    daemon::table::TABLE,
};

#[test]
fn stated_effects_are_those_of_an_update() {
    let prior = value_of(
        &TABLE,
        json!({
            "name": "agent",
            "cluster_arn": "arn:aws:ecs:us-east-1:123456789012:cluster/c",
            "region": "us-east-1",
            "daemon_task_definition_arn": "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/agent:1",
            "capacity_provider_arns": ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/p"],
            "critical": false,
            "enable_ecs_managed_tags": true,
            "enable_execute_command": true,
            "propagate_tags": "DAEMON",
            "deployment_configuration": [{
                "drain_percent": 50,
                "bake_time_in_minutes": 5,
                "alarms": [{ "alarm_names": ["a"], "enable": true }],
            }],
            "tags": { "team": "a" },
            "triggers": { "run": "1" },
            "wait_for_deployment": true,
            "timeouts": { "create": "1h", "update": "1h", "delete": "1h" },
        }),
    );
    for variation in variations(&TABLE, &prior) {
        let path = &variation.path;
        let effect = variation.effect.unwrap_or_else(|| panic!("{path} states no effect"));
        // A replacement is decided before an update is thought of.
        if effect != Effect::Replacement {
            let rolls = sends_update(&prior, &variation.value);
            assert_eq!(rolls, effect == Effect::Rollout, "{path} states {effect:?}");
        }
    }
}
