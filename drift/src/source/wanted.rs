//! The wants of a source for one daemon, and their certainty. Values are [`Marked`], so that nothing that is sensitive
//! can be written down by accident.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use daemons::{arn::DaemonArn, name, settings::Settings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Marks, TagScope, Tags};
use crate::{
    observe::Live,
    report::SourceRef,
    scan::Access,
    setting::{Datum, Marked, Setting, SettingValue},
};

/// The wants of a source for one daemon.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The daemon.
    pub arn: DaemonArn,
    /// The place where it is written.
    pub source: SourceRef,
    /// The one who has it.
    pub claim: Claim,
    /// Address to which the configuration moves it, if no apply has done so yet.
    pub moved_to: Option<String>,
    /// Credentials to look at it with.
    pub access: Access,
    /// Team that it belongs to.
    pub owner: Option<String>,
    /// Deployment in the source.
    pub deployment_arn: Option<String>,
    /// True if the source's own apply made that deployment. A deployment that the source refreshes on every read is
    /// only a lower bound in time.
    pub deployment_is_own: bool,
    /// Times at which the daemon was created and the baseline recorded, if a baseline says so.
    pub recorded: Option<Recorded>,
    /// The want for each setting. A setting that is not here is not recorded.
    pub settings: BTreeMap<Setting, Want>,
    /// True if a setting that the source leaves out is certainly meant to be at its default. After an import by
    /// hashicorp/aws nobody knows.
    pub defaults_are_meant: bool,
    /// Settings as the source last saw them, which a plan is about to change.
    pub pending: Option<Pending>,
    /// Failure of the latest rollout that the state remembers.
    pub rollout_failure: Option<Marked<String>>,
    /// Tags that are wanted; none if the source has none to compare.
    pub tags: Option<Tags>,
    /// Exactness with which the task definition is wanted.
    pub task_definition_rule: TaskDefinitionRule,
    /// Tool that applies the source.
    pub tool: Tool,
    /// True if the input is the output of a command, so that no file can be brought up to date.
    pub is_from_command: bool,
    /// Marks of values that must not be shown, those that are live included.
    pub marks: Marks,
    /// Wants of the configuration that are not those of the source.
    pub configured: BTreeMap<Setting, Configured>,
    /// Settings as the source has them, where neither the configuration nor ECS has the same.
    pub held: BTreeMap<Setting, Want>,
    /// Settings that the source's tool is told to leave alone.
    pub ignored: BTreeSet<Setting>,
    /// Tags that it is told to leave alone.
    pub tag_scope: TagScope,
    /// Tags of the configuration; none if it is not given or does not say.
    pub configured_tags: Option<ConfiguredTags>,
}

/// The claim to a daemon: the one who has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Claim {
    /// An input, which describes it.
    #[default]
    Input,
    /// The configuration alone: it has to be there, and nothing else is known.
    Configuration,
    /// A plan that creates it: nothing says whether it is new.
    Creation,
}

/// One setting as the configuration wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Configured {
    /// As a want of the source.
    pub want: Want,
    /// The value.
    pub value: SettingValue,
    /// The place where it is written, in a sentence.
    pub evidence: String,
}

/// Tags as the configuration wants them.
#[derive(Clone, PartialEq)]
pub struct ConfiguredTags {
    /// Tags that are known.
    pub known: Tags,
    /// Keys of those that are not.
    pub unknown: BTreeSet<String>,
    /// True if there are no others.
    pub are_all: bool,
    /// The place where they are written, in a sentence.
    pub evidence: String,
}

/// Without keys that a source may mark as sensitive.
impl fmt::Debug for ConfiguredTags {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            known,
            are_all,
            evidence,
            unknown: _,
        } = self;
        formatter
            .debug_struct("ConfiguredTags")
            .field("known", known)
            .field("are_all", are_all)
            .field("evidence", evidence)
            .finish_non_exhaustive()
    }
}

/// Tool that applies a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Terraform.
    #[default]
    Terraform,
    /// `OpenTofu`.
    OpenTofu,
    /// Terragrunt, around either of them.
    Terragrunt,
}

impl Tool {
    /// All.
    pub const ALL: [Self; 3] = [Self::Terraform, Self::OpenTofu, Self::Terragrunt];

    /// Name of its program.
    pub fn program(self) -> &'static str {
        match self {
            Self::Terraform => "terraform",
            Self::OpenTofu => "tofu",
            Self::Terragrunt => "terragrunt",
        }
    }

    /// The tool whose registry a provider comes from, as states and plans write it.
    pub(super) fn of_provider(provider: &str) -> Self {
        if provider.contains("registry.opentofu.org/") {
            Self::OpenTofu
        } else {
            Self::Terraform
        }
    }
}

/// The want for one setting.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// This value, which is written down.
    Recorded(SettingValue),
    /// The default of the API, because the source is silent.
    ImplicitDefault,
    /// Not known until the plan is applied. Until then this is, which the state had before the plan's refresh.
    UnknownUntilApply(Box<Want>),
}

impl Want {
    /// The same with this mark.
    fn marked(self, is_sensitive: bool) -> Self {
        match self {
            Self::Recorded(value) => Self::Recorded(Marked::new(value.expose().clone(), is_sensitive)),
            Self::ImplicitDefault => Self::ImplicitDefault,
            Self::UnknownUntilApply(until) => Self::UnknownUntilApply(Box::new(until.marked(is_sensitive))),
        }
    }
}

/// Facts of a plan beside what it wants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pending {
    /// Settings as the plan's refresh saw them.
    pub refreshed: BTreeMap<Setting, Want>,
    /// Settings of the state before that refresh, where the refresh changed them.
    pub drifted: BTreeMap<Setting, Want>,
}

/// Facts of the past in a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Time at which the daemon was created.
    pub created_at: Option<Timestamp>,
    /// Time at which the baseline was recorded, by the clock of the host.
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
    /// The want for a setting; `None` if the source cannot hold it.
    pub fn want(&self, setting: Setting) -> Option<&Want> {
        self.settings.get(&setting)
    }

    /// A value of a setting, wanted or live, with the mark that the source gives the setting.
    pub fn mark(&self, setting: Setting, datum: Datum) -> SettingValue {
        Marked::new(datum, self.is_sensitive(setting))
    }

    /// True if the values of a setting must not be shown.
    pub fn is_sensitive(&self, setting: Setting) -> bool {
        self.marks.touch(setting.path())
    }

    /// The wanted value, if it is known: the default where the source is silent.
    pub fn datum(&self, setting: Setting) -> Option<SettingValue> {
        self.known(setting, self.want(setting)?)
    }

    /// The value that a want comes to, if it is known.
    pub fn known(&self, setting: Setting, want: &Want) -> Option<SettingValue> {
        match want {
            Want::Recorded(value) => Some(value.clone()),
            Want::ImplicitDefault => setting.default().map(|datum| self.mark(setting, datum)),
            Want::UnknownUntilApply(until) => self.known(setting, until),
        }
    }

    /// The value that a plan's refresh saw of a setting, if this is a plan and it is known.
    pub fn refreshed(&self, setting: Setting) -> Option<SettingValue> {
        self.known(setting, self.pending.as_ref()?.refreshed.get(&setting)?)
    }

    /// Everything that is known as one set of settings; the rest from `other`. It is as sensitive as its most sensitive
    /// part.
    pub fn settings_or(&self, other: &Settings) -> Marked<Settings> {
        let mut settings = other.clone();
        for setting in Setting::ALL {
            if let Some(value) = self.datum(setting) {
                setting.write(value.expose(), &mut settings);
            }
        }
        let is_sensitive = Setting::ALL.into_iter().any(|setting| self.is_sensitive(setting));
        Marked::new(settings, is_sensitive)
    }

    /// Everything that the source had applied, as far as it is known; the rest from `other`.
    pub fn applied_or(&self, other: &Settings) -> Marked<Settings> {
        self.settings_or(other).map(|settings| {
            let mut settings = settings.clone();
            for setting in Setting::ALL {
                if let Some(held) = self.held(setting) {
                    setting.write(held.expose(), &mut settings);
                }
            }
            settings
        })
    }

    /// The settings as the source last saw them live: those that it wants, except where a plan is about to change them.
    pub fn last_seen(&self) -> Marked<Settings> {
        self.settings_or(&Settings::unknown()).map(|wanted| {
            let mut settings = wanted.clone();
            for setting in Setting::ALL {
                if let Some(value) = self.refreshed(setting) {
                    setting.write(value.expose(), &mut settings);
                }
            }
            settings
        })
    }

    /// True if another source wants the same, whatever either of them marks.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let settings = |wanted: &Self| -> Vec<(Setting, Want)> {
            let settings = wanted.settings.iter();
            settings
                .map(|(setting, want)| (*setting, want.clone().marked(false)))
                .collect()
        };
        settings(self) == settings(other)
            && self.plain_tags() == other.plain_tags()
            && self.task_definition_rule == other.task_definition_rule
    }

    /// The tags to compare, without their marks.
    pub fn plain_tags(&self) -> Option<BTreeMap<String, String>> {
        let tags = self.tags.as_ref()?.expose().iter();
        Some(tags.map(|(key, value)| (key.clone(), value.expose().clone())).collect())
    }

    /// The tags that are wanted: those of the configuration, as far as it is known, over those of the source.
    pub fn all_tags(&self) -> Option<Tags> {
        let (mut tags, Some(configured)) = (self.plain_tags()?, &self.configured_tags) else {
            return self.tags.clone();
        };
        let ConfiguredTags {
            known,
            unknown,
            are_all,
            ..
        } = configured;
        let known = known.expose();
        tags.retain(|key, _| !are_all || known.contains_key(key) || unknown.contains(key));
        tags.extend(known.iter().map(|(key, value)| (key.clone(), value.expose().clone())));
        Some(self.marks.tags(tags))
    }

    /// Marks what another source of the same daemon marks.
    pub fn mark_as(&mut self, other: &Self) {
        self.mark_all(other.marks.clone());
    }

    /// Marks a setting.
    pub fn mark_setting(&mut self, setting: Setting) {
        self.mark_all(Marks::of_path(setting.path()));
    }

    /// Marks a tag.
    pub fn mark_tag(&mut self, key: &str) {
        self.mark_all(Marks::of_path(&[name::TAGS, key]));
    }

    fn mark_all(&mut self, more: Marks) {
        self.marks.add(more);
        let marks = self.marks.clone();
        let pending = self.pending.iter_mut();
        let refreshed = pending.flat_map(|pending| pending.refreshed.iter_mut().chain(&mut pending.drifted));
        for (setting, want) in self.settings.iter_mut().chain(refreshed) {
            *want = want.clone().marked(marks.touch(setting.path()));
        }
        self.tags = self.plain_tags().map(|tags| marks.tags(tags));
        if let Some(failure) = &mut self.rollout_failure
            && marks.touch(&[name::ROLLOUT_FAILURE])
        {
            *failure = Marked::new(failure.expose().clone(), true);
        }
    }

    /// True if no input has it, so that it is only looked for.
    pub fn is_sought(&self) -> bool {
        self.claim != Claim::Input
    }

    /// True for a baseline.
    pub fn is_of_baseline(&self) -> bool {
        self.source.resource_type == "baseline"
    }

    /// The same as it counts for what is live: what the configuration wants is wanted. A state that agrees with what is live
    /// may have got it by a refresh; one that does not has what was applied last.
    pub fn beside(&self, live: &Live) -> Cow<'_, Self> {
        if self.configured.is_empty() {
            return self.beside_refreshed(live);
        }
        let mut wanted = self.clone();
        let mut pending = Pending::default();
        for (setting, configured) in &self.configured {
            let is_readable = live.observed.deployment_is_on_record || !setting.is_of_deployment();
            let live = setting.read(&live.observed.settings);
            let decides = *configured.value.expose() == live || self.is_met(*setting, &live) == Some(true);
            let Some(state) = wanted.settings.insert(*setting, configured.want.clone()) else {
                continue;
            };
            if is_readable && decides {
                pending.refreshed.insert(*setting, state);
            } else {
                wanted.held.insert(*setting, state);
            }
        }
        wanted.pending = Some(pending);
        Cow::Owned(wanted)
    }

    /// The same of a plan: what it saw of a setting and is no longer live is what the state has. With `-refresh=false` it
    /// saw nothing but the state.
    fn beside_refreshed(&self, live: &Live) -> Cow<'_, Self> {
        let Some(pending) = &self.pending else {
            return Cow::Borrowed(self);
        };
        let is_gone = |setting: &Setting| {
            let seen = self.refreshed(*setting);
            seen.is_some_and(|seen| *seen.expose() != setting.read(&live.observed.settings))
        };
        let seen = pending.refreshed.iter();
        let seen = seen.filter(|(setting, _)| !pending.drifted.contains_key(setting) && is_gone(setting));
        let held: Vec<(Setting, Want)> = seen.map(|(setting, want)| (*setting, want.clone())).collect();
        if held.is_empty() {
            return Cow::Borrowed(self);
        }
        let mut wanted = self.clone();
        wanted.held.extend(held);
        Cow::Owned(wanted)
    }

    /// The value that the source itself has of a setting of which the configuration or the plan wants something else, and
    /// ECS too.
    pub fn held(&self, setting: Setting) -> Option<SettingValue> {
        let pending = self.pending.as_ref();
        let drifted = || pending.and_then(|pending| pending.drifted.get(&setting));
        let held = self.known(setting, self.held.get(&setting).or_else(drifted)?)?;
        let is_wanted = self.is_met(setting, held.expose()) == Some(true);
        (!is_wanted).then_some(held)
    }

    /// True if a value of the past was meant: wanted, or what the source had applied before.
    pub fn was_meant(&self, setting: Setting, past: &Datum) -> bool {
        let is_held = self.held(setting).is_some_and(|held| held.expose() == past);
        is_held || self.is_met(setting, past) == Some(true)
    }

    /// True if a live value is as wanted; `None` if nothing can be said.
    pub fn is_met(&self, setting: Setting, live: &Datum) -> Option<bool> {
        if self.ignored.contains(&setting) {
            return None;
        }
        let wanted = self.datum(setting)?;
        let wanted = wanted.expose();
        if let (Setting::TaskDefinition, Datum::Text(wanted), Datum::Text(live)) = (setting, wanted, live) {
            match self.task_definition_rule {
                TaskDefinitionRule::Exact => {}
                TaskDefinitionRule::Family => return Some(family(wanted) == family(live)),
                TaskDefinitionRule::Ignore => return None,
            }
        }
        Some(wanted == live)
    }
}

/// The ARN without its revision.
fn family(definition_arn: &str) -> &str {
    definition_arn
        .rsplit_once(':')
        .map_or(definition_arn, |(family, _)| family)
}
