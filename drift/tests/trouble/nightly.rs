//! The jobs of the guide as they stand there: the first night fails for what is wrong, the second one knows it.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::served::Served;

const GUIDE: &str = "nightly-drift-check.md";

/// A script in place of the programs that a host of jobs has.
const TERRAFORM: &str = "#!/bin/sh\nset -e\ncase \"$1 $2 $3\" in\n'show -json ') cat \"$HOME/state.json\";;\n\
    'show -json plan.bin') cat plan.bin;;\nplan*) cp \"$HOME/plan.json\" \"${4#-out=}\";;\ninit*) ;;\n*) exit 9;;\nesac\n";
/// It shows the state of the unit in whose folder it runs.
const TERRAGRUNT: &str = "#!/bin/sh\nset -e\n[ \"$*\" = 'show -json' ]\ncat state.json\n";
const GH: &str = "#!/bin/sh\nset -e\nif [ \"$2\" = list ]; then if [ -e \"$HOME/kept\" ]; then echo 43; echo 41; fi; exit; fi\n\
    [ \"$*\" = 'run download 41 --name drift --dir last-night' ]\nmkdir -p last-night\ncp \"$HOME/kept\" last-night/drift.json\n";

/// A part of a guide.
pub(crate) fn part(guide: &str, heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guides").join(guide);
    let guide = fs::read_to_string(path).unwrap();
    let rest = guide.split(&format!("\n## {heading}\n")).nth(1).unwrap();
    rest.split("\n## ").next().unwrap().to_owned()
}

/// The blocks of a language in a part.
pub(crate) fn fenced(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect()
}

/// Lines below one that begins a block, as far as they are further in.
fn block(lines: &[&str], place: usize) -> Vec<String> {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let key = depth(lines[place].trim_start_matches([' ', '-']));
    let start = lines[place]
        .find(|character: char| character != ' ' && character != '-')
        .unwrap_or(key);
    let below = lines
        .iter()
        .skip(place + 1)
        .take_while(|line| depth(line) > start || line.trim().is_empty());
    below.map(|line| line.trim_start().to_owned()).collect()
}

/// The scripts of the steps of a GitHub job, of those that have several lines.
pub(crate) fn steps(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let places = (0..lines.len()).filter(|place| lines[*place].trim() == "run: |");
    places.map(|place| block(&lines, place).join("\n")).collect()
}

/// The commands of a part of a GitLab job; a folded one is one line.
pub(crate) fn commands(text: &str, key: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let place = lines.iter().position(|line| *line == format!("  {key}:")).unwrap();
    let mut script = String::new();
    for line in block(&lines, place) {
        match line.strip_prefix("- ") {
            Some(">-") => script.push('\n'),
            Some(command) => script = script + "\n" + command,
            None => script = script + " " + &line,
        }
    }
    script
}

pub(crate) struct Host {
    pub(crate) folder: TempDir,
    pub(crate) served: Served,
}

impl Host {
    /// A job's folder, and an estate of which a cluster is gone.
    fn new() -> Self {
        let host = Self::of(Served::new(&[("one", 1), ("two", 2)]));
        fs::write(
            host.folder.path().join("main.tf"),
            "resource \"ecs_daemon\" \"two_agent-0\" {\n}\n",
        )
        .unwrap();
        host.served.delete("two");
        host
    }

    /// A job's folder with the state of an estate as it is.
    pub(crate) fn of(served: Served) -> Self {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
        let binary = PathBuf::from(env!("CARGO_BIN_EXE_ecs-drift"));
        std::os::unix::fs::symlink(binary, folder.path().join("ecs-drift")).unwrap();
        for (name, text) in [("terraform", TERRAFORM), ("terragrunt", TERRAGRUNT), ("gh", GH)] {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        Self { folder, served }
    }

    pub(crate) fn run(&self, script: &str) -> Output {
        let folder = self.folder.path();
        let path = format!("{}:/usr/bin:/bin", folder.display());
        let mut command = Command::new("bash");
        command
            .current_dir(folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder);
        let variables = [
            ("AWS_ACCESS_KEY_ID", "123456789012"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", &self.served.endpoint()),
            ("GITHUB_STEP_SUMMARY", "step-summary.md"),
            ("GITHUB_OUTPUT", "outputs"),
            ("GITHUB_WORKFLOW", "drift"),
            ("GITHUB_REF_NAME", "main"),
            ("AWS_TOKEN", "token"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "token"),
        ];
        command
            .envs(variables)
            .args(["-eo", "pipefail", "-c", script])
            .output()
            .unwrap()
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

pub(crate) fn text(output: &Output) -> String {
    let streams = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    streams.concat()
}

#[test]
fn the_job_for_github_knows_the_night_before() {
    let host = Host::new();
    let steps = steps(&part(GUIDE, "GitHub Actions"));
    let [fetch, scan] = steps.as_slice() else {
        panic!("{steps:#?}")
    };
    let night = |code: i32| {
        let fetched = host.run(fetch);
        assert_eq!(fetched.status.code(), Some(0), "{}", text(&fetched));
        let scanned = host.run(scan);
        assert_eq!(scanned.status.code(), Some(code), "{}", text(&scanned));
        // What the upload keeps.
        fs::copy(host.folder.path().join("drift.json"), host.folder.path().join("kept")).unwrap();
        text(&scanned)
    };
    let first = night(2);
    assert!(
        first.contains("::error file=./main.tf,line=1") || first.contains("::error file=main.tf,line=1"),
        "{first}"
    );
    assert!(first.contains("::warning title=No earlier report"), "{first}");
    let second = night(0);
    assert!(
        second.contains("known drift · 3 daemons: 2 with known drift, 1 in sync"),
        "{second}"
    );
    let third = night(0);
    assert!(
        third.contains("known drift") && !third.contains("No earlier report"),
        "{third}"
    );
    assert!(host.read("step-summary.md").contains("## ECS daemons: known drift"));
    let diff = host.run("ecs-drift diff last-night/drift.json drift.json");
    assert_eq!(text(&diff), "no change: 1 as before\n");
    fs::remove_file(host.folder.path().join("gh")).unwrap();
    assert_eq!(
        host.run(fetch).status.code(),
        Some(0),
        "the scan must run, whatever cannot be fetched"
    );
}

#[test]
fn the_job_for_gitlab_knows_the_night_before() {
    let host = Host::new();
    let job = part(GUIDE, "GitLab");
    let (script, after) = (commands(&job, "script"), commands(&job, "after_script"));
    for (code, expected) in [
        (2, "drift · 3 daemons: 2 drifted"),
        (0, "known drift · 3 daemons: 2 with known drift"),
    ] {
        let scanned = host.run(&script);
        assert_eq!(scanned.status.code(), Some(code), "{script}\n{}", text(&scanned));
        assert!(text(&scanned).contains(expected), "{}", text(&scanned));
        assert_eq!(host.run(&after).status.code(), Some(0));
        assert!(
            host.read("drift.gitlab.json").contains("\"path\": \"main.tf\""),
            "it compares reports itself"
        );
        assert!(host.read("drift.xml").contains("<testsuites"));
    }
}

/// A plan after its refresh: of what is gone it says so, and one daemon is about to be changed.
fn plan(state: &Json) -> Json {
    let resources = state["values"]["root_module"]["resources"].as_array().unwrap();
    let change = |resource: &Json, change: Json| {
        let mut entry = resource.clone();
        let members = entry.as_object_mut().unwrap();
        members.remove("values");
        members.remove("sensitive_values");
        members.insert("change".to_owned(), change);
        entry
    };
    let is_gone = |resource: &&Json| resource["name"].as_str().unwrap().starts_with("two_");
    let (gone, there): (Vec<&Json>, Vec<&Json>) = resources.iter().partition(is_gone);
    let mut changes = Vec::new();
    for resource in there {
        let (before, mut after) = (resource["values"].clone(), resource["values"].clone());
        after["critical"] = false.into();
        changes.push(change(
            resource,
            json!({"actions": ["update"], "before": before, "after": after, "after_unknown": {}}),
        ));
    }
    for resource in &gone {
        let mut after = resource["values"].clone();
        after.as_object_mut().unwrap().remove("arn");
        let created = json!({"actions": ["create"], "before": null, "after": after, "after_unknown": {"arn": true}});
        changes.push(change(resource, created));
    }
    let gone = gone.into_iter().map(|resource| {
        change(
            resource,
            json!({"actions": ["delete"], "before": resource["values"], "after": null}),
        )
    });
    json!({"format_version": "1.2", "terraform_version": "1.15.5", "planned_values": {},
        "resource_drift": gone.collect::<Vec<_>>(), "resource_changes": changes})
}

#[test]
fn the_lines_for_a_plan_tell_what_is_pending_from_what_is_gone() {
    let host = Host::new();
    let plan = plan(&host.served.state());
    fs::write(host.folder.path().join("plan.json"), plan.to_string()).unwrap();
    let blocks = fenced(&part(GUIDE, "With a plan"), "shell");
    let [lines] = blocks.as_slice() else {
        panic!("{blocks:#?}")
    };
    for (code, expected) in [
        (2, "drift · 3 daemons: 2 drifted"),
        (0, "known drift · 3 daemons: 2 with known drift"),
    ] {
        let scanned = host.run(lines);
        assert_eq!(scanned.status.code(), Some(code), "{}", text(&scanned));
        assert!(text(&scanned).contains(expected), "{}", text(&scanned));
        let report: Json = serde_json::from_str(&host.read("drift.json")).unwrap();
        let mut causes = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| &finding["cause"]);
        assert!(causes.any(|cause| cause == "pending-change"), "{report:#}");
        fs::rename(
            host.folder.path().join("drift.json"),
            host.folder.path().join("last-night.json"),
        )
        .unwrap();
    }
}

#[test]
fn the_inputs_for_terragrunt_are_one_estate() {
    let host = Host::new();
    let part = part(GUIDE, "With Terragrunt");
    let ([rules], [line]) = (&fenced(&part, "toml")[..], &fenced(&part, "shell")[..]) else {
        panic!("{part}")
    };
    fs::write(host.folder.path().join(".ecs-drift.toml"), rules).unwrap();
    let state = host.served.state();
    let resources = state["values"]["root_module"]["resources"].as_array().unwrap();
    for (unit, cluster) in [("prod/agents", "one_"), ("prod/search", "two_")] {
        let mut own = state.clone();
        let of_unit = resources
            .iter()
            .filter(|resource| resource["name"].as_str().unwrap().starts_with(cluster));
        own["values"]["root_module"]["resources"] = of_unit.cloned().collect();
        let folder = host.folder.path().join(unit);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("state.json"), own.to_string()).unwrap();
    }
    for (code, expected) in [
        (2, "drift · 3 daemons: 2 drifted"),
        (0, "known drift · 3 daemons: 2 with known drift"),
    ] {
        let scanned = host.run(line);
        assert_eq!(scanned.status.code(), Some(code), "{}", text(&scanned));
        assert!(text(&scanned).contains(expected), "{}", text(&scanned));
        let report: Json = serde_json::from_str(&host.read("drift.json")).unwrap();
        assert_eq!(report["inputs"].as_array().map(Vec::len), Some(2), "{report:#}");
        let asked = report["statistics"]["api_calls"]["ListTagsForResource"].as_u64();
        assert!(asked > Some(0), "{report:#}");
        fs::rename(
            host.folder.path().join("drift.json"),
            host.folder.path().join("last-night.json"),
        )
        .unwrap();
    }
}
