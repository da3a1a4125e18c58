//! Inputs by pattern, from a bucket, and several states in one stream, of an estate that is there.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value as Json;
use tempfile::TempDir;

use crate::{drift, served::Served, told};

/// A folder with the state of each of two daemons.
fn states(served: &Served) -> (TempDir, [String; 2]) {
    let folder = TempDir::new().unwrap();
    let whole = served.state();
    let of = |index: usize| {
        let mut state = whole.clone();
        let resources = state["values"]["root_module"]["resources"].as_array_mut().unwrap();
        let only: Json = resources.remove(index);
        *resources = vec![only];
        state.to_string()
    };
    let states = [of(0), of(1)];
    fs::create_dir_all(folder.path().join("states/deep")).unwrap();
    fs::write(folder.path().join("states/one.json"), &states[0]).unwrap();
    fs::write(folder.path().join("states/deep/two.json"), &states[1]).unwrap();
    (folder, states)
}

fn scan(served: &Served, folder: &Path, arguments: &[&str]) -> Output {
    command(served, folder, arguments).output().unwrap()
}

fn command(served: &Served, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = drift(folder, Some("123456789012"), &[&["scan"], arguments].concat());
    command
        .env("AWS_ENDPOINT_URL", served.endpoint())
        .env("PATH", format!("{}:/usr/bin:/bin", folder.join("bin").display()));
    command
}

fn check(output: &Output, code: i32, expected: &str) {
    let text = told(output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(text.contains(expected), "{expected}: {text}");
}

#[test]
fn a_pattern_is_all_the_files_that_match() {
    let served = Served::new(&[("prod", 2)]);
    let (folder, _) = states(&served);
    let scan = |arguments: &[&str]| scan(&served, folder.path(), arguments);
    check(&scan(&["states/**/*.json"]), 0, "in sync · 2 daemons");
    check(&scan(&["states/*.json"]), 0, "in sync · 1 daemon");
    check(&scan(&["states/**/*.toml"]), 1, "No file matches states/**/*.toml.");
    check(
        &scan(&["states/**/*.json", "-o", "json=states/one.json"]),
        1,
        "would overwrite",
    );
    let rules = "[[input]]\npath = \"states/deep/*\"\nowner = \"deep\"\n";
    fs::write(folder.path().join(".ecs-drift.toml"), rules).unwrap();
    check(&scan(&["states/*.json"]), 0, "in sync · 2 daemons");
    fs::write(folder.path().join("states/deep/broken.json"), "{\"canary\": ").unwrap();
    let broken = scan(&["states/*.json"]);
    check(&broken, 1, "states/deep/broken.json");
    assert!(
        told(&broken).contains("2 daemons"),
        "the others are scanned all the same: {}",
        told(&broken)
    );
}

#[test]
fn states_one_after_the_other_are_one_input() {
    let served = Served::new(&[("prod", 2)]);
    let (folder, [one, two]) = states(&served);
    let scan = |text: String| {
        fs::write(folder.path().join("stream"), text).unwrap();
        scan(&served, folder.path(), &["stream"])
    };
    check(&scan(format!("{one}\n{two}\n")), 0, "in sync · 2 daemons");
    check(
        &scan(format!("{one}\nlevel=info canary\n{two}\n")),
        1,
        "stands after a JSON document, line 2",
    );
}

/// Stands for the AWS CLI: the keys of a bucket are files of a folder.
const AWS: &str = r#"#!/bin/sh
echo "$*" >> calls
case "$1 $2" in
  "s3api list-objects-v2") cat keys.json ;;
  "s3 cp") cat "objects/${4#s3://bucket/}" ;;
esac
"#;

#[test]
fn a_bucket_is_read_by_the_aws_cli() {
    let served = Served::new(&[("prod", 2)]);
    let (folder, [one, two]) = states(&served);
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    };
    let program = write("bin/aws", AWS);
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    write("objects/env/a/one.tfstate", &one);
    write("objects/env/b/two.tfstate", &two);
    let keys = r#"["env/", "env/b/two.tfstate", "env/a/one.tfstate", "env/a/one.tfstate.tflock", "envy/c.tfstate"]"#;
    write("keys.json", keys);
    let scan = |arguments: &[&str]| scan(&served, folder.path(), arguments);
    check(&scan(&["s3://bucket/env/**/*.tfstate"]), 0, "in sync · 2 daemons");
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    let expected = "s3api list-objects-v2 --bucket bucket --prefix=env/ --query Contents[].Key --output json\n\
                    s3 cp --only-show-errors s3://bucket/env/a/one.tfstate -\n\
                    s3 cp --only-show-errors s3://bucket/env/b/two.tfstate -\n";
    assert_eq!(calls, expected);
    check(&scan(&["s3://bucket/env/a/one.tfstate"]), 0, "in sync · 1 daemon");
    // The emulator takes any credentials, so that the scan itself needs none of the profile.
    write(
        "config",
        "[profile audit]\nregion = eu-central-1\naws_access_key_id = a\naws_secret_access_key = b\n",
    );
    let config = folder.path().join("config").display().to_string();
    let with_profile = ["s3://bucket/env/*/one.tfstate", "--profile", "audit"];
    let mut with_profile = command(&served, folder.path(), &with_profile);
    with_profile.env("AWS_CONFIG_FILE", &config).output().unwrap();
    let calls = fs::read_to_string(folder.path().join("calls")).unwrap();
    let calls: Vec<&str> = calls.lines().rev().take(2).collect();
    assert!(calls.iter().all(|call| call.ends_with(" --profile=audit")), "{calls:?}");
    check(
        &scan(&["s3://bucket/env/*.json"]),
        1,
        "No object of S3 matches s3://bucket/env/*.json.",
    );
    check(&scan(&["s3://bucket/gone.tfstate"]), 1, "which need s3:GetObject");
    check(&scan(&["s3://-bucket/a"]), 1, "An address in S3 is");
    write("keys.json", "null\n");
    check(&scan(&["s3://bucket/env/**"]), 1, "No object of S3 matches");
    fs::remove_file(folder.path().join("bin/aws")).unwrap();
    if !Path::new("/usr/bin/aws").exists() && !Path::new("/bin/aws").exists() {
        check(&scan(&["s3://bucket/env/**"]), 1, "`aws` cannot be started");
    }
}

/// The name of the cluster is known through the state alone.
#[test]
fn a_daemon_that_no_state_has_and_the_configuration_does_is_no_clean_scan() {
    let served = Served::new(&[("prod", 2)]);
    let folder = TempDir::new().unwrap();
    let mut state = served.state();
    let resources = state["values"]["root_module"]["resources"].as_array_mut().unwrap();
    let taken: Json = resources.remove(1);
    let cluster = serde_json::json!({"address": "aws_ecs_cluster.prod", "mode": "managed", "type": "aws_ecs_cluster", "name": "prod",
        "values": {"arn": taken["values"]["cluster_arn"]}});
    resources.push(cluster);
    fs::write(folder.path().join("state.json"), state.to_string()).unwrap();
    fs::create_dir(folder.path().join("tf")).unwrap();
    let block = |index: u32| {
        format!(
            "resource \"ecs_daemon\" \"prod_agent-{index}\" {{\n  name = \"agent-{index}\"\n  cluster_arn = aws_ecs_cluster.prod.arn\n}}\n"
        )
    };
    let scan = |daemons: &[u32]| {
        let main: String = daemons.iter().map(|index| block(*index)).collect::<Vec<_>>().concat();
        fs::write(folder.path().join("tf/main.tf"), main).unwrap();
        scan(&served, folder.path(), &["state.json", "--config", "tf"])
    };
    check(&scan(&[0]), 0, "in sync · 1 daemon");
    let broken = folder.path().join("tf/broken.tf");
    fs::write(&broken, "resource {{\n").unwrap();
    check(
        &scan(&[0]),
        4,
        "incomplete: a part of the configuration could not be read",
    );
    fs::remove_file(&broken).unwrap();
    check(&scan(&[0, 1]), 2, "needs attention · 2 daemons");
    check(
        &scan(&[0, 1]),
        2,
        "id = \"arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent-1\"",
    );
    check(&scan(&[0, 2]), 2, "drift · 2 daemons");
    check(&scan(&[0, 2]), 2, "terraform apply -target='ecs_daemon.prod_agent-2'");
}

/// Where something differs, the output of a command is read again, since an apply may have been going on. One that failed
/// has none.
#[test]
fn a_command_that_failed_is_not_run_again() {
    let served = Served::new(&[("prod", 1)]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let rules = |command: &str| {
        let rules = format!(
            "[[input]]\ncommand = [\"sh\", \"-c\", \"echo >>runs; {command}\"]\n[[input]]\npath = \"state.json\"\n"
        );
        fs::write(folder.path().join(".ecs-drift.toml"), rules).unwrap();
    };
    let runs = || fs::read_to_string(folder.path().join("runs")).unwrap().lines().count();
    served.delete("prod");
    rules("exit 3");
    check(&scan(&served, folder.path(), &[]), 1, "ended with exit status: 3");
    assert_eq!(runs(), 1);
    rules("cat state.json");
    check(&scan(&served, folder.path(), &[]), 2, "1 daemon");
    assert_eq!(runs(), 3, "one that did not fail is read again at the end");
}

/// A program says little, and arguments may be secrets: so a command can be named.
#[test]
fn a_command_is_called_by_its_name() {
    let served = Served::new(&[("prod", 1)]);
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("state.json"), served.state().to_string()).unwrap();
    let rules = |rest: &str| fs::write(folder.path().join(".ecs-drift.toml"), format!("[[input]]\n{rest}\n")).unwrap();
    served.delete("prod");
    rules("name = 'production'\ncommand = ['cat', 'state.json']");
    check(&scan(&served, folder.path(), &[]), 2, " in production");
    rules("name = 'production'\ncommand = ['sh', '-c', 'exit 3']");
    check(
        &scan(&served, folder.path(), &[]),
        1,
        "`production` ended with exit status: 3",
    );
    for rest in [
        "name = 'production'\npath = 'state.json'",
        "name = ''\ncommand = ['cat', 'state.json']",
    ] {
        rules(rest);
        check(
            &scan(&served, folder.path(), &[]),
            1,
            "a name is for a `command` and not empty",
        );
    }
}

/// A block that takes over what is live must not have the address of a resource: Terraform would import nothing.
#[test]
fn a_daemon_is_taken_over_at_an_address_that_nothing_has() {
    let served = Served::new(&[("prod", 3)]);
    let (folder, _) = states(&served);
    let fields = "name = \"elsewhere\"\n  cluster_arn = var.cluster\n";
    let taken = format!("variable \"cluster\" {{}}\nresource \"ecs_daemon\" \"agent-2\" {{\n  {fields}}}\n");
    fs::write(folder.path().join("main.tf"), taken).unwrap();
    let report = scan(
        &served,
        folder.path(),
        &["states/*.json", "--unmanaged", "--config", ".", "-o", "json"],
    );
    let report: Json = serde_json::from_slice(&report.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let texts = findings.filter_map(|finding| finding["next_step"]["commands"][0]["text"].as_str());
    let mut addresses: Vec<&str> = texts
        .filter_map(|text| text.split("to = ").nth(1)?.lines().next())
        .collect();
    addresses.sort_unstable();
    assert_eq!(addresses, ["ecs_daemon.agent-1", "ecs_daemon.agent-2_2"], "{report:#}");
}

/// A job in a folder of the repository, whose annotations the host looks for from the repository's root.
#[test]
fn places_are_named_from_the_root_of_the_repository() {
    let served = Served::new(&[("prod", 1)]);
    let repository = TempDir::new().unwrap();
    let folder = repository.path().join("infra/prod");
    fs::create_dir_all(&folder).unwrap();
    let mut state = served.state();
    state["values"]["root_module"]["resources"][0]["values"]["enable_execute_command"] = true.into();
    let address = state["values"]["root_module"]["resources"][0]["address"]
        .as_str()
        .unwrap();
    let (kind, name) = address.split_once('.').unwrap();
    let main = format!("resource \"{kind}\" \"{name}\" {{\n  enable_execute_command = true\n}}\n");
    fs::write(folder.join("main.tf"), main).unwrap();
    fs::write(folder.join("state.json"), state.to_string()).unwrap();
    let arguments = ["-", "--config", ".", "-o", "github", "-o", "text=report.txt"];
    for (variable, root, place) in [
        ("GITHUB_WORKSPACE", repository.path(), "file=infra/prod/main.tf,line=2"),
        ("CI_PROJECT_DIR", repository.path(), "file=infra/prod/main.tf,line=2"),
        ("GITHUB_WORKSPACE", folder.as_path(), "file=main.tf,line=2"),
        ("GITHUB_WORKSPACE", Path::new("/nowhere"), "file=main.tf,line=2"),
    ] {
        let mut command = command(&served, &folder, &arguments);
        let state = fs::File::open(folder.join("state.json")).unwrap();
        let output = command.env(variable, root).stdin(state).output().unwrap();
        check(&output, 2, place);
    }
    let text = fs::read_to_string(folder.join("report.txt")).unwrap();
    assert!(text.contains(&format!("{address} in standard input")), "{text}");
}
