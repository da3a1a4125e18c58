//! What a source wants of one daemon, and how much it knows.

use std::collections::{BTreeMap, BTreeSet};

use daemons::{arn::DaemonArn, daemon::settings::Settings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    report::SourceRef,
    scan::Access,
    setting::{Datum, Setting},
};

/// What a source wants of one daemon.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The daemon.
    pub arn: DaemonArn,
    /// Where it is written.
    pub source: SourceRef,
    /// Credentials to look at it with.
    pub access: Access,
    /// Team that it belongs to.
    pub owner: Option<String>,
    /// Deployment in the source.
    pub deployment_arn: Option<String>,
    /// Whether the source's own apply made that deployment. A deployment that the source refreshes on every read is
    /// only a lower bound in time.
    pub deployment_is_own: bool,
    /// When the daemon was created and the baseline recorded, where a baseline says so.
    pub recorded: Option<Recorded>,
    /// What is wanted of each setting. One that is not here is not recorded.
    pub settings: BTreeMap<Setting, Want>,
    /// Whether a setting that the source leaves out is certainly meant to be at its default. After an import by
    /// hashicorp/aws nobody knows.
    pub defaults_are_meant: bool,
    /// Settings as the source last saw them, which a plan is about to change.
    pub pending: Option<Pending>,
    /// Failure of the latest rollout that the state remembers.
    pub rollout_failure: Option<String>,
    /// Tags that are wanted; none if the source has none to compare.
    pub tags: Option<BTreeMap<String, String>>,
    /// How exactly the task definition is wanted.
    pub task_definition_rule: TaskDefinitionRule,
    /// Names of attributes whose values must not be shown.
    pub sensitive: BTreeSet<String>,
}

/// What is wanted of one setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// This value, which is written down.
    Recorded(Datum),
    /// The default of the API, because the source is silent.
    ImplicitDefault,
    /// Not known until the plan is applied.
    UnknownUntilApply,
}

/// What a plan says beside what it wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    /// Settings as the plan's refresh saw them.
    pub refreshed: BTreeMap<Setting, Want>,
    /// Settings of the state before that refresh, where the refresh changed them.
    pub drifted: BTreeMap<Setting, Want>,
}

/// What a baseline knows of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When the daemon was created.
    pub created_at: Option<Timestamp>,
    /// When the baseline was recorded, by the clock of the host.
    pub recorded_at: Timestamp,
}

/// How exactly a task definition is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskDefinitionRule {
    /// This very revision.
    #[default]
    Exact,
    /// Any revision of its family.
    Family,
    /// Any.
    Ignore,
}

impl Wanted {
    /// What is wanted of a setting; `None` if the source cannot hold it.
    pub fn want(&self, setting: Setting) -> Option<&Want> {
        self.settings.get(&setting)
    }

    /// Whether the values of a setting, the wanted one and the live one, must not be shown.
    pub fn is_sensitive(&self, setting: Setting) -> bool {
        let attribute = setting.path().first();
        attribute.is_some_and(|attribute| self.sensitive.contains(*attribute))
    }

    /// The wanted value, if it is known: the default where the source is silent.
    pub fn datum(&self, setting: Setting) -> Option<Datum> {
        match self.want(setting)? {
            Want::Recorded(datum) => Some(datum.clone()),
            Want::ImplicitDefault => setting.default(),
            Want::UnknownUntilApply => None,
        }
    }

    /// Everything that is known as one set of settings; the rest from `other`.
    pub fn settings_or(&self, other: &Settings) -> Settings {
        let mut settings = other.clone();
        for setting in Setting::ALL {
            if let Some(datum) = self.datum(setting) {
                setting.write(&datum, &mut settings);
            }
        }
        settings
    }

    /// Whether a live value is as wanted; `None` if nothing can be said.
    pub fn is_met(&self, setting: Setting, live: &Datum) -> Option<bool> {
        let wanted = self.datum(setting)?;
        if let (Setting::TaskDefinition, Datum::Text(wanted), Datum::Text(live)) = (setting, &wanted, live) {
            match self.task_definition_rule {
                TaskDefinitionRule::Exact => {}
                TaskDefinitionRule::Family => return Some(family(wanted) == family(live)),
                TaskDefinitionRule::Ignore => return None,
            }
        }
        Some(wanted == *live)
    }
}

/// The ARN without its revision.
fn family(definition_arn: &str) -> &str {
    definition_arn
        .rsplit_once(':')
        .map_or(definition_arn, |(family, _)| family)
}
