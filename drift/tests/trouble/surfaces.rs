//! Names and messages of an enemy on the streams of the binary, in the log of a job: nothing steers the terminal, and no
//! line is a command.

use std::{
    ffi::OsString,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{ACCOUNT, FORMATS, drift, served::Served};

/// A text that steers a terminal, forges a line, and commands a job.
pub(crate) const HOSTILE: &str = "a\u{1b}[31m\u{7}\u{9b}\u{202e}\r\n::error::forged\n##[add-mask]x";

/// Expects that the binary ends so, says something, and that nothing of it steers or commands.
pub(crate) fn check(name: &str, command: &mut Command, code: i32) -> String {
    let Output { status, stdout, stderr } = command.env("GITHUB_ACTIONS", "true").output().unwrap();
    let text = String::from_utf8([stderr, stdout].concat()).unwrap();
    assert_eq!(status.code(), Some(code), "{name}: {text}");
    let steers = |character: char| (character.is_control() && character != '\n') || character == '\u{202e}';
    assert!(!text.contains(steers), "{name}: {text:?}");
    assert!(!text.contains("##["), "{name}: {text}");
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "{name}: {text}");
    }
    assert!(text.contains("forged"), "{name} does not say what is wrong: {text}");
    text
}

/// A file of a hostile name.
fn file(folder: &Path, content: &str) -> String {
    let name = HOSTILE.replace('/', "");
    fs::write(folder.join(&name), content).unwrap();
    name
}

#[test]
fn names_of_files_and_arguments_are_data() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| drift(folder.path(), Some(ACCOUNT), arguments);
    check("report", &mut run(&["scan", HOSTILE]), 1);
    check("error line", &mut run(&["scan", "--quiet", HOSTILE]), 1);
    check("rules", &mut run(&["scan", "--rules", HOSTILE, "x"]), 1);
    check("earlier report", &mut run(&["scan", "--only-new", HOSTILE, "x"]), 1);
    check("diff", &mut run(&["diff", HOSTILE, "x"]), 1);
    check("merge", &mut run(&["merge", HOSTILE]), 1);
    check("baseline", &mut run(&["baseline", "update", HOSTILE, "x"]), 1);
    check(
        "output",
        &mut run(&["scan", "-o", &format!("json=no/{HOSTILE}"), "x"]),
        1,
    );
    let name = file(folder.path(), "<html>");
    check("input", &mut run(&["scan", &name]), 1);
    check(
        "two outputs",
        &mut run(&[
            "scan",
            "-o",
            &format!("json={name}"),
            "-o",
            &format!("text=./{name}"),
            "x",
        ]),
        1,
    );
    check(
        "overwrites",
        &mut run(&["scan", "-o", &format!("json=./{name}"), &name]),
        1,
    );
}

#[test]
fn what_the_parser_repeats_is_data() {
    let folder = TempDir::new().unwrap();
    let run = |arguments: &[&str]| drift(folder.path(), Some(ACCOUNT), arguments);
    check("command", &mut run(&[HOSTILE]), 1);
    check("flag", &mut run(&["scan", &format!("--{HOSTILE}")]), 1);
    check("format", &mut run(&["scan", "-o", HOSTILE, "x"]), 1);
    check("severity", &mut run(&["scan", "--fail-on", HOSTILE, "x"]), 1);
    check("number", &mut run(&["scan", "--concurrency", HOSTILE, "x"]), 1);
    check("duration", &mut run(&["scan", "--min-age", HOSTILE, "x"]), 1);
    check("time", &mut run(&["scan", "--now", HOSTILE, "x"]), 1);
    check("environment", run(&["scan", "x"]).env("ECS_DRIFT_FAIL_ON", HOSTILE), 1);
    let help = run(&["scan", "--help"])
        .env("ECS_DRIFT_RULES", HOSTILE)
        .output()
        .unwrap();
    assert!(!String::from_utf8(help.stdout).unwrap().contains("forged"));
}

#[test]
fn messages_of_ecs_are_data_for_doctor_and_baseline() {
    let served = Served::new(&[("prod", 1)]);
    served.fault(
        &json!({"operation": "*", "resource": "*", "count": null, "effect": {"error": {
        "type": "AccessDeniedException", "message": HOSTILE, "status": 400}}}),
    );
    let folder = TempDir::new().unwrap();
    let endpoint = served.endpoint();
    let run = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.extend(["--endpoint-url", &endpoint]);
        drift(folder.path(), Some(ACCOUNT), &all)
    };
    let name = file(folder.path(), &served.state().to_string());
    check("doctor", &mut run(&["doctor", &name]), 1);
    check("doctor as JSON", &mut run(&["doctor", "--json", &name]), 1);
    check("scan", &mut run(&["scan", "--verbose", &name]), 4);
    check("record", &mut run(&["baseline", "record", "--cluster", "prod"]), 1);
    check(
        "cluster",
        &mut run(&["baseline", "record", "--cluster", &format!("arn:{HOSTILE}")]),
        1,
    );
}

#[test]
fn a_baseline_says_where_it_is() {
    let served = Served::new(&[("prod", 1)]);
    let folder = TempDir::new().unwrap();
    let endpoint = served.endpoint();
    let record = [
        "baseline",
        "record",
        "--cluster",
        "prod",
        "--endpoint-url",
        &endpoint,
        "--owner",
        HOSTILE,
    ];
    let run = |more: &[&str]| drift(folder.path(), Some(ACCOUNT), &[&record, more].concat());
    let text = check("to a file", &mut run(&["-o", HOSTILE]), 0);
    assert!(text.contains("1 daemon recorded in a\\u{1b}"), "{text}");
    check("again", &mut run(&["-o", HOSTILE]), 1);
    check("to standard output", &mut run(&[]), 0);
    let written = fs::read_to_string(folder.path().join(HOSTILE)).unwrap();
    let update = [
        "baseline",
        "update",
        HOSTILE,
        "no-such/forged",
        "--endpoint-url",
        &endpoint,
    ];
    check("update", &mut drift(folder.path(), Some(ACCOUNT), &update), 1);
    assert!(!written.contains('\u{1b}'));
}

/// Another file than a regular one, and a file that the run reads, stay what they are.
#[test]
fn a_baseline_replaces_only_files_that_it_may() {
    let served = Served::new(&[("prod", 1)]);
    let folder = TempDir::new().unwrap();
    let endpoint = served.endpoint();
    fs::write(folder.path().join(".ecs-drift.toml"), "tags = true\n").unwrap();
    std::os::unix::fs::symlink(".ecs-drift.toml", folder.path().join("link")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    let record = |path: &str, force: &[&str]| {
        let arguments = [
            "baseline",
            "record",
            "--cluster",
            "prod",
            "--endpoint-url",
            &endpoint,
            "-o",
            path,
        ];
        let output = drift(folder.path(), Some(ACCOUNT), &[&arguments, force].concat())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1), "{path}");
        assert!(output.stdout.is_empty(), "{path}");
        String::from_utf8(output.stderr).unwrap()
    };
    let calls = served.calls("DescribeDaemon");
    for path in [".ecs-drift.toml", "./link", "/dev/null", "/dev/stdout", "no/file", "."] {
        let said = record(path, &["--force"]);
        assert!(said.contains(path.trim_start_matches("./")), "{said}");
    }
    assert!(record("dangling", &[]).contains("is there already"));
    assert_eq!(
        served.calls("DescribeDaemon"),
        calls,
        "nothing was asked before the path was looked at"
    );
    assert_eq!(fs::read_to_string(folder.path().join("link")).unwrap(), "tags = true\n");
}

/// Forms that are held elsewhere: annotations are commands themselves, metrics show no text of others.
const APART: [&str; 2] = ["github", "prometheus"];

/// A report of an enemy, merged into forms that are read on a log.
#[test]
fn a_stored_report_is_data() {
    let folder = TempDir::new().unwrap();
    let served = Served::new(&[("prod", 1)]);
    served.delete("prod");
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let endpoint = served.endpoint();
    let scan = [
        "scan",
        "--endpoint-url",
        &endpoint,
        "-o",
        "json=report.json",
        "state.json",
    ];
    let output = drift(folder.path(), Some(ACCOUNT), &scan).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let path = folder.path().join("report.json");
    let mut report: Json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    report["tool"] = json!({"name": HOSTILE, "version": HOSTILE});
    let finding = &mut report["findings"][0];
    for member in ["message", "setting", "arn", "fingerprint"] {
        finding[member] = json!(HOSTILE);
    }
    finding["next_step"]["text"] = json!(HOSTILE);
    finding["next_step"]["commands"] =
        json!([{"title": HOSTILE, "language": HOSTILE, "text": HOSTILE, "role_arn": HOSTILE}]);
    fs::write(&path, report.to_string()).unwrap();
    for form in FORMATS.into_iter().filter(|form| !APART.contains(form)) {
        let mut merge = drift(folder.path(), None, &["merge", "--verbose", "-o", form, "report.json"]);
        check(form, &mut merge, 2);
    }
    let mut empty = report.clone();
    empty["findings"] = json!([]);
    fs::write(folder.path().join("empty.json"), empty.to_string()).unwrap();
    check(
        "diff",
        &mut drift(folder.path(), None, &["diff", "empty.json", "report.json"]),
        2,
    );
}

/// Standard output by the name of its device, as a pipe and as a file that others have written to.
#[test]
fn a_report_may_go_to_a_stream() {
    let folder = TempDir::new().unwrap();
    let merged = |output: &str, stdout: Stdio| {
        let arguments: Vec<OsString> = ["merge", "-o", output, "report.json"].map(Into::into).into();
        let mut command = drift(folder.path(), None, &[]);
        command.args(arguments).stdout(stdout).output().unwrap()
    };
    let report = json!({"schema_version": "1.0", "tool": {"name": "ecs-drift", "version": "1"}, "complete": true,
        "started_at": "2026-03-01T02:00:00Z", "finished_at": "2026-03-01T02:00:00Z", "interrupted": false, "unread": [],
        "errors": [], "inputs": [], "daemons": [], "findings": [], "groups": [], "summary": {"daemons": 0, "verdicts": {},
        "findings": 0, "kinds": {}, "causes": {}, "severities": {}, "suppressed": {}}, "statistics": {"seconds": 0.0,
        "daemons_scanned": 0, "api_calls": {}, "throttled": 0, "read_again": 0}});
    fs::write(folder.path().join("report.json"), report.to_string()).unwrap();
    let output = merged("text=/dev/stdout", Stdio::piped());
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        "in sync · 0 daemons\n0 findings\n"
    );
    let log = folder.path().join("log");
    fs::write(&log, "before\n").unwrap();
    let open = fs::File::options().append(true).open(&log).unwrap();
    assert_eq!(merged("text=/dev/stdout", open.into()).status.code(), Some(0));
    assert_eq!(
        fs::read_to_string(&log).unwrap(),
        "before\nin sync · 0 daemons\n0 findings\n"
    );
    assert_eq!(merged("text=/dev/full", Stdio::piped()).status.code(), Some(1));
    assert_eq!(
        merged("text=report.json", Stdio::piped()).status.code(),
        Some(1),
        "it is read"
    );
}
