//! Commands and options. The texts of this file are the help that users read.

use std::{path::PathBuf, str::FromStr, sync::LazyLock, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use super::values;
use crate::{
    render::Format,
    report::FailOn,
    schemas::Published,
    source::{TaskDefinitionRule, Tool},
    surface::visible,
};

/// Version, and the commit where the build was told of it.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = option_env!("ECS_BUILD_COMMIT");
    let commit = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    format!("{}{commit}", env!("CARGO_PKG_VERSION"))
});

const TOP: &str = "\
Examples:
  terraform show -json | ecs-drift scan -
  ecs-drift baseline record --cluster prod --output baseline.toml
  ecs-drift doctor state.json

Exit codes of a scan: 0 in sync, 1 error, 2 drift, 4 incomplete, 130 and 143 interrupted. Each command's help has its own.";

const SCAN: &str = "\
Examples:
  terraform show -json | ecs-drift scan - --config .
  ecs-drift scan prod.json baseline.toml --tags --who -o text -o json=report.json
  ecs-drift scan state.json --only-new last-night.json -o github -o step-summary=summary.md

Exit codes:
  0    in sync
  1    error: an argument, an input or the run itself failed
  2    drift: a finding of at least the severity of --fail-on is open
  4    incomplete: something could not be read, so nothing is said about it
  130  interrupted by SIGINT
  143  interrupted by SIGTERM

If several hold, the first of 130 and 143, 1, 2, 4, 0 counts; with --strict, 4 comes before 2.";

const MERGE: &str = "\
Examples:
  ecs-drift merge eu.json us.json -o json=all.json -o text
  ecs-drift merge report.json -o sarif=report.sarif

The exit code is that of one scan which found all of it:
  0    in sync
  1    error: an argument, a report or a run failed
  2    drift: a finding of at least the severity of --fail-on is open
  3    drift was found and all of it repaired
  4    incomplete: something could not be read
  130  a run was interrupted by SIGINT
  143  a run was interrupted by SIGTERM

If several hold, the first of 130 and 143, 1, 2, 4, 3, 0 counts; with --strict, 4 comes before 2.";

const DIFF: &str = "\
Example:
  ecs-drift diff last-night.json tonight.json

A line begins with + for a finding that is new, ~ for one with another live value, - for one that is gone.

Exit codes:
  0  nothing new or changed of at least the severity of --fail-on
  1  error: an argument or a report
  2  a finding of at least that severity is new or changed
  4  nothing such, but the later report is incomplete";

const BASELINE: &str = "\
Examples:
  ecs-drift baseline record --cluster prod --output baseline.toml
  ecs-drift baseline update baseline.toml prod/agent:critical
  ecs-drift baseline update baseline.toml --add prod/search

Exit codes:
  0  recorded, or updated
  1  error: an argument, the file or a call failed; the file is as it was
  4  a daemon could not be read; nothing was written";

const DOCTOR: &str = "\
Examples:
  ecs-drift doctor
  ecs-drift doctor state.json --tags --who

Exit codes:
  0  a scan can work
  1  something that it needs fails
  4  something could not be found out";

/// Find and explain drift of Amazon ECS Managed Daemons
#[derive(Debug, Parser)]
#[command(name = "ecs-drift", version = VERSION.as_str(), after_help = TOP)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) task: Task,
}

#[derive(Debug, Subcommand)]
pub(super) enum Task {
    /// Compare daemons with what states, plans and baselines want of them; change nothing
    #[command(after_help = SCAN)]
    Scan(Box<ScanArguments>),
    /// Record what is live as a baseline, and accept single values into it
    #[command(after_help = BASELINE)]
    Baseline(BaselineArguments),
    /// Check credentials, region, clock and each IAM action that a scan needs, by calls that change nothing
    #[command(after_help = DOCTOR)]
    Doctor(DoctorArguments),
    /// Say what is new, gone or changed between two reports
    #[command(after_help = DIFF)]
    Diff(DiffArguments),
    /// Make one report of several, or another form of one, with rules applied
    #[command(after_help = MERGE)]
    Merge(MergeArguments),
    /// Print the JSON Schema of a document that ecs-drift reads or writes
    Schema(SchemaArguments),
    /// Print a completion script
    Completions(CompletionsArguments),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ScanArguments {
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
    /// Look for daemons that no input names, in the clusters that inputs name
    #[arg(long)]
    pub(super) unmanaged: bool,
    /// Folder of the root module. Annotations point to the lines of its files and of local modules, and what it says is
    /// compared with a state: a change from outside that a refresh took into the state is found, and `ignore_changes` holds.
    /// Run in the root of the repository and give the folder from there, so that the paths in the report are the
    /// repository's
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
    #[command(flatten)]
    pub(super) finish: FinishArguments,
}

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Inputs of the scan, whose accounts and regions are checked. Without any, those of the credentials are
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Check what `scan --tags` and `baseline record` need as well
    #[arg(long)]
    pub(super) tags: bool,
    /// Check what `scan --who` needs as well
    #[arg(long)]
    pub(super) who: bool,
    /// Form of the answer
    #[arg(short, long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) output: DoctorFormat,
    /// The older way to ask for `--output json`
    #[arg(long, hide = true)]
    pub(super) json: bool,
    /// File of rules [default: .ecs-drift.toml, if it is there]
    #[arg(long, value_name = "FILE", env = "ECS_DRIFT_RULES", hide_env_values = true)]
    pub(super) rules: Option<PathBuf>,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
}

impl DoctorArguments {
    /// The file of rules, in the form in which every command reads it.
    pub(super) fn finish(&self) -> FinishArguments {
        FinishArguments {
            rules: self.rules.clone(),
            ..FinishArguments::default()
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct BaselineArguments {
    #[command(subcommand)]
    pub(super) task: BaselineTask,
}

#[derive(Debug, Subcommand)]
pub(super) enum BaselineTask {
    /// Record daemons of clusters as they are now; change nothing in AWS
    #[command(after_help = BASELINE)]
    Record(RecordArguments),
    /// Accept what is live of single daemons or settings; the rest of the file stays as it is
    #[command(long_flag = "update", after_help = BASELINE)]
    Update(UpdateArguments),
}

#[derive(Debug, Args)]
pub(super) struct RecordArguments {
    /// Name or ARN of a cluster; may be repeated
    #[arg(long, required = true, value_name = "CLUSTER")]
    pub(super) cluster: Vec<String>,
    /// Only daemons whose names match, for example `agent-*`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(super) daemon: Vec<String>,
    /// How exactly task definitions are compared later
    #[arg(long, value_enum, default_value_t)]
    pub(super) task_definition: DefinitionRule,
    /// Team that the daemons belong to
    #[arg(long)]
    pub(super) owner: Option<String>,
    /// File to write; standard output unless given
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Replace the file if it is there
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
}

#[derive(Debug, Args)]
pub(super) struct UpdateArguments {
    /// The baseline, in TOML
    pub(super) file: PathBuf,
    /// Daemon by ARN or CLUSTER/NAME, and the setting to accept; without one, all that the file has of the daemon
    #[arg(required_unless_present = "add", value_name = "DAEMON[:SETTING]")]
    pub(super) targets: Vec<String>,
    /// Daemon that the baseline does not have yet, to be recorded as it is now: ARN or CLUSTER/NAME; may be repeated
    #[arg(long, value_name = "DAEMON")]
    pub(super) add: Vec<String>,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
}

/// How exactly task definitions are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DefinitionRule {
    /// This very revision
    #[default]
    Exact,
    /// Any revision of its family
    Family,
    /// Not at all
    Ignore,
}

impl DefinitionRule {
    pub(super) fn rule(self) -> TaskDefinitionRule {
        match self {
            Self::Exact => TaskDefinitionRule::Exact,
            Self::Family => TaskDefinitionRule::Family,
            Self::Ignore => TaskDefinitionRule::Ignore,
        }
    }
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

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// Earlier report in JSON; `-` is standard input
    pub(super) old: PathBuf,
    /// Later report in JSON; `-` is standard input
    pub(super) new: PathBuf,
    /// From which severity on a new or changed finding makes the exit code 2
    #[arg(long, value_enum, default_value = "warning")]
    pub(super) fail_on: Level,
}

#[derive(Debug, Args)]
pub(super) struct MergeArguments {
    /// Reports in JSON; `-` is standard input
    #[arg(required = true, value_name = "REPORT")]
    pub(super) reports: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) finish: FinishArguments,
}

/// What counts, and where the report goes; the same for every command that makes a report.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Clone, Debug, Default, Args)]
pub(super) struct FinishArguments {
    /// Form of the report and where it goes, for example `json=report.json`; `-` or no path is standard output. May be
    /// repeated. Forms: text, json, ndjson, markdown, step-summary, github, sarif, junit, gitlab, prometheus
    /// [default: text]
    #[arg(short, long, value_name = "FORMAT[=PATH]")]
    pub(super) output: Vec<Output>,
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
    /// Count only what this earlier JSON report does not have, or has with another live value. A report that is not there
    /// is a first night: everything is new
    #[arg(long, value_name = "REPORT")]
    pub(super) only_new: Option<PathBuf>,
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

#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Which document
    #[arg(value_enum)]
    pub(super) schema: SchemaName,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// Which shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
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

/// Form of what `doctor` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum DoctorFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// A document with a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    /// The report
    Report,
    /// A line of the report's NDJSON form
    Record,
    /// A recorded baseline
    Baseline,
    /// The file of rules
    Rules,
    /// What `doctor --output json` writes
    Doctor,
}

impl SchemaName {
    pub(super) fn published(self) -> Published {
        match self {
            Self::Report => Published::Report,
            Self::Record => Published::Record,
            Self::Baseline => Published::Baseline,
            Self::Rules => Published::Rules,
            Self::Doctor => Published::Doctor,
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
        let (name, path) = text.split_once('=').unwrap_or((text, "-"));
        let format = Format::from_name(name).ok_or_else(|| {
            let known = Format::ALL.map(Format::name).join(", ");
            format!("`{}` is no format; the formats are {known}", visible(name))
        })?;
        if path.is_empty() {
            return Err(format!("the path after `{name}=` is empty; `-` is standard output"));
        }
        Ok(Self {
            format,
            path: (path != "-").then(|| PathBuf::from(path)),
        })
    }
}
