//! An ECS that answers something else than it was asked, or without an end: never "in sync", and never for ever.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{ACCOUNT, FORMATS, drift, served::Served, told};

/// Changes the answer of an operation.
type Change = fn(operation: &str, answer: &mut Json);

/// A server before the emulator that changes its answers, for as long as the test process lives.
fn between(emulator: SocketAddr, change: Change) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let connection = connection.unwrap();
            thread::spawn(move || pass_on(connection, emulator, change));
        }
    });
    format!("http://{address}")
}

fn pass_on(mut client: TcpStream, emulator: SocketAddr, change: Change) {
    while let Some((head, body)) = message(&mut client) {
        let mut server = TcpStream::connect(emulator).unwrap();
        server.write_all(head.as_bytes()).unwrap();
        server.write_all(&body).unwrap();
        let Some((answer, mut body)) = message(&mut server) else {
            return;
        };
        let operation = header(&head, "x-amz-target").unwrap_or_default();
        let operation = operation.rsplit('.').next().unwrap_or_default();
        if let Ok(mut json) = serde_json::from_slice::<Json>(&body) {
            change(operation, &mut json);
            body = json.to_string().into_bytes();
        }
        let kept = answer.lines().filter(|line| {
            let name = line.split(':').next().unwrap_or_default();
            !name.eq_ignore_ascii_case("content-length") && !line.is_empty()
        });
        let head: Vec<&str> = kept.collect();
        let head = format!("{}\r\ncontent-length: {}\r\n\r\n", head.join("\r\n"), body.len());
        if client
            .write_all(head.as_bytes())
            .and_then(|()| client.write_all(&body))
            .is_err()
        {
            return;
        }
    }
}

/// Head and body of the next message; none at the end.
fn message(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).unwrap_or(0) == 0 {
            return None;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = header(&head, "content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}

fn header(head: &str, name: &str) -> Option<String> {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.trim().to_owned())
}

/// Scans two daemons that are as wanted, through a server that changes what is answered of them.
fn check(name: &str, change: Change, code: i32) {
    let served = Served::new(&[("prod", 2)]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let url = between(served.address(), change);
    let arguments = ["scan", "state.json", "--endpoint-url", &url];
    let output = drift(folder.path(), Some(ACCOUNT), &arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{name}: {}", told(&output));
    if code != 0 {
        insta::assert_snapshot!(format!("hostile_{name}"), told(&output));
    }
}

#[test]
fn an_answer_that_does_not_fit_the_question_leaves_the_daemon_unread() {
    check("unchanged", |_, _| {}, 0);
    check(
        "other_daemon",
        |operation, answer| {
            if operation == "DescribeDaemon" {
                let arn = answer["daemon"]["daemonArn"]
                    .as_str()
                    .unwrap()
                    .replace("agent-0", "agent-1");
                answer["daemon"]["daemonArn"] = arn.into();
            }
        },
        4,
    );
    check(
        "no_arn",
        |operation, answer| {
            if operation == "DescribeDaemon" {
                answer["daemon"].as_object_mut().unwrap().remove("daemonArn");
            }
        },
        4,
    );
    check(
        "denied_inside",
        |operation, answer| {
            if operation == "DescribeDaemonDeployments" {
                let records = answer["daemonDeployments"].as_array().unwrap();
                let denied = records.iter().map(|record| {
                    json!({"arn": record["daemonDeploymentArn"], "reason": "ACCESS_DENIED", "detail": "not yours"})
                });
                *answer = json!({"daemonDeployments": [], "failures": denied.collect::<Vec<_>>()});
            }
        },
        4,
    );
    check(
        "silent_about_one",
        |operation, answer| {
            if operation == "DescribeDaemonRevisions" {
                *answer = json!({"daemonRevisions": [], "failures": []});
            }
        },
        4,
    );
}

#[test]
fn a_list_that_never_ends_is_cut() {
    check(
        "endless",
        |operation, answer| {
            if operation == "ListDaemonTaskDefinitions" {
                answer["nextToken"] = "again".into();
            }
        },
        4,
    );
}

const CANARY: &str = "canary-7f3a";

#[test]
fn sensitive_values_leave_neither_by_commands_nor_by_messages() {
    let served = Served::new(&[("prod", 1)]);
    let url = format!("http://{}", served.address());
    let mut state = served.state();
    let resource = &mut state["values"]["root_module"]["resources"][0];
    resource["values"]["propagate_tags"] = CANARY.into();
    resource["values"]["critical"] = false.into();
    let marks = [json!({"propagate_tags": true}), json!(true)];
    for mark in marks {
        let resource = &mut state["values"]["root_module"]["resources"][0];
        resource["sensitive_values"] = mark;
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
        for format in FORMATS {
            let arguments = ["scan", "state.json", "-v", "-o", format, "--endpoint-url", &url];
            let output = drift(folder.path(), Some(ACCOUNT), &arguments).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{}", told(&output));
            assert!(!told(&output).contains(CANARY), "{format}: {}", told(&output));
        }
    }
}

#[test]
fn an_output_never_overwrites_what_the_run_reads() {
    let folder = TempDir::new().unwrap();
    let state = crate::wanted().to_string();
    fs::create_dir(folder.path().join("sub")).unwrap();
    for name in ["state.json", "known.json"] {
        fs::write(folder.path().join(name), &state).unwrap();
    }
    fs::write(folder.path().join(".ecs-drift.toml"), "tags = true\n").unwrap();
    for output in ["./state.json", "sub/../state.json", "./.ecs-drift.toml"] {
        let output = format!("json={output}");
        let output = drift(folder.path(), Some(ACCOUNT), &["scan", "state.json", "-o", &output])
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(
            told(&output).contains("Output overwrites an input"),
            "{}",
            told(&output)
        );
    }
    assert_eq!(fs::read_to_string(folder.path().join("state.json")).unwrap(), state);
}
