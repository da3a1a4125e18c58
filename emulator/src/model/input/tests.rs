//! The checker, case by case: body in, what the operation sees or the refusal out.

use super::{check_input, parse_body};
use crate::model::Model;

/// A body on its way to an operation: the members that are left, or the refusal.
fn check(operation: &str, body: &str) -> String {
    let model = Model::embedded().expect("the committed extract parses");
    let shape = &model
        .operation(operation)
        .expect("the operation is in the extract")
        .input;
    match parse_body(body.as_bytes()).and_then(|members| check_input(model, shape, members)) {
        Ok(members) => serde_json::to_string(&members).expect("a map can be written"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn bodies_that_are_no_json_objects() {
    insta::assert_snapshot!(check("DescribeDaemon", r#"{"daemonArn": "#), @"SerializationException: the body is not valid JSON: EOF while parsing a value at line 1 column 14");
    insta::assert_snapshot!(check("DescribeDaemon", "[1]"), @"SerializationException: the body must be a JSON object, found a list");
    insta::assert_snapshot!(check("ListClusters", ""), @"{}");
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200));
    assert!(
        check("ListClusters", &deep).starts_with("SerializationException"),
        "nesting is limited"
    );
}

#[test]
fn unknown_members_nulls_and_duplicates() {
    insta::assert_snapshot!(
        check("DescribeDaemon", r#"{"daemonArn": "a", "daemonArn": "b", "futureMember": 1}"#),
        @r#"{"daemonArn":"b"}"#
    );
    insta::assert_snapshot!(check("CreateCluster", r#"{"clusterName": null, "tags": [null, {"key": "k"}]}"#), @r#"{"tags":[{"key":"k"}]}"#);
}

#[test]
fn wrong_kinds() {
    insta::assert_snapshot!(check("DescribeDaemon", r#"{"daemonArn": 5}"#), @"SerializationException: daemonArn: expected a string, found a number");
    insta::assert_snapshot!(
        check("CreateDaemon", r#"{"capacityProviderArns": ["a", {}]}"#),
        @"SerializationException: capacityProviderArns[1]: expected a string, found an object"
    );
    insta::assert_snapshot!(
        check("CreateDaemon", r#"{"deploymentConfiguration": {"bakeTimeInMinutes": 1.5}}"#),
        @"SerializationException: deploymentConfiguration.bakeTimeInMinutes: expected an integer, found 1.5"
    );
    insta::assert_snapshot!(
        check("ListDaemons", r#"{"maxResults": 99999999999}"#),
        @"SerializationException: maxResults: 99999999999 does not fit a 32-bit integer"
    );
    insta::assert_snapshot!(check("CreateDaemon", r#"{"critical": "true"}"#), @"SerializationException: critical: expected a boolean, found a string");
}

#[test]
fn broken_constraints() {
    insta::assert_snapshot!(
        check("CreateDaemon", r#"{"daemonName": "agent"}"#),
        @"InvalidParameterException: Invalid parameter: 'daemonTaskDefinitionArn' is required; Invalid parameter: 'capacityProviderArns' is required"
    );
    insta::assert_snapshot!(
        check("UpdateDaemon", r#"{"daemonArn": "a", "daemonTaskDefinitionArn": "t", "capacityProviderArns": [],
            "deploymentConfiguration": {"drainPercent": 100.5}, "propagateTags": "SERVICE"}"#),
        @"InvalidParameterException: Invalid parameter: 'deploymentConfiguration.drainPercent' must be between 0 and 100, but is 100.5; Invalid parameter: 'propagateTags' must be one of DAEMON, NONE, but is 'SERVICE'"
    );
    insta::assert_snapshot!(
        check("RegisterDaemonTaskDefinition", r#"{"family": "f", "containerDefinitions": [{"name": "a"}]}"#),
        @"InvalidParameterException: Invalid parameter: 'containerDefinitions[0].image' is required"
    );
    insta::assert_snapshot!(
        check("TagResource", r#"{"resourceArn": "a", "tags": [{"key": "", "value": "v"}]}"#),
        @"InvalidParameterException: Invalid parameter: 'tags[0].key' must have between 1 and 128 characters, but has 0"
    );
    insta::assert_snapshot!(
        check("TagResource", r#"{"resourceArn": "a", "tags": [{"key": "k", "value": "{}"}]}"#),
        @"InvalidParameterException: Invalid parameter: 'tags[0].value' must match the pattern ^(?:([\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*))$"
    );
}
