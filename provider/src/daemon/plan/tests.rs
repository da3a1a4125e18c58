//! The effects that the table states are those that an update has.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{Change, sends_update, timeout};
use crate::{
    attributes::{
        Effect,
        variations::{value_of, variations},
    },
    daemon::{table::TABLE, values::settings_of},
};

#[test]
fn stated_effects_are_those_of_an_update() {
    let mut prior = json!({
        "name": "agent",
        "cluster_arn": "arn:aws:ecs:us-east-1:123456789012:cluster/c",
        "region": "us-east-1",
        "daemon_task_definition_arn": "arn:aws:ecs:us-east-1:123456789012:daemon-task-definition/agent:1",
        "capacity_provider_arns": ["arn:aws:ecs:us-east-1:123456789012:capacity-provider/p"],
        "tags": { "team": "a" },
        "triggers": { "run": "1" },
        "wait_for_deployment": true,
        "timeouts": { "create": "1h", "update": "1h", "delete": "1h" },
    });
    let settings: Json = serde_json::from_str(include_str!("../../../../daemons/src/settings/sample.json")).unwrap();
    prior
        .as_object_mut()
        .unwrap()
        .extend(settings.as_object().unwrap().clone());
    let prior = value_of(&TABLE, prior);
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

/// The guide on rollouts promises these times.
#[test]
fn default_timeouts_follow_bake_time_and_batches() {
    let minutes = |configuration: Json, which| {
        let value = value_of(&TABLE, json!({ "deployment_configuration": [configuration] }));
        let settings = settings_of(&value).unwrap();
        timeout(&value, &settings, which).as_secs() / 60
    };
    for (configuration, expected) in [
        (json!({}), [120, 120, 120]),
        (json!({ "drain_percent": 50, "bake_time_in_minutes": 5 }), [95, 95, 90]),
        (json!({ "drain_percent": 30 }), [120, 120, 120]),
        (json!({ "drain_percent": 100 }), [75, 75, 75]),
        // Less than one percent counts as one.
        (json!({ "drain_percent": 0.5 }), [1560, 1560, 1560]),
    ] {
        let all = [Change::Create, Change::Update, Change::Delete].map(|which| minutes(configuration.clone(), which));
        assert_eq!(all, expected, "{configuration}");
    }
    let value = value_of(&TABLE, json!({ "timeouts": { "update": "10m" } }));
    let timeout = |which| timeout(&value, &settings_of(&value).unwrap(), which);
    assert_eq!(timeout(Change::Update), Duration::from_mins(10));
    assert_eq!(timeout(Change::Create), Duration::from_hours(2));
}
