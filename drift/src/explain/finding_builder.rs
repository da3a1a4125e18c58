//! The form in which rows make findings: what most have in common is filled in here once.

use aws_sdk_ecs::primitives::DateTime;
use jiff::Timestamp;

use super::{mask::Mask, next_step, recorded::Call, time::timestamp};
use crate::{
    report::{Cause, Confidence, Evidence, Finding, Kind, NextStep, Origin, Repair, Severity, Shown, fingerprint},
    setting::{Setting, SettingValue},
    source::{Want, Wanted},
};

/// A finding in the making, and what must not be in it when it is made.
pub(super) struct Draft {
    finding: Finding,
    mask: Mask,
    /// True if the file of the source can be changed.
    can_accept: bool,
    /// Role by which the daemon is read.
    role_arn: Option<String>,
}

impl Draft {
    /// A finding about a daemon that is wanted.
    pub(super) fn new(wanted: &Wanted, cause: Cause, message: impl Into<String>) -> Self {
        let mut draft = Self::about(&wanted.arn.to_string(), cause, message);
        draft.finding.source = Some(wanted.source.clone());
        draft.mask = Mask::of(wanted);
        draft.can_accept = !wanted.is_from_command;
        draft.role_arn.clone_from(&wanted.access.role_arn);
        draft
    }

    /// A finding about anything with an ARN.
    pub(super) fn about(arn: &str, cause: Cause, message: impl Into<String>) -> Self {
        let finding = Finding {
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
        };
        Self {
            finding,
            mask: Mask::default(),
            can_accept: false,
            role_arn: None,
        }
    }

    /// About a setting, with both values; of sensitive ones only that they are there.
    pub(super) fn setting(self, wanted: &Wanted, setting: Setting, live: &SettingValue) -> Self {
        let want = wanted.want(setting);
        let want = want.map_or(Shown::new(Origin::NotRecorded, None), |want| {
            shown(wanted, setting, want)
        });
        self.values(&setting.name(), want, live.report(Origin::Recorded))
    }

    /// About anything that has a wanted and a live value.
    pub(super) fn values(mut self, name: &str, wanted: Shown, live: Shown) -> Self {
        self.finding.fingerprint = fingerprint(&self.finding.arn, Some(name), self.finding.cause);
        self.finding.setting = Some(name.to_owned());
        self.finding.wanted = Some(wanted);
        self.finding.live = Some(live);
        self
    }

    /// Sets the confidence of the cause; certain unless said.
    pub(super) fn confidence(mut self, confidence: Confidence) -> Self {
        self.finding.confidence = confidence;
        self
    }

    /// Another severity than the cause's own.
    pub(super) fn severity(mut self, severity: Severity) -> Self {
        self.finding.severity = severity;
        self
    }

    /// A fact, and who answered it.
    pub(super) fn evidence(mut self, from: &str, about: &str, text: impl Into<String>, at: Option<&DateTime>) -> Self {
        self.finding.evidence.push(Evidence {
            from: from.to_owned(),
            about: about.to_owned(),
            text: text.into(),
            at: at.and_then(timestamp),
        });
        self
    }

    /// A recorded call if there is one.
    pub(super) fn call(mut self, call: Option<&Call>) -> Self {
        self.finding.evidence.extend(call.map(Call::evidence));
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
        self.finding.since = at.and_then(timestamp);
        self
    }

    /// Since when, in the report's own form.
    pub(super) fn since_time(mut self, at: Option<Timestamp>) -> Self {
        self.finding.since = at;
        self
    }

    /// The deployment that caused it.
    pub(super) fn group(mut self, deployment_arn: &str) -> Self {
        self.finding.group = Some(deployment_arn.to_owned());
        self
    }

    /// Daemons that share it.
    pub(super) fn daemons(mut self, mut arns: Vec<String>) -> Self {
        arns.sort();
        self.finding.daemons = arns;
        self
    }

    /// Sets the next step; a difference from a baseline may also be accepted into it.
    pub(super) fn next(mut self, mut step: NextStep) -> Finding {
        if let (Some(source), Some(setting), Kind::Difference) =
            (&self.finding.source, &self.finding.setting, self.finding.kind)
        {
            let accept = next_step::accept(source, self.role_arn.as_deref(), setting);
            step.commands.extend(accept.filter(|_| self.can_accept));
        }
        self.finding.next_step = step;
        let Self { mut finding, mask, .. } = self;
        mask.finding(&mut finding);
        finding
    }
}
/// A want as a report has it.
fn shown(wanted: &Wanted, setting: Setting, want: &Want) -> Shown {
    match want {
        Want::Recorded(value) => value.report(Origin::Recorded),
        Want::ImplicitDefault => {
            let default = wanted.known(setting, want);
            default.map_or(Shown::new(Origin::ImplicitDefault, None), |value| {
                value.report(Origin::ImplicitDefault)
            })
        }
        // What differs from it differs from the state; that the plan changes it is told beside it.
        Want::UnknownUntilApply(until) => shown(wanted, setting, until),
    }
}
