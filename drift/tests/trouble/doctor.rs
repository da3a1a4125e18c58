//! The words of `doctor` about a policy: as text, whole, and as JSON by its published schema.

use std::fs;

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{ACCOUNT, drift, served::Served, told};

/// Text and exit code of a world in which these are denied, with or without the input.
fn check(name: &str, denied: &[(&str, &str)], has_input: bool, code: i32) {
    let served = Served::new(&[("prod", 1)]);
    for (operation, resource) in denied {
        served.fault(
            &json!({"operation": operation, "resource": resource, "count": null, "effect": {"error": {
            "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
        );
    }
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let endpoint = served.endpoint();
    let mut arguments = vec!["doctor", "--endpoint-url", &endpoint];
    arguments.extend(has_input.then_some("state.json"));
    let output = drift(folder.path(), Some(ACCOUNT), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{name}\n{}", told(&output));
    insta::assert_snapshot!(format!("doctor_{name}"), told(&output));
    arguments.push("--json");
    let output = drift(folder.path(), Some(ACCOUNT), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{name}, as JSON");
    expect_by_schema(&serde_json::from_slice(&output.stdout).unwrap());
}

fn expect_by_schema(document: &Json) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../schemas/ecs-drift-doctor.schema.json");
    let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut broken = document.clone();
    broken["checks"][0]["outcome"] = Json::from("fine");
    assert!(!validator.is_valid(&broken), "the schema knows the outcomes");
}

#[test]
fn a_policy_is_judged_by_what_was_asked() {
    check("allowed", &[], false, 0);
    check("allowed_input", &[], true, 0);
    let of_nobody = "*:daemon/ecs-drift-doctor/*";
    // A policy for the daemons of one cluster.
    let certain = [("DescribeDaemon", of_nobody), ("ListDaemonDeployments", of_nobody)];
    check("certain_arns", &certain, false, 4);
    check("certain_arns_and_input", &certain, true, 0);
    check("denied_input", &[("DescribeDaemon", "*")], true, 1);
}
