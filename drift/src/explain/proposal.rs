//! The proposal of a repair: what one call can send for a daemon, setting by setting, before anyone has chosen what is to be
//! repaired. The command that a scan prints and the plan of `ecs-drift reconcile` are made of it.

use std::collections::{BTreeMap, BTreeSet};

use daemons::{arn::DaemonArn, settings::Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    scan::Access,
    setting::{Datum, Marked, Setting, SettingValue},
};

/// What a call can send for one daemon.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The daemon.
    pub arn: DaemonArn,
    /// Credentials by which it was read.
    pub access: Access,
    /// Latest deployment.
    pub deployment_arn: String,
    /// True while a deployment goes on.
    pub is_rolling: bool,
    /// Every setting, in the order of the declaration.
    pub values: Vec<Value>,
    /// All settings as they are live; those of a deployment that is on no record are those of the source.
    pub live: Marked<Settings>,
    /// Instances of each capacity provider that run the daemon or should.
    pub instances: BTreeMap<String, i64>,
    /// Those of the task definitions that are wanted or live which are deleted, so that no call can roll them out.
    pub deleted_definitions: BTreeSet<String>,
    /// Tags that differ.
    pub tags: Option<TagProposal>,
}

/// One setting of a proposal.
#[derive(Clone, Debug)]
pub struct Value {
    /// The setting.
    pub setting: Setting,
    /// The wanted value, if it is known and a call may send it.
    pub wanted: Option<SettingValue>,
    /// True if the source has the value written down; a source that is silent means the default.
    pub is_recorded: bool,
    /// The part that it has in a repair.
    pub part: Part,
}

/// The part of a setting in a repair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// It is as wanted.
    AsWanted,
    /// It differs. It is sent as wanted unless a refusal holds.
    Differs(Vec<Refusal>),
    /// What is live is not on record, and the source has a value.
    NotOnRecord,
    /// What is live is sent.
    Kept(Kept),
}

/// The reason why a live value is sent although the source may have another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// The source cannot hold the setting.
    NotRecorded,
    /// A baseline or the source's own tool is told not to compare it.
    NotCompared,
    /// It is not known before the source is applied.
    Unknown,
    /// The source is about to change it by its own apply.
    Pending,
    /// It is not on record, and the source does not have it either.
    NotOnRecord,
}

impl Kept {
    /// The reason in words.
    pub fn reason(self) -> &'static str {
        match self {
            Self::NotRecorded => "the source cannot hold it",
            Self::NotCompared => "the source does not compare it",
            Self::Unknown => "the source knows it only after its apply",
            Self::Pending => "the source's own apply is about to change it",
            Self::NotOnRecord => "neither ECS nor the source has it on record",
        }
    }
}

/// The reason why a difference is not repaired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A rollback took the value back.
    RolledBack,
    /// A rollback that failed itself did.
    Failed,
    /// The call would reset a setting that this program does not know.
    Unknown,
    /// The source leaves it out, and need not mean the default.
    Doubtful,
    /// The call would put settings to their defaults that neither ECS nor the source has on record.
    NotOnRecord,
    /// A rule ignores it.
    Ignored,
    /// The definition that is wanted is deleted.
    Deleted,
}

impl Refusal {
    /// The flag of `ecs-drift reconcile` that allows the repair all the same.
    pub fn flag(self) -> Option<&'static str> {
        match self {
            Self::RolledBack | Self::Failed => Some(flag::AFTER_ROLLBACK),
            Self::Unknown => Some(flag::RESET_UNKNOWN),
            Self::Doubtful | Self::NotOnRecord => Some(flag::ASSUME_DEFAULTS),
            Self::Ignored | Self::Deleted => None,
        }
    }
}

/// Flags that allow what is refused without them.
pub mod flag {
    /// A rollout is going on.
    pub const SUPERSEDE: &str = "--supersede";
    /// The latest rollout failed.
    pub const AFTER_ROLLBACK: &str = "--after-rollback";
    /// The daemon is another one than the source's.
    pub const RECREATED: &str = "--recreated";
    /// The call resets what this version does not know.
    pub const RESET_UNKNOWN: &str = "--reset-unknown";
    /// A setting that the source leaves out is meant to be at its default.
    pub const ASSUME_DEFAULTS: &str = "--assume-defaults";
    /// Sensitive values are written down.
    pub const SHOW_SENSITIVE: &str = "--show-sensitive";
    /// Tags are repaired.
    pub const TAGS: &str = "--tags";
}

/// Tags that differ, and the calls that make them as wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagProposal {
    /// Tags to set; none if some of them must not be shown.
    pub set: Option<BTreeMap<String, String>>,
    /// Keys to remove.
    pub remove: Vec<String>,
    /// Keys of tags that are not wanted, and may be somebody else's.
    pub leave: Vec<String>,
    /// Live values of the tags that are set or removed; none of one that is missing.
    pub live: BTreeMap<String, Option<String>>,
}

/// The price of a rollout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RolloutCost {
    /// Instances that are drained and replaced.
    pub instances: u64,
    /// The most of them that are drained at a time.
    pub at_a_time: u64,
    /// Batches that they are drained in.
    pub batches: u64,
    /// Minutes for which alarms are watched at the end.
    pub bake_minutes: u64,
    /// An estimate of the minutes that all of it takes, at five minutes for a batch, which is assumed.
    pub about_minutes: u64,
    /// Capacity providers that the call adds: their instances are not counted before it.
    pub uncounted_providers: Vec<String>,
}

/// Minutes in which the instances of a batch are drained and replaced; assumed.
const BATCH_MINUTES: u64 = 5;

impl Proposal {
    /// The settings that the call sends which repairs some of those that differ. It is as sensitive as its most sensitive
    /// part.
    pub(crate) fn settings(&self, is_repaired: impl Fn(Setting) -> bool) -> Marked<Settings> {
        self.live.map(|live| {
            let mut settings = live.clone();
            for value in &self.values {
                let is_sent = match value.part {
                    Part::Differs(_) => is_repaired(value.setting),
                    Part::NotOnRecord => true,
                    Part::AsWanted | Part::Kept(_) => false,
                };
                if let Some(wanted) = value.wanted.as_ref().filter(|_| is_sent) {
                    value.setting.write(wanted.expose(), &mut settings);
                }
            }
            settings
        })
    }

    /// The price of a call that sends these settings: every call replaces all instances.
    pub(crate) fn cost(&self, settings: &Settings) -> RolloutCost {
        let providers = &settings.capacity_provider_arns;
        let kept = self.instances.iter().filter(|(arn, _)| providers.contains(*arn));
        let instances = kept.filter_map(|(_, count)| u64::try_from(*count).ok()).sum();
        let live = &self.live.expose().capacity_provider_arns;
        let at_a_time = batch(instances, &Setting::DrainPercent.read(settings));
        let batches = instances.div_ceil(at_a_time.max(1));
        let bake_minutes = whole(&Setting::BakeTime.read(settings), 1.0);
        RolloutCost {
            instances,
            at_a_time,
            batches,
            bake_minutes,
            about_minutes: batches * BATCH_MINUTES + bake_minutes,
            uncounted_providers: providers.difference(live).cloned().collect(),
        }
    }

    /// The setting in the proposal.
    pub(crate) fn value(&self, setting: Setting) -> Option<&Value> {
        self.values.iter().find(|value| value.setting == setting)
    }
}

/// Instances of a batch, of which none is empty unless there is nothing to replace. A percentage is counted in thousandths,
/// so that a product that should be whole is.
fn batch(instances: u64, percent: &Datum) -> u64 {
    let thousandths = whole(percent, 1000.0);
    let size = instances.saturating_mul(thousandths).div_ceil(100_000);
    size.clamp(1, instances.max(1)).min(instances)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the value is bounded in the same expression"
)]
fn whole(datum: &Datum, factor: f64) -> u64 {
    match datum {
        Datum::Number(number) => (number * factor).round().clamp(0.0, 1e12) as u64,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_rounded_up_and_never_empty() {
        let check = |instances, percent, expected| assert_eq!(batch(instances, &Datum::Number(percent)), expected);
        check(0, 25.0, 0);
        check(1, 25.0, 1);
        check(4, 25.0, 1);
        check(5, 25.0, 2);
        check(100, 29.0, 29);
        check(1000, 14.1, 141);
        check(3, 100.0, 3);
        check(3, 0.0, 1);
    }
}
