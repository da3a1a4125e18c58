//! Commands and options. The texts of this file are the help that users read.

use std::{path::PathBuf, sync::LazyLock};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    notify_arguments::{NOTIFY, NotifyArguments},
    reconcile_arguments::ReconcileArguments,
    shared::{CredentialArguments, FinishArguments, JudgingArguments, Level, LookArguments},
    watch_arguments::WatchArguments,
};
use crate::{report::Shard, schemas::Published, source::TaskDefinitionRule};

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

const RECONCILE: &str = "\
Examples:
  ecs-drift reconcile state.json
  ecs-drift reconcile state.json --cluster 'prod-*' --cause default-revert --plan-out repair.json
  ecs-drift reconcile --apply --plan repair.json --audit audit.ndjson
  ecs-drift reconcile state.json --apply --yes --canary --max-instances 20 -o text -o json=result.json

Exit codes without --apply are those of a scan. With it:
  0    there was nothing to repair
  1    error: an argument, an input, a call or the run itself failed
  2    something that was asked for is not as wanted: refused, skipped, rolled back, timed out, superseded or not begun
  3    everything that was asked for is repaired, and proven by a reading after it
  4    incomplete: something could not be read, so that nothing was planned for it
  130  interrupted by SIGINT
  143  interrupted by SIGTERM

If several hold, the first of 130 and 143, 1, 2, 4, 3, 0 counts; with --strict, 4 comes before 2.";

const WATCH: &str = "\
Examples:
  terraform apply && ecs-drift watch terraform.tfstate
  terraform show -json tfplan > plan.json && terraform apply tfplan && ecs-drift watch plan.json
  ecs-drift watch --cluster prod --json
  ecs-drift watch arn:aws:ecs:eu-central-1:123456789012:daemon/prod/agent --rollout-timeout 2h

The latest rollout of each daemon is followed, also one that somebody else began, and a newer one that takes over. One that
failed before the watch began counts as well.

Exit codes:
  0    every rollout succeeded, or nothing is rolling out; with inputs, the daemons are as these want them
  1    error: an argument, an input or the run itself failed
  2    a rollout was rolled back, failed or did not end in time, a daemon is missing or being deleted, or drift was found
  4    incomplete: something could not be read
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
    /// Plan the repair of what a scan finds, and with --apply carry it out and prove it
    #[command(after_help = RECONCILE)]
    Reconcile(Box<ReconcileArguments>),
    /// Follow rollouts until they end, then compare what runs with what inputs want; change nothing. An INPUT may also be the
    /// ARN of a daemon
    #[command(after_help = WATCH)]
    Watch(Box<WatchArguments>),
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
    /// Tell people and programs of reports: an issue of GitHub or GitLab that is kept up to date, a chat, a webhook
    #[command(after_help = NOTIFY)]
    Notify(NotifyArguments),
    /// Print the JSON Schema of a document that ecs-drift reads or writes
    Schema(SchemaArguments),
    /// Print a completion script
    Completions(CompletionsArguments),
    /// Print the manual page
    Man,
}

#[derive(Debug, Args)]
pub(super) struct ScanArguments {
    #[command(flatten)]
    pub(super) look: LookArguments,
    /// Look for daemons that no input names, in the clusters that inputs name
    #[arg(long)]
    pub(super) unmanaged: bool,
    /// Scan one of several parts of what the inputs name, for example 2/8 in a matrix of jobs; `merge` makes one report of all.
    /// All daemons of a cluster are in one part
    #[arg(long, value_name = "PART/PARTS")]
    pub(super) shard: Option<Shard>,
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
        let judging = JudgingArguments {
            rules: self.rules.clone(),
            ..JudgingArguments::default()
        };
        FinishArguments {
            judging,
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
    /// A repair plan
    Plan,
    /// What became of a repair plan
    Result,
    /// A line of the audit of a repair
    Audit,
    /// A line of `watch --json`
    Watch,
}

impl SchemaName {
    pub(super) fn published(self) -> Published {
        match self {
            Self::Report => Published::Report,
            Self::Record => Published::Record,
            Self::Baseline => Published::Baseline,
            Self::Rules => Published::Rules,
            Self::Doctor => Published::Doctor,
            Self::Plan => Published::Plan,
            Self::Result => Published::Result,
            Self::Audit => Published::Audit,
            Self::Watch => Published::Watch,
        }
    }
}
