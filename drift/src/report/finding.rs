//! One finding, and everything that a reader needs to believe it and to act on it.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    cause::{Cause, Kind},
    severity::Severity,
    shown::Shown,
    source_ref::SourceRef,
};

/// Stands where a finding has an ARN, for what is of no daemon but of the configuration.
pub const CONFIGURATION: &str = "configuration";

/// The setting of findings about tags.
const TAGS: &str = "tags_all";

/// One setting that is not as wanted, or one condition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Stays the same while the finding does: made of the ARN and of the setting or condition only.
    pub fingerprint: String,
    /// Kind of finding.
    pub kind: Kind,
    /// Row of the procedure that decided.
    pub cause: Cause,
    /// Severity after the rules of the configuration.
    pub severity: Severity,
    /// How sure the cause is. That the values differ is always certain.
    pub confidence: Confidence,
    /// ARN of the daemon; of the cluster for a missing cluster.
    pub arn: String,
    /// Daemons that share the finding, where it is about a cluster; sorted.
    pub daemons: Vec<String>,
    /// Input and address that want it; none for daemons that no input names.
    pub source: Option<SourceRef>,
    /// Setting as Terraform names it, for example `deployment_configuration.drain_percent`; none for a condition.
    pub setting: Option<String>,
    /// What is wanted.
    pub wanted: Option<Shown>,
    /// What is there.
    pub live: Option<Shown>,
    /// The finding in one sentence.
    pub message: String,
    /// What it rests on.
    pub evidence: Vec<Evidence>,
    /// Since when, by the clock of the service, if anything tells.
    pub since: Option<Timestamp>,
    /// ARN of the deployment that caused it; see the groups of the report.
    pub group: Option<String>,
    /// What to do about it.
    pub next_step: NextStep,
    /// Why the finding does not count, if it does not.
    pub suppression: Option<Suppression>,
    /// Where the wanted value is written.
    pub location: Option<Location>,
}

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// One of several explanations that the evidence allows.
    Possible,
    /// The explanation that fits best.
    Likely,
    /// The evidence allows no other.
    Certain,
    /// `CloudTrail` recorded the very call.
    Recorded,
}

/// One fact and who said it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// Operation that answered it, for example `DescribeDaemonRevisions`, or `source` for the input.
    pub from: String,
    /// ARN that the fact is about.
    pub about: String,
    /// The fact, as a sentence.
    pub text: String,
    /// When it happened, by the clock of the service.
    pub at: Option<Timestamp>,
}

/// What to do about a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NextStep {
    /// What to do, as a sentence.
    pub text: String,
    /// Exact commands or configuration, ready to paste; alternatives, best first.
    pub commands: Vec<Command>,
    /// Whether `ecs-drift reconcile` does it.
    pub repair: Repair,
}

/// Something to paste.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Command {
    /// What it does.
    pub title: String,
    /// `sh` for a command line, `hcl` for a configuration.
    pub language: String,
    /// The text.
    pub text: String,
    /// Role of the daemon's account by which the scan read it, where it assumed one: a call to AWS needs credentials of that
    /// account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
}

/// Whether a finding can be repaired by `ecs-drift reconcile`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Repair {
    /// Nothing is to repair.
    NotNeeded,
    /// It repairs it.
    Yes,
    /// It refuses, unless the flag is given.
    Unless {
        /// Flag that allows it, for example `--after-rollback`.
        flag: String,
    },
    /// It cannot.
    No,
}

/// Why a finding does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppression {
    /// What kind of reason.
    pub kind: SuppressionKind,
    /// The reason in words.
    pub reason: Option<String>,
}

/// What kind of reason lets a finding not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuppressionKind {
    /// A rule of the configuration ignores it.
    Ignored,
    /// It is younger than the given age, so an apply may be going on.
    Settling,
    /// The earlier report has it, with the same live value.
    Known,
    /// It was repaired, and the repair was proven by reading again.
    Repaired,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Location {
    /// Path of the file, relative to where the program ran, with `/` between folders.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: Option<u32>,
}

impl Finding {
    /// True if the finding counts, that is, nothing suppresses it.
    pub fn is_open(&self) -> bool {
        self.suppression.is_none()
    }

    /// True if the live value is that of another report, and came the same way: what was repaired in between and comes back
    /// with another deployment is another incident. Values that are not shown are the same if the same deployment
    /// brought them at the same time; none if nothing tells how they came. A condition has no value, and is the same if it is
    /// of the same deployment, or else of the same time, as far as both reports tell.
    pub fn has_same_live(&self, other: &Self) -> Option<bool> {
        if let (Some(one), Some(other)) = (&self.group, &other.group)
            && one != other
        {
            return Some(false);
        }
        if self.live.is_none() && other.live.is_none() {
            let is_told = self.group.is_some() && other.group.is_some();
            return Some(is_told || self.since.is_none() || other.since.is_none() || self.since == other.since);
        }
        let is_hidden = self.live.as_ref().is_some_and(Shown::hides);
        if self.live != other.live || !is_hidden {
            return Some(self.live == other.live);
        }
        let is_told = self.group.is_some() || self.since.is_some();
        is_told.then(|| self.group == other.group && self.since == other.since)
    }

    /// True if it is about tags, which no deployment brings.
    pub fn is_about_tags(&self) -> bool {
        self.setting.as_deref() == Some(TAGS)
    }

    /// True if a part of the daemon could not be read, and the rest was.
    pub fn is_partial_gap(&self) -> bool {
        self.kind == Kind::Unread && self.setting.is_some()
    }

    /// True if a deletion on record would prove that the daemon it is about was made anew, where no deployment brought it:
    /// what the daemon had before is not the past of the new one.
    pub fn may_be_made_anew(&self) -> bool {
        let is_first = |fact: &Evidence| fact.from == "ListDaemonDeployments";
        let is_open = match self.cause {
            Cause::PendingChange => self.live.is_some() && !self.evidence.iter().any(is_first),
            Cause::Absorbed => true,
            Cause::ChangedOutside => self.evidence.iter().any(is_first),
            _ => false,
        };
        is_open && self.group.is_none() && !self.is_about_tags()
    }

    /// True if its repair sends settings, which replaces every task of the daemon. Tags are set without that.
    pub(super) fn repairs_by_rollout(&self) -> bool {
        let is_sent = matches!(self.next_step.repair, Repair::Yes | Repair::Unless { .. });
        is_sent && self.kind == Kind::Difference && !self.is_about_tags()
    }

    /// The key by which findings are sorted.
    pub(super) fn order(&self) -> (&str, Cause, Option<&str>, &str) {
        (&self.arn, self.cause, self.setting.as_deref(), &self.fingerprint)
    }
}
