//! The configurations that a new user copies from a page, as its reader follows it: the page's file as it stands, the fleet
//! that its command starts the emulator with, and its variables and commands in a shell that has nothing else.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use acceptance_tests::{Case, Failure, Outcome, Setup, Targets, fail};

use crate::fixture::copy_folder;

const TARGETS: Targets = Targets::EmulatorOnly("the pages name the emulator's fleet");

/// The port of the pages, which a test cannot have for itself.
const ENDPOINT: &str = "http://127.0.0.1:4580";

const FLEET: &str = "examples/emulator/fleet.toml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> Outcome<String> {
    let path = root().join(path);
    fs::read_to_string(&path).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
}

/// What a page shows.
struct Page {
    configuration: String,
    scenario: String,
    /// Exports and calls of Terraform, in their order.
    commands: Vec<String>,
}

fn page(path: &str) -> Outcome<Page> {
    let text = read(path)?;
    let fenced = text.split("\n```").enumerate().filter(|(index, _)| index % 2 == 1);
    let mut blocks = fenced.filter_map(|(_, block)| block.split_once('\n'));
    let configuration = blocks.find(|(language, block)| *language == "terraform" && block.starts_with("terraform {"));
    let (_, configuration) = configuration.ok_or_else(|| Failure::new(format!("{path} has no configuration")))?;
    let commands: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("$ ")).collect();
    let scenario = commands.iter().find_map(|command| {
        let rest = command.strip_prefix("ecs-emulator --scenario ")?;
        rest.strip_suffix(" --listen 127.0.0.1:4580")
    });
    let scenario = scenario.ok_or_else(|| Failure::new(format!("{path} starts no emulator at {ENDPOINT}")))?;
    let ours = commands
        .iter()
        .filter(|command| command.starts_with("export ") || command.starts_with("terraform "));
    Ok(Page {
        configuration: configuration.to_owned(),
        scenario: scenario.to_owned(),
        commands: ours.map(|command| (*command).to_owned()).collect(),
    })
}

/// A folder for the reader, and the search path on which `terraform` is the CLI under test.
fn folder(case: &Case, path: &str, configuration: &str) -> Outcome<(PathBuf, String)> {
    let folder = case.folder().path().join("first");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    // The folders beside the page, which its reader copies.
    for rest in configuration.split("source = \"./").skip(1) {
        let (module, _) = rest.split_once('"').unwrap_or_default();
        copy_folder(&root().join(path).with_file_name(module), &folder.join(module))?;
    }
    let programs = case.folder().path().join(".programs");
    fs::create_dir_all(&programs)?;
    symlink(case.cli().path(), programs.join("terraform"))?;
    Ok((folder, format!("{}:/usr/bin:/bin", programs.display())))
}

fn check(name: &'static str, path: &str) -> Outcome {
    let page = page(path)?;
    let called: Vec<&str> = page.commands.iter().map(String::as_str).collect();
    let called: Vec<&str> = called.into_iter().filter(|call| !call.starts_with("export ")).collect();
    assert_eq!(called, ["terraform init", "terraform apply"], "{path}");
    assert!(FLEET.ends_with(&page.scenario), "{path} starts with {}", page.scenario);
    let setup = Setup::instances(0).scenario(&read(FLEET)?);
    Case::new(name, TARGETS, setup).run(|case| {
        let (reader, programs) = folder(case, path, &page.configuration)?;
        let mut script = vec!["set -e".to_owned()];
        script.extend(page.commands.iter().cloned());
        script.extend(["terraform plan -detailed-exitcode", "terraform destroy"].map(str::to_owned));
        let endpoint = case.testbed().emulator()?.endpoint();
        let script = script.join("\n").replace(ENDPOINT, &endpoint);
        // Where a reader types the answer.
        let script = ["apply", "destroy"].iter().fold(script, |script, command| {
            script.replace(
                &format!("terraform {command}"),
                &format!("terraform {command} -auto-approve"),
            )
        });
        let mut shell = case.folder().command(Path::new("/bin/sh"));
        shell.args(["-c", &script]).current_dir(&reader).env("PATH", programs);
        for variable in [
            "ACCESS_KEY_ID",
            "SECRET_ACCESS_KEY",
            "REGION",
            "ENDPOINT_URL_ECS",
            "ENDPOINT_URL_STS",
        ] {
            shell.env_remove(format!("AWS_{variable}"));
        }
        shell.env_remove("TF_ECS_POLL_INTERVAL");
        let done = case
            .folder()
            .finish(case.folder().start_other(&mut shell)?)?
            .expect_code(0)?;
        for expected in ["2 added, 0 changed, 0 destroyed", "No changes.", "2 destroyed"] {
            if !done.stdout.contains(expected) {
                return fail(format!("{path}: no {expected:?} in\n{}", done.stdout));
            }
        }
        case.configure_only("")
    })
}

#[test]
fn of_the_readme() -> Outcome {
    check("first-configuration", "README.md")
}

#[test]
fn of_getting_started() -> Outcome {
    check("getting-started", "docs/guides/getting-started.md")
}

#[test]
fn of_the_agents() -> Outcome {
    check("first-agent", "examples/agents/README.md")
}
