//! Options of `watch`. The texts of this file are the help that users read.

use std::time::Duration;

use clap::Args;

use super::{
    shared::{FinishArguments, LookArguments},
    values,
};

#[derive(Debug, Args)]
pub(super) struct WatchArguments {
    #[command(flatten)]
    pub(super) look: LookArguments,
    /// Watch the daemons of this cluster, given by name or ARN; may be repeated
    #[arg(long, value_name = "CLUSTER")]
    pub(super) cluster: Vec<String>,
    /// Write what happens to standard output, a line of JSON each (`ecs-drift schema watch`)
    #[arg(long)]
    pub(super) json: bool,
    /// Time for each rollout [default: an hour, the bake time, and 15 minutes for each batch]
    #[arg(long, value_name = "DURATION", value_parser = values::timeout)]
    pub(super) rollout_timeout: Option<Duration>,
    /// Pause between looks at rollouts [default: 5s growing to 15s]
    #[arg(long, value_name = "DURATION", value_parser = values::timeout)]
    pub(super) poll: Option<Duration>,
    #[command(flatten)]
    pub(super) finish: FinishArguments,
}

impl WatchArguments {
    /// Where the report of the comparison goes: with lines of JSON on standard output nothing else goes there unasked.
    pub(super) fn finish(&self) -> FinishArguments {
        let mut finish = self.finish.clone();
        finish.judging.quiet |= self.json;
        finish
    }
}
