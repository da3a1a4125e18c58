//! Options of `reconcile`. The texts of this file are the help that users read.

use std::{path::PathBuf, str::FromStr, time::Duration};

use clap::Args;

use super::{
    shared::{FinishArguments, JudgingArguments, LookArguments, destination},
    values,
};
use crate::{
    render::PlanFormat,
    repair::{Allowed, Limits, Selection, Window, Windows},
    report::Cause,
    surface::visible,
};

#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(super) struct ReconcileArguments {
    #[command(flatten)]
    pub(super) look: LookArguments,
    /// Only daemons whose name matches; with a `/` CLUSTER/NAME, and what begins with `arn:` the ARN; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(super) daemon: Vec<String>,
    /// Only daemons of clusters whose name matches; may be repeated
    #[arg(long, value_name = "PATTERN")]
    pub(super) cluster: Vec<String>,
    /// Only what has this cause, for example default-revert; may be repeated
    #[arg(long, value_name = "CAUSE", value_parser = cause)]
    pub(super) cause: Vec<Cause>,
    /// Only settings whose name matches, for example '*drain_percent'; may be repeated. The others are sent as they are live
    #[expect(clippy::doc_markdown, reason = "the text is help, where backticks would be shown")]
    #[arg(long, value_name = "PATTERN")]
    pub(super) setting: Vec<String>,
    /// Repair so many daemons at most, those with the fewest instances first
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_daemons: Option<u64>,
    /// Drain so many instances at a time at most, over all repairs. A daemon of which one batch alone is larger is refused
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_instances: Option<u64>,
    /// Repair a daemon whose rollout goes on, too: the repair takes over
    #[arg(long)]
    pub(super) supersede: bool,
    /// Send again what was rolled back or failed. Remove the reason before
    #[arg(long)]
    pub(super) after_rollback: bool,
    /// Repair a daemon that was deleted and created again, too
    #[arg(long)]
    pub(super) recreated: bool,
    /// Repair a daemon that has settings which this version does not know: the call resets them
    #[arg(long)]
    pub(super) reset_unknown: bool,
    /// File to which the plan is saved, to be reviewed
    #[arg(long, value_name = "FILE")]
    pub(super) plan_out: Option<PathBuf>,
    /// Carry the plan out: send it, wait for each rollout, read again and compare. Without --plan it is shown and asked about first
    #[arg(long)]
    pub(super) apply: bool,
    /// Carry out the plan of this file, exactly as it is. A daemon that is no longer as the plan has seen it is skipped
    #[arg(long, value_name = "FILE", requires = "apply", conflicts_with_all = [
        "inputs", "daemon", "cluster", "cause", "setting", "max_daemons", "max_instances", "supersede", "after_rollback",
        "recreated", "reset_unknown", "plan_out", "tags", "ignore_tag", "ignore_tag_prefix", "assume_defaults", "config", "var_file",
    ])]
    pub(super) plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long, requires = "apply")]
    pub(super) yes: bool,
    /// Begin nothing more after so many repairs were rolled back, timed out or failed
    #[arg(long, value_name = "N", default_value = "1", requires = "apply", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) max_failures: u64,
    /// Repair the smallest daemon first and alone, and the others only after it is proven
    #[arg(long, requires = "apply")]
    pub(super) canary: bool,
    /// Begin nothing outside of this time, for example 'Sun 02:00-04:00 Europe/Berlin'; may be repeated. What has begun is
    /// waited for
    #[arg(long, value_name = "WINDOW", requires = "apply")]
    pub(super) window: Vec<Window>,
    /// File to which every decision, and every call that changes something, is added as a line of JSON before the call is made
    #[arg(long, value_name = "FILE", requires = "apply")]
    pub(super) audit: Option<PathBuf>,
    /// Time for each rollout [default: an hour, the bake time, and 15 minutes for each batch]
    #[arg(long, value_name = "DURATION", requires = "apply", value_parser = values::timeout)]
    pub(super) rollout_timeout: Option<Duration>,
    /// Pause between looks at a rollout [default: 5s growing to 15s]
    #[arg(long, value_name = "DURATION", requires = "apply", value_parser = values::timeout)]
    pub(super) poll: Option<Duration>,
    /// Form of the plan, with --apply of what became of it, and where it goes, for example `markdown=plan.md`; `-` or no path is
    /// standard output. May be repeated. Forms: text, json, markdown [default: text]
    #[arg(short, long, value_name = "FORMAT[=PATH]")]
    pub(super) output: Vec<PlanOutput>,
    #[command(flatten)]
    pub(super) judging: JudgingArguments,
}

impl ReconcileArguments {
    /// What counts, in the form in which every command reads it. The report itself is not written.
    pub(super) fn finish(&self) -> FinishArguments {
        FinishArguments {
            judging: self.judging.clone(),
            ..FinishArguments::default()
        }
    }

    /// The choice of the run.
    pub(super) fn selection(&self) -> Selection {
        Selection {
            daemons: self.daemon.clone(),
            clusters: self.cluster.clone(),
            causes: self.cause.clone(),
            settings: self.setting.clone(),
            allowed: Allowed {
                supersede: self.supersede,
                after_rollback: self.after_rollback,
                recreated: self.recreated,
                reset_unknown: self.reset_unknown,
                tags: self.look.tags,
                assume_defaults: self.look.assume_defaults,
            },
            max_daemons: self.max_daemons,
            max_instances: self.max_instances,
        }
    }
}

impl ReconcileArguments {
    /// Times in which repairs may begin.
    pub(super) fn windows(&self) -> Windows {
        Windows(self.window.clone())
    }

    /// The limits of the execution of a plan.
    pub(super) fn limits(&self, max_instances: Option<u64>) -> Limits {
        Limits {
            at_a_time: usize::from(self.look.concurrency),
            max_instances,
            max_failures: self.max_failures,
            canary: self.canary,
        }
    }
}

fn cause(name: &str) -> Result<Cause, String> {
    Cause::from_id(name).ok_or_else(|| {
        let known = Cause::ALL.map(Cause::id).join(", ");
        format!("`{}` is no cause; the causes are {known}", visible(name))
    })
}

/// Destination of a form of the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlanOutput {
    pub(super) format: PlanFormat,
    /// None is standard output.
    pub(super) path: Option<PathBuf>,
}

impl FromStr for PlanOutput {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = destination(text)?;
        let format = PlanFormat::from_name(name).ok_or_else(|| {
            let known = PlanFormat::ALL.map(PlanFormat::name).join(", ");
            format!("`{}` is no form of a plan; the forms are {known}", visible(name))
        })?;
        Ok(Self { format, path })
    }
}
