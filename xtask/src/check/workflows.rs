//! Rules of the workflows: what can run away, what can write, what can be swapped underneath us.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::yaml;
use crate::process::Outcome;

const FOLDER: &str = ".github/workflows";

/// Checks all workflows.
pub(super) fn check(root: &Path) -> Outcome {
    let mut names: Vec<_> = fs::read_dir(root.join(FOLDER))?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect::<Result<_, _>>()?;
    names.sort();
    for name in names {
        let name = Path::new(FOLDER).join(name);
        let text = fs::read_to_string(root.join(&name)).map_err(|error| format!("{}: {error}", name.display()))?;
        let workflow = yaml::parse(&text).map_err(|error| format!("{}: {error}", name.display()))?;
        let mut wrong = complaints(&workflow);
        wrong.extend(unnamed_commits(&text));
        yaml::verdict(&name.display().to_string(), wrong)?;
    }
    Ok(())
}

fn complaints(workflow: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if workflow["permissions"] != serde_json::json!({"contents": "read"}) {
        wrong.push("the workflow may read contents and nothing else; a job that needs more says so itself".to_owned());
    }
    if mentions(&workflow["on"], "pull_request_target") {
        wrong.push("nothing runs on pull_request_target, where strangers' code meets our secrets".to_owned());
    }
    for (name, job) in workflow["jobs"].as_object().into_iter().flatten() {
        if !job["timeout-minutes"].is_number() {
            wrong.push(format!("job {name} has timeout-minutes"));
        }
        for step in job["steps"].as_array().into_iter().flatten() {
            wrong.extend(step_complaints(name, step));
        }
    }
    wrong
}

fn step_complaints(job: &str, step: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some(action) = step["uses"].as_str() {
        let version = action.split_once('@').map(|(_, version)| version);
        if !version.is_some_and(is_pinned) {
            wrong.push(format!(
                "job {job} pins {action} to a commit of 40 digits; tags can be moved"
            ));
        }
        if action.starts_with("actions/checkout@") && step["with"]["persist-credentials"] != false {
            wrong.push(format!("job {job} checks out without leaving the token in the folder"));
        }
    }
    if step["run"].as_str().is_some_and(|script| script.contains("${{")) {
        wrong.push(format!(
            "job {job} hands expressions to scripts through the environment, where they cannot become code"
        ));
    }
    wrong
}

fn mentions(triggers: &Value, name: &str) -> bool {
    match triggers {
        Value::String(trigger) => trigger == name,
        Value::Array(all) => all.iter().any(|trigger| trigger == name),
        Value::Object(all) => all.contains_key(name),
        _ => false,
    }
}

fn is_pinned(version: &str) -> bool {
    version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Commits without the release they belong to, which people read and Dependabot updates. Comments are not part of
/// the parsed file, so lines are looked at.
fn unnamed_commits(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((_, action)) = line.split_once("uses: ") else {
            continue;
        };
        let release = action.split_once(" # ").map_or("", |(_, comment)| comment.trim());
        if !is_release(release) {
            wrong.push(format!(
                "line {} names the release of the commit in a comment, as in `# v1.2.3`: {}",
                number + 1,
                line.trim()
            ));
        }
    }
    wrong
}

/// `v1.2.3`: `v1` moves with every release.
fn is_release(text: &str) -> bool {
    let numbers = text.strip_prefix('v').unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    parts.len() == 3 && parts.iter().all(|part| part.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINE: &str = "
on:
  push:
permissions:
  contents: read
jobs:
  build:
    timeout-minutes: 5
    steps:
      - uses: actions/checkout@0123456789abcdef0123456789abcdef01234567 # v7.0.1
        with:
          persist-credentials: false
      - run: cargo test
";

    fn check(before: &str, after: &str, expected: &[&str]) {
        let text = FINE.replace(before, after);
        assert!(before.is_empty() || text != FINE, "{before}");
        let mut found = complaints(&yaml::parse(&text).unwrap());
        found.extend(unnamed_commits(&text));
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (complaint, part) in found.iter().zip(expected) {
            assert!(complaint.contains(part), "{complaint}");
        }
    }

    #[test]
    fn mistakes_are_found() {
        check("", "", &[]);
        check("contents: read", "contents: write", &["read contents"]);
        check("  push:", "  pull_request_target:", &["pull_request_target"]);
        check("timeout-minutes: 5", "name: x", &["timeout-minutes"]);
        for unpinned in ["@main", "@v7", "@v7.0.1", "@0123456"] {
            let pinned = "@0123456789abcdef0123456789abcdef01234567";
            check(pinned, unpinned, &[&format!("pins actions/checkout{unpinned}")]);
        }
        for unnamed in ["", " # v7", " # main", " # 7.0.1"] {
            check(" # v7.0.1", unnamed, &["names the release of the commit"]);
        }
        check("persist-credentials: false", "fetch-depth: 0", &["token"]);
        check("cargo test", "echo ${{ github.head_ref }}", &["environment"]);
    }
}
