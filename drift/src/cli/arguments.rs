//! What can be asked for. The texts of this file are the help that users read.

use std::{path::PathBuf, str::FromStr, sync::LazyLock, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp};

use crate::{render::Format, report::Severity, schemas::Published, source::TaskDefinitionRule, surface::visible};

/// Version, and the commit where the build was told of it.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let commit = option_env!("ECS_BUILD_COMMIT");
    let commit = commit.map(|commit| format!(" ({commit})")).unwrap_or_default();
    format!("{}{commit}", env!("CARGO_PKG_VERSION"))
});

const EXIT_CODES: &str = "\
Exit codes:
  0    in sync
  1    error: an argument, an input or the run itself failed
  2    drift: a finding of at least the severity of --fail-on is open
  3    drift was found and all of it repaired
  4    incomplete: something could not be read, so nothing is said about it
  130  interrupted by SIGINT
  143  interrupted by SIGTERM

If several hold, the first of 130 and 143, 1, 2, 4, 3, 0 counts; with --strict, 4 comes before 2.";

const DOCTOR_CODES: &str = "\
Exit codes:
  0  a scan can work
  1  something that it needs fails
  4  something could not be found out";

/// Finds and explains drift of Amazon ECS Managed Daemons
#[derive(Debug, Parser)]
#[command(name = "ecs-drift", version = VERSION.as_str(), after_help = EXIT_CODES, disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) task: Task,
}

#[derive(Debug, Subcommand)]
pub(super) enum Task {
    /// Compares daemons with what states, plans and baselines want of them; changes nothing
    #[command(after_help = EXIT_CODES)]
    Scan(Box<ScanArguments>),
    /// Records what is live as a baseline, and accepts single values into it
    Baseline(BaselineArguments),
    /// Checks credentials, region, clock and each IAM action that a scan needs, by calls that change nothing
    #[command(after_help = DOCTOR_CODES)]
    Doctor(DoctorArguments),
    /// Says what is new, gone or changed between two reports
    #[command(after_help = EXIT_CODES)]
    Diff(DiffArguments),
    /// Makes one report of several, or another form of one, with rules applied
    #[command(after_help = EXIT_CODES)]
    Merge(MergeArguments),
    /// Prints the JSON Schema of a document that ecs-drift reads or writes
    Schema(SchemaArguments),
    /// Prints a completion script
    Completions(CompletionsArguments),
    /// Prints the manual page
    Man,
}

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ScanArguments {
    /// States, plans and baselines: `terraform show -json`, `terraform state pull`, or a file; `-` is standard input.
    /// Those of `[[input]]` in the file of rules are read, too
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Compares tags as well: one call more for each daemon
    #[arg(long)]
    pub(super) tags: bool,
    /// Looks for daemons that no input names, in the clusters that inputs name
    #[arg(long)]
    pub(super) unmanaged: bool,
    /// Folder of the root module: annotations point to the lines of its `*.tf` files and of local modules
    #[arg(long, value_name = "DIR")]
    pub(super) config: Option<PathBuf>,
    /// Outermost folder that --config may read, where modules are outside of DIR [default: DIR]
    #[arg(long, value_name = "DIR", requires = "config")]
    pub(super) config_root: Option<PathBuf>,
    /// Print values that states and plans mark as sensitive, instead of masking them
    #[arg(long)]
    pub(super) show_sensitive: bool,
    /// Asks CloudTrail who made the calls that caused differences, and what they left out; needs
    /// cloudtrail:LookupEvents
    #[arg(long)]
    pub(super) who: bool,
    /// Takes a setting that a hashicorp/aws state leaves out for one meant to be at its default
    #[arg(long)]
    pub(super) assume_defaults: bool,
    /// Takes an input without daemons for what it is, instead of for an error
    #[arg(long)]
    pub(super) allow_empty: bool,
    /// Calls under way at a time
    #[arg(long, value_name = "CALLS", default_value = "16", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) concurrency: u16,
    /// Ends the scan after this time, for example 90s or 2h: what is finished is reported, the rest is unread and the exit
    /// code 4
    #[arg(long, value_name = "DURATION", default_value = "45m", value_parser = timeout)]
    pub(super) timeout: Duration,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
    #[command(flatten)]
    pub(super) finish: FinishArguments,
}

/// A time that is longer than none.
fn timeout(text: &str) -> Result<Duration, String> {
    let duration: SignedDuration = text.parse().map_err(|error: jiff::Error| error.to_string())?;
    let duration = Duration::try_from(duration).ok().filter(|duration| !duration.is_zero());
    duration.ok_or_else(|| "it must be longer than nothing, for example 45m".to_owned())
}

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// Inputs of the scan, whose accounts and regions are checked; without one those of the credentials
    #[arg(value_name = "INPUT")]
    pub(super) inputs: Vec<PathBuf>,
    /// Counts what `scan --tags` and `baseline record` need
    #[arg(long)]
    pub(super) tags: bool,
    /// Counts what `scan --who` needs
    #[arg(long)]
    pub(super) who: bool,
    /// Writes JSON
    #[arg(long)]
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
    /// Records daemons of clusters as they are now; changes nothing in AWS
    Record(RecordArguments),
    /// Accepts what is live of single daemons or settings; the rest of the file stays as it is
    #[command(long_flag = "update")]
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
    /// Replaces the file if it is there
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) credentials: CredentialArguments,
}

#[derive(Debug, Args)]
pub(super) struct UpdateArguments {
    /// The baseline, in TOML
    pub(super) file: PathBuf,
    /// What to accept: ARN[:SETTING] or CLUSTER/NAME[:SETTING]. Without a setting all that the file has of the daemon
    #[arg(required = true, value_name = "DAEMON[:SETTING]")]
    pub(super) targets: Vec<String>,
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
    /// Region for what no ARN tells
    #[arg(long)]
    pub(super) region: Option<String>,
    /// Profile of the shared configuration files
    #[arg(long)]
    pub(super) profile: Option<String>,
    /// URL to call instead of the endpoints of ECS, STS and CloudTrail
    #[arg(long, value_name = "URL")]
    pub(super) endpoint_url: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// Earlier report in JSON; `-` is standard input
    pub(super) old: PathBuf,
    /// Later report in JSON; `-` is standard input
    pub(super) new: PathBuf,
    /// Lowest severity of a new or changed finding that makes the exit code 2
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
    /// Where the report goes, for example `json=report.json`; `-` or no path is standard output. May be repeated
    #[arg(short, long, value_name = "FORMAT[=PATH]")]
    pub(super) output: Vec<Output>,
    /// File of rules [default: .ecs-drift.toml, if it is there]
    #[arg(long, value_name = "FILE", env = "ECS_DRIFT_RULES", hide_env_values = true)]
    pub(super) rules: Option<PathBuf>,
    /// Lowest severity that counts as drift [default: warning]
    #[arg(long, value_enum, env = "ECS_DRIFT_FAIL_ON", hide_env_values = true)]
    pub(super) fail_on: Option<Level>,
    /// Lets "incomplete" win over "drift"
    #[arg(long)]
    pub(super) strict: bool,
    /// Ends with 0 where it would end with 2 or 3; errors and gaps still count
    #[arg(long)]
    pub(super) exit_zero: bool,
    /// Counts only what this earlier report does not have
    #[arg(long, value_name = "REPORT")]
    pub(super) only_new: Option<PathBuf>,
    /// Holds back differences that are younger, for example 30m
    #[arg(long, value_name = "DURATION")]
    pub(super) min_age: Option<SignedDuration>,
    /// Time that counts as now for the expiry of rules
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<Timestamp>,
    /// Writes nothing to standard output unless --output says so, and tells no progress
    #[arg(short, long)]
    pub(super) quiet: bool,
    /// Shows evidence, and findings that do not count
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

/// A severity on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Level {
    /// Any finding
    None,
    /// Notes and worse
    Note,
    /// Warnings and errors
    Warning,
    /// Errors
    Error,
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::None => Severity::None,
            Self::Note => Severity::Note,
            Self::Warning => Severity::Warning,
            Self::Error => Severity::Error,
        }
    }
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
    /// What `doctor --json` writes
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

/// Where a form of the report goes.
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
