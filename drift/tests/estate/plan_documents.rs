//! Plans as `terraform show -json` writes them, made from what a daemon is and was.

use serde_json::{Value as Json, json};

use crate::support::{Made, plan};

/// A plan that only refreshes: it has no list of changes, and its prior state is what the refresh saw.
pub(crate) fn refresh_only(before: &Json, after: &Json) -> Json {
    let drift = |actions: Json| {
        json!([{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "change": {"actions": actions, "before": before, "after": after, "after_unknown": {},
                       "before_sensitive": {}, "after_sensitive": {}}}])
    };
    let resources = match after {
        Json::Null => json!([]),
        values => json!([{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon", "name": "agent",
            "schema_version": 0, "values": values, "sensitive_values": {}}]),
    };
    let mut plan = json!({
        "format_version": "1.2", "terraform_version": "1.15.5", "planned_values": {"root_module": {}}, "errored": false,
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": resources}}},
    });
    if before != after {
        let actions = if after.is_null() {
            json!(["delete"])
        } else {
            json!(["update"])
        };
        plan["resource_drift"] = drift(actions);
    }
    plan
}

/// The plan that follows a refresh which found the daemon gone.
pub(crate) fn create_again(made: &Made) -> Json {
    let mut document = refresh_only(&made.state, &Json::Null);
    let mut after = made.state.clone();
    let unknown = json!({"arn": true, "deployment_arn": true});
    for attribute in ["arn", "deployment_arn"] {
        after.as_object_mut().unwrap().remove(attribute);
    }
    document["resource_changes"] = json!([{"address": "ecs_daemon.agent", "mode": "managed", "type": "ecs_daemon",
        "name": "agent", "change": {"actions": ["create"], "before": null, "after": after, "after_unknown": unknown,
                                    "before_sensitive": false, "after_sensitive": {}}}]);
    document
}

/// A plan after a refresh that took a deletion into the state: nothing tells the daemon from a new one.
pub(crate) fn create(made: &Made) -> Json {
    let mut document = create_again(made);
    document.as_object_mut().unwrap().remove("resource_drift");
    document
}

/// A plan that knows an attribute only after its apply, and whose refresh found it changed.
pub(crate) fn known_after_apply(made: &Made, attribute: &str, live: &Json) -> Json {
    let mut refreshed = made.state.clone();
    refreshed[attribute] = live.clone();
    let mut after = refreshed.clone();
    after.as_object_mut().unwrap().remove(attribute);
    let mut document = refresh_only(&made.state, &refreshed);
    document["resource_changes"] = plan(&refreshed, &after, &json!({(attribute): true}))["resource_changes"].take();
    document
}
