//! No message quotes an input: every kind of malformed document with a password in it, in every output of the binary.

use std::{fs, path::Path};

use serde_json::json;
use tempfile::TempDir;

use super::{ACCOUNT, FORMATS, drift, wanted};

/// A text that may be nowhere.
const CANARY: &str = "canary";

/// Standard output, standard error and every form of the report, and the exit code.
fn everything(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let outputs = FORMATS.map(|format| format!("--output={format}=out-{format}"));
    let arguments: Vec<&str> = arguments
        .iter()
        .copied()
        .chain(outputs.iter().map(String::as_str))
        .collect();
    let output = drift(folder, Some(ACCOUNT), &arguments).output().unwrap();
    let mut seen = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    for format in FORMATS {
        // A failure before the scan leaves no report.
        seen.push_str(&fs::read_to_string(folder.join(format!("out-{format}"))).unwrap_or_default());
    }
    (output.status.code(), seen)
}

fn check(name: &str, folder: &Path, arguments: &[&str], expected: &str) {
    let (code, seen) = everything(folder, arguments);
    // What is wrong with one daemon leaves it unread.
    assert!(matches!(code, Some(1 | 4)), "{name}: {code:?}: {seen}");
    assert!(seen.contains(expected), "{name}: {seen}");
    assert!(!seen.contains(CANARY), "{name}: {seen}");
}

#[test]
fn no_message_about_an_input_quotes_it() {
    let state = wanted().to_string();
    let with = |attribute: &str, value: serde_json::Value| {
        let mut state = wanted();
        state["values"]["root_module"]["resources"][0]["values"][attribute] = value;
        state.to_string()
    };
    let secret = || json!("canary hunter2");
    let cases: Vec<(&str, String, &str)> = vec![
        (
            "a log line before",
            format!("Reading canary\n{state}"),
            "begins with text before the JSON document, line 2",
        ),
        (
            "a log prefix",
            format!("level=info token=canary {state}"),
            "before the JSON document, line 1",
        ),
        (
            "a key before",
            "password=canary {\"a\": \"canary\"}".to_owned(),
            "before the JSON document, line 1",
        ),
        ("no JSON", "{\"password\": canary}".to_owned(), "Invalid JSON"),
        ("cut", "{\"password\": \"canary".to_owned(), "Truncated JSON"),
        (
            "two documents",
            "{\"a\": 1} {\"canary\": \"canary\"}".to_owned(),
            "Several JSON documents",
        ),
        (
            "text after a document",
            "{\"a\": 1} canary".to_owned(),
            "stands after a JSON document, line 1",
        ),
        (
            "the address of a state",
            json!({"data": {"type": "state-versions", "id": "canary", "attributes": {"hosted-state-download-url": "https://canary"}}})
                .to_string(),
            "`data.attributes.hosted-state-download-url`",
        ),
        (
            "a template in YAML",
            "Resources:\n  Agent:\n    Password: canary {\"a\": 1}\n".to_owned(),
            "ecs-drift baseline record",
        ),
        ("another name", with("name", json!("canary")), "Contradiction in the input"),
        (
            "foreign members",
            "{\"canary-member\": \"canary\"}".to_owned(),
            "Unknown document",
        ),
        ("only text", "canary canary".to_owned(), "Unknown document"),
        (
            "a state version",
            "{\"version\": \"canary\", \"resources\": []}".to_owned(),
            "version that is no number",
        ),
        (
            "a format",
            "{\"format_version\": \"canary\", \"values\": {}}".to_owned(),
            "Unknown format version",
        ),
        (
            "half a pair",
            "{\"format_version\": \"1.0\", \"values\": {\"canary\": \"\\ud800\"}, \"terraform_version\": \"\\ud800\"}"
                .to_owned(),
            "Invalid JSON",
        ),
        ("an ARN", with("arn", secret()), "has no ARN of a daemon"),
        (
            "a switch",
            with("critical", secret()),
            "`critical` must be true or false",
        ),
        (
            "a list",
            with("capacity_provider_arns", json!([{"canary": 1}])),
            "must be a list of strings",
        ),
        (
            "a number",
            with("deployment_configuration", json!([{"drain_percent": "canary"}])),
            "must be a number",
        ),
    ];
    check_inputs(cases);
}

#[test]
fn no_message_about_a_baseline_quotes_it() {
    let baseline = "schema_version = \"1.0\"\nrecorded_at = \"2026-03-01T00:00:00Z\"\ntool_version = \"0.1.0\"\n";
    let daemon =
        format!("{baseline}[[daemon]]\narn = \"canary\"\naccount = \"a\"\nregion = \"r\"\n[daemon.settings]\n");
    check_inputs(vec![
        (
            "a broken baseline",
            format!("{baseline}password = \"canary"),
            "no baseline: at line 4",
        ),
        (
            "no TOML",
            "schema_version = canary".to_owned(),
            "no baseline: at line 1",
        ),
        ("a key", format!("{baseline}\"a canary\" = 1"), "the key is unknown;"),
        (
            "a wrong type",
            format!("{daemon}critical = \"canary\""),
            "true or false is expected",
        ),
        (
            "a time",
            baseline.replace("2026-03-01T00:00:00Z", "canary"),
            "no baseline: at line 2",
        ),
        (
            "an ARN of a baseline",
            daemon.clone(),
            "Daemon 1 of the baseline has no ARN",
        ),
        (
            "a rule",
            format!(
                "{}task_definition = \"canary\"\n[daemon.settings]",
                daemon.replace("[daemon.settings]\n", "")
            ),
            "the value is unknown",
        ),
        (
            "a version",
            baseline.replace("1.0", "canary"),
            "Baseline of another version",
        ),
        (
            "a baseline in JSON",
            "{\"schema_version\": \"1.0\", \"daemon\": \"canary\"}".to_owned(),
            "is not of its form",
        ),
    ]);
}

fn check_inputs(cases: Vec<(&str, String, &str)>) {
    for (name, input, expected) in cases {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("input"), input).unwrap();
        check(name, folder.path(), &["scan", "input"], expected);
    }
}

#[test]
fn no_message_about_rules_quotes_them() {
    let cases = [
        ("a key", "\"canary key\" = 1\n", "the key is unknown;"),
        (
            "a value",
            "fail_on = \"canary\"\n",
            "the value is unknown; expected one of `any`",
        ),
        (
            "a duration",
            "min_age = \"canary\"\n",
            "a duration is written like `30m`",
        ),
        (
            "a date",
            "[[ignore]]\ncause = \"tags\"\nreason = \"r\"\nexpires = \"canary\"\n",
            "a date is written like",
        ),
        ("a type", "strict = \"canary\"\n", "true or false is expected"),
        ("no TOML", "fail_on = \"canary\n", "at line 1"),
        (
            "an argument",
            "[[input]]\ncommand = [\"true\", 7, \"canary\"]\n",
            "is expected",
        ),
    ];
    for (name, rules, expected) in cases {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("rules.toml"), rules).unwrap();
        check(name, folder.path(), &["scan", "--rules", "rules.toml"], expected);
    }
}

#[test]
fn arguments_of_a_command_are_nowhere_and_names_stay_unique() {
    let folder = TempDir::new().unwrap();
    let input = |script: &str| format!("[[input]]\ncommand = [\"sh\", \"-c\", \"{script} # canary\"]\n");
    let missing = "[[input]]\ncommand = [\"no-such-program\", \"canary\"]\n";
    let rules = format!("{}{}{missing}", input("false"), input("exit 3"));
    fs::write(folder.path().join("rules.toml"), rules).unwrap();
    let (code, seen) = everything(folder.path(), &["scan", "--rules", "rules.toml"]);
    assert_eq!(code, Some(1), "{seen}");
    assert!(!seen.contains(CANARY), "{seen}");
    let report = fs::read_to_string(folder.path().join("out-json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    let inputs = report["errors"].as_array().unwrap().iter();
    let names: std::collections::BTreeSet<&str> = inputs.filter_map(|error| error["input"].as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert!(names.iter().all(|name| name.contains(" (arguments ")), "{names:?}");
}

#[test]
fn no_message_about_a_report_quotes_it() {
    for (name, report) in [
        ("no JSON", "canary"),
        ("a version", "{\"schema_version\": \"canary\"}"),
        ("a form", "{\"schema_version\": \"1.0\", \"complete\": \"canary\"}"),
    ] {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("report"), report).unwrap();
        check(name, folder.path(), &["merge", "report"], "Invalid report");
        let diff = drift(folder.path(), None, &["diff", "report", "report"])
            .output()
            .unwrap();
        let seen = String::from_utf8([diff.stdout, diff.stderr].concat()).unwrap();
        assert!(
            seen.contains("Invalid report") && !seen.contains(CANARY),
            "{name}: {seen}"
        );
    }
}
