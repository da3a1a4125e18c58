//! Effects of a call on a setting: the optional members that went back to their defaults with it, and those that it kept.

use std::collections::{BTreeMap, BTreeSet};

use daemons::settings::Settings;

use super::history::Culprit;
use crate::{
    report::{Cause, Confidence},
    setting::Setting,
    source::Wanted,
};

/// The effect of a culprit on a setting.
pub(super) struct Verdict {
    pub(super) cause: Cause,
    pub(super) confidence: Confidence,
    pub(super) message: String,
}

/// An optional member of `UpdateDaemon` by its path. Those of `deploymentConfiguration` are judged each by itself, because a
/// call may carry one of them and leave the others out.
type Member = &'static [&'static str];

/// Optional members of `UpdateDaemon` that were not at their defaults before a call, by what became of them. One that was set
/// to another value is neither: that is what the call was made for.
pub(super) struct Reset {
    reverted: BTreeSet<Member>,
    kept: BTreeSet<Member>,
}

impl Reset {
    /// From the settings before and after. Members that are not on record are left out of both.
    pub(super) fn between(before: &Settings, after: &Settings, is_on_record: impl Fn(&Setting) -> bool) -> Self {
        let mut members: BTreeMap<Member, Vec<Setting>> = BTreeMap::new();
        for setting in Setting::ALL.into_iter().filter(is_on_record) {
            members.entry(member(setting)).or_default().push(setting);
        }
        members.retain(|_, settings| !are_default(settings, before));
        let (mut reverted, mut kept) = (BTreeSet::new(), BTreeSet::new());
        for (member, settings) in members {
            let is_same = |setting: &Setting| setting.read(before) == setting.read(after);
            if are_default(&settings, after) {
                reverted.insert(member);
            } else if settings.iter().all(is_same) {
                kept.insert(member);
            }
        }
        Self { reverted, kept }
    }

    /// `None` if the record does not tell. Without a predecessor, what is wanted stands in for it.
    pub(super) fn of(wanted: &Wanted, culprit: &Culprit<'_>) -> Option<Self> {
        let after = culprit.past.asked.as_ref().or(culprit.past.effective.as_ref())?;
        let before = match culprit.before {
            Some(before) => before.effective.clone()?,
            None => wanted.applied_or(after).expose().clone(),
        };
        Some(Self::between(&before, after, |_| true))
    }

    pub(super) fn verdict(&self, setting: Setting, is_stand_in: bool) -> Verdict {
        let name = setting.name();
        // Several members that are put to their very defaults were left out rather than set, also by a call that carries few
        // others.
        let is_left_out = self.reverted.contains(member(setting)) && self.reverted.len() > self.kept.len();
        let confidence = |surely: bool| {
            if surely && !is_stand_in {
                Confidence::Likely
            } else {
                Confidence::Possible
            }
        };
        let kept = self.kept();
        if !is_left_out {
            let how = if kept.is_empty() {
                String::new()
            } else {
                format!(" that kept {kept}")
            };
            return Verdict {
                cause: Cause::ChangedOutside,
                confidence: confidence(true),
                message: format!("`{name}` was set to its default by a call{how}."),
            };
        }
        let by = if kept.is_empty() {
            "a call".to_owned()
        } else {
            format!("a call that sent {kept}")
        };
        Verdict {
            cause: Cause::DefaultRevert,
            confidence: confidence(self.reverted.len() > 1),
            message: format!("`{name}` went back to its default, as if {by} had left it out."),
        }
    }

    /// The members that were kept, those of one that was kept as a whole under its name.
    fn kept(&self) -> String {
        let is_whole = |outer: &str| !self.reverted.iter().any(|member| member.first() == Some(&outer));
        let named = self.kept.iter().map(|member| match member {
            [outer, _, ..] if is_whole(outer) => (*outer).to_owned(),
            path => path.join("."),
        });
        named
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The member that carries a setting: alarms are one, whatever is set of them.
fn member(setting: Setting) -> Member {
    let path = setting.api_path();
    path.get(..2).unwrap_or(path)
}

/// True if all of some settings are at their defaults. One that is required has none, and is left out of all judgment.
fn are_default(settings: &[Setting], of: &Settings) -> bool {
    let mut settings = settings.iter();
    settings.all(|setting| setting.default().is_none_or(|default| default == setting.read(of)))
}
