//! Options that several commands have. The texts of this file are help that users read.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::values;
use crate::{render::Format, report::FailOn, source::Tool, surface::visible};

/// What is looked at, and how; the same for every command that scans.
#[derive(Clone, Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct LookArguments {
    /// States, plans and baselines: `terraform show -json`, `terraform state pull`, or a file; `-` is standard input. May be
    /// a pattern in quotes, such as 'states/**/*.tfstate', and s3://BUCKET/KEY, which the AWS CLI reads. Those of
    /// `[[input]]` in the file of rules are read, too
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Compare tags as well: one call more for each daemon
    #[arg(long)]
    pub(super) tags: bool,
    /// Key of a tag that others manage, which is not compared; may be repeated. Name all of them, as `ignore_tags` of the
    /// provider does: what is left may be removed by a command to paste
    #[arg(long, value_name = "KEY")]
    pub(super) ignore_tag: Vec<String>,
    /// Beginning of the keys of such tags; may be repeated
    #[arg(long, value_name = "PREFIX")]
    pub(super) ignore_tag_prefix: Vec<String>,
    /// Folder of the root module. Annotations point to the lines of its files and of local modules, and what it says is
    /// compared with a state: a change from outside that a refresh took into the state is found, and `ignore_changes` holds.
    /// On GitHub and GitLab paths in the report begin at the root of the repository; elsewhere run there and give the
    /// folder from there
    #[arg(long, value_name = "DIR")]
    pub(super) config: Option<PathBuf>,
    /// Outermost folder that --config may read, where modules are outside of DIR [default: DIR]
    #[arg(long, value_name = "DIR", requires = "config")]
    pub(super) config_root: Option<PathBuf>,
    /// File of variables for --config, beside terraform.tfvars and *.auto.tfvars in DIR; may be repeated. Variables of the
    /// environment (TF_VAR_name) count, too
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(long, value_name = "FILE", requires = "config")]
    pub(super) var_file: Vec<PathBuf>,
    /// Print values that states and plans mark as sensitive, instead of masking them
    #[arg(long)]
    pub(super) show_sensitive: bool,
    /// Tool that printed commands name [default: that of the registry of the provider in the input]
    #[arg(long, value_name = "TOOL")]
    pub(super) tool: Option<ToolName>,
    /// Ask CloudTrail who made the calls that caused differences, and what they left out; needs
    /// cloudtrail:LookupEvents
    #[arg(long)]
    pub(super) who: bool,
    /// Count every setting that a state of hashicorp/aws leaves out as wanted at the API's default. Without this such a
    /// difference is a note, because an import leaves settings out, too
    #[arg(long)]
    pub(super) assume_defaults: bool,
    /// Accept an input that has no daemons. Without this it is an error, since a scan of nothing would always be in sync
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Calls under way at a time
    #[arg(long, value_name = "CALLS", default_value = "16", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) concurrency: u16,
    /// Ends the scan after this time, for example 90s or 2h: what is finished is reported, the rest is unread and the exit
    /// code 4
    #[arg(long, value_name = "DURATION", default_value = "45m", value_parser = values::timeout)]
    pub(super) timeout: Duration,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
}

/// Where and as whom to call AWS.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct CredentialArguments {
    /// Region to call STS in, and of clusters given by name; daemons are read in the regions of their ARNs [default: that of
    /// the environment or the profile]
    #[arg(long)]
    pub(super) region: Option<String>,
    /// Profile of the shared configuration files
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// URL to call instead of the endpoints of ECS, STS and CloudTrail, for example that of the emulator; as
    /// AWS_ENDPOINT_URL does
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
}

/// Where the report goes, and what counts; the same for every command that makes a report.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct FinishArguments {
    /// Form of the report and where it goes, for example `json=report.json`; `-` or no path is standard output. May be
    /// repeated. Forms: text, json, ndjson, markdown, step-summary, github, sarif, junit, gitlab, prometheus
    /// [default: text]
    #[arg(short, long, value_name = "FORMAT[=PATH]")]
    pub(super) output: Vec<Output>,
    /// Count only what this earlier JSON report does not have, or has with another live value. A report that is not there
    /// is a first night: everything is new
    #[arg(long, value_name = "REPORT")]
    pub(super) only_new: Option<PathBuf>,
    #[command(flatten)]
    pub(super) judging: JudgingArguments,
}

/// What counts, and how it is said.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Debug, Default, Args)]
pub(super) struct JudgingArguments {
    /// File of rules [default: .ecs-drift.toml, if it is there]
    #[arg(long, value_name = "FILE", env = "ECS_DRIFT_RULES", hide_env_values = true)]
    pub(super) rules: Option<PathBuf>,
    /// From which severity on a finding counts as drift [default: warning]
    #[arg(long, value_enum, env = "ECS_DRIFT_FAIL_ON", hide_env_values = true)]
    pub(super) fail_on: Option<Level>,
    /// End with 4 (incomplete) rather than 2 (drift) if both hold
    #[arg(long)]
    pub(super) strict: bool,
    /// End with 0 where it would end with 2 (drift); errors and what could not be read still count
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Hold back what is younger, for example 30m, since an apply may be going on
    #[arg(long, value_name = "DURATION", value_parser = values::age, allow_hyphen_values = true)]
    pub(super) min_age: Option<SignedDuration>,
    /// Time that counts as now, for the expiry of rules and for ages, for example 2026-01-01T02:00:00Z; for tests and for
    /// the emulator, whose clock is its own
    #[arg(long, value_name = "TIME", value_parser = values::moment)]
    pub(super) now: Option<Timestamp>,
    /// Write nothing to standard output unless --output says so, and tell no progress
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Show evidence, alternative commands, and findings that do not count
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// When text is coloured; NO_COLOR and CLICOLOR_FORCE are respected
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(long, value_enum, default_value_t)]
    pub(super) color: Color,
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// From which severity on a finding fails the run, on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Any finding
    Any,
    /// Notes and worse
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
    /// No finding at all
    Never,
}

impl Level {
    pub(super) fn fail_on(self) -> FailOn {
        match self {
            Self::Any => FailOn::Any,
            Self::Note => FailOn::Note,
            Self::Warning => FailOn::Warning,
            Self::Error => FailOn::Error,
            Self::Never => FailOn::Never,
        }
    }
}

/// A tool on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ToolName {
    /// The program terraform
    Terraform,
    /// The program tofu
    Tofu,
    /// The program terragrunt
    Terragrunt,
}

impl ToolName {
    pub(super) fn tool(self) -> Tool {
        match self {
            Self::Terraform => Tool::Terraform,
            Self::Tofu => Tool::OpenTofu,
            Self::Terragrunt => Tool::Terragrunt,
        }
    }
}

/// Destination of a form of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub(super) format: Format,
    /// None is standard output.
    pub(super) path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = destination(text)?;
        let format = Format::from_name(name).ok_or_else(|| {
            let known = Format::ALL.map(Format::name).join(", ");
            format!("`{}` is no format; the formats are {known}", visible(name))
        })?;
        Ok(Self { format, path })
    }
}

/// Name of a form and the path after it; none is standard output.
pub(super) fn destination(text: &str) -> Result<(&str, Option<PathBuf>), String> {
    match text.split_once('=') {
        Some((name, "")) => Err(format!(
            "the path after `{}=` is empty; `-` is standard output",
            visible(name)
        )),
        Some((name, path)) if path != "-" => Ok((name, Some(PathBuf::from(path)))),
        Some((name, _)) => Ok((name, None)),
        None => Ok((text, None)),
    }
}
