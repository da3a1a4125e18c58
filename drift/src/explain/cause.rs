//! Rows 13, 15 and 17 to 20: one cause for each setting that differs, the first row that matches.

use std::collections::BTreeSet;

use aws_sdk_ecs::types::DaemonDeployment;
use daemons::{arn::RevisionArn, daemon::settings::Settings};

use super::{Case, Difference, Explained, condition, draft::Draft, history::Past, steps, time};
use crate::{
    report::{Cause, Confidence, Finding, Group, Kind, Repair, Severity, TrailEvent},
    setting::{Datum, Setting},
    source::{Want, Wanted},
};

/// Adds the finding of a difference, and the deployment that caused it.
pub(super) fn add(case: &Case<'_>, difference: &Difference, explained: &mut Explained) {
    let (mut finding, group) = if let Some(finding) = pending(case, difference) {
        (finding, None)
    } else if let Some(found) = by_rollback(case, difference) {
        found
    } else if let Some(finding) = never_applied(case, difference) {
        (finding, None)
    } else {
        by_call(case, difference)
    };
    if case.is_doubtful(difference.setting) && finding.kind == Kind::Difference {
        finding.severity = finding.severity.min(Severity::Note);
        finding.message.push_str(
            " The source leaves the setting out, which after an import does not mean that the default is wanted.",
        );
    }
    explained.findings.push(finding);
    explained.groups.extend(group);
}

/// Row 13 for values that the plan itself does not know yet.
pub(super) fn unknown_until_apply(case: &Case<'_>) -> Vec<Finding> {
    let unknown = case
        .wanted
        .settings
        .iter()
        .filter(|(_, want)| **want == Want::UnknownUntilApply);
    let findings = unknown.map(|(setting, _)| {
        let live = case.live_value(*setting);
        let message = format!(
            "What the plan wants of `{}` is not known before it is applied.",
            setting.name()
        );
        Draft::new(case.wanted, Cause::PendingChange, message)
            .setting(case.wanted, *setting, &live)
            .next(steps::only("Apply the plan.", Repair::NotNeeded))
    });
    findings.collect()
}

/// Row 13: what the plan's refresh saw is live, so the difference is the plan's own.
fn pending(case: &Case<'_>, difference: &Difference) -> Option<Finding> {
    let Difference { setting, live, .. } = difference;
    let pending = case.wanted.pending.as_ref()?;
    let refreshed = case.wanted.refreshed(*setting)?;
    if refreshed.expose() != live.expose() || pending.drifted.contains_key(setting) {
        return None;
    }
    let message = format!("The plan is about to change `{}`.", setting.name());
    let finding = Draft::new(case.wanted, Cause::PendingChange, message)
        .setting(case.wanted, *setting, live)
        .evidence(
            "source",
            &case.wanted.arn.to_string(),
            "The plan's refresh saw what is live.",
            None,
        )
        .next(steps::only("Apply the plan.", Repair::NotNeeded));
    Some(finding)
}

/// Row 15: the deployment that failed had asked for what is wanted.
fn by_rollback(case: &Case<'_>, difference: &Difference) -> Option<(Finding, Option<Group>)> {
    let Difference { setting, live, .. } = difference;
    let deployment = condition::rollback(case).or_else(|| condition::failed_rollback(case))?;
    let past = case.history?.find(deployment.daemon_deployment_arn()?)?;
    let asked = setting.read(past.asked.as_ref()?);
    if case.wanted.is_met(*setting, &asked) != Some(true) {
        return None;
    }
    let started_at = deployment.rollback().and_then(|rollback| rollback.started_at());
    let message = format!("`{}` went back with a rollback.", setting.name());
    let finding = Draft::new(case.wanted, Cause::Rollback, message)
        .setting(case.wanted, *setting, live)
        .evidence(
            "DescribeDaemonDeployments",
            past.arn(),
            "This deployment was to bring the wanted value and was rolled back.",
            past.created_at(),
        )
        .since(started_at.or(past.created_at()))
        .group(past.arn())
        .next(steps::send_wanted(
            case.wanted,
            &case.live.observed.settings,
            steps::unless("--after-rollback"),
        ));
    Some((finding, Some(group(case, &past.deployment, None))))
}

/// Row 17: in all of the past, nothing had the wanted value.
fn never_applied(case: &Case<'_>, difference: &Difference) -> Option<Finding> {
    let Difference { setting, live, .. } = difference;
    let history = case.history.filter(|history| history.is_complete)?;
    if history.ever(*setting, |datum| case.wanted.is_met(*setting, datum) == Some(true)) {
        return None;
    }
    let count = history.past.len();
    let since = match case.live.detail.created_at() {
        Some(created_at) => format!(
            "None of the {count} deployments since {} had it.",
            time::timestamp(created_at)?
        ),
        None => format!("None of the {count} deployments had it."),
    };
    let message = format!("The wanted value of `{}` was never rolled out.", setting.name());
    let finding = Draft::new(case.wanted, Cause::NeverApplied, message)
        .setting(case.wanted, *setting, live)
        .evidence("ListDaemonDeployments", &case.wanted.arn.to_string(), since, None)
        .next(steps::send_wanted(
            case.wanted,
            &case.live.observed.settings,
            Repair::Yes,
        ));
    Some(finding)
}

/// Rows 18 to 20: the call after which the setting stayed different.
fn by_call(case: &Case<'_>, difference: &Difference) -> (Finding, Option<Group>) {
    let Difference { setting, live, .. } = difference;
    let is_met = |datum: &Datum| case.wanted.is_met(*setting, datum) == Some(true);
    let culprit = case.history.and_then(|history| history.culprit(*setting, is_met));
    let Some((culprit, before)) = culprit else {
        return (without_history(case, difference), None);
    };
    let event = event_of(case.trail, culprit);
    let verdict = Verdict::of(case.wanted, difference, culprit, before, event);
    let draft = Draft::new(case.wanted, verdict.cause, verdict.message)
        .confidence(verdict.confidence)
        .setting(case.wanted, *setting, live)
        .evidence(
            "DescribeDaemonDeployments",
            culprit.arn(),
            format!("Since this deployment the setting is {live}."),
            culprit.created_at(),
        )
        .evidence_if(
            "DescribeDaemonDeployments",
            before.map(Past::arn).unwrap_or_default(),
            before.map(|_| "Up to this deployment it was as wanted.".to_owned()),
            before.and_then(Past::created_at),
        )
        .evidence_if(
            "CloudTrail",
            event.map_or("", |event| &event.event_id),
            event.map(event_text),
            None,
        );
    let finding = registration(draft, case, difference)
        .since(culprit.created_at())
        .group(culprit.arn())
        .next(steps::send_wanted(
            case.wanted,
            &case.live.observed.settings,
            Repair::Yes,
        ));
    (finding, Some(group(case, &culprit.deployment, event)))
}

fn without_history(case: &Case<'_>, difference: &Difference) -> Finding {
    let Difference { setting, live, .. } = difference;
    let message = format!("`{}` was changed outside; when cannot be said.", setting.name());
    let row = if *setting == Setting::TaskDefinition {
        Cause::TaskDefinition
    } else {
        Cause::ChangedOutside
    };
    Draft::new(case.wanted, row, message)
        .confidence(Confidence::Possible)
        .setting(case.wanted, *setting, live)
        .evidence(
            "ListDaemonDeployments",
            &case.wanted.arn.to_string(),
            "No deployment is on record that could have changed it.",
            None,
        )
        .next(steps::send_wanted(
            case.wanted,
            &case.live.observed.settings,
            Repair::Yes,
        ))
}

/// Who registered the task definition that runs instead, where that is known.
fn registration(draft: Draft, case: &Case<'_>, difference: &Difference) -> Draft {
    let Datum::Text(live) = difference.live.expose() else {
        return draft;
    };
    let summary = Some(live).filter(|_| difference.setting == Setting::TaskDefinition);
    let summary = summary.and_then(|arn| case.definitions.get(arn));
    draft.evidence_if(
        "ListDaemonTaskDefinitions",
        &case.text_of(Setting::TaskDefinition, live).to_string(),
        summary.map(condition::registered),
        summary.and_then(|summary| summary.registered_at()),
    )
}

/// What a culprit did to a setting.
struct Verdict {
    cause: Cause,
    confidence: Confidence,
    message: String,
}

impl Verdict {
    fn of(
        wanted: &Wanted,
        difference: &Difference,
        culprit: &Past,
        before: Option<&Past>,
        event: Option<&TrailEvent>,
    ) -> Self {
        let Difference { setting, live, .. } = difference;
        let name = setting.name();
        if *setting == Setting::TaskDefinition {
            return Self {
                cause: Cause::TaskDefinition,
                confidence: Confidence::Certain,
                message: other_definition(difference),
            };
        }
        if let Some(event) = event {
            let is_left_out = !event.members.iter().any(|member| member == setting.member());
            let (cause, how) = if is_left_out {
                (
                    Cause::DefaultRevert,
                    format!("left `{name}` out, so that it went back to its default"),
                )
            } else {
                (Cause::ChangedOutside, format!("set `{name}` to {live}"))
            };
            return Self {
                cause,
                confidence: Confidence::Recorded,
                message: format!("A call of {} {how}.", event.principal),
            };
        }
        let is_default = setting.default().as_ref() == Some(live.expose());
        let Some(reset) = Reset::of(wanted, culprit, before).filter(|_| is_default) else {
            return Self {
                cause: Cause::ChangedOutside,
                confidence: Confidence::Likely,
                message: format!("`{name}` was set to {live} by a call outside of the source."),
            };
        };
        reset.verdict(*setting, before.is_none())
    }
}

fn other_definition(difference: &Difference) -> String {
    let (Datum::Text(wanted), Datum::Text(live)) = (difference.wanted.expose(), difference.live.expose()) else {
        return String::new();
    };
    let which = match (RevisionArn::parse(wanted), RevisionArn::parse(live)) {
        (Ok(wanted), Ok(live)) if wanted.family == live.family && live.revision > wanted.revision => "A newer revision",
        (Ok(wanted), Ok(live)) if wanted.family == live.family => "An older revision",
        _ => "Another task definition",
    };
    format!("{which} was rolled out outside of the source.")
}

/// Optional members of `UpdateDaemon` that were not at their defaults before a call, by what became of them.
struct Reset {
    reverted: BTreeSet<&'static str>,
    kept: BTreeSet<&'static str>,
}

impl Reset {
    /// `None` if the record does not tell. Without a predecessor, what is wanted stands in for it.
    fn of(wanted: &Wanted, culprit: &Past, before: Option<&Past>) -> Option<Self> {
        let after = culprit.asked.as_ref().or(culprit.effective.as_ref())?;
        let before = match before {
            Some(before) => before.effective.clone()?,
            None => wanted.settings_or(after).expose().clone(),
        };
        let set = off_default(&before);
        let still = off_default(after);
        let (kept, reverted) = set.into_iter().partition(|member| still.contains(member));
        Some(Self { reverted, kept })
    }

    fn verdict(&self, setting: Setting, is_stand_in: bool) -> Verdict {
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
                confidence: Confidence::Likely,
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
fn off_default(settings: &Settings) -> BTreeSet<&'static str> {
    let is_off = |setting: &Setting| {
        setting
            .default()
            .is_some_and(|default| default != setting.read(settings))
    };
    Setting::ALL.into_iter().filter(is_off).map(Setting::member).collect()
}

/// The recorded call that made a deployment.
fn event_of<'a>(trail: Option<&'a [TrailEvent]>, culprit: &Past) -> Option<&'a TrailEvent> {
    let created_at = culprit.created_at()?.as_secs_f64();
    let distance = |event: &TrailEvent| {
        let seconds = event.event_time.as_duration().as_secs_f64();
        (seconds - created_at).abs()
    };
    let near = trail?.iter().filter(|event| distance(event) <= time::NEAR_SECONDS);
    near.min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

fn event_text(event: &TrailEvent) -> String {
    format!(
        "{} called {} at {} with {}.",
        event.principal,
        event.event_name,
        event.event_time,
        event.members.join(", ")
    )
}

fn group(case: &Case<'_>, deployment: &DaemonDeployment, event: Option<&TrailEvent>) -> Group {
    let target = deployment.target_daemon_revision().and_then(|revision| revision.arn());
    Group {
        deployment_arn: deployment.daemon_deployment_arn().unwrap_or_default().to_owned(),
        daemon_arn: case.wanted.arn.to_string(),
        revision_arn: target.map(str::to_owned),
        created_at: deployment.created_at().and_then(time::timestamp),
        status: deployment.status().map(|status| status.as_str().to_owned()),
        event: event.cloned(),
        findings: Vec::new(),
    }
}
