//! The binary in trouble: bad input, wrong credentials, an ECS that refuses or goes away, an interrupt. Whatever
//! happens, the exit code is never 0, and standard error or the report says what to do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests, where a panic is a failed case"
)]

mod actions;
#[cfg(target_os = "linux")]
mod asking;
mod baseline;
mod canary;
mod doctor;
mod ends;
mod hostile;
mod hosts;
mod inputs;
mod installing;
mod nightly;
mod notify;
mod outputs;
mod plan_surfaces;
mod reconcile;
mod repair_jobs;
mod roles;
mod runner;
mod secrets;
mod served;
mod shards;
mod surfaces;
mod sweep;
mod watch;

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use ecs_drift::render::Format;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use served::{Served, state};

const ACCOUNT: &str = "123456789012";
/// Every form of a report.
const FORMATS: [&str; Format::NAMES.len()] = Format::NAMES;

/// The binary in a folder, with credentials of an account and nothing else of the environment.
fn drift(folder: &Path, account: Option<&str>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecs-drift"));
    command
        .current_dir(folder)
        .env_clear()
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("HOME", folder)
        .args(arguments)
        .stdin(Stdio::null());
    if let Some(account) = account {
        command
            .env("AWS_ACCESS_KEY_ID", account)
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "eu-central-1");
    }
    command
}

/// Exit code, report and messages, with what differs from run to run taken out.
fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let told = format!(
        "exit code {}\n--- stderr\n{}--- stdout\n{}",
        output.status.code().map_or("none".to_owned(), |code| code.to_string()),
        text(&output.stderr),
        text(&output.stdout)
    );
    told.lines().map(steady).collect::<Vec<_>>().join("\n")
}

/// A line without the port of the server, ids of requests, and durations.
fn steady(line: &str) -> String {
    let mut line = line.to_owned();
    for (before, placeholder) in [("127.0.0.1:", "PORT"), ("request id ", "ID"), (" in ", "TIME")] {
        let mut from = 0;
        while let Some(at) = line[from..].find(before).map(|at| from + at + before.len()) {
            let rest = &line[at..];
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '.')
                .unwrap_or(rest.len());
            let is_meant = placeholder != "TIME" || rest.starts_with(|c: char| c.is_ascii_digit());
            if is_meant {
                line.replace_range(at..at + end, placeholder);
            }
            from = at;
        }
    }
    line
}

/// Scans an input of this content; the server is asked for nothing, or for the daemons that it has.
fn check_input(name: &str, content: impl AsRef<[u8]>) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("input"), content).unwrap();
    let output = drift(folder.path(), Some(ACCOUNT), &["scan", "input"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{name}");
    insta::assert_snapshot!(format!("input_{name}"), told(&output));
}

fn wanted() -> Json {
    state(&[("prod", "agent", None)])
}

#[test]
fn what_is_no_state_is_an_error() {
    let state = wanted().to_string();
    check_input("truncated", &state[..state.len() / 2]);
    check_input("foreign", r#"{"Resources": {"Agent": {"Type": "AWS::ECS::Daemon"}}}"#);
    check_input(
        "encrypted",
        r#"{"encrypted_data": "x", "serial": 1, "lineage": "l", "meta": {}}"#,
    );
    check_input("newer", r#"{"version": 5, "resources": []}"#);
    check_input(
        "newer_provider",
        state.replace("\"schema_version\":0", "\"schema_version\":1"),
    );
    check_input("html", "<!DOCTYPE html><html>Sign in</html>");
    check_input("empty", "");
    check_input("without_daemons", r#"{"version": 4, "resources": []}"#);
}

#[test]
fn wrong_arguments_are_an_error() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let cases: [(&str, &[&str]); 7] = [
        ("missing_file", &["scan", "no-such.tfstate"]),
        ("missing_file_and_quiet", &["scan", "--quiet", "no-such.tfstate"]),
        ("folder", &["scan", "folder"]),
        ("no_input", &["scan"]),
        ("flag", &["scan", "--no-such-flag", "input"]),
        ("command", &["scam"]),
        ("rules", &["scan", "--rules", "no-such.toml", "input"]),
    ];
    for (name, arguments) in cases {
        let output = drift(folder.path(), Some(ACCOUNT), arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        insta::assert_snapshot!(format!("arguments_{name}"), told(&output));
    }
}

/// Scans a state with two daemons in two clusters, against a served world.
fn scan(served: &Served, account: Option<&str>, endpoint: &str) -> Output {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    drift(
        folder.path(),
        account,
        &["scan", "--endpoint-url", endpoint, "state.json"],
    )
    .output()
    .unwrap()
}

#[test]
fn wrong_or_no_credentials_are_never_clean() {
    let served = Served::new(&[("one", 1), ("two", 1)]);
    let endpoint = served.endpoint();
    let output = scan(&served, None, &endpoint);
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("no_region", told(&output));
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let arguments = [
        "scan",
        "--endpoint-url",
        &endpoint,
        "--region",
        "eu-central-1",
        "state.json",
    ];
    let output = drift(folder.path(), None, &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    insta::assert_snapshot!("no_credentials", told(&output));
    let output = scan(&served, Some("210987654321"), &endpoint);
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!("another_account", told(&output));
    assert_eq!(served.calls("DescribeDaemon"), 0);
    assert_eq!(
        scan(&served, Some(ACCOUNT), &endpoint).status.code(),
        Some(0),
        "the same scan, allowed"
    );
}

#[test]
fn when_nobody_listens_it_is_said_soon() {
    // A port that was free a moment ago.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), wanted().to_string()).unwrap();
    for (name, endpoint) in [
        ("refused", format!("http://{address}")),
        ("unresolved", "http://no-such-host.invalid".to_owned()),
    ] {
        let began = Instant::now();
        let arguments = ["scan", "--endpoint-url", &endpoint, "state.json"];
        let output = drift(folder.path(), Some(ACCOUNT), &arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}");
        assert!(began.elapsed() < Duration::from_secs(30), "{name}: it tried on and on");
        let told = told(&output);
        let is_said = told.contains("GetCallerIdentity could not be sent")
            && told.contains("Check `--region`, `--endpoint-url` and the network of this machine.");
        assert!(is_said, "{name}: {told}");
    }
}

#[test]
fn a_denied_cluster_hides_no_other() {
    let served = Served::new(&[("one", 2), ("two", 1)]);
    served.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*:daemon/two/*", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": "not authorized", "status": 400}}}),
    );
    let output = scan(&served, Some(ACCOUNT), &served.endpoint());
    assert_eq!(output.status.code(), Some(4));
    insta::assert_snapshot!("denied_cluster", told(&output));
}

#[test]
fn a_cluster_that_vanishes_while_it_is_read_is_missing() {
    let served = Served::new(&[("one", 1), ("two", 1)]);
    served.fault(
        &json!({"operation": "DescribeDaemon", "resource": "*:daemon/one/*", "count": 1,
        "effect": {"slow": {"seconds": 2}}}),
    );
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let endpoint = served.endpoint();
    let arguments = ["scan", "--concurrency", "1", "--endpoint-url", &endpoint, "state.json"];
    let child = drift(folder.path(), Some(ACCOUNT), &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    served.wait_for("DescribeDaemon", 1);
    served.delete("two");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    insta::assert_snapshot!("vanished_cluster", told(&output));
}

#[test]
fn an_interrupt_ends_with_130_and_says_that_it_is_not_everything() {
    let served = Served::new(&[("one", 1)]);
    served.fault(&json!({"operation": "DescribeDaemon", "count": null, "effect": {"slow": {"seconds": 60}}}));
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let endpoint = served.endpoint();
    let arguments = ["scan", "--endpoint-url", &endpoint, "state.json"];
    let child = drift(folder.path(), Some(ACCOUNT), &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    served.wait_for("DescribeDaemon", 1);
    let sent = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(sent.success());
    let began = Instant::now();
    let output = child.wait_with_output().unwrap();
    assert!(began.elapsed() < Duration::from_secs(30), "it waited for the answer");
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    insta::assert_snapshot!("interrupted", told(&output));
}
