//! `reconcile --apply` on a terminal: the question, its answers, and signals while it is asked and after.

use std::{
    io::{Read, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::json;

use super::{
    ACCOUNT, Served, drift,
    reconcile::{drifted, reconcile},
    told,
};

/// The end of the question.
const QUESTION: &str = "is taken for an answer.";

/// Runs `reconcile --apply` on a terminal, which `script` of util-linux makes, and types an answer.
fn answered(served: &Served, wanted: &[usize], answer: &str) -> (Option<i32>, String) {
    let folder = drifted(served, wanted);
    let binary = env!("CARGO_BIN_EXE_ecs-drift");
    let run = format!(
        "'{binary}' reconcile --endpoint-url {} --apply --poll 20ms state.json",
        served.endpoint()
    );
    let mut child = Command::new("script")
        .args(["--quiet", "--return", "--command", &run, "/dev/null"])
        .current_dir(folder.path())
        .env("AWS_ACCESS_KEY_ID", ACCOUNT)
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut text, mut part, mut is_answered) = (String::new(), [0; 4096], false);
    loop {
        let length = stdout.read(&mut part).unwrap_or(0);
        if length == 0 {
            break;
        }
        text.push_str(&String::from_utf8_lossy(&part[..length]));
        if !is_answered && text.contains(QUESTION) {
            stdin.write_all(answer.as_bytes()).unwrap();
            is_answered = true;
        }
    }
    drop(stdin);
    (child.wait().unwrap().code(), text)
}

#[test]
fn only_yes_is_an_answer() {
    let served = Served::new(&[("one", 1)]);
    let not_yes = "The answer was not `yes`.";
    let cases = [
        ("no\n", 1, not_yes),
        ("y\n", 1, not_yes),
        ("YES\n", 1, not_yes),
        ("\n", 1, not_yes),
        ("\u{4}", 1, not_yes),
        ("\u{3}", 130, "The run was interrupted."),
    ];
    for (answer, expected, why) in cases {
        let (code, text) = answered(&served, &[0], answer);
        assert_eq!(code, Some(expected), "{answer:?}: {text}");
        assert!(text.contains("Repair 1 daemon? Only"), "{answer:?}: {text}");
        assert!(
            text.contains(&format!("Not applied: {why} Nothing was sent.")),
            "{answer:?}: {text}"
        );
    }
    assert_eq!(served.calls("UpdateDaemon"), 0);
    let (code, text) = answered(&served, &[0], "yes\n");
    assert_eq!(code, Some(3), "{text}");
    assert!(
        text.contains("UpdateDaemon") && text.contains("1 repaired"),
        "the plan and what became of it are shown: {text}"
    );
    assert_eq!(served.calls("UpdateDaemon"), 1);
    let (code, text) = answered(&served, &[0], "");
    assert_eq!(code, Some(0), "nothing is asked where nothing is to be done: {text}");
}

#[test]
fn a_second_signal_ends_the_run_at_once() {
    let served = Served::new(&[("one", 2)]);
    let folder = drifted(&served, &[0, 1]);
    let output = reconcile(folder.path(), &served, &["--plan-out", "plan.json", "state.json"]);
    assert_eq!(output.status.code(), Some(2), "{}", told(&output));
    served.fault(&json!({"operation": "UpdateDaemon", "count": null, "effect": {"slow": {"seconds": 600}}}));
    let endpoint = served.endpoint();
    let arguments = [
        "reconcile",
        "--endpoint-url",
        &endpoint,
        "--concurrency",
        "1",
        "--apply",
        "--plan",
        "plan.json",
    ];
    let mut child = drift(folder.path(), Some(ACCOUNT), &arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    served.wait_for("UpdateDaemon", 1);
    let interrupt = || {
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
    };
    assert!(interrupt().success());
    let began = Instant::now();
    // The first one leaves a call that changes something the time to be answered. Signals of one kind that come together
    // are one signal, so that it is repeated.
    while child.try_wait().unwrap().is_none() {
        assert!(began.elapsed() < Duration::from_secs(20), "it waited for the answer");
        let _gone = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        std::thread::sleep(Duration::from_millis(20));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", told(&output));
    assert_eq!(served.calls("UpdateDaemon"), 1);
}
