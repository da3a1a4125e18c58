//! The last look at a finding: sentences of ECS, such as the reason of a rollback, may repeat what is sensitive. Values
//! that we write ourselves are masked by their type long before; this is for texts that others wrote.
//!
//! A text that stands in the ARN or address of the daemon is not looked for: it is public there, and a report without
//! them would be of no use.

use aws_sdk_ecs::types::DaemonPropagateTags;
use daemons::settings::Settings;
use serde_json::Value;

use super::{Case, History};
use crate::{
    report::{Finding, Group, MASK, Shown},
    setting::{Datum, Setting},
    source::Wanted,
};

/// Shortest text that is looked for, in characters: shorter ones are in every second word.
const SHORTEST: usize = 4;

/// Sensitive texts of a daemon.
#[derive(Default)]
pub(super) struct Mask {
    /// Longest first, so that a text that holds another one is masked whole.
    texts: Vec<String>,
}

impl Mask {
    /// Of what the source wants, for findings of daemons of which no more is known.
    pub(super) fn of(wanted: &Wanted) -> Self {
        let mut mask = Self::default();
        mask.add_wanted(wanted);
        mask.finish(wanted)
    }

    /// Of everything that is known of a daemon: a sensitive setting is so in the past, too.
    pub(super) fn of_case(case: &Case<'_>) -> Self {
        let Case {
            wanted, live, history, ..
        } = case;
        let mut mask = Self::default();
        mask.add_wanted(wanted);
        mask.add_settings(wanted, &live.observed.settings);
        for past in history.iter().flat_map(|History { past, .. }| past) {
            for settings in past.asked.iter().chain(&past.effective) {
                mask.add_settings(wanted, settings);
            }
        }
        if wanted.is_sensitive(Setting::AlarmNames) {
            let rollouts = live.observed.rollout.iter();
            mask.texts
                .extend(rollouts.flat_map(|rollout| rollout.triggered_alarms.clone()));
        }
        let tags = wanted.marks.tags(live.observed.tags.clone());
        mask.add_tags(&tags);
        mask.finish(wanted)
    }

    fn add_wanted(&mut self, wanted: &Wanted) {
        for setting in Setting::ALL.into_iter().filter(|setting| wanted.is_sensitive(*setting)) {
            let before = wanted
                .pending
                .iter()
                .filter_map(|pending| pending.drifted.get(&setting));
            let before = before.filter_map(|want| wanted.known(setting, want));
            for value in wanted
                .datum(setting)
                .into_iter()
                .chain(wanted.refreshed(setting))
                .chain(wanted.held(setting))
                .chain(before)
            {
                self.add(setting, value.expose());
            }
        }
        if let Some(failure) = wanted.rollout_failure.as_ref().filter(|failure| failure.is_sensitive()) {
            self.texts.push(failure.expose().clone());
        }
        for tags in wanted.tags.iter().chain(&wanted.all_tags()) {
            self.add_tags(tags);
        }
    }

    fn add_settings(&mut self, wanted: &Wanted, settings: &Settings) {
        for setting in Setting::ALL.into_iter().filter(|setting| wanted.is_sensitive(*setting)) {
            self.add(setting, &setting.read(settings));
        }
    }

    fn add_tags(&mut self, tags: &crate::source::Tags) {
        for (key, value) in tags.expose() {
            if tags.is_sensitive() {
                self.texts.push(key.clone());
            }
            if tags.is_sensitive() || value.is_sensitive() {
                self.texts.push(value.expose().clone());
            }
        }
    }

    fn add(&mut self, setting: Setting, datum: &Datum) {
        match datum {
            // Words of ECS itself are in sentences that have nothing to do with the value.
            Datum::Text(text)
                if setting == Setting::PropagateTags && DaemonPropagateTags::values().contains(&text.as_str()) => {}
            Datum::Text(text) => self.add_text(text),
            Datum::Names(names) => names.iter().for_each(|name| self.add_text(name)),
            // They are in every second sentence, and say nothing without the name of the setting.
            Datum::Flag(_) | Datum::Number(_) => {}
        }
    }

    /// A text and, if it is an ARN, the name in it, which the ARN of another revision has as well.
    fn add_text(&mut self, text: &str) {
        self.texts.push(text.to_owned());
        if let Some(resource) = text.strip_prefix("arn:").and_then(|rest| rest.splitn(5, ':').nth(4)) {
            let name = resource.split_once('/').map_or(resource, |(_, name)| name);
            let name = name.rsplit_once(':').map_or(name, |(family, _)| family);
            self.texts.push(name.to_owned());
            self.texts.extend(name.rsplit('/').next().map(str::to_owned));
        }
    }

    fn finish(mut self, wanted: &Wanted) -> Self {
        let public = [
            wanted.arn.to_string(),
            wanted.source.address.clone(),
            wanted.source.input.clone(),
        ];
        self.texts.retain(|text| {
            text.chars().count() >= SHORTEST && !public.iter().any(|public| public.contains(text.as_str()))
        });
        self.texts
            .sort_by(|one, other| (other.len(), one).cmp(&(one.len(), other)));
        self.texts.dedup();
        self
    }

    /// Masks every text of a finding that others may have written. A command is never changed, but taken away.
    pub(super) fn finding(&self, finding: &mut Finding) {
        if self.texts.is_empty() {
            return;
        }
        self.text(&mut finding.message);
        for evidence in &mut finding.evidence {
            if evidence.about != finding.arn {
                self.text(&mut evidence.about);
            }
            self.text(&mut evidence.text);
        }
        for shown in finding.wanted.iter_mut().chain(&mut finding.live) {
            self.shown(shown);
        }
        self.text(&mut finding.next_step.text);
        finding
            .next_step
            .commands
            .retain(|command| self.masked(&command.text).is_none());
    }

    /// Masks what ECS and `CloudTrail` say of a deployment.
    pub(super) fn group(&self, group: &mut Group) {
        if let Some(status) = &mut group.status {
            self.text(status);
        }
        if let Some(event) = &mut group.event {
            self.text(&mut event.principal);
            if let Some(agent) = &mut event.user_agent {
                self.text(agent);
            }
            event.members.iter_mut().for_each(|member| self.text(member));
        }
    }

    fn shown(&self, shown: &mut Shown) {
        fn walk(mask: &Mask, value: &mut Value) {
            match value {
                Value::String(text) => mask.text(text),
                Value::Array(elements) => elements.iter_mut().for_each(|element| walk(mask, element)),
                Value::Object(members) => members.values_mut().for_each(|member| walk(mask, member)),
                _ => {}
            }
        }
        if let Some(value) = &mut shown.value {
            walk(self, value);
        }
    }

    fn text(&self, text: &mut String) {
        if let Some(masked) = self.masked(text) {
            *text = masked;
        }
    }

    /// The text with its sensitive parts masked; none if it has none.
    fn masked(&self, text: &str) -> Option<String> {
        if !self.texts.iter().any(|sensitive| text.contains(sensitive.as_str())) {
            return None;
        }
        let (mut masked, mut rest) = (String::new(), text);
        while let Some(first) = rest.chars().next() {
            let found = self
                .texts
                .iter()
                .find_map(|sensitive| rest.strip_prefix(sensitive.as_str()));
            if let Some(after) = found {
                masked.push_str(MASK);
                rest = after;
            } else {
                masked.push(first);
                rest = rest.get(first.len_utf8()..).unwrap_or_default();
            }
        }
        Some(masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(texts: &[&str]) -> Mask {
        let texts = texts.iter().map(|text| (*text).to_owned()).collect();
        Mask { texts }
    }

    #[test]
    fn what_is_masked_is_not_masked_again_and_the_longest_text_goes_first() {
        let mask = mask(&["canary-of-the-east", "canary", "value"]);
        let masked = |text: &str| mask.masked(text);
        assert_eq!(masked("no bird"), None);
        assert_eq!(
            masked("canary-of-the-east is a canary.").unwrap(),
            "(sensitive value) is a (sensitive value)."
        );
        assert_eq!(masked("ücanaryü").unwrap(), "ü(sensitive value)ü");
    }

    #[test]
    fn the_name_in_an_arn_is_looked_for_with_any_revision() {
        let mut mask = Mask::default();
        mask.add_text("arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/canary:7");
        assert!(
            mask.masked("arn:aws:ecs:eu-central-1:123456789012:daemon-task-definition/canary:8")
                .is_some()
        );
        let mut mask = Mask::default();
        mask.add_text("arn:aws:ecs:eu-central-1:123456789012:capacity-provider/canary");
        assert_eq!(mask.masked("1 of canary").as_deref(), Some("1 of (sensitive value)"));
    }
}
