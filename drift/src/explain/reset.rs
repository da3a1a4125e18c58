//! What a call did to a setting: which optional members went back to their defaults with it, and which it kept.

use std::collections::BTreeSet;

use daemons::settings::Settings;

use super::history::Culprit;
use crate::{
    report::{Cause, Confidence},
    setting::Setting,
    source::Wanted,
};

/// What a culprit did to a setting.
pub(super) struct Verdict {
    pub(super) cause: Cause,
    pub(super) confidence: Confidence,
    pub(super) message: String,
}

/// Optional members of `UpdateDaemon` that were not at their defaults before a call, by what became of them.
pub(super) struct Reset {
    reverted: BTreeSet<&'static str>,
    kept: BTreeSet<&'static str>,
}

impl Reset {
    /// From the settings before and after. Members that are not on record are left out of both.
    pub(super) fn between(before: &Settings, after: &Settings, is_on_record: impl Fn(&Setting) -> bool) -> Self {
        let set = off_default(before, &is_on_record);
        let still = off_default(after, &is_on_record);
        let (kept, reverted) = set.into_iter().partition(|member| still.contains(member));
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
        if !self.kept.is_empty() || !self.reverted.contains(setting.member()) {
            let kept: Vec<&str> = self.kept.iter().copied().collect();
            let how = if kept.is_empty() {
                String::new()
            } else {
                format!(" that kept {}", kept.join(", "))
            };
            return Verdict {
                cause: Cause::ChangedOutside,
                confidence: if is_stand_in {
                    Confidence::Possible
                } else {
                    Confidence::Likely
                },
                message: format!("`{name}` was set to its default by a call{how}."),
            };
        }
        let confidence = if self.reverted.len() > 1 && !is_stand_in {
            Confidence::Likely
        } else {
            Confidence::Possible
        };
        Verdict {
            cause: Cause::DefaultRevert,
            confidence,
            message: format!("`{name}` went back to its default, as if a call had left it out."),
        }
    }
}

/// Optional members of which at least a part is not at its default.
fn off_default(settings: &Settings, is_on_record: impl Fn(&Setting) -> bool) -> BTreeSet<&'static str> {
    let is_off = |setting: &Setting| {
        setting
            .default()
            .is_some_and(|default| default != setting.read(settings))
    };
    let on_record = Setting::ALL.into_iter().filter(is_on_record);
    on_record.filter(is_off).map(Setting::member).collect()
}
