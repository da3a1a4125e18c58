//! `ecs-drift scan` of what Terraform leaves behind: states in both forms and a plan, after real applies, before and
//! after somebody else's call.

use std::process::Command;

use acceptance_tests::{Case, Failure, Outcome, Running, SETTINGS, Setting, Setup, Targets, binary, fail};
use serde_json::{Map, Value, json};

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

/// The time that a scan may take.
const LIMIT: std::time::Duration = std::time::Duration::from_mins(1);

/// Access key of the scan, by which its calls are found in the journal.
const ACCESS_KEY: &str = "AKIAECSDRIFT00000001";

#[test]
fn scan_after_an_outside_update() -> Outcome {
    let targets = Targets::EmulatorOnly("what a scan calls is read from the emulator's journal");
    Case::new("drift-scan", targets, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let inputs = write_inputs(case)?;
        for input in inputs {
            scan(case, input, 0)?;
        }
        let arn = case.testbed().daemon_arn();
        case.testbed().other_caller().update_leaving_out_the_rest(&arn)?;
        case.testbed().settle()?;
        let mut reports = Vec::new();
        for input in inputs {
            let report = scan(case, input, 2)?;
            expect_all_reverted(&report)?;
            reports.push(report);
        }
        let text = run(case, &["scan", "--tags", "show.json"], 2)?;
        let normal = case.normalised(&text)?;
        snapshot!(case, "reverted", &normal);
        // The state of hashicorp/aws cannot hold `critical`, which is at its default again, so nothing is at risk.
        expect_causes(&scan(case, "hashicorp.json", 2)?, &["default-revert"])?;
        case.apply(&configuration)?;
        for input in write_inputs(case)? {
            scan(case, input, 0)?;
        }
        // What it wants is there again, but `critical = false` is what its next update resets.
        expect_causes(&scan(case, "hashicorp.json", 2)?, &["at-risk"])
    })
}

/// A refresh takes the change from outside into the state, which a scan of the state alone cannot see any more.
#[test]
fn scan_after_a_refresh_took_the_change_over() -> Outcome {
    let targets = Targets::EmulatorOnly("what a scan calls is read from the emulator's journal");
    Case::new("drift-absorbed", targets, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let arn = case.testbed().daemon_arn();
        case.testbed().other_caller().update_leaving_out_the_rest(&arn)?;
        case.testbed().settle()?;
        let refresh = ["apply", "-refresh-only", "-auto-approve", "-no-color"];
        case.folder().run(&refresh)?.expect_code(0)?;
        write_inputs(case)?;
        for input in ["show.json", "pulled.tfstate"] {
            scan(case, input, 0)?;
            let arguments = ["scan", "--tags", "--output", "json", "--config", ".", input];
            let report: Value = serde_json::from_str(&run(case, &arguments, 2)?)?;
            expect_settings(&report)?;
            expect_causes(&report, &["absorbed"])?;
            // What refers to another resource is read from the state.
            if report["warnings"] != json!([]) {
                return fail(format!("expected no warnings\n{}", report["warnings"]));
            }
        }
        expect_settings(&scan(case, "plan.json", 2)?)?;
        case.apply(&configuration)?;
        write_inputs(case)?;
        run(case, &["scan", "--tags", "--config", ".", "show.json"], 0).map(drop)
    })
}

/// Writes documents about the daemon as it is wanted now.
fn write_inputs(case: &Case) -> Outcome<[&'static str; 3]> {
    let folder = case.folder();
    let shown = folder.show(None)?;
    folder.write("show.json", &shown.to_string())?;
    let pulled = folder.run(&["state", "pull"])?.expect_code(0)?;
    folder.write("pulled.tfstate", &pulled.stdout)?;
    folder.run(&["plan", "-out=scan.plan", "-no-color"])?.expect_code(0)?;
    folder.write("plan.json", &folder.show(Some("scan.plan"))?.to_string())?;
    folder.write("hashicorp.json", &hashicorp(&shown)?.to_string())?;
    Ok(["show.json", "pulled.tfstate", "plan.json"])
}

/// The same daemon as hashicorp/aws would have it in its state.
fn hashicorp(shown: &Value) -> Outcome<Value> {
    let resources = shown["values"]["root_module"]["resources"].as_array();
    let mut daemons = resources
        .into_iter()
        .flatten()
        .filter(|resource| resource["type"] == "ecs_daemon");
    let values = daemons.next().map(|resource| &resource["values"]);
    let values = values.ok_or_else(|| Failure::new("the state has no daemon"))?;
    let names = [
        "arn",
        "name",
        "cluster_arn",
        "daemon_task_definition_arn",
        "capacity_provider_arns",
        "deployment_arn",
        "deployment_configuration",
        "enable_ecs_managed_tags",
        "enable_execute_command",
        "propagate_tags",
        "tags",
        "tags_all",
    ];
    let kept: Map<String, Value> = names
        .into_iter()
        .map(|name| (name.to_owned(), values[name].clone()))
        .collect();
    let resource = json!({
        "address": "aws_ecs_daemon.agent", "mode": "managed", "type": "aws_ecs_daemon", "name": "agent",
        "provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": kept,
        "sensitive_values": {},
    });
    Ok(json!({"format_version": "1.0", "terraform_version": "1.15.5",
              "values": {"root_module": {"resources": [resource]}}}))
}

/// Scans an input and answers the report.
fn scan(case: &Case, input: &str, code: i32) -> Outcome<Value> {
    let report = run(case, &["scan", "--tags", "--output", "json", input], code)?;
    let report: Value = serde_json::from_str(&report)?;
    if report["complete"] != true || report["daemons"].as_array().map(Vec::len) != Some(1) {
        return fail(format!("{input}: not everything was read\n{report:#}"));
    }
    Ok(report)
}

/// Runs the binary and answers its standard output. Whatever it says, it has only read.
fn run(case: &Case, arguments: &[&str], code: i32) -> Outcome<String> {
    let emulator = case.testbed().emulator()?;
    let mut command = Command::new(binary("ecs-drift")?);
    command
        .current_dir(case.folder().path())
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", case.testbed().region())
        .args(arguments)
        .args(["--endpoint-url", &emulator.endpoint()]);
    let output = case.folder().path().join(".output");
    let finished = Running::start(&mut command, &output)?.wait(LIMIT)?.expect_code(code)?;
    let journal = emulator.journal_since(0)?;
    let own: Vec<_> = journal
        .entries()
        .iter()
        .filter(|entry| entry.caller == ACCESS_KEY)
        .collect();
    if own.is_empty() {
        return fail("the scan called nothing");
    }
    match own.into_iter().find(|entry| !entry.only_reads()) {
        Some(entry) => fail(format!("a scan called {}", entry.operation)),
        None => Ok(finished.stdout),
    }
}

/// Every setting of `EVERYTHING` went back to its default.
fn expect_all_reverted(report: &Value) -> Outcome {
    expect_settings(report)?;
    expect_causes(report, &["default-revert"])
}

/// Every setting of `EVERYTHING` differs.
fn expect_settings(report: &Value) -> Outcome {
    let mut settings: Vec<String> = SETTINGS.iter().map(Setting::name).collect();
    settings.sort();
    let findings = report["findings"].as_array();
    let mut found: Vec<&str> = findings
        .into_iter()
        .flatten()
        .filter_map(|finding| finding["setting"].as_str())
        .collect();
    found.sort_unstable();
    if found != settings {
        return fail(format!("expected the settings {settings:?}\n{report:#}"));
    }
    Ok(())
}

fn expect_causes(report: &Value, expected: &[&str]) -> Outcome {
    let findings = report["findings"].as_array();
    let mut causes: Vec<&str> = findings
        .into_iter()
        .flatten()
        .filter_map(|finding| finding["cause"].as_str())
        .collect();
    causes.dedup();
    if causes == expected {
        return Ok(());
    }
    fail(format!("expected the causes {expected:?}\n{report:#}"))
}
