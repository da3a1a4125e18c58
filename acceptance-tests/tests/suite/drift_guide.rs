//! Jobs and commands of the guide to a nightly check, taken out of the guide and run: the shell that each service gives them, the
//! real Terraform, a state that a real apply has left.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets, binary, fail};
use serde_json::Value;

use crate::fixture::{EVERYTHING, IMAGE_1, stack};

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/guides/nightly-drift-check.md");

/// Builds what is on `PATH` here already.
const INSTALLATION: &str = "cargo install --locked ";

/// A script of a job, and the options of bash with which the service runs it.
struct Script {
    options: &'static [&'static str],
    text: String,
}

#[test]
fn jobs_of_the_nightly_guide() -> Outcome {
    let targets = Targets::EmulatorOnly("an outside update is planted");
    Case::new("drift-guide", targets, Setup::instances(2)).run(|case| {
        let configuration = stack(IMAGE_1, &EVERYTHING);
        case.apply(&configuration)?;
        let variables = prepare(case)?;
        let guide = fs::read_to_string(GUIDE)?;
        let jobs = [
            github(&job(&guide, "GitHub Actions")?)?,
            gitlab(&job(&guide, "GitLab")?)?,
        ];
        let run_jobs = |case: &Case, code| jobs.iter().try_for_each(|scripts| run(case, &variables, scripts, code));
        run_jobs(case, 0)?;
        expect_reports(case, false)?;
        run(
            case,
            &variables,
            &[command(case, &guide, "ecs-drift baseline record ")?],
            0,
        )?;
        let arn = case.testbed().daemon_arn();
        case.testbed().other_caller().update_leaving_out_the_rest(&arn)?;
        case.testbed().settle()?;
        run_jobs(case, 2)?;
        expect_reports(case, true)?;
        accept_one_setting(case, &variables, &guide)?;
        // Nothing to read is an error of the job, never a clean estate.
        let state = case.folder().path().join("terraform.tfstate");
        let away = case.folder().path().join("away");
        fs::rename(&state, &away)?;
        run_jobs(case, 1)?;
        fs::rename(&away, &state)?;
        case.apply(&configuration)?;
        Ok(())
    })
}

/// The command that the guide shows beside the jobs, about the daemon of the case.
fn command(case: &Case, guide: &str, beginning: &str) -> Outcome<Script> {
    let start = guide.find(beginning);
    let start = start.ok_or_else(|| Failure::new(format!("the guide does not show {beginning}")))?;
    let shown = guide[start..].split(['`', '\n']).next().unwrap_or_default();
    let testbed = case.testbed();
    let cluster = testbed.cluster_arn().rsplit('/').next().unwrap_or_default();
    let text = shown
        .replace("--cluster prod", &format!("--cluster {cluster}"))
        .replace("prod/agent", &format!("{cluster}/{}", testbed.name()));
    let options = &["-e"];
    if text == shown {
        return fail(format!("{shown} names neither the cluster nor the daemon of the guide"));
    }
    Ok(Script { options, text })
}

/// Accepting one setting changes one line of the baseline, and what else differs still does.
fn accept_one_setting(case: &Case, variables: &Variables, guide: &str) -> Outcome {
    let baseline = case.folder().path().join("baseline.toml");
    let before = fs::read_to_string(&baseline)?;
    run(
        case,
        variables,
        &[command(case, guide, "ecs-drift baseline update ")?],
        0,
    )?;
    let after = fs::read_to_string(&baseline)?;
    let changed = before
        .lines()
        .zip(after.lines())
        .filter(|(before, after)| before != after);
    let changed: Vec<_> = changed.collect();
    if before.lines().count() != after.lines().count() || changed != [("critical = false", "critical = true")] {
        return fail(format!(
            "expected another `critical` and nothing else:\n{before}\n{after}"
        ));
    }
    let scan = Script {
        options: &["-e"],
        text: "ecs-drift scan baseline.toml".to_owned(),
    };
    run(case, variables, &[scan], 2)
}

/// Environment variables.
type Variables = Vec<(&'static str, String)>;

/// Puts the programs that the jobs call on a path of their own, and answers what the services set for a job.
fn prepare(case: &Case) -> Outcome<Variables> {
    let programs = case.folder().path().join(".programs");
    fs::create_dir_all(&programs)?;
    symlink(case.cli().path(), programs.join("terraform"))?;
    symlink(binary("ecs-drift")?, programs.join("ecs-drift"))?;
    let endpoint = case.testbed().emulator()?.endpoint();
    let in_folder = |name: &str| case.folder().path().join(name).display().to_string();
    Ok(vec![
        ("PATH", format!("{}:/usr/bin:/bin", programs.display())),
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "AKIANIGHTLY000000001".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "secret".to_owned()),
        ("GITHUB_STEP_SUMMARY", in_folder("step-summary")),
        ("AWS_TOKEN", "token".to_owned()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", in_folder("token")),
    ])
}

/// The job that a part of the guide shows.
fn job(guide: &str, part: &str) -> Outcome<Value> {
    let (_, text) = guide
        .split_once(&format!("\n## {part}\n"))
        .ok_or_else(|| Failure::new(format!("the guide has no part {part}")))?;
    let text = text.split("\n## ").next().unwrap_or_default();
    let shown = text
        .split_once("```yaml\n")
        .and_then(|(_, rest)| rest.split_once("\n```"));
    let (shown, _) = shown.ok_or_else(|| Failure::new(format!("{part} shows no job")))?;
    serde_norway::from_str(shown).map_err(|error| Failure::new(format!("{part}: {error}")))
}

/// Each step is a script of its own. A step that asks for bash has a pipeline fail with any of its commands.
fn github(workflow: &Value) -> Outcome<Vec<Script>> {
    let steps = workflow["jobs"]["scan"]["steps"].as_array();
    let steps = steps.into_iter().flatten();
    let scripts = steps.filter_map(|step| {
        let options: &[&str] = if step["shell"] == "bash" {
            &["--noprofile", "--norc", "-eo", "pipefail"]
        } else {
            &["-e"]
        };
        let text = step["run"].as_str()?.to_owned();
        Some(Script { options, text })
    });
    scan_among(scripts.collect())
}

/// All lines are one script.
fn gitlab(jobs: &Value) -> Outcome<Vec<Script>> {
    let lines = jobs["drift"]["script"].as_array().into_iter().flatten();
    let lines: Vec<&str> = lines.filter_map(Value::as_str).collect();
    let script = Script {
        options: &["-e"],
        text: lines.join("\n"),
    };
    scan_among(vec![script])
}

/// The scripts, of which one must be the scan.
fn scan_among(mut scripts: Vec<Script>) -> Outcome<Vec<Script>> {
    scripts.retain(|script| !script.text.starts_with(INSTALLATION));
    if scripts.iter().any(|script| script.text.contains("ecs-drift scan")) {
        return Ok(scripts);
    }
    fail("the job does not scan")
}

/// Runs the scripts of a job in their order; the last one ends with this code, those before with 0.
fn run(case: &Case, variables: &Variables, scripts: &[Script], code: i32) -> Outcome {
    let folder = case.folder();
    for (position, script) in scripts.iter().enumerate() {
        let expected = if position + 1 == scripts.len() { code } else { 0 };
        folder.write("script.sh", &script.text)?;
        let mut shell = folder.command(Path::new("/bin/bash"));
        shell
            .args(script.options)
            .arg("script.sh")
            .envs(variables.iter().map(|(name, value)| (name, value)));
        let finished = folder.finish(folder.start_other(&mut shell)?)?;
        finished.expect_code(expected)?;
    }
    Ok(())
}

/// The reports that the jobs hand to their services say the same.
fn expect_reports(case: &Case, drifted: bool) -> Outcome {
    let read = |name: &str| {
        fs::read_to_string(case.folder().path().join(name)).map_err(|error| Failure::new(format!("{name}: {error}")))
    };
    let report: Value = serde_json::from_str(&read("drift.json")?)?;
    let findings = report["findings"].as_array().map_or(0, Vec::len);
    let quality: Value = serde_json::from_str(&read("drift.gitlab.json")?)?;
    let entries = quality.as_array().map_or(0, Vec::len);
    let said = [
        findings > 0,
        entries == findings && entries > 0,
        read("drift.xml")?.contains("<failure "),
        read("step-summary")?.contains("## ECS daemons: drift"),
    ];
    if said == [drifted; 4] {
        return Ok(());
    }
    fail(format!("{said:?}\n{}\n{report:#}", read("step-summary")?))
}
