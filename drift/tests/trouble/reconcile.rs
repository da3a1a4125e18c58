//! `reconcile` as a process: the plan in its forms, what it calls, and what it refuses to begin with.

use std::{fs, path::Path, process::Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{ACCOUNT, Served, drift, told};

/// A folder with the state of an estate in which some daemons are wanted with another setting.
pub(crate) fn drifted(served: &Served, wanted: &[usize]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut state = served.state();
    for place in wanted {
        state["values"]["root_module"]["resources"][*place]["values"]["enable_execute_command"] = json!(true);
    }
    fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
    folder
}

pub(crate) fn reconcile(folder: &Path, served: &Served, more: &[&str]) -> Output {
    let endpoint = served.endpoint();
    let mut arguments = vec!["reconcile", "--endpoint-url", &endpoint];
    arguments.extend(more);
    drift(folder, Some(ACCOUNT), &arguments).output().unwrap()
}

#[test]
fn a_plan_is_told_in_every_form_and_nothing_but_reading_is_called() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    let folder = drifted(&served, &[1, 2]);
    let before = served.operations().len();
    let forms = [
        "-o",
        "text",
        "-o",
        "markdown=plan.md",
        "-o",
        "json=same.json",
        "--plan-out",
        "plan.json",
        "state.json",
    ];
    let output = reconcile(folder.path(), &served, &forms);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    insta::assert_snapshot!("reconcile_text", told(&output));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let plan: Json = serde_json::from_str(&read("plan.json")).unwrap();
    let markdown = read("plan.md").replace(plan["digest"].as_str().unwrap(), "DIGEST");
    insta::assert_snapshot!("reconcile_markdown", markdown);
    assert_eq!(read("plan.json"), read("same.json"));
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/ecs-drift-plan.schema.json");
    let schema: Json = serde_json::from_str(&fs::read_to_string(schema).unwrap()).unwrap();
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&plan).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    for operation in served.operations().into_iter().skip(before) {
        let reads = ["Describe", "List", "GetCallerIdentity"];
        assert!(
            reads.iter().any(|read| operation.starts_with(read)),
            "a plan called {operation}"
        );
    }
}

#[test]
fn filters_and_limits_choose() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    let folder = drifted(&served, &[0, 1, 2]);
    let check = |more: &[&str], expected: &[&str], refused: usize| {
        let mut arguments = vec!["-o", "json", "state.json"];
        arguments.extend(more);
        let output = reconcile(folder.path(), &served, &arguments);
        let plan: Json = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", told(&output)));
        let name = |repair: &Json| {
            format!(
                "{}/{}",
                repair["cluster"].as_str().unwrap(),
                repair["name"].as_str().unwrap()
            )
        };
        let repairs: Vec<String> = plan["repairs"].as_array().unwrap().iter().map(name).collect();
        assert_eq!(repairs, expected, "{more:?}");
        assert_eq!(plan["refused"].as_array().unwrap().len(), refused, "{more:?}");
    };
    check(&[], &["one/agent-0", "one/agent-1", "two/agent-0"], 0);
    check(&["--cluster", "t*"], &["two/agent-0"], 0);
    check(&["--daemon", "*-1"], &["one/agent-1"], 0);
    check(&["--daemon", "one/*", "--max-daemons", "1"], &["one/agent-0"], 1);
    check(
        &["--cause", "never-applied"],
        &["one/agent-0", "one/agent-1", "two/agent-0"],
        0,
    );
    check(&["--cause", "default-revert"], &[], 0);
    check(&["--setting", "deployment_configuration.*"], &[], 0);
    check(&["--setting", "*execute*", "--cluster", "two"], &["two/agent-0"], 0);
}

#[test]
fn what_is_wrong_is_said_before_anything_is_called() {
    let served = Served::new(&[("one", 1)]);
    let folder = drifted(&served, &[0]);
    let before = served.operations().len();
    let check = |more: &[&str], expected: &str| {
        let output = reconcile(folder.path(), &served, more);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(expected), "{told}");
    };
    check(
        &["--cause", "reset", "state.json"],
        "`reset` is no cause; the causes are wrong-account, unreadable",
    );
    check(
        &["-o", "sarif", "state.json"],
        "`sarif` is no form of a plan; the forms are text, json, markdown",
    );
    check(
        &["-o", "text", "-o", "json", "state.json"],
        "Several forms of the plan go to standard output",
    );
    check(&["--max-daemons", "0", "state.json"], "--max-daemons");
    check(&["--max-instances=-1", "state.json"], "--max-instances");
    check(
        &["--plan-out", "state.json", "state.json"],
        "`state.json` would overwrite `state.json`",
    );
    check(
        &["--plan-out", "plan", "-o", "json=plan", "state.json"],
        "`plan` would overwrite `plan`",
    );
    check(
        &["--plan-out", "no/such/plan", "state.json"],
        "Plan cannot be written: no/such/plan",
    );
    assert_eq!(served.operations().len(), before);
}
