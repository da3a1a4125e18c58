//! A runner of GitHub's composite actions, as far as ours go: conditions, expressions, the files of commands, and the two
//! actions that keep and fetch artifacts. The scripts run in bash, as they do there.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_norway::Value as Yaml;

use crate::nightly::Host;

/// What became of an action.
pub(crate) struct Done {
    pub(crate) is_success: bool,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) log: String,
    /// Names of the steps that ran.
    pub(crate) steps: Vec<String>,
}

/// A job: its folder, its temporary one, its artifacts.
pub(crate) struct Runner<'a> {
    host: &'a Host,
    pub(crate) environment: Vec<(&'static str, String)>,
    /// Number of the attempt.
    pub(crate) attempt: u32,
    /// The step that is ended, and the operation of ECS that it has called by then. The signal goes to its shell alone, as
    /// from a runner whose job is cancelled.
    pub(crate) ended: Option<(&'static str, &'static str)>,
}

/// Values that expressions find.
type Context = BTreeMap<String, String>;

impl<'a> Runner<'a> {
    pub(crate) fn of(host: &'a Host) -> Self {
        fs::create_dir_all(host.folder.path().join("temp")).unwrap();
        Self {
            host,
            environment: Vec::new(),
            attempt: 1,
            ended: None,
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.host.folder.path().join(name)
    }

    /// Runs an action of the repository.
    pub(crate) fn run(&self, action: &str, with: &[(&str, &str)]) -> Done {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../actions").join(action);
        let text = fs::read_to_string(folder.join("action.yml")).unwrap();
        let action: Yaml = serde_norway::from_str(&text).unwrap();
        let mut context = Context::from([
            ("github.action_path".to_owned(), folder.display().to_string()),
            ("github.token".to_owned(), "job-token".to_owned()),
            ("github.run_attempt".to_owned(), self.attempt.to_string()),
            ("runner.temp".to_owned(), self.at("temp").display().to_string()),
        ]);
        for (name, input) in action["inputs"].as_mapping().unwrap() {
            let name = name.as_str().unwrap();
            let given = with
                .iter()
                .rev()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned());
            let default = expanded(input["default"].as_str().unwrap_or_default(), &context);
            context.insert(format!("inputs.{name}"), given.unwrap_or(default));
        }
        for (name, _) in with {
            assert!(
                context.contains_key(&format!("inputs.{name}")),
                "there is no input {name}"
            );
        }
        let mut done = Done {
            is_success: true,
            outputs: BTreeMap::new(),
            log: String::new(),
            steps: Vec::new(),
        };
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            let condition = step["if"].as_str().unwrap_or_default();
            let runs = (done.is_success || condition.contains("always()")) && holds(condition, &context);
            if runs {
                done.steps.push(step["name"].as_str().unwrap().to_owned());
                let is_success = match step["uses"].as_str() {
                    Some(uses) => self.artifact(uses, &step["with"], &context),
                    None => self.script(step, &mut context, &mut done.log),
                };
                done.is_success &= is_success || step["continue-on-error"].as_bool() == Some(true);
            }
        }
        for (name, output) in action["outputs"].as_mapping().unwrap() {
            let value = expanded(output["value"].as_str().unwrap(), &context);
            done.outputs.insert(name.as_str().unwrap().to_owned(), value);
        }
        done
    }

    fn script(&self, step: &Yaml, context: &mut Context, log: &mut String) -> bool {
        assert_eq!(step["shell"].as_str(), Some("bash"));
        let (output, path) = (self.at("temp/output"), self.at("temp/path"));
        fs::write(&output, "").unwrap();
        let folder = step["working-directory"].as_str().unwrap_or(".");
        let folder = self.at(&expanded(folder, context));
        let added = fs::read_to_string(&path).unwrap_or_default();
        let added: String = added.lines().rev().flat_map(|line| [line, ":"]).collect();
        let mut command = Command::new("bash");
        command
            .current_dir(folder)
            .env_clear()
            .env(
                "PATH",
                format!("{added}{}:/usr/bin:/bin", self.host.folder.path().display()),
            )
            .env("HOME", self.host.folder.path())
            .envs([
                ("AWS_ACCESS_KEY_ID", "123456789012"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("AWS_REGION", "eu-central-1"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
                ("AWS_ENDPOINT_URL", &self.host.served.endpoint()),
                ("GITHUB_ACTIONS", "true"),
                ("GITHUB_SERVER_URL", "https://github.example.com"),
                ("GITHUB_REPOSITORY", "octo/infra"),
                ("GITHUB_RUN_ID", "7"),
                ("RUNNER_OS", "Linux"),
                ("RUNNER_ARCH", "X64"),
            ])
            .env("RUNNER_TEMP", self.at("temp"))
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_PATH", &path)
            .env("GITHUB_STEP_SUMMARY", self.at("summary.md"))
            .envs(self.environment.iter().map(|(name, value)| (*name, value)));
        for (name, value) in step["env"].as_mapping().into_iter().flatten() {
            command.env(name.as_str().unwrap(), expanded(value.as_str().unwrap(), context));
        }
        // An expression within a script is code.
        let script = step["run"].as_str().unwrap();
        assert!(!script.contains("${{"), "{script}");
        // From a file: a shell that has one command only in its arguments takes its place, and hears its signals.
        let file = self.at("temp/step.sh");
        fs::write(&file, script).unwrap();
        command.args(["--noprofile", "--norc", "-eo", "pipefail"]).arg(file);
        let ended = self.ended.filter(|(id, _)| step["id"].as_str() == Some(*id));
        let done = match ended {
            None => command.output().unwrap(),
            Some((_, operation)) => {
                let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
                self.host.served.wait_for(operation, 1);
                let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
                assert!(killed.unwrap().success());
                child.wait_with_output().unwrap()
            }
        };
        *log += &String::from_utf8_lossy(&[done.stdout, done.stderr].concat());
        if let Some(id) = step["id"].as_str() {
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                context.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
            }
        }
        done.status.success()
    }

    /// Keeps or fetches an artifact.
    fn artifact(&self, uses: &str, with: &Yaml, context: &Context) -> bool {
        let part = |name: &str| expanded(with[name].as_str().unwrap(), context);
        let kept = self.at("artifacts").join(part("name"));
        if uses.starts_with("actions/upload-artifact@") {
            // A run has each artifact once.
            if kept.exists() && with["overwrite"].as_bool() != Some(true) {
                return false;
            }
            fs::create_dir_all(&kept).unwrap();
            let files = part("path");
            let files: Vec<&Path> = files.lines().map(Path::new).filter(|file| file.exists()).collect();
            for file in &files {
                fs::copy(file, kept.join(file.file_name().unwrap())).unwrap();
            }
            return !files.is_empty();
        }
        assert!(uses.starts_with("actions/download-artifact@"), "{uses}");
        fs::create_dir_all(part("path")).unwrap();
        let Ok(files) = fs::read_dir(kept) else { return false };
        for file in files {
            let file = file.unwrap();
            fs::copy(file.path(), Path::new(&part("path")).join(file.file_name())).unwrap();
        }
        true
    }
}

/// A text with its expressions replaced.
fn expanded(text: &str, context: &Context) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${{") {
        let (expression, after) = after.split_once("}}").unwrap();
        let mut values = expression.split("||").map(|name| value(name.trim(), context));
        expanded += before;
        expanded += &values.find(|value| !value.is_empty()).unwrap_or_default();
        rest = after;
    }
    expanded + rest
}

fn value(name: &str, context: &Context) -> String {
    let is_known = name.starts_with("steps.") || context.contains_key(name);
    assert!(is_known, "there is no {name}");
    context.get(name).cloned().unwrap_or_default()
}

/// True if a condition holds: comparisons with texts, `always()`, `&&`, `||` and groups.
fn holds(condition: &str, context: &Context) -> bool {
    let condition = condition.trim();
    if condition.is_empty() {
        return true;
    }
    for (operator, is_or) in [("||", true), ("&&", false)] {
        let parts = outside_of_groups(condition, operator);
        if parts.len() > 1 {
            let mut parts = parts.into_iter().map(|part| holds(part, context));
            return if is_or {
                parts.any(|holds| holds)
            } else {
                parts.all(|holds| holds)
            };
        }
    }
    if let Some(group) = condition.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return holds(group, context);
    }
    if condition == "always()" {
        return true;
    }
    let (name, text, is_equal) = match condition.split_once(" == ") {
        Some((name, text)) => (name, text, true),
        None => condition
            .split_once(" != ")
            .map(|(name, text)| (name, text, false))
            .unwrap(),
    };
    (value(name.trim(), context) == text.trim().trim_matches('\'')) == is_equal
}

fn outside_of_groups<'a>(text: &'a str, operator: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(operator) => {
                parts.push(&text[start..at]);
                start = at + operator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}
