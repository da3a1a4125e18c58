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

/// Calls of `UpdateDaemon` so far.
fn updates(served: &Served) -> usize {
    served.calls("UpdateDaemon")
}

/// A folder with a saved plan for daemons that drifted.
fn saved(served: &Served, wanted: &[usize]) -> TempDir {
    let folder = drifted(served, wanted);
    let output = reconcile(folder.path(), served, &["--plan-out", "plan.json", "state.json"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    folder
}

const APPLY: [&str; 5] = ["--apply", "--plan", "plan.json", "--poll", "50ms"];

pub(crate) fn validator(name: &str) -> jsonschema::Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../schemas/ecs-drift-{name}.schema.json"));
    let schema: Json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
}

#[test]
fn a_saved_plan_is_carried_out_and_a_second_scan_is_clean() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    let folder = saved(&served, &[0, 2]);
    let mut arguments = APPLY.to_vec();
    arguments.extend([
        "--audit",
        "audit.ndjson",
        "-o",
        "text",
        "-o",
        "json=result.json",
        "-o",
        "markdown=result.md",
    ]);
    let output = reconcile(folder.path(), &served, &arguments);
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    insta::assert_snapshot!("reconcile_applied", String::from_utf8(output.stdout.clone()).unwrap());
    assert_eq!(updates(&served), 2);
    let result: Json = serde_json::from_str(&fs::read_to_string(folder.path().join("result.json")).unwrap()).unwrap();
    let wrong: Vec<String> = validator("result")
        .iter_errors(&result)
        .map(|error| error.to_string())
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let audit = fs::read_to_string(folder.path().join("audit.ndjson")).unwrap();
    let audit: Vec<Json> = audit.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let schema = validator("audit");
    assert!(audit.iter().all(|line| schema.is_valid(line)), "{audit:#?}");
    for daemon in ["daemon/one/agent-0", "daemon/two/agent-0"] {
        let own = audit
            .iter()
            .filter(|line| line["daemon"].as_str().unwrap().ends_with(daemon));
        let events: Vec<&str> = own.map(|line| line["event"].as_str().unwrap()).collect();
        assert_eq!(events, ["decided", "sending", "sent", "ended"], "{daemon}");
    }
    let endpoint = served.endpoint();
    let scan = drift(
        folder.path(),
        Some(ACCOUNT),
        &["scan", "--endpoint-url", &endpoint, "state.json"],
    )
    .output()
    .unwrap();
    assert_eq!(scan.status.code(), Some(0), "{}", told(&scan));
    // The same plan once more finds that everything is done.
    let again = reconcile(folder.path(), &served, &APPLY);
    assert_eq!(again.status.code(), Some(3), "{}", told(&again));
    assert_eq!(updates(&served), 2);
}

#[test]
fn without_a_plan_it_asks_or_needs_to_be_told() {
    let served = Served::new(&[("one", 1)]);
    let folder = drifted(&served, &[0]);
    let before = served.operations().len();
    let output = reconcile(folder.path(), &served, &["--apply", "state.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("No terminal to ask on: `--apply` asks"),
        "{}",
        told(&output)
    );
    assert_eq!(served.operations().len(), before);
    let output = reconcile(
        folder.path(),
        &served,
        &["--apply", "--yes", "--poll", "50ms", "state.json"],
    );
    assert_eq!(output.status.code(), Some(3), "{}", told(&output));
    assert_eq!(updates(&served), 1);
    let output = reconcile(folder.path(), &served, &["--apply", "--yes", "state.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
}

#[test]
fn a_plan_that_is_not_what_was_made_is_refused_and_nothing_is_sent() {
    let served = Served::new(&[("one", 1)]);
    let folder = saved(&served, &[0]);
    let text = fs::read_to_string(folder.path().join("plan.json")).unwrap();
    let check = |text: &str, more: &[&str], expected: &str| {
        fs::write(folder.path().join("plan.json"), text).unwrap();
        let mut arguments = APPLY.to_vec();
        arguments.extend(more);
        let output = reconcile(folder.path(), &served, &arguments);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(told.contains(expected), "{told}");
    };
    check(
        &text.replace("\"agent-0\"", "\"agent-1\""),
        &[],
        "Invalid repair plan: plan.json: its content is not that of its `digest`",
    );
    check(
        &text.replace("\"1.0\"", "\"2.0\""),
        &[],
        "it is no repair plan of version 1.0",
    );
    check(&text[..text.len() / 2], &[], "Invalid repair plan: plan.json: ");
    check("{}", &[], "it has no `schema_version`");
    check(&text, &["--region", "us-east-1"], "Plan of another region");
    check(&text, &["--max-instances", "3"], "cannot be used with");
    check(&text, &["state.json"], "cannot be used with");
    check(
        &text,
        &["--audit", "plan.json"],
        "`plan.json` would overwrite `plan.json`",
    );
    check(&text, &["--audit", "no/such/file"], "no/such/file");
    let endpoint = served.endpoint();
    let mut arguments = vec!["reconcile", "--endpoint-url", &endpoint];
    arguments.extend(APPLY);
    let output = drift(folder.path(), Some("210987654321"), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        told(&output).contains("Plan of another account: The plan repairs arn:aws:ecs"),
        "{}",
        told(&output)
    );
    assert_eq!(updates(&served), 0);
}

#[test]
fn one_that_may_not_be_updated_hides_no_other_and_names_the_action() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    let folder = saved(&served, &[0, 1, 2]);
    served.fault(
        &json!({"operation": "UpdateDaemon", "resource": "*:daemon/two/*", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    let mut arguments = APPLY.to_vec();
    arguments.extend(["--max-failures", "2"]);
    let output = reconcile(folder.path(), &served, &arguments);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("2 repaired, 1 failed") && told.contains("`ecs:UpdateDaemon`"),
        "{told}"
    );
}

#[test]
fn a_full_disk_keeps_the_call_from_being_made() {
    let served = Served::new(&[("one", 1)]);
    let folder = saved(&served, &[0]);
    let mut arguments = APPLY.to_vec();
    arguments.extend(["--audit", "/dev/full"]);
    let output = reconcile(folder.path(), &served, &arguments);
    let told = told(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.contains("The audit could not be written: No space left on device"),
        "{told}"
    );
    assert_eq!(updates(&served), 0);
}

#[test]
fn an_interrupt_begins_nothing_more_and_says_what_goes_on() {
    let served = Served::new(&[("one", 2)]);
    let folder = saved(&served, &[0, 1]);
    served.fault(&json!({"operation": "UpdateDaemon", "count": null, "effect": {"slow": {"seconds": 3}}}));
    let endpoint = served.endpoint();
    let mut arguments = vec!["reconcile", "--endpoint-url", &endpoint, "--concurrency", "1"];
    arguments.extend(APPLY);
    let child = drift(folder.path(), Some(ACCOUNT), &arguments)
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    served.wait_for("UpdateDaemon", 1);
    let sent = std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let told = told(&output);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(
        told.contains("goes on in ECS") && told.contains("1 not begun"),
        "{told}"
    );
    assert_eq!(updates(&served), 1);
}
