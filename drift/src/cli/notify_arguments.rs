//! Arguments of `notify`. The texts of this file are help that users read.

use std::{path::PathBuf, time::Duration};

use clap::Args;

use super::{shared::Level, values};

pub(super) const NOTIFY: &str = "\
Examples:
  ecs-drift notify drift.json --github-issue octo/infra --link \"$RUN_URL\"
  ecs-drift notify eu.json us.json --gitlab-issue platform/infra --estate prod --label on-call
  ecs-drift notify drift.json --slack-webhook --webhook https://example.com/hooks/drift

An issue is opened when something is drifted, edited in place as long as it is, reopened when it is again, and closed when a
complete report finds nothing. An incomplete report closes none. Tokens and the URL of Slack come from the environment only:
  GITHUB_TOKEN or GH_TOKEN  --github-issue
  GITLAB_TOKEN              --gitlab-issue
  SLACK_WEBHOOK_URL         --slack-webhook
  ECS_DRIFT_WEBHOOK_TOKEN   --webhook, if it wants one

Exit codes:
  0  told, or there was nothing to tell
  1  error: an argument, a report, or a host that was not told; the others were";

/// Arguments of `notify`.
#[derive(Debug, Args)]
pub(super) struct NotifyArguments {
    /// Reports in JSON, told as one; `-` is standard input
    #[arg(required = true, value_name = "REPORT")]
    pub(super) reports: Vec<PathBuf>,
    /// Repository on GitHub whose issue is kept up to date
    #[arg(long, value_name = "OWNER/REPO")]
    pub(super) github_issue: Option<String>,
    /// Project on GitLab whose issue is kept up to date: its path or number
    #[arg(long, value_name = "PROJECT")]
    pub(super) gitlab_issue: Option<String>,
    /// Post the worst findings to the webhook of Slack, or of a chat that reads the same, whose URL is in SLACK_WEBHOOK_URL;
    /// nothing is posted if nothing is drifted and everything was read
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(long)]
    pub(super) slack_webhook: bool,
    /// Post the report in JSON to a URL
    #[arg(long, value_name = "URL")]
    pub(super) webhook: Option<String>,
    /// Name of what the reports are about, by which its issue is found: letters, digits and ._/-
    #[arg(long, value_name = "NAME", default_value = "default")]
    pub(super) estate: String,
    /// Label of an issue that is opened, beside ecs-drift; may be repeated
    #[arg(long, value_name = "LABEL")]
    pub(super) label: Vec<String>,
    /// Address that issue and message point to, for example that of the job
    #[arg(long, value_name = "URL")]
    pub(super) link: Option<String>,
    /// From which severity on a finding is told [default: warning]
    #[arg(long, value_enum, env = "ECS_DRIFT_FAIL_ON", hide_env_values = true)]
    pub(super) fail_on: Option<Level>,
    /// File of rules, of which `fail_on` counts [default: .ecs-drift.toml, if it is there]
    #[arg(long, value_name = "FILE", env = "ECS_DRIFT_RULES", hide_env_values = true)]
    pub(super) rules: Option<PathBuf>,
    /// URL of the API of GitHub; that of GitHub Enterprise Server ends with /api/v3
    #[arg(
        long,
        value_name = "URL",
        env = "GITHUB_API_URL",
        hide_env_values = true,
        default_value = "https://api.github.com"
    )]
    pub(super) github_url: String,
    /// URL of the API of GitLab; it ends with /api/v4
    #[arg(
        long,
        value_name = "URL",
        env = "CI_API_V4_URL",
        hide_env_values = true,
        default_value = "https://gitlab.com/api/v4"
    )]
    pub(super) gitlab_url: String,
    /// Longest time in which hosts are asked again, for example when a limit of theirs says so
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = values::timeout)]
    pub(super) timeout: Duration,
}
