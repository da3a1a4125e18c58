//! The run: what it read from, which daemons it looked at, which deployments caused something, and
//! what it cost.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    cause::{Cause, Kind},
    finding::{Finding, SuppressionKind},
    source_ref::SourceRef,
};

/// Characters of the longest name of a program that is told.
const LONGEST_PROGRAM: usize = 40;

/// A signal that ends a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Signal {
    /// SIGINT.
    #[serde(rename = "SIGINT")]
    Interrupt,
    /// SIGTERM.
    #[serde(rename = "SIGTERM")]
    Terminate,
}

impl Signal {
    /// The exit code of a run that it ended: 128 and the number of the signal, as shells have it.
    pub fn code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }
}

/// The program that wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self {
            name: "ecs-drift".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// Something that went wrong with the run or with an input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Problem {
    /// Input that it is about; none for the run as a whole.
    pub input: Option<String>,
    /// Title.
    pub summary: String,
    /// What was wrong and what to do.
    pub detail: String,
}

/// Where a wanted state came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Input {
    /// Name: path, command or `-`.
    pub name: String,
    /// Kind of document.
    pub kind: InputKind,
    /// Daemons that it holds.
    pub daemons: u64,
    /// Serial number of a state.
    pub serial: Option<u64>,
    /// Terraform or `OpenTofu` version that wrote it.
    pub terraform_version: Option<String>,
    /// Team that the input belongs to.
    pub owner: Option<String>,
}

/// Kind of an input document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Answer of `show -json` for a state.
    StateJson,
    /// Raw state, as of `state pull`.
    RawState,
    /// Answer of `show -json` for a plan.
    PlanJson,
    /// Baseline that `ecs-drift baseline` recorded.
    Baseline,
}

/// A daemon that an input names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Daemon {
    /// ARN.
    pub arn: String,
    /// Name.
    pub name: String,
    /// Name of the cluster.
    pub cluster: String,
    /// Region.
    pub region: String,
    /// Account.
    pub account: String,
    /// Team that it belongs to.
    pub owner: Option<String>,
    /// Input and address that want it.
    pub source: SourceRef,
    /// What the findings come to.
    pub verdict: Verdict,
    /// The open finding with the lowest row.
    pub headline: Option<Cause>,
    /// Latest deployment.
    pub deployment_arn: Option<String>,
    /// Its status, as ECS writes it.
    pub deployment_status: Option<String>,
    /// Instances that run the daemon or should, as far as ECS counts them.
    pub instances: Option<u64>,
}

/// What the findings of a daemon come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As wanted, as far as anything tells.
    InSync,
    /// Settings are as wanted, but something else matters.
    Condition,
    /// Something is not as wanted.
    Drifted,
    /// Could not be read.
    Unread,
    /// Something is not as wanted, and an earlier report told of all of it.
    KnownDrift,
    /// Something is not as wanted, but so young that an apply may be going on.
    SettlingDrift,
    /// Something is not as wanted, and rules ignore all of it.
    IgnoredDrift,
}

impl Daemon {
    /// Sets headline and verdict by those of its own findings that are open.
    pub(super) fn judge(&mut self, own: &[&Finding]) {
        let open = || own.iter().filter(|finding| finding.is_open());
        let has = |kind| open().any(|finding| finding.kind == kind);
        let is_unread = open().any(|finding| finding.kind == Kind::Unread && !finding.is_partial_gap());
        let verdict = if is_unread {
            Verdict::Unread
        } else if has(Kind::Difference) {
            Verdict::Drifted
        } else if has(Kind::Unread) {
            Verdict::Unread
        } else if has(Kind::Condition) {
            Verdict::Condition
        } else {
            Self::silenced(own).unwrap_or(Verdict::InSync)
        };
        // What differs is told before what is missing of the rest.
        let is_told = |finding: &&&Finding| verdict != Verdict::Drifted || !finding.is_partial_gap();
        let headline = open().filter(is_told).map(|finding| finding.cause).min();
        (self.verdict, self.headline) = (verdict, headline);
    }

    /// The verdict on differences that do not count. One that was repaired is none any more.
    fn silenced(own: &[&Finding]) -> Option<Verdict> {
        let differences = own.iter().filter(|finding| finding.kind == Kind::Difference);
        let suppressions = differences.filter_map(|finding| finding.suppression.as_ref());
        let verdicts = suppressions.filter_map(|suppression| match suppression.kind {
            SuppressionKind::Known => Some(Verdict::KnownDrift),
            SuppressionKind::Settling => Some(Verdict::SettlingDrift),
            SuppressionKind::Ignored => Some(Verdict::IgnoredDrift),
            SuppressionKind::Repaired => None,
        });
        verdicts.min()
    }
}

/// Findings by the daemons that they concern, by themselves or through a cluster. In a big estate as many findings as
/// daemons are possible, too many to look through for each.
pub(super) fn by_daemon(findings: &[Finding]) -> BTreeMap<&str, Vec<&Finding>> {
    let mut by_daemon: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        for arn in std::iter::once(&finding.arn).chain(&finding.daemons) {
            by_daemon.entry(arn).or_default().push(finding);
        }
    }
    by_daemon
}

/// A deployment that caused findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Group {
    /// ARN of the deployment.
    pub deployment_arn: String,
    /// ARN of the daemon.
    pub daemon_arn: String,
    /// Revision that it brought.
    pub revision_arn: Option<String>,
    /// When it began, by the clock of the service.
    pub created_at: Option<Timestamp>,
    /// Its status, as ECS writes it.
    pub status: Option<String>,
    /// The call that made it, if `CloudTrail` was asked and knows it.
    pub event: Option<TrailEvent>,
    /// Fingerprints of the findings, sorted.
    pub findings: Vec<String>,
}

/// A call as `CloudTrail` recorded it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrailEvent {
    /// Id of the event.
    pub event_id: String,
    /// Operation.
    pub event_name: String,
    /// When.
    pub event_time: Timestamp,
    /// Who: ARN of the principal, or its user name.
    pub principal: String,
    /// Program that the caller used.
    pub user_agent: Option<String>,
    /// Paths of the members of the request, sorted, for example `deploymentConfiguration.drainPercent`; the others were
    /// left out.
    pub members: Vec<String>,
}

impl TrailEvent {
    /// The program that the caller names first, without its libraries, platform and configuration. Programs of partners put
    /// names of AWS's network and of the maker in front.
    pub fn program(&self) -> Option<&str> {
        self.user_agent.as_deref().map(program)
    }
}

fn program(user_agent: &str) -> &str {
    let is_program = |word: &&str| !word.starts_with("APN/") && !word.starts_with("HashiCorp/");
    let name = user_agent.split_whitespace().find(is_program).unwrap_or(user_agent);
    let name = name.trim_matches(['[', ']']);
    let end = name
        .char_indices()
        .nth(LONGEST_PROGRAM)
        .map_or(name.len(), |(end, _)| end);
    name.get(..end).unwrap_or(name)
}

/// Fills the findings of each group; a group without findings goes.
pub(super) fn fill_groups(groups: &mut Vec<Group>, findings: &[Finding]) {
    let mut by_group: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for finding in findings {
        if let Some(group) = &finding.group {
            by_group.entry(group).or_default().insert(&finding.fingerprint);
        }
    }
    for group in groups.iter_mut() {
        let own = by_group.get(group.deployment_arn.as_str()).into_iter().flatten();
        group.findings = own.map(|fingerprint| (*fingerprint).to_owned()).collect();
    }
    groups.retain(|group| !group.findings.is_empty());
    groups.sort_by(|one, other| one.deployment_arn.cmp(&other.deployment_arn));
    groups.dedup_by(|again, first| {
        let is_same = again.deployment_arn == first.deployment_arn;
        if is_same && first.event.is_none() {
            first.event = again.event.take();
        }
        is_same
    });
}

/// Everything that could not be read, also when a rule silences the finding: a silenced gap is still a gap.
pub(super) fn unread(findings: &[Finding]) -> Vec<String> {
    let unread = findings.iter().filter(|finding| finding.kind == Kind::Unread);
    let arns: BTreeSet<&String> = unread.map(|finding| &finding.arn).collect();
    arns.into_iter().cloned().collect()
}

/// What a scan cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Statistics {
    /// Seconds from start to end, by the clock of the host.
    pub seconds: f64,
    /// Daemons that were looked at.
    pub daemons_scanned: u64,
    /// Calls by operation, retries not counted.
    pub api_calls: BTreeMap<String, u64>,
    /// Answers that said "too many calls".
    pub throttled: u64,
    /// Daemons that were read again because answers contradicted each other or before a difference was reported.
    pub read_again: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_the_program() {
        let check = |text: &str, expected: &str| assert_eq!(program(text), expected);
        check(
            "aws-cli/2.34.22 md/awscrt#0.31.2 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.14.3",
            "aws-cli/2.34.22",
        );
        check(
            "APN/1.0 HashiCorp/1.0 Terraform/1.15.5 (+https://www.terraform.io) terraform-provider-aws/6.62.0",
            "Terraform/1.15.5",
        );
        check("[aws-sdk-go/1.4]", "aws-sdk-go/1.4");
        check("cloudformation.amazonaws.com", "cloudformation.amazonaws.com");
        check("", "");
        check(&"x".repeat(200), &"x".repeat(40));
    }
}
