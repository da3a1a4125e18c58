//! Notices, told to hosts that check each request: the life of an issue, limits and lost answers, refusals, webhooks. No
//! token is ever said.

use std::{fs, path::Path, process::Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::{
    drift,
    hosts::{Hosts, Instead, TOKEN},
    told,
};

/// The report that every form of the crate is shown with.
fn golden() -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/render/snapshots/ecs_drift__render__tests__json.snap");
    let text = fs::read_to_string(path).unwrap();
    serde_json::from_str(text.splitn(3, "---\n").nth(2).unwrap()).unwrap()
}

/// The report of a night: with findings of these causes only, and finished on this day.
fn report(day: u32, causes: &[&str]) -> Json {
    let mut report = golden();
    let findings = report["findings"].as_array().unwrap().iter();
    let chosen = findings.filter(|finding| {
        let cause = finding["cause"].as_str().unwrap();
        finding["suppression"].is_null() && causes.contains(&cause)
    });
    report["findings"] = chosen.cloned().collect();
    report["finished_at"] = format!("2026-03-{day:02}T02:00:07Z").into();
    report["warnings"] = json!([]);
    report
}

struct Job {
    hosts: Hosts,
    folder: TempDir,
}

impl Job {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let hosts = Hosts::start();
        Self { hosts, folder }
    }

    fn run(&self, report: &Json, arguments: &[&str]) -> Output {
        fs::write(self.folder.path().join("drift.json"), report.to_string()).unwrap();
        let address = &self.hosts.address;
        let mut command = drift(self.folder.path(), None, &["notify", "drift.json"]);
        command
            .env("GITHUB_TOKEN", TOKEN)
            .env("GITLAB_TOKEN", TOKEN)
            .env("GITHUB_API_URL", format!("{address}/api/v3"))
            .env("CI_API_V4_URL", format!("{address}/api/v4/"))
            .env("SLACK_WEBHOOK_URL", format!("{address}/services/T0/B0/{TOKEN}"))
            .args(arguments);
        let output = command.output().unwrap();
        assert!(!told(&output).contains("canary"), "{}", told(&output));
        output
    }

    /// What a night said, and what the hosts were asked.
    fn night(&self, report: &Json, arguments: &[&str]) -> String {
        format!("{}\n{}\n", told(&self.run(report, arguments)), self.hosts.log())
    }
}

/// The life of an issue over several nights.
fn check_life(name: &str, arguments: &[&str]) {
    let job = Job::new();
    let drifted = |day| report(day, &["default-revert"]);
    let mut known = drifted(3);
    known["findings"][0]["suppression"] = json!({"kind": "known", "reason": null});
    let nights = [
        ("clean, and no issue", report(1, &[])),
        ("drift", drifted(2)),
        ("known drift", known),
        ("incomplete", report(4, &["unreadable"])),
        ("incomplete and drift", report(4, &["unreadable", "missing"])),
        ("clean", report(5, &[])),
        ("clean again", report(6, &[])),
        ("drift again", drifted(7)),
        ("an older report", report(6, &[])),
    ];
    let lines = nights
        .iter()
        .map(|(title, report)| format!("## {title}\n{}", job.night(report, arguments)));
    insta::assert_snapshot!(format!("notify_life_{name}"), lines.collect::<String>());
    let issues = job.hosts.issues();
    let [issue] = issues.as_slice() else {
        panic!("{issues:#?}")
    };
    let text = issue["body"].as_str().or(issue["description"].as_str()).unwrap();
    assert!(
        text.contains("<https://ci.example.com/runs/7>") && text.contains("Reset to its default"),
        "{text}"
    );
    assert!(
        text.starts_with("<!-- ecs-drift estate=prod finished=2026-03-07T02:00:07Z -->\n"),
        "{text}"
    );
}

const LINK: [&str; 2] = ["--link", "https://ci.example.com/runs/7"];

#[test]
fn an_issue_follows_the_estate() {
    let with = |flag, project| {
        [
            &[flag, project, "--estate", "prod", "--label", "on call"],
            LINK.as_slice(),
        ]
        .concat()
    };
    check_life("github", &with("--github-issue", "octo/infra"));
    check_life("gitlab", &with("--gitlab-issue", "platform/infra"));
}

#[test]
fn the_issue_is_found_among_others() {
    let job = Job::new();
    job.hosts.page(2);
    let mark = |estate: &str| format!("<!-- ecs-drift estate={estate} finished=2026-03-01T00:00:00Z -->\r\nText.");
    let issue = |body: &str, state: &str, label: &str| {
        let number = job.hosts.issues().len() + 1;
        json!({"number": number, "body": body, "state": state, "labels": [{"name": label}], "html_url": "https://g.example.com"})
    };
    let ours = "ecs-drift";
    job.hosts.add(issue(&mark("default"), "open", "somebody's"));
    job.hosts.add(issue(&mark("default"), "closed", ours));
    job.hosts.add(issue(&mark("default"), "open", ours));
    job.hosts.add(issue(&mark("default"), "open", ours));
    job.hosts
        .add(issue(&format!("Text.\n{}", mark("default")), "open", ours));
    let mut pull_request = issue(&mark("default"), "open", ours);
    pull_request["pull_request"] = json!({});
    job.hosts.add(pull_request);
    job.hosts.add(issue("", "open", ours));
    job.hosts.add(issue(&mark("other"), "open", ours));
    let night = job.night(&report(2, &["missing"]), &["--github-issue", "octo/infra"]);
    insta::assert_snapshot!("notify_found", night);
}

#[test]
fn limits_are_waited_for_and_lost_answers_looked_for() {
    let job = Job::new();
    let night = |day, instead: &[Instead], arguments: &[&str]| {
        job.hosts.instead(instead);
        let arguments = [&["--github-issue", "octo/infra"], arguments].concat();
        job.night(&report(day, &["missing"]), &arguments)
    };
    let limits = [
        Instead::Answer(429, &[("retry-after", "0")], ""),
        Instead::Answer(403, &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "9")], "{}"),
        Instead::Usual,
        Instead::Answer(403, &[("retry-after", "0")], r#"{"message": "a secondary rate limit"}"#),
        Instead::Silence,
    ];
    let long = [Instead::Answer(
        403,
        &[],
        r#"{"message": "You have exceeded a secondary rate limit"}"#,
    )];
    let told = [
        night(2, &limits, &[]),
        night(3, &[Instead::Usual, Instead::Silence], &[]),
        night(4, &long, &["--timeout", "30s"]),
    ];
    insta::assert_snapshot!("notify_limits", told.join("\n"));
    assert_eq!(job.hosts.issues().len(), 1, "an issue was opened twice");
}

#[test]
fn refusals_say_what_to_do() {
    const ECHO: &str = r#"{"message": "bad canary-token-1f9b\u001b[31m"}"#;
    let job = Job::new();
    let answers = [
        Instead::Answer(
            301,
            &[("location", "http://elsewhere.invalid/")],
            r#"{"message": "Moved Permanently"}"#,
        ),
        Instead::Answer(401, &[], ECHO),
        Instead::Answer(
            403,
            &[("x-ratelimit-remaining", "7")],
            r#"{"message": "Resource not accessible by integration"}"#,
        ),
        Instead::Answer(404, &[], r#"{"message": "Not Found"}"#),
        Instead::Answer(410, &[], r#"{"message": "Issues are disabled for this repo"}"#),
        Instead::Answer(422, &[], r#"{"message": {"labels": ["are wrong"]}}"#),
        Instead::Answer(200, &[], "<html>Sign in</html>"),
        Instead::Answer(200, &[], r#"[{"title": "no number"}]"#),
    ];
    let mut told = String::new();
    for answer in answers {
        for arguments in [["--github-issue", "octo/infra"], ["--gitlab-issue", "platform/infra"]] {
            job.hosts.instead(std::slice::from_ref(&answer));
            told += &job.night(&report(2, &["missing"]), &arguments);
        }
    }
    job.hosts.drop_labels();
    told += &job.night(&report(2, &["missing"]), &["--github-issue", "octo/infra"]);
    insta::assert_snapshot!("notify_refusals", told);
}

#[test]
fn chats_and_programs_are_told() {
    let job = Job::new();
    let hook = format!("{}/hooks/{TOKEN}?secret={TOKEN}", job.hosts.address);
    let arguments = ["--slack-webhook", "--webhook", &hook, LINK[0], LINK[1]];
    let mut told = String::new();
    for (day, causes) in [(1, [].as_slice()), (2, &["unreadable"]), (3, &["missing", "tags"])] {
        told += &job.night(&report(day, causes), &arguments);
    }
    // One that refuses keeps no other from being told.
    let refused = Instead::Answer(404, &[], "no_service");
    job.hosts.instead(&[refused]);
    told += &job.night(&report(4, &["missing"]), &arguments);
    insta::assert_snapshot!("notify_hooks", told.replace(TOKEN, "TOKEN"));
    let posts = job.hosts.posts();
    let (texts, reports): (Vec<&Json>, Vec<&Json>) = posts.iter().partition(|post| post.get("text").is_some());
    assert_eq!((texts.len(), reports.len()), (2, 4));
    insta::assert_snapshot!("notify_message", texts[1]["text"].as_str().unwrap());
    // The document is a report that this program reads.
    fs::write(job.folder.path().join("posted.json"), reports[2].to_string()).unwrap();
    let merged = drift(job.folder.path(), None, &["merge", "posted.json", "--quiet"])
        .output()
        .unwrap();
    assert_eq!(merged.status.code(), Some(2), "{}", crate::told(&merged));
}

#[test]
fn wrong_arguments_send_nothing() {
    let job = Job::new();
    let cases: [&[&str]; 16] = [
        &[],
        &["--github-issue", "infra"],
        &["--github-issue", "octo/../x"],
        &["--gitlab-issue", "platform/in fra"],
        &["--github-issue", "octo/infra", "--github-url", "ftp://x"],
        &[
            "--github-issue",
            "octo/infra",
            "--github-url",
            "http://ghe.example.com/api/v3",
        ],
        &["--gitlab-issue", "1", "--gitlab-url", "https://ann:canary@h"],
        &["--webhook", "http://hooks.example.com/canary"],
        &["--webhook", "hooks.example.com/canary"],
        &["--slack-webhook", "--link", "javascript:alert(1)"],
        &["--slack-webhook", "--label", "a,b"],
        &["--slack-webhook", "--estate=-->\u{1b}"],
        &["--slack-webhook", "--timeout", "0s"],
        &["--slack-webhook", "--fail-on", "much"],
        &["--slack-webhook", "--rules", "no-such.toml"],
        &["--slack-webhook", "no-such.json"],
    ];
    let mut said = String::new();
    for arguments in cases {
        let output = job.run(&report(2, &["missing"]), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        said += &format!("## {arguments:?}\n{}\n", told(&output)).replace("canary", "CANARY");
    }
    let bare = drift(
        job.folder.path(),
        None,
        &["notify", "drift.json", "--github-issue", "a/b", "--slack-webhook"],
    );
    let mut variants = [
        bare,
        drift(job.folder.path(), None, &["notify", "drift.json", "--slack-webhook"]),
    ];
    variants[1].env("SLACK_WEBHOOK_URL", "http://hooks.example.com/canary");
    let mut odd = drift(
        job.folder.path(),
        None,
        &["notify", "drift.json", "--gitlab-issue", "1"],
    );
    odd.env("GITLAB_TOKEN", "canary\ncanary");
    for command in variants.iter_mut().chain([&mut odd]) {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(!told(&output).contains("canary"));
        said.extend(["##\n", &told(&output), "\n"]);
    }
    assert_eq!(job.hosts.log(), "");
    insta::assert_snapshot!("notify_arguments", said);
}
