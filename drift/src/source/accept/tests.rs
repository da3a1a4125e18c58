//! That a file changes where it must and nowhere else.

use super::*;

const FILE: &str = r#"# Recorded for the platform team.
schema_version = "1.0"
recorded_at = "2026-03-01T02:00:00Z"
tool_version = "0.1.0"

[[daemon]]
arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent"
account = "123456789012"
region = "eu-central-1"
created_at = "2026-01-01T00:00:00Z"
deployment_arn = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/one"
task_definition = "family" # CloudFormation registers one a day

[daemon.settings]
capacity_provider_arns = ["b", "a"]
critical = true

[daemon.settings.deployment_configuration]
drain_percent = 10 # slow on purpose
alarms = { alarm_names = [], enable = false }

[daemon.tags]
team = "platform"
old = "x"

[[daemon]]
arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/test/agent"
account = "123456789012"
region = "eu-central-1"
task_definition = "exact"

[daemon.settings]
critical = true
"#;

fn live() -> BaselineDaemon {
    let text = r#"
schema_version = "1.0"
recorded_at = "2026-03-01T02:00:00Z"
tool_version = "0.1.0"
[[daemon]]
arn = "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent"
account = "123456789012"
region = "eu-central-1"
created_at = "2026-02-01T00:00:00Z"
deployment_arn = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/two"
revision_arn = "r"
[daemon.settings]
capacity_provider_arns = ["a", "b"]
critical = false
propagate_tags = "DAEMON"
[daemon.settings.deployment_configuration]
drain_percent = 50.0
alarms = { alarm_names = ["high"], enable = true }
[daemon.tags]
team = "search"
new = "y"
"#;
    baseline::parse_toml(text).unwrap().daemon.remove(0)
}

/// Lines that are gone and lines that came.
fn diff(target: &str) -> Result<String, SourceError> {
    let file = baseline::parse_toml(FILE).unwrap();
    let (text, changes) = accept(FILE, &Accept::parse(target, &file)?, &live())?;
    let gone = FILE.lines().filter(|line| !text.lines().any(|other| other == *line));
    let came = text.lines().filter(|line| !FILE.lines().any(|other| other == *line));
    let lines = gone
        .map(|line| format!("-{line}\n"))
        .chain(came.map(|line| format!("+{line}\n")));
    let changes = changes.iter().map(|change| format!("{change}\n"));
    Ok(lines.chain(changes).collect())
}

#[test]
fn one_setting_is_one_line_and_comments_stay() {
    insta::assert_snapshot!(diff("prod/agent:deployment_configuration.drain_percent").unwrap(), @r#"
-drain_percent = 10 # slow on purpose
+drain_percent = 50.0 # slow on purpose
settings.deployment_configuration.drain_percent: 10 -> 50.0
"#);
}

#[test]
fn a_daemon_takes_over_what_the_file_has_of_it() {
    insta::assert_snapshot!(diff("arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent").unwrap(), @r#"
-created_at = "2026-01-01T00:00:00Z"
-deployment_arn = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/one"
-drain_percent = 10 # slow on purpose
-alarms = { alarm_names = [], enable = false }
-team = "platform"
-old = "x"
+created_at = "2026-02-01T00:00:00Z"
+deployment_arn = "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/two"
+critical = false
+drain_percent = 50.0 # slow on purpose
+alarms = { alarm_names = ["high"], enable = true }
+team = "search"
+new = "y"
created_at: "2026-01-01T00:00:00Z" -> "2026-02-01T00:00:00Z"
deployment_arn: "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/one" -> "arn:aws:ecs:eu-central-1:123456789012:daemon-deployment/prod/agent/two"
settings.critical: true -> false
settings.deployment_configuration.drain_percent: 10 -> 50.0
settings.deployment_configuration.alarms.alarm_names: [] -> ["high"]
settings.deployment_configuration.alarms.enable: false -> true
tags.old: "x" -> nothing
tags.new: nothing -> "y"
tags.team: "platform" -> "search"
"#);
}

#[test]
fn what_the_file_leaves_out_is_added_if_it_is_named() {
    insta::assert_snapshot!(diff("prod/agent:propagate_tags").unwrap(), @r#"
+propagate_tags = "DAEMON"
settings.propagate_tags: nothing -> "DAEMON"
"#);
    let block = diff("prod/agent:deployment_configuration").unwrap();
    assert!(
        block.contains("settings.deployment_configuration.alarms.enable: false -> true"),
        "{block}"
    );
    let tags = diff("prod/agent:tags_all").unwrap();
    assert!(tags.contains("tags.old: \"x\" -> nothing"), "{tags}");
}

#[test]
fn what_is_as_recorded_changes_nothing() {
    assert_eq!(diff("prod/agent:capacity_provider_arns").unwrap(), "");
}

#[test]
fn what_cannot_be_accepted_is_said() {
    let check = |target: &str, expected: &str| {
        let error = diff(target).unwrap_err();
        assert!(error.detail.contains(expected), "{error:?}");
    };
    check("prod/other", "has no daemon prod/other");
    check("prod/agent:drain", "`drain` is no setting of a daemon");
    check(
        "prod/agent:enable_execute_command",
        "no longer tells `enable_execute_command`",
    );
    check(
        "arn:aws:ecs:eu-central-1:123456789012:daemon/prod/other:critical",
        "has no daemon arn:",
    );
    let mut file = baseline::parse_toml(FILE).unwrap();
    let mut twin = file.daemon[0].clone();
    twin.arn = twin.arn.replace("eu-central-1", "eu-west-1");
    file.daemon.push(twin);
    let error = Accept::parse("prod/agent", &file).unwrap_err();
    assert_eq!(error.summary, "Ambiguous daemon");
}
