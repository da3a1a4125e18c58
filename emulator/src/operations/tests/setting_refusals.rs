//! Settings of accounts and clusters, and attributes of instances: refusals, and what holds for whom.

use insta::assert_snapshot;
use serde_json::{Value, json};

use super::refusals::refusals;
use crate::api::View;
use crate::knobs::Knobs;
use crate::world::tests::lab::Lab;

#[test]
fn account_setting_refusals() {
    let mut lab = Lab::new(1, Knobs::default());
    lab.ok(
        "PutAccountSettingDefault",
        json!({ "name": "containerInsights", "value": "enhanced" }),
    );
    let setting = |name: &str, value: &str| json!({ "name": name, "value": value });
    let of = |principal: &str| json!({ "name": "awsvpcTrunking", "value": "enabled", "principalArn": principal });
    let put = "PutAccountSetting";
    let calls = [
        ("bad value", put, setting("awsvpcTrunking", "on")),
        (
            "bad word of a switch",
            put,
            setting("tagResourceAuthorization", "enabled"),
        ),
        ("bad days", put, setting("fargateTaskRetirementWaitPeriod", "8")),
        ("short ARNs", put, setting("taskLongArnFormat", "disabled")),
        ("managed by AWS", put, setting("guardDutyActivate", "on")),
        ("other account", put, of("arn:aws:iam::111122223333:root")),
        ("no principal", put, of("arn:aws:iam::123456789012:group/all")),
        (
            "bad value",
            "PutAccountSettingDefault",
            setting("containerInsights", "on"),
        ),
        (
            "short ARNs",
            "PutAccountSettingDefault",
            setting("serviceLongArnFormat", "disabled"),
        ),
        (
            "value without name",
            "ListAccountSettings",
            json!({ "value": "enabled" }),
        ),
        ("long page", "ListAccountSettings", json!({ "maxResults": 11 })),
        (
            "other account",
            "ListAccountSettings",
            json!({ "principalArn": "arn:aws:iam::111122223333:root" }),
        ),
        (
            "not set",
            "DeleteAccountSetting",
            json!({ "name": "containerInsights" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    PutAccountSetting, bad value: InvalidParameterException: Invalid setting 'value'
    PutAccountSetting, bad word of a switch: InvalidParameterException: Invalid setting 'value'
    PutAccountSetting, bad days: InvalidParameterException: Invalid setting 'value'
    PutAccountSetting, short ARNs: InvalidParameterException: You can no longer disable Long Arn settings
    PutAccountSetting, managed by AWS: InvalidParameterException: The account setting guardDutyActivate is managed by AWS.
    PutAccountSetting, other account: InvalidParameterException: The principal arn:aws:iam::111122223333:root is no user, role or root user of this account.
    PutAccountSetting, no principal: InvalidParameterException: The principal arn:aws:iam::123456789012:group/all is no user, role or root user of this account.
    PutAccountSettingDefault, bad value: InvalidParameterException: Invalid setting 'value'
    PutAccountSettingDefault, short ARNs: InvalidParameterException: You can no longer disable Long Arn settings
    ListAccountSettings, value without name: InvalidParameterException: Specify the name of the account setting whose value is given.
    ListAccountSettings, long page: InvalidParameterException: maxResults must be between 1 and 10.
    ListAccountSettings, other account: InvalidParameterException: The principal arn:aws:iam::111122223333:root is no user, role or root user of this account.
    DeleteAccountSetting, not set: InvalidParameterException: The account setting containerInsights is not set for arn:aws:iam::123456789012:user/emulator.
    ");
}

/// The settings that a call lists, as `name=value`.
fn listed(lab: &mut Lab, body: Value) -> String {
    let answer = lab.ok("ListAccountSettings", body);
    let settings = answer["settings"].as_array().unwrap().iter();
    let each = |setting: &Value| {
        let text = |member: &str| setting[member].as_str().unwrap().to_owned();
        format!("{}={}", text("name"), text("value"))
    };
    settings.map(each).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_nearest_setting_holds() {
    let mut lab = Lab::new(1, Knobs::default());
    let mut check = |operation: &str, value: &str, expected: &str| {
        let mut body = json!({ "name": "containerInsights" });
        if !value.is_empty() {
            body["value"] = value.into();
        }
        if !operation.is_empty() {
            lab.ok(operation, body);
        }
        let name = json!({ "name": "containerInsights" });
        let holds = json!({ "name": "containerInsights", "effectiveSettings": true });
        let found = format!("own [{}] holds [{}]", listed(&mut lab, name), listed(&mut lab, holds));
        assert_eq!(found, expected, "after {operation} {value}");
    };
    check("", "", "own [] holds [containerInsights=disabled]");
    check(
        "PutAccountSettingDefault",
        "enhanced",
        "own [] holds [containerInsights=enhanced]",
    );
    check(
        "PutAccountSetting",
        "enabled",
        "own [containerInsights=enabled] holds [containerInsights=enabled]",
    );
    check(
        "PutAccountSettingDefault",
        "disabled",
        "own [containerInsights=enabled] holds [containerInsights=enabled]",
    );
    check("DeleteAccountSetting", "", "own [] holds [containerInsights=disabled]");
}

#[test]
fn all_settings_take_two_pages_and_stale_readers_miss_the_latest() {
    let mut lab = Lab::new(1, Knobs::default());
    let first = lab.ok("ListAccountSettings", json!({ "effectiveSettings": true }));
    assert_eq!(first["settings"].as_array().map(Vec::len), Some(10));
    let rest = listed(
        &mut lab,
        json!({ "effectiveSettings": true, "nextToken": first["nextToken"] }),
    );
    assert_eq!(rest, "taskLongArnFormat=enabled");
    lab.ok(
        "PutAccountSetting",
        json!({ "name": "awsvpcTrunking", "value": "enabled" }),
    );
    let stale = lab.try_call("ListAccountSettings", json!({}), View::Stale).unwrap();
    assert_eq!(stale["settings"], json!([]));
    assert_eq!(listed(&mut lab, json!({})), "awsvpcTrunking=enabled");
}

#[test]
fn a_cluster_takes_the_setting_of_the_account_when_it_is_created() {
    let mut lab = Lab::new(1, Knobs::default());
    let own = json!([{ "name": "containerInsights", "value": "enabled" }]);
    assert_eq!(insights(&mut lab, json!({ "clusterName": "before" })), "disabled");
    lab.ok(
        "PutAccountSettingDefault",
        json!({ "name": "containerInsights", "value": "enhanced" }),
    );
    assert_eq!(insights(&mut lab, json!({ "clusterName": "before" })), "disabled");
    assert_eq!(insights(&mut lab, json!({ "clusterName": "after" })), "enhanced");
    assert_eq!(
        insights(&mut lab, json!({ "clusterName": "own", "settings": own })),
        "enabled"
    );
}

/// The setting of a cluster that is created, or is there.
fn insights(lab: &mut Lab, body: Value) -> String {
    let cluster = lab.ok("CreateCluster", body)["cluster"].take();
    cluster["settings"][0]["value"].as_str().unwrap().to_owned()
}

#[test]
fn cluster_refusals() {
    let lab = Lab::with_fleet(1, Knobs::default(), 1);
    let settings =
        |name: &str, value: &str| json!({ "cluster": "main", "settings": [{ "name": name, "value": value }] });
    let calls = [
        ("unknown", "UpdateCluster", json!({ "cluster": "nowhere" })),
        ("bad value", "UpdateCluster", settings("containerInsights", "on")),
        (
            "unknown",
            "UpdateClusterSettings",
            json!({ "cluster": "nowhere", "settings": [] }),
        ),
        (
            "bad value",
            "UpdateClusterSettings",
            settings("containerInsights", "on"),
        ),
        (
            "no value",
            "UpdateClusterSettings",
            json!({ "cluster": "main", "settings": [{ "name": "containerInsights" }] }),
        ),
        (
            "none",
            "UpdateClusterSettings",
            json!({ "cluster": "main", "settings": [] }),
        ),
        (
            "bad value",
            "CreateCluster",
            json!({ "clusterName": "x", "settings": [{ "name": "containerInsights", "value": "on" }] }),
        ),
        (
            "unknown namespace",
            "ListServicesByNamespace",
            json!({ "namespace": "apps" }),
        ),
        (
            "unknown cluster",
            "DiscoverPollEndpoint",
            json!({ "cluster": "nowhere" }),
        ),
        (
            "unknown instance",
            "DiscoverPollEndpoint",
            json!({ "cluster": "main", "containerInstance": "0" }),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    UpdateCluster, unknown: ClusterNotFoundException: Cluster not found.
    UpdateCluster, bad value: InvalidParameterException: Invalid setting 'value'
    UpdateClusterSettings, unknown: ClusterNotFoundException: Cluster not found.
    UpdateClusterSettings, bad value: InvalidParameterException: Invalid setting 'value'
    UpdateClusterSettings, no value: InvalidParameterException: The cluster setting containerInsights needs a value.
    UpdateClusterSettings, none: InvalidParameterException: Specify at least one cluster setting.
    CreateCluster, bad value: InvalidParameterException: Invalid setting 'value'
    ListServicesByNamespace, unknown namespace: NamespaceNotFoundException: The specified namespace wasn't found.
    DiscoverPollEndpoint, unknown cluster: InvalidParameterException: Cluster not found.
    DiscoverPollEndpoint, unknown instance: InvalidParameterException: The container instance 0 was not found.
    ");
}

#[test]
fn attribute_refusals() {
    let mut lab = Lab::with_fleet(1, Knobs::default(), 1);
    let instances = lab.ok("ListContainerInstances", json!({ "cluster": "main" }));
    let arn = instances["containerInstanceArns"][0].as_str().unwrap().to_owned();
    let id = crate::records::arn::last_part(&arn).to_owned();
    let attribute = |name: &str, value: &str| json!({ "name": name, "value": value, "targetId": arn });
    let put = |attributes: Vec<Value>| json!({ "cluster": "main", "attributes": attributes });
    let ten: Vec<Value> = (0..10).map(|n| attribute(&format!("a{n}"), "x")).collect();
    lab.ok("PutAttributes", put(ten.clone()));
    let calls = [
        (
            "unknown cluster",
            "PutAttributes",
            json!({ "cluster": "nowhere", "attributes": [] }),
        ),
        ("none", "PutAttributes", put(vec![])),
        ("bad name", "PutAttributes", put(vec![attribute("a b", "x")])),
        ("bad value", "PutAttributes", put(vec![attribute("a", " x")])),
        ("no target", "PutAttributes", put(vec![json!({ "name": "a" })])),
        (
            "id without type",
            "PutAttributes",
            put(vec![json!({ "name": "a", "targetId": id })]),
        ),
        (
            "unknown target",
            "PutAttributes",
            put(vec![
                json!({ "name": "a", "targetId": "0", "targetType": "container-instance" }),
            ]),
        ),
        ("eleven", "PutAttributes", put(vec![attribute("b", "x")])),
        (
            "value without name",
            "ListAttributes",
            json!({ "cluster": "main", "targetType": "container-instance", "attributeValue": "x" }),
        ),
        (
            "unknown cluster",
            "ListAttributes",
            json!({ "cluster": "nowhere", "targetType": "container-instance" }),
        ),
        ("none", "DeleteAttributes", put(vec![])),
        (
            "unknown target",
            "DeleteAttributes",
            put(vec![json!({ "name": "a", "targetId": format!("{arn}0") })]),
        ),
    ];
    assert_snapshot!(refusals(&lab, &calls), @r"
    PutAttributes, unknown cluster: ClusterNotFoundException: Cluster not found.
    PutAttributes, none: InvalidParameterException: Specify 1 to 10 attributes.
    PutAttributes, bad name: InvalidParameterException: The name of an attribute has 1 to 128 letters, digits and characters of -_/\. only.
    PutAttributes, bad value: InvalidParameterException: The value of the attribute a has 1 to 128 letters, digits and characters of -_.@/\: and spaces inside only.
    PutAttributes, no target: InvalidParameterException: An attribute needs a targetId.
    PutAttributes, id without type: InvalidParameterException: The target eabd1a4c519f850c6b0c18d50856de1e is no ARN: specify its targetType.
    PutAttributes, unknown target: TargetNotFoundException: The target 0 was not found.
    PutAttributes, eleven: AttributeLimitExceededException: A container instance has at most 10 custom attributes.
    ListAttributes, value without name: InvalidParameterException: Specify the attributeName whose attributeValue is given.
    ListAttributes, unknown cluster: ClusterNotFoundException: Cluster not found.
    DeleteAttributes, none: InvalidParameterException: Specify 1 to 10 attributes.
    DeleteAttributes, unknown target: TargetNotFoundException: The target arn:aws:ecs:eu-central-1:123456789012:container-instance/main/eabd1a4c519f850c6b0c18d50856de1e0 was not found.
    ");
    let changed = lab.ok("PutAttributes", put(vec![attribute("a1", "other")]));
    assert_eq!(
        changed["attributes"][0]["value"], "other",
        "one that is there is replaced"
    );
}
