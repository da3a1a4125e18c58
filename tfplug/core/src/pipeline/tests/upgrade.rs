//! Stored state of this version, of older and of newer ones.

use crate::{
    Resource,
    pipeline::{upgrade, upgrade_identity},
    test_support::{
        literal::{show, show_present},
        sample::Sample,
    },
};

fn check(version: i64, raw: &str) -> String {
    match upgrade(&Sample::new(), version, &raw.parse().unwrap()) {
        Ok(state) => show_present(&state),
        Err(messages) => messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn the_same_version_tolerates_other_attributes() {
    let raw = r#"{
        "name": "n", "size": 9007199254740993, "gone": [1], "zones": ["z"],
        "container": [{ "name": "c", "gone": true }], "variable": null
    }"#;
    insta::assert_snapshot!(check(2, raw), @r#"{ container = [{ name = "c" }], name = "n", size = 9007199254740993, zones = <"z"> }"#);
    let state = upgrade(&Sample::new(), 2, &"{}".parse().unwrap()).unwrap();
    assert_eq!(state, Sample::new().schema().block.empty_config());
}

#[test]
fn older_versions_go_through_the_resource() {
    insta::assert_snapshot!(check(0, r#"{ "name": "n", "count": 4 }"#), @r#"{ name = "n", size = 4 }"#);
    insta::assert_snapshot!(check(1, r#"{ "name": "n", "count": 4 }"#), @r#"{ name = "n" }"#);
}

#[test]
fn what_cannot_be_read() {
    insta::assert_snapshot!(check(3, "{}"), @"error: Stored state is newer than the provider: The state of test_sample was written by schema version 3; this provider knows versions up to 2. Use the provider version that wrote it, or one newer than that.");
    insta::assert_snapshot!(check(2, "null"), @"error: Unable to read stored state: The stored state of test_sample has no attributes.");
    insta::assert_snapshot!(check(2, r#"{ "container": [{ "cpu": [] }] }"#), @"error: Unable to read stored state (at container[0].cpu): The stored state of test_sample does not fit its schema: container[0].cpu: expected number, got an array.");
}

#[test]
fn identities() {
    let sample = Sample::new();
    let schema = sample.identity_schema().unwrap();
    let check = |version, raw: &str| match upgrade_identity("test_sample", schema, version, &raw.parse().unwrap()) {
        Ok(identity) => show(&identity),
        Err(messages) => messages.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    };
    insta::assert_snapshot!(check(0, r#"{ "arn": "A", "gone": 1 }"#), @r#"{ arn = "A" }"#);
    insta::assert_snapshot!(check(1, r#"{ "arn": "A" }"#), @"error: Stored identity is newer than the provider: The identity of test_sample was written by schema version 1; this provider knows versions up to 0. Use the provider version that wrote it, or one newer than that.");
    insta::assert_snapshot!(check(0, r#"{ "arn": [] }"#), @"error: Unable to read stored identity: The stored identity of test_sample does not fit its schema: arn: expected string, got an array.");
}
