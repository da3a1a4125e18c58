//! `watch` as a process: what is named, what is told, and how it ends.

use std::{
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use super::{
    ACCOUNT, Served, drift,
    reconcile::{drifted, validator},
    told,
};

fn watch(folder: &Path, served: &Served, more: &[&str]) -> Output {
    let endpoint = served.endpoint();
    let mut arguments = vec!["watch", "--endpoint-url", &endpoint, "--poll", "20ms"];
    arguments.extend(more);
    drift(folder, Some(ACCOUNT), &arguments).output().unwrap()
}

/// The lines of a stream, each of which is as its schema says.
fn lines(output: &Output) -> Vec<Json> {
    let schema = validator("watch");
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    let lines: Vec<Json> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let wrong: Vec<String> = schema.iter_errors(line).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{wrong:#?}\n{line:#}");
    }
    lines
}

fn arn(path: &str) -> String {
    format!("arn:aws:ecs:eu-central-1:{ACCOUNT}:daemon/{path}")
}

/// A daemon that was asked about before is told at once that its rollout is over: the clock of the emulator jumps for whoever
/// asks again. So each watch is of a daemon of its own.
#[test]
fn rollouts_are_followed_and_told() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    let folder = TempDir::new().unwrap();
    let output = watch(folder.path(), &served, &[&arn("one/agent-0")]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "Nothing is rolling out: 1 daemon\n"
    );
    served.update("two/agent-0");
    let output = watch(folder.path(), &served, &["--cluster", "two"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    insta::assert_snapshot!("watch_text", told(&output));
    served.update("one/agent-1");
    let output = watch(
        folder.path(),
        &served,
        &["--json", &arn("one/agent-1"), &arn("one/agent-0")],
    );
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let lines = lines(&output);
    let events: Vec<&str> = lines.iter().map(|line| line["event"].as_str().unwrap()).collect();
    assert!(events.contains(&"progress"), "{lines:#?}");
    let last = lines.last().unwrap();
    assert_eq!(last["daemons"], json!({"at-rest": 1, "successful": 1}));
    assert_eq!(last["code"], 0);
}

#[test]
fn what_runs_is_compared_with_what_the_inputs_want() {
    let served = Served::new(&[("one", 2)]);
    let folder = drifted(&served, &[0]);
    served.update("one/agent-1");
    let output = watch(folder.path(), &served, &["state.json"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    let text = told(&output);
    assert!(
        text.contains("Watched 2 daemons: 1 nothing rolls out, 1 successful"),
        "{text}"
    );
    assert!(text.contains("enable_execute_command"), "{text}");
    let output = watch(
        folder.path(),
        &served,
        &["--json", "-o", "json=report.json", "state.json"],
    );
    let lines = lines(&output);
    let finding = lines.iter().find(|line| line["event"] == "finding").unwrap();
    assert_eq!(finding["setting"], "enable_execute_command");
    assert_eq!(lines.last().unwrap()["code"], 2);
    let report: Json = serde_json::from_slice(&fs::read(folder.path().join("report.json")).unwrap()).unwrap();
    assert_eq!(report["summary"]["daemons"], 2);
}

/// A state of hashicorp/aws, by standard input, which is read once although it is needed twice.
#[test]
fn states_of_the_official_provider_are_inputs_too() {
    let served = Served::new(&[("one", 1)]);
    let folder = TempDir::new().unwrap();
    let mut state = served.state();
    let resource = &mut state["values"]["root_module"]["resources"][0];
    resource["type"] = json!("aws_ecs_daemon");
    resource["address"] = json!("aws_ecs_daemon.agent");
    resource["provider_name"] = json!("registry.terraform.io/hashicorp/aws");
    let values = resource["values"].as_object_mut().unwrap();
    values.remove("critical");
    values.remove("rollout_failure");
    served.update("one/agent-0");
    let endpoint = served.endpoint();
    let mut child = drift(
        folder.path(),
        Some(ACCOUNT),
        &["watch", "--endpoint-url", &endpoint, "--poll", "20ms", "-"],
    )
    .stdin(Stdio::piped())
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), state.to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    let text = told(&output);
    assert!(
        text.contains("one/agent-0: successful") && text.contains("in sync · 1 daemon"),
        "{text}"
    );
}

#[test]
fn what_is_wrong_is_said() {
    let served = Served::new(&[("one", 1)]);
    let folder = TempDir::new().unwrap();
    let check = |more: &[&str], code: i32, expected: &str| {
        let output = watch(folder.path(), &served, more);
        let told = told(&output);
        assert_eq!(output.status.code(), Some(code), "{told}");
        assert!(told.contains(expected), "{told}");
    };
    check(
        &[],
        1,
        "Nothing to watch: Give ARNs of daemons, states, plans or baselines that have them, or `--cluster`.",
    );
    check(
        &["arn:aws:ecs:eu-central-1:123456789012:cluster/one"],
        1,
        "Invalid ARN of a daemon",
    );
    check(&["no-such.json"], 1, "no-such.json");
    check(&["--cluster", "other"], 1, "Unable to list the daemons of the cluster");
    check(
        &["--json", "-o", "text", &arn("one/agent-0")],
        1,
        "Two outputs to one place",
    );
    check(&["--poll", "0s", &arn("one/agent-0")], 1, "--poll");
    check(&[&arn("one/none")], 2, "one/none  missing");
    let other = arn("one/agent-0").replace(ACCOUNT, "210987654321");
    check(&[&other], 4, "The credentials are of the account 123456789012.");
}

#[test]
fn a_signal_ends_the_watch_and_says_what_goes_on() {
    let served = Served::new(&[("one", 1)]);
    let folder = TempDir::new().unwrap();
    served.fault(&json!({"operation": "DescribeDaemonDeployments", "count": null, "effect": {"slow": {"seconds": 2}}}));
    served.update("one/agent-0");
    let before = served.calls("DescribeDaemonDeployments");
    let endpoint = served.endpoint();
    let arguments = [
        "watch",
        "--endpoint-url",
        &endpoint,
        "--poll",
        "600s",
        &arn("one/agent-0"),
    ];
    let child = drift(folder.path(), Some(ACCOUNT), &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    served.wait_for("DescribeDaemonDeployments", before + 1);
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    let text = told(&output);
    assert_eq!(output.status.code(), Some(130), "{text}");
    assert!(text.contains("Watched 1 daemon: 1 interrupted"), "{text}");
}
