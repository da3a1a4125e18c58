//! The actions, as a runner runs them: a night, a repair in two jobs, the jobs for GitLab, and what goes wrong.

use std::{fs, path::Path};

use serde_json::json;
use serde_norway::Value as Yaml;

use crate::{
    hosts::{Hosts, TOKEN},
    nightly::{Host, commands, fenced, part, steps, text},
    runner::{Done, Runner},
    served::Served,
};

const INSTALLED: (&str, &str) = ("version", "installed");

/// A job's folder, and an estate of which a daemon is not as wanted.
pub(crate) fn host() -> Host {
    let host = Host::of(Served::new(&[("one", 2)]));
    let mut state = host.served.state();
    state["values"]["root_module"]["resources"][0]["values"]["enable_execute_command"] = true.into();
    fs::write(host.folder.path().join("state.json"), state.to_string()).unwrap();
    fs::write(host.folder.path().join("main.tf"), "terraform {\n}\n").unwrap();
    host
}

/// Success, the outputs that are no path, and the steps that ran.
pub(crate) fn check(done: &Done, is_success: bool, outputs: &[(&str, &str)], steps: &str) {
    assert_eq!(
        (done.is_success, done.steps.join(", ").as_str()),
        (is_success, steps),
        "{}",
        done.log
    );
    for (name, value) in outputs {
        assert_eq!(done.outputs[*name], *value, "{name}: {}", done.log);
    }
}

/// Inputs that the guide gives to an action, for each step that uses it.
fn of_guide(guide: &str, heading: &str, action: &str) -> Vec<Vec<(String, String)>> {
    let blocks = fenced(&part(guide, heading), "yaml");
    let workflow: Yaml = serde_norway::from_str(&blocks[0]).unwrap();
    let jobs = workflow["jobs"].as_mapping().unwrap().values();
    let steps = jobs.flat_map(|job| job["steps"].as_sequence().unwrap());
    let used = format!("managed-daemons/terraform-provider-ecs/actions/{action}@main");
    let own = steps.filter(|step| step["uses"].as_str() == Some(&used));
    let texts = |step: &Yaml| {
        step["with"]
            .as_mapping()
            .unwrap()
            .iter()
            .map(|(name, value)| (text_of(name), text_of(value)))
            .collect()
    };
    own.map(texts).collect()
}

fn text_of(value: &Yaml) -> String {
    match value {
        Yaml::Bool(value) => value.to_string(),
        value => value.as_str().unwrap().to_owned(),
    }
}

/// The inputs of a guide with more.
fn with<'a>(guide: &'a [(String, String)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let own = guide.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    own.chain([INSTALLED]).chain(more.iter().copied()).collect()
}

#[test]
fn a_night_is_one_step() {
    let (host, hosts) = (host(), Hosts::start());
    let mut runner = Runner::of(&host);
    runner.environment = vec![("GITHUB_API_URL", format!("{}/api/v3", hosts.address))];
    let guide = of_guide("nightly-drift-check.md", "One step on GitHub", "drift");
    let more = [
        ("sarif", "true"),
        ("token", TOKEN),
        ("labels", "on call\n  platform \n"),
    ];
    let with = with(&guide[0], &more);
    let drifted = runner.run("drift", &with);
    let counts = [
        ("drift", "true"),
        ("complete", "true"),
        ("exit-code", "2"),
        ("daemons", "2"),
        ("drifted", "1"),
        ("unread", "0"),
        ("findings", "1"),
    ];
    check(&drifted, false, &counts, "Install, Scan, Keep the report, Tell, Result");
    assert!(
        drifted.log.contains("::error ") || drifted.log.contains("::warning "),
        "{}",
        drifted.log
    );
    assert!(host.read("summary.md").contains("enable_execute_command"));
    assert!(
        host.read("artifacts/drift/drift.json")
            .contains("\"enable_execute_command\"")
    );
    assert!(
        fs::read_to_string(&drifted.outputs["sarif"])
            .unwrap()
            .contains("\"2.1.0\"")
    );
    assert!(
        !host.folder.path().join("temp/ecs-drift-report/input").exists(),
        "the state was left behind"
    );
    let issues = hosts.issues();
    assert_eq!(issues[0]["labels"].as_array().unwrap().len(), 3);
    assert!(
        issues[0]["body"]
            .as_str()
            .unwrap()
            .contains("<https://github.example.com/octo/infra/actions/runs/7>")
    );
    // The same, where drift is no failure; and the night after a repair.
    let tolerant = runner.run("drift", &[&with[..], &[("fail", "false")]].concat());
    check(&tolerant, true, &counts, "Install, Scan, Keep the report, Tell, Result");
    fs::write(host.folder.path().join("state.json"), host.served.state().to_string()).unwrap();
    let clean = runner.run("drift", &with);
    check(
        &clean,
        true,
        &[("drift", "false"), ("exit-code", "0"), ("findings", "0")],
        "Install, Scan, Keep the report, Tell, Result",
    );
    assert_eq!(hosts.issues()[0]["state"], "closed");
    hosts.log();
}

#[test]
fn inputs_may_be_files_and_arguments() {
    let host = host();
    let runner = Runner::of(&host);
    fs::create_dir(host.folder.path().join("infra")).unwrap();
    let with = [
        INSTALLED,
        ("working-directory", "infra"),
        ("inputs", "../state.json\n"),
        ("artifact", ""),
        ("arguments", "--fail-on\nnever"),
    ];
    let done = runner.run("drift", &with);
    check(
        &done,
        true,
        &[("drift", "false"), ("drifted", "1"), ("sarif", "")],
        "Install, Scan, Result",
    );
    // Without a command, those of the file of rules.
    fs::write(
        host.folder.path().join(".ecs-drift.toml"),
        "[[input]]\npath = \"state.json\"\n",
    )
    .unwrap();
    let done = runner.run("drift", &[INSTALLED, ("command", "")]);
    check(
        &done,
        false,
        &[("drift", "true")],
        "Install, Scan, Keep the report, Result",
    );
}

#[test]
fn what_fails_fails_the_job() {
    let host = host();
    let runner = Runner::of(&host);
    let with =
        |more: &[(&'static str, &'static str)]| [&[INSTALLED, ("issue", "true"), ("fail", "false")], more].concat();
    for command in ["exit 3", "cat state.json | false", "no-such-command"] {
        let done = runner.run("drift", &with(&[("command", command)]));
        check(
            &done,
            false,
            &[("exit-code", "1"), ("complete", "false"), ("report", "")],
            "Install, Scan, Result",
        );
        assert!(done.log.contains("Nothing was scanned."), "{}", done.log);
    }
    let done = runner.run("drift", &[INSTALLED, ("command", "echo '{'"), ("fail", "false")]);
    check(
        &done,
        false,
        &[("exit-code", "1"), ("complete", "false")],
        "Install, Scan, Keep the report, Result",
    );
    let done = runner.run("drift", &[("version", "1.2"), ("fail", "false")]);
    check(&done, false, &[("exit-code", "")], "Install");
    // Somebody who is not told is an error, and the report is kept.
    let done = runner.run("drift", &[&with(&[])[..], &[("token", "")]].concat());
    check(
        &done,
        false,
        &[("exit-code", "2")],
        "Install, Scan, Keep the report, Tell",
    );
    assert!(done.log.contains("No token for GitHub"), "{}", done.log);
}

/// The signals of a runner reach the shell of a step and nothing else. The program hears of it, ends by itself, and what it
/// has is told.
#[test]
fn a_job_that_is_cancelled_ends_its_scan() {
    let host = host();
    host.served
        .fault(&json!({"operation": "DescribeDaemon", "count": "for_ever", "effect": {"slow": {"seconds": 60}}}));
    let mut runner = Runner::of(&host);
    runner.ended = Some(("scan", "DescribeDaemon"));
    let done = runner.run("drift", &[INSTALLED, ("command", "cat state.json")]);
    assert!(!done.is_success, "{}", done.log);
    for (name, value) in [
        ("exit-code", "143"),
        ("complete", "false"),
        ("unread", "2"),
        ("drift", "false"),
    ] {
        assert_eq!(done.outputs[name], value, "{name}: {}", done.log);
    }
    assert!(
        host.read("summary.md").contains("nterrupted"),
        "{}",
        host.read("summary.md")
    );
}

/// A repair that is under way is left to ECS, and nothing more is sent after the job has ended.
#[test]
fn a_job_that_is_cancelled_ends_its_repair() {
    let host = host();
    let mut runner = Runner::of(&host);
    let guide = of_guide("repairing-drift-from-ci.md", "Two steps on GitHub", "reconcile");
    assert!(runner.run("reconcile", &with(&guide[0], &[])).is_success);
    host.served
        .fault(&json!({"operation": "DescribeDaemonDeployments", "count": "for_ever", "after": 1, "effect": {"slow": {"seconds": 60}}}));
    runner.ended = Some(("apply", "UpdateDaemon"));
    let done = runner.run("reconcile", &with(&guide[1], &[]));
    assert!(!done.is_success, "{}", done.log);
    assert_eq!(done.outputs["exit-code"], "143", "{}", done.log);
    assert!(
        host.read("artifacts/audit/audit.ndjson").contains("UpdateDaemon"),
        "{}",
        done.log
    );
    assert!(done.steps.contains(&"Keep the audit".to_owned()));
}

#[test]
fn a_repair_is_planned_and_carried_out() {
    let host = host();
    let runner = Runner::of(&host);
    let guide = of_guide("repairing-drift-from-ci.md", "Two steps on GitHub", "reconcile");
    let plan = || runner.run("reconcile", &with(&guide[0], &[]));
    let apply = || runner.run("reconcile", &with(&guide[1], &[]));
    let planned = plan();
    check(
        &planned,
        true,
        &[("repairs", "true"), ("exit-code", "2")],
        "Install, Plan, Keep the plan, Result",
    );
    assert!(host.read("summary.md").contains("## Repair plan"));
    assert_eq!(host.served.calls("UpdateDaemon"), 0);
    let applied = apply();
    check(
        &applied,
        true,
        &[("exit-code", "3")],
        "Install, Fetch the plan, Apply, Keep the audit, Result",
    );
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    assert!(host.read("artifacts/audit/audit.ndjson").contains("\"repaired\""));
    assert!(host.read("artifacts/audit/result.json").contains("\"repaired\""));
    assert!(host.read("summary.md").contains("1 repaired"));
    // Another attempt goes on with the audit of this one, on a machine that has nothing of it.
    let audited = host.read("artifacts/audit/audit.ndjson");
    let attempt = |number| {
        fs::remove_dir_all(host.folder.path().join("temp")).unwrap();
        let mut runner = Runner::of(&host);
        runner.attempt = number;
        runner.run("reconcile", &with(&guide[1], &[]))
    };
    check(
        &attempt(2),
        true,
        &[("exit-code", "3")],
        "Install, Fetch the plan, Fetch the audit of an earlier attempt, Apply, Keep the audit, Result",
    );
    let again = host.read("artifacts/audit/audit.ndjson");
    assert!(again.starts_with(&audited) && again.len() > audited.len(), "{again}");
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    // The first one may have ended before it had an audit.
    fs::remove_dir_all(host.folder.path().join("artifacts/audit")).unwrap();
    assert!(attempt(3).is_success);
    check(
        &plan(),
        true,
        &[("repairs", "false"), ("exit-code", "0")],
        "Install, Plan, Keep the plan, Result",
    );
    // A plan that was changed sends nothing, and neither does one that is not there.
    let kept = host.folder.path().join("artifacts/repair/repair.json");
    let changed = fs::read_to_string(&kept)
        .unwrap()
        .replace("\"complete\": true", "\"complete\": false");
    fs::write(&kept, changed).unwrap();
    let applied = apply();
    check(
        &applied,
        false,
        &[("exit-code", "1")],
        "Install, Fetch the plan, Apply, Keep the audit, Result",
    );
    fs::remove_dir_all(host.folder.path().join("artifacts/repair")).unwrap();
    assert!(!apply().is_success);
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    let done = runner.run("reconcile", &[INSTALLED, ("mode", "repair")]);
    check(&done, false, &[], "Check the mode");
    let done = runner.run("reconcile", &[INSTALLED, ("mode", "plan"), ("command", "exit 3")]);
    check(
        &done,
        false,
        &[("exit-code", "1"), ("repairs", "false")],
        "Install, Plan, Result",
    );
}

#[test]
fn the_parts_of_a_matrix_are_one_night() {
    const GUIDE: &str = "nightly-drift-check.md";
    let (host, hosts) = (host(), Hosts::start());
    fs::write(
        host.folder.path().join(".ecs-drift.toml"),
        "[[input]]\npath = \"state.json\"\n",
    )
    .unwrap();
    let heading = "A big estate in parts";
    let guide = of_guide(GUIDE, heading, "drift");
    for number in ["1", "2", "3", "4"] {
        let runner = Runner::of(&host);
        let of_part: Vec<(String, String)> = guide[0]
            .iter()
            .map(|(name, value)| (name.clone(), value.replace("${{ matrix.part }}", number)))
            .collect();
        let done = runner.run("drift", &with(&of_part, &[]));
        assert!(done.is_success, "{}", done.log);
    }
    let artifacts = host.folder.path().join("artifacts");
    fs::rename(artifacts, host.folder.path().join("parts")).unwrap();
    let variables = format!(
        "export GITHUB_TOKEN={TOKEN} GITHUB_REPOSITORY=octo/infra GITHUB_API_URL={}/api/v3\n",
        hosts.address
    );
    let steps = steps(&part(GUIDE, heading));
    let told = || host.run(&format!("{variables}{}", steps[0]));
    let all = told();
    assert_eq!(all.status.code(), Some(2), "{}", text(&all));
    assert!(text(&all).contains("issue 1 opened"), "{}", text(&all));
    fs::remove_dir_all(host.folder.path().join("parts/drift-3")).unwrap();
    let without = told();
    assert_eq!(without.status.code(), Some(1), "{}", text(&without));
    assert!(text(&without).contains("Parts missing"), "{}", text(&without));
    hosts.log();
}

/// The jobs of a file to include, with the inputs that the guide gives.
fn included(name: &str, guide: &str, more: &[(&str, &str)]) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../actions/gitlab")
        .join(name);
    let text = fs::read_to_string(path).unwrap();
    let (head, jobs) = text.split_once("\n---\n").unwrap();
    let head: Yaml = serde_norway::from_str(head).unwrap();
    let include: Yaml = serde_norway::from_str(&fenced(&part(guide, "One include on GitLab"), "yaml")[0]).unwrap();
    let include = &include["include"][0];
    assert!(
        include["remote"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/main/actions/gitlab/{name}"))
    );
    let known = head["spec"]["inputs"].as_mapping().unwrap();
    for name in include["inputs"].as_mapping().unwrap().keys() {
        assert!(known.contains_key(name), "{name:?}");
    }
    let mut jobs = jobs.to_owned();
    for (name, input) in known {
        let name = name.as_str().unwrap();
        let given = more.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
        let given = given.or(include["inputs"][name].as_str()).or(input["default"].as_str());
        let place = format!("$[[ inputs.{name} ]]");
        assert!(jobs.contains(&place), "{name} is not used");
        jobs = jobs.replace(&place, given.unwrap_or_else(|| panic!("{name} is not given")));
    }
    assert!(!jobs.contains("$[["), "{jobs}");
    jobs
}

#[test]
fn the_job_to_include_scans_and_tells() {
    let (host, hosts) = (host(), Hosts::start());
    let job = included("drift.yml", "nightly-drift-check.md", &[]);
    let (script, after) = (commands(&job, "script"), commands(&job, "after_script"));
    let variables = format!(
        "export GITLAB_CI=true GITLAB_TOKEN={TOKEN} CI_API_V4_URL={}/api/v4 CI_JOB_URL=https://gitlab.example.com/jobs/7\n",
        hosts.address
    );
    let night = |code: i32, expected: &str| {
        let done = host.run(&format!("{variables}{script}"));
        assert_eq!(done.status.code(), Some(code), "{}", text(&done));
        assert!(text(&done).contains(expected), "{}", text(&done));
        host.run(&after);
    };
    night(2, "issue 1 opened");
    night(0, "issue 1 edited");
    fs::write(host.folder.path().join("state.json"), host.served.state().to_string()).unwrap();
    night(0, "issue 1 closed");
    hosts.log();
    let silent = included("drift.yml", "nightly-drift-check.md", &[("notify", "")]);
    let done = host.run(&commands(&silent, "script"));
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    assert_eq!(hosts.log(), "");
}

#[test]
fn the_jobs_to_include_plan_and_repair() {
    let host = host();
    let jobs = included("reconcile.yml", "repairing-drift-from-ci.md", &[]);
    let (plan, repair) = jobs.split_once("\necs-drift-repair:\n").unwrap();
    let planned = host.run(&commands(plan, "script"));
    assert_eq!(planned.status.code(), Some(2), "{}", text(&planned));
    let repaired = host.run(&commands(repair, "script"));
    assert_eq!(repaired.status.code(), Some(0), "{}", text(&repaired));
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    let first = host.read("audit.ndjson");
    // The next attempt begins with the artifacts of the job that it needs, and with what the cache of the pipeline has.
    let jobs: Yaml = serde_norway::from_str(&jobs).unwrap();
    let cache = &jobs["ecs-drift-repair"]["cache"];
    assert_eq!(cache["when"].as_str(), Some("always"), "also of an attempt that failed");
    assert!(cache["key"].as_str().unwrap().contains("$CI_PIPELINE_ID"));
    let paths = |job: &str, part: &str| -> Vec<String> {
        let paths = jobs[job][part]["paths"].as_sequence().unwrap().iter();
        paths.map(|path| path.as_str().unwrap().to_owned()).collect()
    };
    let kept = [paths("ecs-drift-repair", "cache"), paths("ecs-drift-plan", "artifacts")].concat();
    for made in ["audit.ndjson", "repair.json", "repair.md"] {
        if !kept.iter().any(|path| path == made) {
            fs::remove_file(host.folder.path().join(made)).unwrap();
        }
    }
    let again = host.run(&commands(repair, "script"));
    assert_eq!(again.status.code(), Some(0), "{}", text(&again));
    assert_eq!(host.served.calls("UpdateDaemon"), 1);
    let audit = host.read("audit.ndjson");
    assert!(audit.starts_with(&first) && audit.len() > first.len(), "{audit}");
}
