//! The form in which rows make findings: what most have in common is filled in here once.

use aws_sdk_ecs::primitives::DateTime;
use jiff::Timestamp;

use super::{steps, time::timestamp};
use crate::{
    report::{Cause, Confidence, Evidence, Finding, Kind, NextStep, Origin, Repair, Severity, Shown, fingerprint},
    setting::{Datum, Setting},
    source::{Want, Wanted},
};

/// A finding in the making.
pub(super) struct Draft(Finding);

impl Draft {
    /// A finding about a daemon that is wanted.
    pub(super) fn new(wanted: &Wanted, cause: Cause, message: impl Into<String>) -> Self {
        let mut draft = Self::about(&wanted.arn.to_string(), cause, message);
        draft.0.source = Some(wanted.source.clone());
        draft
    }

    /// A finding about anything with an ARN.
    pub(super) fn about(arn: &str, cause: Cause, message: impl Into<String>) -> Self {
        Self(Finding {
            fingerprint: fingerprint(arn, None, cause),
            kind: cause.kind(),
            cause,
            severity: cause.severity(),
            confidence: Confidence::Certain,
            arn: arn.to_owned(),
            daemons: Vec::new(),
            source: None,
            setting: None,
            wanted: None,
            live: None,
            message: message.into(),
            evidence: Vec::new(),
            since: None,
            group: None,
            next_step: NextStep {
                text: String::new(),
                commands: Vec::new(),
                repair: Repair::NotNeeded,
            },
            suppression: None,
            location: None,
        })
    }

    /// About a setting, with both values; sensitive ones are left out.
    pub(super) fn setting(self, wanted: &Wanted, setting: Setting, live: &Datum) -> Self {
        let want = match wanted.want(setting) {
            Some(Want::Recorded(datum)) => Shown::recorded(datum.to_json()),
            Some(Want::ImplicitDefault) => {
                Shown::new(Origin::ImplicitDefault, setting.default().map(|datum| datum.to_json()))
            }
            Some(Want::UnknownUntilApply) => Shown::new(Origin::UnknownUntilApply, None),
            None => Shown::new(Origin::NotRecorded, None),
        };
        let is_sensitive = wanted.is_sensitive(setting);
        self.values(&setting.name(), want, Shown::recorded(live.to_json()), is_sensitive)
    }

    /// About anything that has a wanted and a live value.
    pub(super) fn values(mut self, name: &str, wanted: Shown, live: Shown, is_sensitive: bool) -> Self {
        let shown = |shown: Shown| if is_sensitive { shown.redacted() } else { shown };
        self.0.fingerprint = fingerprint(&self.0.arn, Some(name), self.0.cause);
        self.0.setting = Some(name.to_owned());
        self.0.wanted = Some(shown(wanted));
        self.0.live = Some(shown(live));
        self
    }

    /// How sure the cause is; certain unless said.
    pub(super) fn confidence(mut self, confidence: Confidence) -> Self {
        self.0.confidence = confidence;
        self
    }

    /// Another severity than the cause's own.
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.0.severity = severity;
        self
    }

    /// A fact, and who answered it.
    pub(super) fn evidence(mut self, from: &str, about: &str, text: impl Into<String>, at: Option<&DateTime>) -> Self {
        self.0.evidence.push(Evidence {
            from: from.to_owned(),
            about: about.to_owned(),
            text: text.into(),
            at: at.and_then(timestamp),
        });
        self
    }

    /// A fact if there is one.
    pub(super) fn evidence_if(self, from: &str, about: &str, text: Option<String>, at: Option<&DateTime>) -> Self {
        match text {
            Some(text) => self.evidence(from, about, text, at),
            None => self,
        }
    }

    /// Since when.
    pub(super) fn since(mut self, at: Option<&DateTime>) -> Self {
        self.0.since = at.and_then(timestamp);
        self
    }

    /// Since when, in the report's own form.
    pub(super) fn since_time(mut self, at: Option<Timestamp>) -> Self {
        self.0.since = at;
        self
    }

    /// The deployment that caused it.
    pub(super) fn group(mut self, deployment_arn: &str) -> Self {
        self.0.group = Some(deployment_arn.to_owned());
        self
    }

    /// Daemons that share it.
    pub(super) fn daemons(mut self, mut arns: Vec<String>) -> Self {
        arns.sort();
        self.0.daemons = arns;
        self
    }

    /// What to do about it; a difference from a baseline may also be accepted into it.
    pub(super) fn next(mut self, mut step: NextStep) -> Finding {
        if let (Some(source), Some(setting), Kind::Difference) = (&self.0.source, &self.0.setting, self.0.kind) {
            step.commands.extend(steps::accept(source, setting));
        }
        self.0.next_step = step;
        self.0
    }
}

/// What stands in a sentence for a value that must not be shown.
const MASK: &str = "(sensitive value)";

/// A value of a setting in a sentence, as JSON spells it; masked where the source marks it as sensitive.
pub(super) fn spelled(wanted: &Wanted, setting: Setting, datum: &Datum) -> String {
    if wanted.is_sensitive(setting) {
        return MASK.to_owned();
    }
    let value = datum.to_json();
    format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
