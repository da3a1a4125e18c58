//! The report as a value.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    finding::Finding,
    run::{self, Daemon, Group, Input, Problem, Signal, Statistics, Tool},
    shard::Shard,
    summary::Summary,
};

/// Version of the report's form. The part before the dot changes when a reader of the old form would
/// go wrong; readers ignore members that they do not know.
pub const SCHEMA_VERSION: &str = "1.0";

/// What a scan found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// Version of this form, `MAJOR.MINOR`.
    pub schema_version: String,
    /// Program that wrote the report.
    pub tool: Tool,
    /// When the scan began, by the clock of the host.
    pub started_at: Timestamp,
    /// When the scan ended, by the clock of the host.
    pub finished_at: Timestamp,
    /// Whether everything that was asked for has been read: no error, nothing unread, not interrupted.
    pub complete: bool,
    /// Whether the scan was ended by a signal.
    pub interrupted: bool,
    /// The signal that ended it; that of an interrupt unless it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<Signal>,
    /// The part of the estate that was scanned, if it was not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// ARNs of daemons and clusters of which not all could be read, sorted.
    pub unread: Vec<String>,
    /// What went wrong with the run as a whole or with an input: each makes the exit code 1.
    pub errors: Vec<Problem>,
    /// What the reader should know about the run although nothing failed, for example rules that match nothing.
    #[serde(default)]
    pub warnings: Vec<Problem>,
    /// Where the wanted state came from, in the order given.
    pub inputs: Vec<Input>,
    /// All daemons of the inputs, by ARN.
    pub daemons: Vec<Daemon>,
    /// What was found, by ARN, row of the procedure and setting.
    pub findings: Vec<Finding>,
    /// Deployments that caused findings, by ARN.
    pub groups: Vec<Group>,
    /// Counts.
    pub summary: Summary,
    /// What the scan cost.
    pub statistics: Statistics,
}

impl Report {
    /// A report of nothing yet.
    pub fn new(started_at: Timestamp) -> Self {
        Self {
            schema_version: SCHEMA_VERSION.to_owned(),
            tool: Tool::this(),
            started_at,
            finished_at: started_at,
            complete: true,
            interrupted: false,
            signal: None,
            shard: None,
            unread: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            inputs: Vec::new(),
            daemons: Vec::new(),
            findings: Vec::new(),
            groups: Vec::new(),
            summary: Summary::default(),
            statistics: Statistics::default(),
        }
    }

    /// Brings the report into its final form: order, verdicts, groups and counts, which all follow from the
    /// daemons and findings. To be called again after anything was changed; changes nothing twice.
    pub fn seal(&mut self) {
        self.daemons.sort_by(|one, other| one.arn.cmp(&other.arn));
        self.findings.sort_by(|one, other| one.order().cmp(&other.order()));
        self.errors.sort();
        self.warnings.sort();
        self.unread = run::unread(&self.findings);
        self.complete = self.errors.is_empty() && self.unread.is_empty() && !self.interrupted;
        let by_daemon = run::by_daemon(&self.findings);
        for daemon in &mut self.daemons {
            let own = by_daemon.get(daemon.arn.as_str());
            daemon.judge(own.map_or(&[], Vec::as_slice));
        }
        run::fill_groups(&mut self.groups, &self.findings);
        self.summary = Summary::of(&self.daemons, &self.findings);
    }

    /// The daemon of an ARN. The report must be sealed.
    pub fn daemon(&self, arn: &str) -> Option<&Daemon> {
        let place = self
            .daemons
            .binary_search_by(|daemon| daemon.arn.as_str().cmp(arn))
            .ok()?;
        self.daemons.get(place)
    }

    /// The deployment that caused a finding. The report must be sealed.
    pub fn group_of(&self, finding: &Finding) -> Option<&Group> {
        let wanted = finding.group.as_deref()?;
        let place = self
            .groups
            .binary_search_by(|group| group.deployment_arn.as_str().cmp(wanted))
            .ok()?;
        self.groups.get(place)
    }

    /// Findings by daemon, headline first. A finding about a cluster belongs to each of its daemons.
    pub fn findings_by_daemon(&self) -> BTreeMap<&str, Vec<&Finding>> {
        run::by_daemon(&self.findings)
    }
}
