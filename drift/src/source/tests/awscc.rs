//! States and plans of hashicorp/awscc.

use super::*;

/// The attributes that hashicorp/awscc leaves in a state: those of CloudFormation.
fn of_awscc() -> Value {
    json!({
        "daemon_arn": ARN, "daemon_name": "agent", "cluster_arn": null, "daemon_task_definition_arn": DEFINITION,
        "capacity_provider_arns": [FLEET], "enable_ecs_managed_tags": true, "enable_execute_command": null,
        "propagate_tags": null, "deployment_arn": DEPLOYMENT, "daemon_status": "ACTIVE",
        "deployment_configuration": {"drain_percent": 10, "bake_time_in_minutes": null, "alarms": null},
        "tags": [{"key": "a", "value": "1"}],
    })
}

#[test]
fn a_daemon_of_awscc_is_read_under_its_own_names() {
    const AWSCC: &str = "awscc_ecs_daemon";
    let mut shown = shown(AWSCC, &of_awscc());
    let resource = &mut shown["values"]["root_module"]["child_modules"][0]["resources"][0];
    resource["schema_version"] = json!(1);
    resource["sensitive_values"] = json!({"daemon_name": true, "tags": [{"value": true}]});
    let mut raw = raw(AWSCC, &of_awscc());
    raw["resources"][0]["instances"][0]["schema_version"] = json!(1);
    let change = json!({"actions": ["no-op"], "before": of_awscc(), "after": of_awscc(), "after_unknown": {}});
    let plan = json!({"format_version": "1.2", "planned_values": {}, "resource_changes": [
        {"address": "awscc_ecs_daemon.agent", "mode": "managed", "type": AWSCC, "name": "agent", "change": change}]});
    for document in [&shown, &raw, &plan] {
        let wanted = only(document);
        assert_eq!(wanted.arn.to_string(), ARN);
        let datum = |setting| wanted.datum(setting).map(|value| value.expose().clone());
        assert_eq!(datum(Setting::DrainPercent), Some(Datum::Number(10.0)));
        assert_eq!(datum(Setting::ManagedTags), Some(Datum::Flag(true)));
        assert_eq!(wanted.want(Setting::BakeTime), Some(&Want::ImplicitDefault));
        assert_eq!(
            wanted.want(Setting::Critical),
            None,
            "this version has no such attribute"
        );
        assert_eq!((wanted.defaults_are_meant, wanted.deployment_is_own), (false, false));
        let tags = wanted
            .tags
            .as_ref()
            .map(|tags| tags.expose().keys().cloned().collect::<Vec<_>>());
        assert_eq!(tags, Some(vec!["a".to_owned()]));
    }
    let is_hidden = |document: &Value| only(document).tags.unwrap().shown().is_none();
    assert!(is_hidden(&shown), "a mark in the list is of all tags");
    assert!(is_hidden(&raw));
    assert!(!is_hidden(&plan));
    let mut newer = of_awscc();
    newer["critical"] = json!(false);
    let wanted = only(&self::shown(AWSCC, &newer));
    assert_eq!(
        wanted.datum(Setting::Critical).map(|value| value.expose().clone()),
        Some(Datum::Flag(false))
    );
    raw["resources"][0]["instances"][0]["schema_version"] = json!(2);
    let error = read("state", raw.to_string().as_bytes(), STRICT).unwrap_err();
    assert!(error.detail.contains("reads 1 only"), "{}", error.detail);
}
